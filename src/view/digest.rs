//! Mornings' overviews: what is due, what is late, what is nobody's, what is heated.

use super::custom_id::{Action, Promise};
use super::promise::REASON;
use super::reminder::button;
use super::text::{self, ago};
use crate::case::{View, clip};
use crate::chat::{Choice, Look, Message, Row, Select};
use crate::id::GuildId;
use crate::locale::{Lang, Texts, Voice};
use crate::store::digest::{Group, Line, Sheet};

/// Discord: most characters of a message.
const MESSAGE: usize = 1_990;
/// Discord: most characters of a choice.
const CHOICE: usize = 100;
/// The hour from which it is no longer morning.
const NOON: i8 = 12;

/// Whether there is anything to say. Cases of nobody alone are told to the team, not to each person.
pub fn digest_says(sheet: &Sheet, to_a_person: bool) -> bool {
    let own = sheet.undelivered.count + sheet.overdue.count + sheet.today.count + sheet.hot.count;
    own > 0 || (!to_a_person && sheet.unassigned.count > 0)
}

/// The head of an overview that is read at this hour of its reader's day: late in the day nobody is told good morning.
fn head(voice: Voice<'_>, key: &str, hour: i8) -> String {
    let greeting = voice.say(if hour < NOON { "digest-morning" } else { "digest-day" });
    voice.with(key, &[("greeting", &greeting)])
}

/// What there is something of, most pressing first.
fn groups(sheet: &Sheet) -> impl Iterator<Item = (&'static str, &Group)> {
    let groups = [
        ("digest-undelivered", &sheet.undelivered),
        ("digest-overdue", &sheet.overdue),
        ("digest-today", &sheet.today),
        ("digest-hot", &sheet.hot),
        ("digest-unassigned", &sheet.unassigned),
    ];
    groups.into_iter().filter(|(_, group)| group.count > 0)
}

/// A person's overview, as a direct message; `hour` is that of its reader's clock.
pub fn digest(texts: &Texts, lang: Lang, (guild, delivery): (GuildId, i64), hour: i8, sheet: &Sheet) -> Message {
    let voice = texts.voice(lang);
    let mut lines = vec![head(voice, "digest", hour)];
    for (key, group) in groups(sheet) {
        lines.push(String::new());
        lines.push(voice.count(key, group.count, &[]));
        lines.extend(group.lines.iter().map(|line| own_line(voice, line)));
        lines.extend(left(voice, group));
    }
    let stop = button(voice, "button-no-digest", Look::Secondary, Action::NoMornings(guild, delivery));
    let mut rows = vec![Row::Buttons(vec![stop])];
    rows.extend(open_one(voice, (guild, delivery), &sheet.undelivered));
    Message { content: clip(&lines.join("\n"), MESSAGE), rows, ..Message::default() }
}

/// What reached nobody, to open one with all that can be done with it.
fn open_one(voice: Voice<'_>, (guild, delivery): (GuildId, i64), lost: &Group) -> Option<Row> {
    let entry = |line: &Line| {
        let (id, version, _) = line.undelivered.as_ref()?;
        let promise = Promise { guild, id: *id, version: *version, delivery };
        let case = line.case.map(|number| format!("{number} · ")).unwrap_or_default();
        let what = text::one_line(&text::unmarked(voice, &line.what));
        Some(Choice { label: clip(&format!("{case}{what}"), CHOICE), value: promise.choice() })
    };
    let options: Vec<Choice> = lost.lines.iter().filter_map(entry).collect();
    let custom_id = Action::Choose(guild, delivery).encode();
    let select = Select { custom_id, placeholder: voice.say("digest-choose-undelivered"), options };
    (!select.options.is_empty()).then_some(Row::Select(select))
}

/// The team's overview, without anybody's words.
pub fn team_digest(texts: &Texts, lang: Lang, delivery: i64, hour: i8, sheet: &Sheet) -> Message {
    let voice = texts.voice(lang);
    let mut lines = vec![head(voice, "digest-team", hour)];
    lines.extend(groups(sheet).map(|(key, group)| in_one_line(voice, key, group)));
    if sheet.unassigned.count > 0 {
        lines.push(voice.say("digest-take-one"));
    }
    let list = |key: &str, view: View| button(voice, key, Look::Secondary, Action::Overview(view, delivery));
    let mut row = vec![list("view-mine", View::Mine)];
    if sheet.undelivered.count > 0 {
        row.push(button(voice, "button-undelivered", Look::Secondary, Action::Undelivered(None)));
    }
    for (group, key, view) in [
        (&sheet.overdue, "view-overdue", View::Overdue),
        (&sheet.hot, "view-hot", View::Hot),
        (&sheet.unassigned, "view-unassigned", View::Unassigned),
    ] {
        if group.count > 0 {
            row.push(list(key, view));
        }
    }
    Message { content: clip(&lines.join("\n"), MESSAGE), rows: vec![Row::Buttons(row)], ..Message::default() }
}

/// What came of stopping them, with the way back; or of going it.
pub(super) fn switched(voice: Voice<'_>, guild: GuildId, on: bool) -> Message {
    let again = button(voice, "button-digest-again", Look::Secondary, Action::Mornings(guild));
    Message {
        content: voice.say(if on { "digest-again" } else { "digest-stopped" }),
        rows: if on { Vec::new() } else { vec![Row::Buttons(vec![again])] },
        ..Message::default()
    }
}

/// How many there are, and the cases they belong to, each once.
fn in_one_line(voice: Voice<'_>, key: &str, group: &Group) -> String {
    let mut cases: Vec<String> = Vec::new();
    for line in &group.lines {
        let named = place(line);
        if !named.is_empty() && !cases.contains(&named) {
            cases.push(named);
        }
    }
    let mut line = format!("- {}", voice.count(key, group.count, &[]));
    if !cases.is_empty() {
        line.push_str(" – ");
        line.push_str(&cases.join(", "));
    }
    if group.count > group.lines.len() as i64 {
        line.push_str(" …");
    }
    line
}

fn own_line(voice: Voice<'_>, line: &Line) -> String {
    let mut parts = Vec::new();
    if line.case.is_some() {
        parts.push(place(line));
    }
    if !line.what.is_empty() {
        parts.push(text::what_line(voice, &line.what, 80));
    }
    if line.due_at > 0 {
        parts.push(ago(line.due_at));
    }
    if let Some((_, _, reason)) = &line.undelivered {
        parts.push(clip(&text::hindrances(voice, reason), REASON));
    }
    format!("- {}", parts.join(" · "))
}

/// The case with the way to it.
fn place(line: &Line) -> String {
    let Some(number) = line.case else { return String::new() };
    line.thread.map_or_else(|| number.to_string(), |thread| format!("{number} {}", text::channel(thread)))
}

fn left(voice: Voice<'_>, group: &Group) -> Option<String> {
    let left = group.count - group.lines.len() as i64;
    (left > 0).then(|| voice.count("digest-more", left, &[]))
}
