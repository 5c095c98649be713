//! The answer to what somebody wanted, in their language.

use jiff::Zoned;

use super::custom_id::Action;
use super::text::{self, headline, moment, value};
use super::{card, clocks, digest, list, privacy, profile, reminder, report, setup, tone};
use crate::case::{Case, Change, Status, clip};
use crate::chat::{Choice, Embed, Look, Message, Right, Row, Select};
use crate::desk::{Reply, Suggestions};
use crate::follow_up::{Calendar, FollowUp, phrase};
use crate::locale::{Lang, Voice};

/// The value of the list of statuses that opens a case again.
pub const REOPEN: &str = "reopen";
/// Discord: most characters of a choice.
const CHOICE: usize = 100;

/// A reply as a message. Forms are not messages: see [`super::form`].
pub fn answer(voice: Voice<'_>, reply: &Reply) -> Message {
    match reply {
        Reply::Opened { case, missing } => opened(voice, case, missing),
        Reply::Shown { case, entries, next } => shown(voice, case, entries, next.as_ref()),
        Reply::Listed { view, page, lines } => list::cases(voice, *view, *page, lines),
        Reply::Found { query, lines } => list::found(voice, query, lines),
        Reply::Changed { case, log } => changed(voice, case, log),
        Reply::StatusOffered { case } => status_offered(voice, case),
        Reply::Form(_) => Message::default(),
        Reply::FollowUpAdded { follow_up, reading, outside } => {
            follow_up_added(voice, follow_up, reading, outside.as_deref())
        }
        Reply::FollowUps { list, now_ms } => list::follow_ups(voice, list, *now_ms),
        Reply::MorningsStopped => digest::stopped(voice),
        Reply::Checked { case, satisfied, by, .. } => clocks::checked(voice, case, *satisfied, *by),
        Reply::FollowUpDone { follow_up, by, .. } => ended(voice, "follow-up-done", follow_up, *by),
        Reply::FollowUpMoved { follow_up, by, .. } => ended(voice, "follow-up-moved", follow_up, *by),
        Reply::FollowUpShown { follow_up, case, promise } => Message {
            content: reminder::body(voice, follow_up, case.as_ref(), false),
            rows: vec![Row::Buttons(reminder::buttons(voice, follow_up, *promise))],
            ..Message::default()
        },
        Reply::Tone { text, assessment, calmer, draft } => {
            tone::tone(voice, text, assessment, calmer.as_deref(), *draft)
        }
        Reply::Watched { channels, reads_words } => watched(voice, channels, *reads_words),
        Reply::Held(held) => privacy::held(voice, held),
        Reply::Exported(bytes) => privacy::exported(voice, bytes),
        Reply::EraseMeAsked(held) => privacy::erase_me_asked(voice, held),
        Reply::EraseCaseAsked { case } => privacy::erase_case_asked(voice, case),
        Reply::Erased(left) => privacy::erased(voice, left),
        Reply::CaseErased { case } => privacy::case_erased(voice, case),
        Reply::Report { range, numbers } => report::report(voice, *range, numbers),
        Reply::Help { agent } => help(voice, *agent),
        Reply::Setup(report) => setup::setup(voice, report),
        Reply::Profile(report) => profile::profile(voice, report),
    }
}

fn sentence(content: String) -> Message {
    Message { content, ..Message::default() }
}

fn opened(voice: Voice<'_>, case: &Case, missing: &[Right]) -> Message {
    let rights: Vec<String> = missing.iter().map(|&right| setup::right_name(voice, right)).collect();
    let args = [
        ("case", &*headline(case.number, &case.title)),
        ("channel", &*text::channel(case.home)),
        ("rights", &*rights.join(", ")),
    ];
    sentence(voice.with(if missing.is_empty() { "opened" } else { "opened-without-card" }, &args))
}

fn shown(voice: Voice<'_>, case: &Case, entries: &[crate::case::Entry], next: Option<&FollowUp>) -> Message {
    let content = case
        .thread
        .map_or_else(String::new, |thread| voice.with("shown-thread", &[("thread", &text::channel(thread))]));
    Message { content, embeds: vec![card::embed(voice, case, entries, next)], ..Message::default() }
}

fn changed(voice: Voice<'_>, case: &Case, log: &[Change]) -> Message {
    let lines: Vec<String> = log.iter().map(|change| format!("- {}", text::change(voice, change))).collect();
    let head = voice.with("changed", &[("case", &headline(case.number, &case.title))]);
    let content = clip(&format!("{head}\n{}", lines.join("\n")), 1_900);
    // Who waits for somebody will want to come back to it.
    let waits = |change: &Change| {
        matches!(change, Change::Status { to: Status::WaitingCustomer | Status::WaitingInternal, .. })
    };
    let rows = if log.iter().any(waits) {
        let action = Action::AskFollowUp(case.number);
        vec![Row::Buttons(vec![reminder::button(voice, "button-remind-me", Look::Primary, action)])]
    } else {
        Vec::new()
    };
    Message { content, rows, ..Message::default() }
}

fn status_offered(voice: Voice<'_>, case: &Case) -> Message {
    let offer =
        |status: Status| Choice { label: value(voice, "status", status.name()), value: status.name().to_owned() };
    let mut options: Vec<Choice> =
        Status::ALL.iter().copied().filter(|&to| case.status.may_become(to) && !reopens(case, to)).map(offer).collect();
    if !case.status.is_active() {
        options.insert(0, Choice { label: voice.say("status-reopen"), value: REOPEN.to_owned() });
    }
    let select =
        Select { custom_id: Action::SetStatus(case.number).encode(), placeholder: voice.say("status-choose"), options };
    let now = value(voice, "status", case.status.name());
    let content = voice.with("status-offered", &[("case", &headline(case.number, &case.title)), ("now", &now)]);
    Message { content, rows: vec![Row::Select(select)], ..Message::default() }
}

/// From resolved to open is reopening, offered under that name.
const fn reopens(case: &Case, to: Status) -> bool {
    matches!((case.status, to), (Status::Resolved, Status::Open))
}

fn follow_up_added(
    voice: Voice<'_>,
    follow_up: &FollowUp,
    reading: &[phrase::Note],
    outside: Option<&Calendar>,
) -> Message {
    let args = [
        ("what", text::what_line(voice, &follow_up.what, 300)),
        ("who", text::person(follow_up.assignee)),
        ("due", moment(follow_up.due_at)),
    ];
    let args: Vec<_> = args.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let own = follow_up.assignee == follow_up.creator;
    let mut lines = vec![voice.with(if own { "follow-up-added" } else { "follow-up-added-for" }, &args)];
    if let Some(number) = follow_up.case {
        lines.push(voice.with("follow-up-for-case", &[("case", &number.to_string())]));
    }
    lines.extend(reading.iter().map(|note| note.sentence(voice.lang)));
    lines.extend(outside.map(|calendar| outside_hours(voice, follow_up, calendar)));
    sentence(lines.join("\n"))
}

/// That a typed time lies outside its assignee's hours, and that it stays nevertheless.
fn outside_hours(voice: Voice<'_>, follow_up: &FollowUp, calendar: &Calendar) -> String {
    let hours = format!("{}, {}", profile::hours(voice, &calendar.hours), calendar.zone_name());
    let holiday = calendar.holiday(follow_up.due_at).map(|holiday| match voice.lang {
        Lang::De => holiday.german(),
        Lang::En => holiday.english(),
    });
    let args = [
        ("who", text::person(follow_up.assignee)),
        ("hours", hours),
        ("holiday", holiday.unwrap_or_default().to_owned()),
    ];
    let args: Vec<_> = args.iter().map(|(name, value)| (*name, value.as_str())).collect();
    voice.with(
        match (holiday, follow_up.assignee == follow_up.creator) {
            (Some(_), _) => "follow-up-on-holiday",
            (None, true) => "follow-up-outside-hours",
            (None, false) => "follow-up-outside-hours-of",
        },
        &args,
    )
}

fn ended(voice: Voice<'_>, key: &str, follow_up: &FollowUp, by: crate::id::UserId) -> Message {
    let args = [
        ("what", text::what_line(voice, &follow_up.what, 1_000)),
        ("by", text::person(by)),
        ("who", text::person(follow_up.assignee)),
        ("due", moment(follow_up.due_at)),
    ];
    let args: Vec<_> = args.iter().map(|(name, value)| (*name, value.as_str())).collect();
    sentence(voice.with(key, &args))
}

fn watched(voice: Voice<'_>, channels: &[crate::id::ChannelId], reads_words: bool) -> Message {
    let names: Vec<String> = channels.iter().map(|&channel| text::channel(channel)).collect();
    let mut lines = vec![match &names[..] {
        [] => voice.say("watched-none"),
        names => voice.with("watched", &[("channels", &names.join(", "))]),
    }];
    if !reads_words {
        lines.push(voice.say("watched-without-words"));
    }
    sentence(lines.join("\n"))
}

fn help(voice: Voice<'_>, agent: bool) -> Message {
    let mut description = voice.say("help-cases");
    for key in ["help-calm", "help-promises"] {
        description.push_str("\n\n");
        description.push_str(&voice.say(key));
    }
    if !agent {
        description.push_str("\n\n");
        description.push_str(&voice.say("help-not-agent"));
    }
    let embed = Embed {
        title: voice.say("help-title"),
        description,
        colour: 0x2f_7f_79,
        footer: voice.say("help-footer"),
        ..Embed::default()
    };
    Message { embeds: vec![embed], ..Message::default() }
}

/// Suggestions as choices.
pub fn choices(voice: Voice<'_>, suggestions: &Suggestions) -> Vec<Choice> {
    match suggestions {
        Suggestions::Cases(lines) => lines
            .iter()
            .map(|line| Choice {
                label: clip(&format!("{} · {}", line.number, line.title), CHOICE),
                value: line.number.0.to_string(),
            })
            .collect(),
        Suggestions::Times(times) => times
            .iter()
            .map(|due| Choice {
                label: clip(&clock_time(voice, due), CHOICE),
                value: due.strftime("%Y-%m-%d %H:%M:%S").to_string(),
            })
            .collect(),
        Suggestions::Zones(names) => {
            names.iter().map(|name| Choice { label: name.clone(), value: name.clone() }).collect()
        }
    }
}

/// A moment written out in the team's zone, for places where Discord shows no timestamps.
pub fn clock_time(voice: Voice<'_>, at: &Zoned) -> String {
    let weekday = voice.say(&format!("weekday-{}", at.weekday().to_monday_one_offset()));
    let month = voice.say(&format!("month-{}", at.month()));
    let time = if at.second() == 0 { at.strftime("%H:%M") } else { at.strftime("%H:%M:%S") }.to_string();
    let (day, year) = (at.day().to_string(), at.year().to_string());
    let zone = at.strftime("%Z").to_string();
    voice.with(
        "clock-time",
        &[("weekday", &weekday), ("day", &day), ("month", &month), ("year", &year), ("time", &time), ("zone", &zone)],
    )
}
