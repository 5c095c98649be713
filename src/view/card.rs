//! The card of a case: the one message the team sees, edited in place.

use super::custom_id::Action;
use super::promise::REASON;
use super::reminder::button;
use super::text::{self, headline, moment, plain, value};
use crate::case::{Case, Entry, Priority, Status, clip};
use crate::chat::{Button, Does, Embed, Field, Look, Message, Row};
use crate::follow_up::FollowUp;
use crate::locale::{Lang, Texts, Voice};
use crate::store::follow_up::Line;

/// Discord: most characters of a field's value.
const FIELD: usize = 1024;
/// Entries on the card; more are in `/case show`.
const ENTRIES: usize = 5;

/// The card, in the guild's language, newest entries first.
pub fn card(
    texts: &Texts,
    lang: Lang,
    case: &Case,
    entries: &[Entry],
    next: Option<&FollowUp>,
    undelivered: &[Line],
) -> Message {
    let voice = texts.voice(lang);
    let shown = &entries[..entries.len().min(ENTRIES)];
    let mut rows = vec![buttons(voice, case)];
    rows.extend(way_to(voice, case, undelivered));
    Message { embeds: vec![embed(voice, case, shown, next, undelivered)], rows, ..Message::default() }
}

/// The way to those whose reminder reached nobody, where they can be sent again or handed over.
pub(super) fn way_to(voice: Voice<'_>, case: &Case, undelivered: &[Line]) -> Vec<Row> {
    if undelivered.is_empty() {
        return Vec::new();
    }
    let action = Action::Undelivered(Some(case.number));
    vec![Row::Buttons(vec![button(voice, "button-undelivered", Look::Secondary, action)])]
}

/// The box a case is shown in, on its card and in answers.
pub(super) fn embed(
    voice: Voice<'_>,
    case: &Case,
    entries: &[Entry],
    next: Option<&FollowUp>,
    undelivered: &[Line],
) -> Embed {
    let mut fields = vec![
        inline(voice, "field-status", value(voice, "status", case.status.name())),
        inline(voice, "field-priority", value(voice, "priority", case.priority.name())),
        inline(voice, "field-owner", text::person_or(case.owner, voice, "nobody")),
    ];
    let mut add = |key: &str, shown: Option<String>| {
        if let Some(shown) = shown {
            fields.push(inline(voice, key, shown));
        }
    };
    let named = case.customer.as_deref().filter(|name| !name.starts_with("<@")).map(|name| plain(name, 100));
    add("field-customer", named.or_else(|| case.customer_user.map(text::person)));
    add("field-mood", (case.mood > 0).then(|| voice.say(&format!("mood-{}", case.mood))));
    add("field-type", case.customer_type.map(|kind| value(voice, "type", kind.name())));
    add("field-cause", case.cause.map(|cause| value(voice, "cause", cause.name())));
    add("field-via", case.via.map(|via| value(voice, "via", via.name())));
    add("field-tags", (!case.tags.is_empty()).then(|| plain(&case.tags.join(", "), 300)));
    add("field-opener", Some(text::person(case.opener)));
    add("field-source", case.source.map(|source| link(voice, case, source)));
    if !undelivered.is_empty() {
        fields.push(block(voice, "field-undelivered", &lost(voice, undelivered)));
    }
    // Said above already, with why.
    if let Some(next) = next.filter(|next| undelivered.iter().all(|one| one.follow_up.id != next.id)) {
        let line = voice.with(
            "field-next-value",
            &[
                ("what", &text::what_line(voice, &next.what, 200)),
                ("who", &text::person(next.assignee)),
                ("due", &moment(next.promised_at())),
            ],
        );
        fields.push(block(voice, "field-next", &line));
    }
    if let Some(resolution) = &case.resolution {
        fields.push(block(voice, "field-resolution", &plain(resolution, 900)));
    }
    if !entries.is_empty() {
        fields.push(block(voice, "field-entries", &timeline(voice, entries)));
    }
    Embed { title: headline(case.number, &case.title), colour: colour(case), fields, ..Embed::default() }
}

/// What reached nobody and why: as many as fit a field.
fn lost(voice: Voice<'_>, undelivered: &[Line]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for one in undelivered {
        let reason = text::hindrances(voice, one.undelivered.as_deref().unwrap_or_default());
        let line = voice.with(
            "field-undelivered-value",
            &[
                ("what", &text::what_line(voice, &one.follow_up.what, 80)),
                ("who", &text::person(one.follow_up.assignee)),
                ("due", &moment(one.follow_up.promised_at())),
                ("reason", &clip(&reason, REASON)),
            ],
        );
        if lines.iter().map(|line| line.chars().count() + 1).sum::<usize>() + line.chars().count() + 2 > FIELD {
            lines.push("…".to_owned());
            break;
        }
        lines.push(line);
    }
    lines.join("\n")
}

/// As many whole lines as fit a field.
fn timeline(voice: Voice<'_>, entries: &[Entry]) -> String {
    let mut lines = String::new();
    for entry in entries {
        let line = text::entry(voice, entry);
        if lines.chars().count() + line.chars().count() + 1 > FIELD {
            break;
        }
        if !lines.is_empty() {
            lines.push('\n');
        }
        lines.push_str(&line);
    }
    lines
}

fn link(voice: Voice<'_>, case: &Case, source: crate::case::Source) -> String {
    let address = format!("https://discord.com/channels/{}/{}/{}", case.guild, source.channel, source.message);
    format!("[{}]({address})", voice.say("field-source-link"))
}

fn inline(voice: Voice<'_>, key: &str, value: String) -> Field {
    Field { name: voice.say(key), value, inline: true }
}

fn block(voice: Voice<'_>, key: &str, value: &str) -> Field {
    Field { name: voice.say(key), value: clip(value, FIELD), inline: false }
}

/// Edge colours: never the only carrier of meaning, status and mood are always written out.
const fn colour(case: &Case) -> u32 {
    match (case.status, case.mood, case.priority) {
        (Status::Closed | Status::Resolved, ..) => 0x7a_86_8c,
        (_, 2.., _) => 0xb4_5f_4d,
        (.., Priority::Urgent | Priority::High) => 0xc0_8a_3e,
        _ => 0x2f_7f_79,
    }
}

fn buttons(voice: Voice<'_>, case: &Case) -> Row {
    let n = case.number;
    let button =
        |key: &str, look, action: Action| Button { label: voice.say(key), look, does: Does::Act(action.encode()) };
    let note = button("button-note", Look::Secondary, Action::AskNote(n));
    let status = button("button-status", Look::Secondary, Action::AskStatus(n));
    if case.status == Status::Closed {
        return Row::Buttons(vec![status, note]);
    }
    Row::Buttons(vec![
        button("button-claim", Look::Primary, Action::Claim(n)),
        status,
        button("button-follow-up", Look::Secondary, Action::AskFollowUp(n)),
        note,
        button("button-close", Look::Success, Action::AskClose(n)),
    ])
}
