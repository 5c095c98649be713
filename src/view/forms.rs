//! Forms: at most five fields, labels of at most 45 characters, and nothing that needs the database to be shown.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::custom_id::Action;
use crate::case::{MAX_TEXT, clip};
use crate::chat::{Input, Modal};
use crate::desk::Form;
use crate::follow_up::phrase;
use crate::id::UserId;
use crate::locale::{Lang, Voice};

/// Where there is no account to carry.
const NOBODY: UserId = UserId(0);

/// Longest draft: with the findings it still fits one answer.
const MAX_DRAFT: u16 = 3_500;

/// A form, in the language of who fills it in.
pub fn form(voice: Voice<'_>, form: &Form) -> Modal {
    let (action, title, inputs) = match form {
        Form::OpenCase { channel, message, author, title, customer } => (
            Action::OpenCase(*channel, *message, author.unwrap_or(NOBODY)),
            "form-open",
            vec![line(voice, "title", true, title, 100), line(voice, "customer", false, customer, 100)],
        ),
        Form::Note(number) => (Action::AddNote(*number), "form-note", vec![long(voice, "text", true, MAX_TEXT as u16)]),
        Form::FollowUp(number) => (
            Action::AddFollowUp(*number),
            "form-follow-up",
            vec![line(voice, "what", true, "", 1_000), line(voice, "when", true, "", 200)],
        ),
        Form::AskAgain { case, when } => (
            Action::AddFollowUp(*case),
            "form-follow-up",
            vec![line(voice, "what", true, &voice.say("ask-again-what"), 1_000), line(voice, "when", true, when, 200)],
        ),
        Form::Remind { case, offer, when, .. } => (
            Action::KeepOffer(*case, *offer),
            "form-follow-up",
            vec![line(voice, "what", true, &voice.say("offer-what"), 1_000), line(voice, "when", true, when, 200)],
        ),
        Form::Close(number) => {
            (Action::Close(*number), "form-close", vec![long(voice, "resolution", false, MAX_TEXT as u16)])
        }
        Form::PickTime(promise) => {
            (Action::SetTime(*promise), "form-pick-time", vec![line(voice, "when", true, "", 200)])
        }
        Form::EditFollowUp { promise, what, when } => (
            Action::Edit(*promise),
            "form-edit-follow-up",
            vec![line(voice, "what", true, what, 1_000), line(voice, "when", true, when, 200)],
        ),
        Form::Promise(promised) => (
            Action::KeepPromise,
            "form-follow-up",
            vec![
                line(voice, "what", true, &voice.say("promise-what"), 1_000),
                line(voice, "when", true, &written(promised.when, voice.lang), 200),
            ],
        ),
        Form::Draft => (Action::Draft, "form-draft", vec![long(voice, "draft", true, MAX_DRAFT)]),
    };
    Modal { custom_id: action.encode(), title: voice.say(title), inputs }
}

fn line(voice: Voice<'_>, id: &'static str, required: bool, value: &str, max: u16) -> Input {
    Input { value: clip(value, usize::from(max)), ..input(voice, id, required, max, false) }
}

fn long(voice: Voice<'_>, id: &'static str, required: bool, max: u16) -> Input {
    input(voice, id, required, max, true)
}

fn input(voice: Voice<'_>, id: &'static str, required: bool, max: u16, long: bool) -> Input {
    Input {
        id,
        label: voice.say(&format!("input-{id}")),
        long,
        required,
        value: String::new(),
        max,
        placeholder: voice.say(&format!("input-{id}.hint")),
    }
}

/// `202611201430` as people write it, „Freitag, 20.11.2026, 14:30 Uhr“; nothing for anything else.
fn written(digits: i64, lang: Lang) -> String {
    let text = digits.to_string();
    if text.len() != 12 || digits < 0 {
        return String::new();
    }
    let civil = DateTime::strptime("%Y%m%d%H%M", &text).ok();
    // The zone plays no part in how a civil time is written.
    let at = civil.and_then(|civil| civil.to_zoned(TimeZone::UTC).ok());
    at.map_or_else(String::new, |at| phrase::format(&at, lang))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_found_time_is_written_so_that_it_reads_back() {
        assert_eq!(written(202_611_201_430, Lang::De), "Freitag, 20.11.2026, 14:30 Uhr");
        assert_eq!(written(202_611_201_430, Lang::En), "Friday, 20 November 2026, 14:30");
        for none in [0, -20_261_120_143, 999_999_999_999] {
            assert_eq!(written(none, Lang::De), "");
        }
    }
}
