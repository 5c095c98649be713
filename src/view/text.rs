//! Small pieces every message is made of: typed text made harmless, times, people, names of values.

use crate::case::{CaseNumber, Change, Entry, clip};
use crate::follow_up::{Kind, State};
use crate::id::{ChannelId, RoleId, UserId};
use crate::locale::Voice;

/// First-strong isolate and its end: right-to-left text stays within its own bounds.
const ISOLATE: (char, char) = ('\u{2068}', '\u{2069}');

/// Typed text as it may stand in a message: shown as typed, at most `max` characters of it, without effect.
pub fn plain(typed: &str, max: usize) -> String {
    let clipped = clip(typed, max);
    let mut out = String::with_capacity(clipped.len() + 8);
    for (at, c) in clipped.char_indices() {
        match c {
            '\\' | '*' | '_' | '~' | '|' | '`' | '[' | ']' | '<' | '>' => {
                out.push('\\');
                out.push(c);
            }
            // The mention parser knows no escape; a word joiner keeps `@everyone` from being one.
            '@' if ["everyone", "here"].iter().any(|all| clipped[at + 1..].starts_with(all)) => {
                out.push_str("@\u{2060}");
            }
            c => out.push(c),
        }
    }
    if clipped.chars().any(is_right_to_left) { format!("{}{out}{}", ISOLATE.0, ISOLATE.1) } else { out }
}

/// The strong right-to-left blocks: Hebrew, Arabic and their neighbours and presentation forms.
const fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{0590}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFF}' | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
}

/// What is promised: as typed, or in the reader's language where the bot promised it itself.
pub fn what(voice: Voice<'_>, what: &str, max: usize) -> String {
    Kind::of_words(what).map_or_else(|| plain(what, max), |kind| value(voice, "what", kind.name()))
}

/// The same where no markdown has effect: in a list.
pub fn unmarked(voice: Voice<'_>, what: &str) -> String {
    Kind::of_words(what).map_or_else(|| what.to_owned(), |kind| value(voice, "what", kind.name()))
}

/// The same on one line.
pub fn what_line(voice: Voice<'_>, promised: &str, max: usize) -> String {
    what(voice, &one_line(promised), max)
}

/// Typed text in a code block, where nothing has effect: for copying.
pub fn block(typed: &str, max: usize) -> String {
    format!("```\n{}\n```", clip(typed, max).replace("```", "`\u{2060}``"))
}

/// What stands in a code block that [`block`] made; `None` for anything else.
pub fn unblocked(block: &str) -> Option<String> {
    let inside = block.strip_prefix("```\n")?.strip_suffix("\n```")?;
    Some(inside.replace("`\u{2060}``", "```"))
}

/// A moment, shown by Discord in the reader's own zone: date and time, and how far off.
pub fn moment(ms: i64) -> String {
    let seconds = ms.div_euclid(1000);
    format!("<t:{seconds}:F> (<t:{seconds}:R>)")
}

/// A moment, short: how far off.
pub fn ago(ms: i64) -> String {
    format!("<t:{}:R>", ms.div_euclid(1000))
}

/// A person. Pings only where the message's mentions say so.
pub fn person(user: UserId) -> String {
    format!("<@{user}>")
}

/// A role. Never pings unless the message's mentions say so.
pub fn role(role: RoleId) -> String {
    format!("<@&{role}>")
}

/// A channel, as a link.
pub fn channel(channel: ChannelId) -> String {
    format!("<#{channel}>")
}

/// Somebody, or the text for nobody.
pub fn person_or(user: Option<UserId>, voice: Voice<'_>, nobody: &str) -> String {
    user.map_or_else(|| voice.say(nobody), person)
}

/// `#1042 Title`, the title harmless.
pub fn headline(number: CaseNumber, title: &str) -> String {
    format!("{number} · {}", plain(title, 150))
}

/// The shown name of a value with a stable name: `status-open`, `priority-high`, …
pub fn value(voice: Voice<'_>, set: &str, name: &str) -> String {
    voice.say(&format!("{set}-{}", name.replace('_', "-")))
}

/// One line of the timeline.
pub fn entry(voice: Voice<'_>, entry: &Entry) -> String {
    let who = entry.actor.map_or_else(|| voice.say("nobody-bot"), person);
    format!("{} {who}: {}", ago(entry.at), change(voice, &entry.what))
}

/// What changed, without who and when.
pub fn change(voice: Voice<'_>, change: &Change) -> String {
    use Change as C;
    let status = |s: crate::case::Status| value(voice, "status", s.name());
    match change {
        C::Opened { .. } => voice.say("entry-opened"),
        C::Title { to, .. } => voice.with("entry-title", &[("to", &plain(to, 80))]),
        C::Status { from, to } => voice.with("entry-status", &[("from", &status(*from)), ("to", &status(*to))]),
        C::Priority { to, .. } => voice.with("entry-priority", &[("to", &value(voice, "priority", to.name()))]),
        C::Owner { to, .. } => voice.with("entry-owner", &[("to", &person_or(*to, voice, "nobody"))]),
        C::Mood { to, .. } => voice.with("entry-mood", &[("to", &voice.say(&format!("mood-{to}")))]),
        C::CustomerType { to, .. } => {
            let to = to.map_or_else(|| "–".to_owned(), |to| value(voice, "type", to.name()));
            voice.with("entry-type", &[("to", &to)])
        }
        C::Cause { to, .. } => {
            let to = to.map_or_else(|| "–".to_owned(), |to| value(voice, "cause", to.name()));
            voice.with("entry-cause", &[("to", &to)])
        }
        C::Via { to, .. } => {
            let to = to.map_or_else(|| "–".to_owned(), |to| value(voice, "via", to.name()));
            voice.with("entry-via", &[("to", &to)])
        }
        C::Tagged { tag } => voice.with("entry-tagged", &[("tag", &plain(tag, 40))]),
        C::Untagged { tag } => voice.with("entry-untagged", &[("tag", &plain(tag, 40))]),
        C::Note { text } => voice.with("entry-note", &[("text", &plain(&one_line(text), 200))]),
        C::Checked { satisfied: true } => voice.say("entry-checked-satisfied"),
        C::Checked { satisfied: false } => voice.say("entry-checked-unsatisfied"),
        C::Closed { resolution: Some(text), .. } => {
            voice.with("entry-closed-with", &[("text", &plain(&one_line(text), 200))])
        }
        C::Closed { resolution: None, .. } => voice.say("entry-closed"),
        C::Reopened { .. } => voice.say("entry-reopened"),
        C::CustomerSpoke { .. } => voice.say("entry-customer-spoke"),
        C::FollowUpAdded { what, due, assignee, .. } => voice.with(
            "entry-follow-up-added",
            &[("what", &what_line(voice, what, 100)), ("due", &moment(*due)), ("who", &person(*assignee))],
        ),
        C::FollowUpDone { what, outcome, .. } => with_reason(
            voice.with("entry-follow-up-done", &[("what", &what_line(voice, what, 100))]),
            outcome.as_deref(),
        ),
        C::FollowUpHandedOver { what, to, .. } => {
            let args = [("what", &*what_line(voice, what, 100)), ("who", &*person(*to))];
            voice.with("entry-follow-up-handed-over", &args)
        }
        C::FollowUpEdited { to, due, .. } => {
            voice.with("entry-follow-up-edited", &[("what", &what_line(voice, to, 100)), ("due", &moment(*due))])
        }
        C::FollowUpLapsed { what, .. } => {
            voice.with("entry-follow-up-lapsed", &[("what", &what_line(voice, what, 100))])
        }
        C::FollowUpMoved { what, due, .. } => {
            voice.with("entry-follow-up-moved", &[("what", &what_line(voice, what, 100)), ("due", &moment(*due))])
        }
        C::FollowUpCancelled { what, reason, .. } => {
            let said = voice.with("entry-follow-up-cancelled", &[("what", &what_line(voice, what, 100))]);
            with_reason(said, reason.as_deref())
        }
        C::Erased {} => voice.say("entry-erased"),
        C::Undeliverable { what, reason } => {
            let args = [("what", &*what_line(voice, what, 100)), ("reason", &*hindrances(voice, reason))];
            voice.with("entry-undeliverable", &args)
        }
    }
}

/// What came of a promise, or why it was taken back, as it was typed.
pub fn outcome(voice: Voice<'_>, state: State, typed: &str) -> String {
    let key = if state == State::Cancelled { "follow-up-reason" } else { "follow-up-outcome" };
    voice.with(key, &[("outcome", &plain(&one_line(typed), 500))])
}

/// Why nobody was reached, in words: `reason` is what delivery noted, place by place.
pub fn hindrances(voice: Voice<'_>, reason: &str) -> String {
    reason.split(", ").map(|one| hindrance(voice, one)).collect::<Vec<_>>().join("; ")
}

/// Noted beside a place that whoever it is for does not see; no code of Discord's.
pub const UNSEEN: u64 = 1;

/// Why one place took no message, in words: `reason` is the place's name and Discord's code, as delivery notes them.
fn hindrance(voice: Voice<'_>, reason: &str) -> String {
    let Some((place, code)) = reason.split_once(' ') else { return plain(reason, 80) };
    match place {
        "left" => return voice.say("hindrance-left"),
        "tries" => return voice.with("hindrance-tries", &[("n", code)]),
        _ => {}
    }
    let why = match code.parse() {
        Ok(50_001 | 50_013) => voice.say("hindrance-rights"),
        Ok(UNSEEN) => voice.say("hindrance-unseen"),
        Ok(50_007) => voice.say("hindrance-closed"),
        Ok(0 | 10_001..=10_999) => voice.say("hindrance-gone"),
        _ => voice.with("hindrance-code", &[("code", &plain(code, 20))]),
    };
    voice.with("hindrance", &[("place", place), ("why", &why)])
}

fn with_reason(said: String, reason: Option<&str>) -> String {
    match reason {
        Some(reason) => format!("{said} – {}", plain(&one_line(reason), 100)),
        None => said,
    }
}

/// Line breaks folded, for lists.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_text_cannot_ping_format_or_hide_a_link() {
        assert_eq!(plain("@everyone", 100), "@\u{2060}everyone");
        assert_eq!(plain("[klick](https://böse.example)", 100), "\\[klick\\](https://böse.example)");
        assert_eq!(plain("<@123> **fett**", 100), "\\<@123\\> \\*\\*fett\\*\\*");
    }

    #[test]
    fn right_to_left_text_is_isolated() {
        assert_eq!(plain("فاتورة", 100), "\u{2068}فاتورة\u{2069}");
        assert_eq!(plain("Rechnung", 100), "Rechnung");
    }

    #[test]
    fn a_code_block_cannot_be_left() {
        assert_eq!(block("a```b", 100).matches("```").count(), 2);
        assert_eq!(unblocked(&block("a```b\n c", 100)).as_deref(), Some("a```b\n c"));
        assert_eq!(unblocked("a"), None);
    }
}
