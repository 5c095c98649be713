//! Lists of cases and promises: one line each, pages turned by buttons.

use super::custom_id::Action;
use super::text::{self, ago, headline, moment, plain, value};
use crate::case::View;
use crate::chat::{Button, Does, Embed, Look, Message, Row};
use crate::follow_up::FollowUp;
use crate::locale::Voice;
use crate::store::case::{CaseLine, Page};

/// Edge colour of lists.
const COLOUR: u32 = 0x2f_7f_79;

pub(super) fn cases(voice: Voice<'_>, view: View, page: u32, lines: &Page) -> Message {
    let title = value(voice, "view", view.name());
    let description = if lines.cases.is_empty() { voice.say("list-empty") } else { joined(voice, &lines.cases) };
    let footer = if page > 0 || lines.more {
        voice.with("list-page", &[("page", &page.saturating_add(1).to_string())])
    } else {
        String::new()
    };
    let mut buttons = Vec::new();
    if let Some(previous) = page.checked_sub(1) {
        buttons.push(turn(voice, "button-newer", view, previous));
    }
    if lines.more {
        buttons.push(turn(voice, "button-older", view, page.saturating_add(1)));
    }
    let rows = if buttons.is_empty() { Vec::new() } else { vec![Row::Buttons(buttons)] };
    Message {
        embeds: vec![Embed { title, description, colour: COLOUR, footer, ..Embed::default() }],
        rows,
        ..Message::default()
    }
}

pub(super) fn found(voice: Voice<'_>, query: &str, lines: &[CaseLine]) -> Message {
    let title = voice.with("found-title", &[("query", &plain(query, 100))]);
    let description = if lines.is_empty() { voice.say("found-nothing") } else { joined(voice, lines) };
    Message { embeds: vec![Embed { title, description, colour: COLOUR, ..Embed::default() }], ..Message::default() }
}

/// The lines of several cases; each is short enough that 25 fit an embed.
pub(super) fn joined(voice: Voice<'_>, lines: &[CaseLine]) -> String {
    lines.iter().map(|line| case_line(voice, line)).collect::<Vec<_>>().join("\n")
}

fn case_line(voice: Voice<'_>, line: &CaseLine) -> String {
    let owner = text::person_or(line.owner, voice, "nobody");
    let mut parts = vec![
        headline(line.number, &crate::case::clip(&line.title, 50)),
        value(voice, "status", line.status.name()),
        owner,
    ];
    if line.priority != crate::case::Priority::Normal {
        parts.push(value(voice, "priority", line.priority.name()));
    }
    if line.mood > 0 {
        parts.push(voice.say(&format!("mood-{}", line.mood)));
    }
    format!("{} · {}", parts.join(" · "), ago(line.updated_at))
}

fn turn(voice: Voice<'_>, key: &str, view: View, page: u32) -> Button {
    Button { label: voice.say(key), look: Look::Secondary, does: Does::Act(Action::Page(view, page).encode()) }
}

pub(super) fn follow_ups(voice: Voice<'_>, list: &[FollowUp], now_ms: i64) -> Message {
    let line = |follow_up: &FollowUp| {
        let what = text::what_line(voice, &follow_up.what, 80);
        let case = follow_up.case.map_or_else(String::new, |number| format!("{number} · "));
        let key = if follow_up.due_at < now_ms { "follow-up-line-overdue" } else { "follow-up-line" };
        let (who, due) = (text::person(follow_up.assignee), moment(follow_up.promised_at()));
        voice.with(key, &[("case", &case), ("what", &what), ("who", &who), ("due", &due)])
    };
    let mut description = String::new();
    for follow_up in list {
        let line = line(follow_up);
        // Discord: at most 4,096 characters in a description.
        if description.chars().count() + line.chars().count() > 4_000 {
            description.push_str("\n…");
            break;
        }
        if !description.is_empty() {
            description.push('\n');
        }
        description.push_str(&line);
    }
    if list.is_empty() {
        description = voice.say("follow-ups-none");
    }
    let title = voice.say("follow-ups-title");
    Message { embeds: vec![Embed { title, description, colour: COLOUR, ..Embed::default() }], ..Message::default() }
}
