//! The answer to what somebody wanted, in their language.

use jiff::Zoned;
use jiff::civil::Weekday;

use super::custom_id::Action;
use super::text::{self, headline, moment, value};
use super::{
    allowance, card, clocks, digest, list, my_tone, privacy, profile, promise, reminder, report, setup, tone,
    tone_rules,
};
use crate::case::{Case, Change, Status, clip};
use crate::chat::{Choice, Embed, Look, Message, Right, Row, Select};
use crate::desk::{Reply, Suggestions};
use crate::follow_up::{FollowUp, phrase};
use crate::locale::Voice;
use crate::store::follow_up::Line;

/// The value of the list of statuses that opens a case again.
pub const REOPEN: &str = "reopen";
/// Discord: most characters of a choice.
const CHOICE: usize = 100;

/// A reply as a message. Forms are not messages: see [`super::form`].
pub fn answer(voice: Voice<'_>, reply: &Reply) -> Message {
    match reply {
        Reply::Opened { case, missing } => opened(voice, case, missing),
        Reply::Shown { case, entries, next, undelivered } => shown(voice, case, entries, next.as_ref(), undelivered),
        Reply::Listed { view, page, lines } => list::cases(voice, *view, *page, lines),
        Reply::Found { query, lines } => list::found(voice, query, lines),
        Reply::Changed { case, log } => changed(voice, case, log),
        Reply::StatusOffered { case } => status_offered(voice, case),
        Reply::Form(_) => Message::default(),
        Reply::FollowUpAdded { follow_up, notes } => promise::added(voice, follow_up, notes),
        Reply::MorningsSwitched { guild, on } => digest::switched(voice, *guild, *on),
        Reply::Checked { case, satisfied, by, .. } => clocks::checked(voice, case, *satisfied, *by),
        Reply::FollowUps { lines, shown, now_ms } => promise::listed(voice, lines, shown, *now_ms),
        Reply::FollowUpEnded { follow_up, next, by, .. } => promise::ended(voice, follow_up, next.as_ref(), *by),
        Reply::FollowUpMoved { follow_up, by, notes, .. } => promise::moved(voice, follow_up, *by, notes),
        Reply::HandOverOffered { follow_up, promise, people } => {
            promise::hand_over_offered(voice, follow_up, *promise, people.as_deref())
        }
        Reply::FollowUpHandedOver { follow_up } => promise::handed_over(voice, follow_up),
        Reply::FollowUpRetried { follow_up, .. } => promise::retried(voice, follow_up),
        Reply::FollowUpShown { follow_up, case, promise, undelivered } => {
            promise::shown(voice, follow_up, case.as_ref(), *promise, undelivered.as_deref())
        }
        Reply::Tone(checked) => tone::tone(voice, checked),
        Reply::MyTone(mine) => my_tone::my_tone(voice, mine),
        Reply::ToneRules(page) => tone_rules::page(voice, page),
        Reply::AllowanceOffered(offer) => allowance::offer(voice, offer),
        Reply::AllowanceSet { rule, scope, on } => allowance::set(voice, rule, *scope, *on),
        Reply::Paused { until } => sentence(voice.with("paused", &[("until", &moment(*until))])),
        Reply::WordsRest { until } => sentence(voice.with("words-rest", &[("until", &moment(*until))])),
        Reply::WordsOff => sentence(voice.say("words-off")),
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

fn shown(
    voice: Voice<'_>,
    case: &Case,
    entries: &[crate::case::Entry],
    next: Option<&FollowUp>,
    undelivered: &[Line],
) -> Message {
    let content = case
        .thread
        .map_or_else(String::new, |thread| voice.with("shown-thread", &[("thread", &text::channel(thread))]));
    let embeds = vec![card::embed(voice, case, entries, next, undelivered)];
    Message { content, embeds, rows: card::way_to(voice, case, undelivered), ..Message::default() }
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
        Suggestions::Rules(rules) => rules
            .iter()
            .map(|(rule, category, example)| {
                let category = voice.say(&format!("category-{}", category.name()));
                Choice { label: clip(&format!("{rule} · {category} · {example}"), CHOICE), value: rule.to_string() }
            })
            .collect(),
        Suggestions::Times(times) => times
            .iter()
            .map(|reading| Choice { label: clip(&time(voice, reading), CHOICE), value: phrase::choice(reading) })
            .collect(),
        Suggestions::FollowUps(found) => {
            found.iter().map(|(follow_up, due)| promise::suggestion(voice, follow_up, due)).collect()
        }
        Suggestions::Repeats(rules) => {
            let label = |every, day: Option<Weekday>| match day {
                Some(day) => {
                    let day = voice.say(&format!("weekday-{}", day.to_monday_one_offset()));
                    format!("{} ({day})", promise::rule(voice, every))
                }
                None => promise::rule(voice, every),
            };
            rules.iter().map(|&(every, day)| Choice { label: label(every, day), value: every.written(day) }).collect()
        }
        Suggestions::Zones(names) => {
            names.iter().map(|name| Choice { label: name.clone(), value: name.clone() }).collect()
        }
    }
}

/// A reading with what it assumes, in a line.
pub(super) fn time(voice: Voice<'_>, reading: &phrase::Reading) -> String {
    let assumed = reading.notes.iter().map(|note| format!(" · {}", note.brief(voice.lang)));
    std::iter::once(clock_time(voice, &reading.due)).chain(assumed).collect()
}

/// A moment written out to the minute, as Discord shows its timestamps, for places where it shows none.
pub fn clock_time(voice: Voice<'_>, at: &Zoned) -> String {
    let weekday = voice.say(&format!("weekday-{}", at.weekday().to_monday_one_offset()));
    let month = voice.say(&format!("month-{}", at.month()));
    let time = at.strftime("%H:%M").to_string();
    let (day, year) = (at.day().to_string(), at.year().to_string());
    let zone = at.strftime("%Z").to_string();
    voice.with(
        "clock-time",
        &[("weekday", &weekday), ("day", &day), ("month", &month), ("year", &year), ("time", &time), ("zone", &zone)],
    )
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::tz::{TimeZone, db};

    use super::*;
    use crate::locale::{Lang, Texts};

    /// Both sides of the next changes of a zone's clock, and a time of every season.
    fn moments(now: &Zoned) -> Vec<Zoned> {
        let changes = now.time_zone().following(now.timestamp()).take(4).map(|change| change.timestamp());
        let around =
            changes.flat_map(|at| [-90, -30, 0, 30, 90].map(|minutes| at + jiff::SignedDuration::from_mins(minutes)));
        let seasons = (1..5).filter_map(|n| now.checked_add((n * 3).months()).ok()).map(|at| at.timestamp());
        let near = |at: &Zoned| *at < now.saturating_add(5.years());
        around.chain(seasons).map(|at| at.to_zoned(now.time_zone().clone())).filter(near).collect()
    }

    #[test]
    fn every_time_that_is_shown_can_be_typed_back_in_every_zone() {
        let texts = Texts::embedded();
        let (mut wrong, mut tried) = (Vec::new(), 0);
        for name in db().available() {
            let zone = TimeZone::get(name.as_str()).unwrap();
            let now = "2026-11-18T10:15:00Z".parse::<jiff::Timestamp>().unwrap().to_zoned(zone);
            let context = phrase::Context::new(now.clone());
            for at in moments(&now) {
                for lang in Lang::ALL {
                    for label in [clock_time(texts.voice(lang), &at), phrase::format(&at, lang)] {
                        tried += 1;
                        match phrase::parse(&label, &context) {
                            Ok(read) if read.due == at => {}
                            other => wrong.push(format!("{name}: {label}: {other:?}")),
                        }
                    }
                }
            }
        }
        assert!(
            tried > 5_000 && wrong.is_empty(),
            "{} of {tried}:\n{}",
            wrong.len(),
            wrong[..wrong.len().min(20)].join("\n")
        );
    }

    #[test]
    fn a_time_with_seconds_is_never_shown_later_than_it_is_and_what_is_sent_back_keeps_them() {
        let texts = Texts::embedded();
        for zone in ["Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"] {
            let now: Zoned = format!("2026-11-19T10:00:30[{zone}]").parse().unwrap();
            let context = phrase::Context::new(now.clone());
            for seconds in [31, 59 * 60 + 59, 3_600, 90 * 60 + 1] {
                let typed = format!("in {seconds} seconds");
                let reading = phrase::parse(&typed, &context).unwrap();
                let due = reading.due.clone();
                assert_eq!(due.timestamp().as_second() - now.timestamp().as_second(), seconds, "exactly what was said");
                assert_eq!(phrase::parse(&phrase::choice(&reading), &context).map(|read| read.due), Ok(due.clone()));
                for lang in Lang::ALL {
                    let written = phrase::format(&due, lang);
                    assert_eq!(phrase::parse(&written, &context).map(|read| read.due), Ok(due.clone()), "{written}");
                    let label = clock_time(texts.voice(lang), &due);
                    let said = phrase::parse(&label, &context).unwrap().due;
                    let early = due.timestamp().as_second() - said.timestamp().as_second();
                    assert!((0..60).contains(&early), "{label} is said, and {due} is kept");
                }
                let ms = due.timestamp().as_millisecond() + 999;
                assert!(moment(ms).starts_with(&format!("<t:{}:F>", due.timestamp().as_second())), "{}", moment(ms));
            }
        }
    }

    #[test]
    fn a_suggestion_says_what_it_assumes_in_label_and_value_and_reads_back_from_both() {
        let texts = Texts::embedded();
        let monday = "2026-11-23T10:00:00+01:00[Europe/Berlin]".parse().unwrap();
        let context = phrase::Context::new(monday);
        for (typed, lang, label) in [
            ("nächsten Freitag", Lang::De, "Freitag, 4. Dezember 2026, 09:00 Uhr (CET) · folgende Woche"),
            ("28.3.2027 02:30", Lang::De, "Sonntag, 28. März 2027, 03:30 Uhr (CEST) · Uhr wird vorgestellt"),
            ("31.10.2027 02:30", Lang::En, "Sunday, 31 October 2027, 02:30 (CEST) · first of the two"),
        ] {
            let reading = phrase::parse(typed, &context).unwrap();
            let shown = choices(texts.voice(lang), &Suggestions::Times(vec![reading.clone()]));
            assert_eq!(shown[0].label, label);
            assert_eq!(phrase::parse(&shown[0].value, &context), Ok(reading.clone()), "{}", shown[0].value);
            assert_eq!(
                phrase::parse(label, &context).map(|read| (read.due, read.notes)),
                Ok((reading.due, reading.notes))
            );
        }
    }
}
