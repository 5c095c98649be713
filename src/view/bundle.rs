//! Several reminders in one message with one list: what one person missed, or what is due at once in one channel. Choosing an
//! entry opens that reminder's buttons to whoever chose. What has ended or moved since says so and is no longer a choice.

use super::custom_id::{Action, Promise};
use super::text::{self, moment, one_line};
use crate::chat::{Choice, Mentions, Message, Row, Select};
use crate::follow_up::{FollowUp, State, assignees};
use crate::id::GuildId;
use crate::locale::{Lang, Texts, Voice};

/// Characters of a promise in the text.
const IN_TEXT: usize = 60;
/// Where the text stops, below Discord's 2,000 characters; the list still has everything.
const LONGEST: usize = 1_950;
/// Discord: characters of an entry.
const IN_LIST: usize = 100;
/// Discord: entries of one list.
const MOST: usize = 25;

/// A bundle of reminders, which mentions whoever owes one of them; with each, whether it still stands as it was shown. `late`:
/// an outage swallowed them. Its list carries the delivery, by which it is found again after a lost answer.
pub fn bundle<'a>(
    texts: &Texts,
    lang: Lang,
    (guild, delivery): (GuildId, i64),
    late: bool,
    reminders: impl IntoIterator<Item = (&'a FollowUp, bool)>,
) -> Message {
    let voice = texts.voice(lang);
    let reminders: Vec<(&FollowUp, bool)> = reminders.into_iter().take(MOST).collect();
    let users = assignees(reminders.iter().map(|(one, _)| *one));
    let who: Vec<String> = users.iter().map(|user| text::person(*user)).collect();
    let head = match (reminders.iter().any(|(_, stands)| *stands), late) {
        (false, _) => "bundle-over",
        (true, true) => "bundle",
        (true, false) => "bundle-now",
    };
    let mut content = voice.with(head, &[("who", &who.join(", "))]);
    let mut options = Vec::new();
    for (follow_up, stands) in reminders {
        let case = follow_up.case.map(|number| format!("{number} · ")).unwrap_or_default();
        let line = line(voice, follow_up, &case, stands);
        if content.encode_utf16().count() + line.encode_utf16().count() < LONGEST {
            content.push('\n');
            content.push_str(&line);
        }
        if !stands {
            continue;
        }
        let promise = Promise::of(follow_up, delivery);
        let label = format!("{case}{}", one_line(&text::unmarked(voice, &follow_up.what)));
        let label: String = label.chars().take(IN_LIST).collect();
        options.push(Choice { label, value: promise.choice() });
    }
    let select = Select {
        custom_id: Action::Choose(guild, delivery).encode(),
        placeholder: voice.say("bundle-choose"),
        options,
    };
    let rows = if select.options.is_empty() { Vec::new() } else { vec![Row::Select(select)] };
    let mentions = Mentions { users, ..Mentions::default() };
    Message { content, rows, mentions, ..Message::default() }
}

/// What is due, or what became of it.
fn line(voice: Voice<'_>, follow_up: &FollowUp, case: &str, stands: bool) -> String {
    let what = format!("{case}{}", text::what_line(voice, &follow_up.what, IN_TEXT));
    let key = match follow_up.state {
        _ if stands => "bundle-line",
        State::Open => "bundle-line-changed",
        State::Done => "bundle-line-done",
        // Nobody took it back: another occurrence took its place.
        State::Cancelled if follow_up.ended_by.is_none() => "bundle-line-lapsed",
        State::Cancelled => "bundle-line-cancelled",
    };
    let args = [
        ("what", what),
        ("due", moment(if stands { follow_up.due_at } else { follow_up.promised_at() })),
        ("who", text::person(follow_up.assignee)),
        ("by", text::person_or(follow_up.ended_by, voice, "nobody-bot")),
    ];
    let args: Vec<_> = args.iter().map(|(name, value)| (*name, value.as_str())).collect();
    voice.with(key, &args)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::CaseNumber;
    use crate::follow_up::FollowUpId;
    use crate::id::UserId;

    #[test]
    fn twenty_five_long_promises_fit_into_one_message_and_each_can_be_opened() {
        let missed: Vec<FollowUp> = (1..=25)
            .map(|n| FollowUp {
                id: FollowUpId(n),
                case: (n == 3).then_some(CaseNumber(7)),
                ..follow_up(&"*Angebot* für @everyone ".repeat(20))
            })
            .collect();
        for lang in [Lang::De, Lang::En] {
            let message =
                bundle(&Texts::embedded(), lang, (GuildId(1), i64::MAX), true, missed.iter().map(|one| (one, true)));
            assert!(message.content.contains("#7 · "), "{}", message.content);
            let length = message.content.encode_utf16().count();
            assert!(length <= 2_000, "{length}");
            let [Row::Select(select)] = &message.rows[..] else { panic!("one list") };
            assert_eq!(select.options.len(), 25);
            assert_eq!(Action::decode(&select.custom_id), Some(Action::Choose(GuildId(1), i64::MAX)));
            let opened = Promise::chosen(GuildId(1), i64::MAX, &select.options[4].value).expect("it reads back");
            assert_eq!((opened.id, opened.version), (FollowUpId(5), missed[4].version));
            assert_eq!(message.mentions.users, [UserId(4)], "once, and nobody else is pinged");
        }
    }

    #[test]
    fn what_has_ended_or_moved_says_so_and_is_no_choice() {
        let texts = Texts::embedded();
        let one = |id, state| FollowUp { id: FollowUpId(id), state, ended_by: Some(UserId(9)), ..follow_up("Angebot") };
        let all = [one(1, State::Open), one(2, State::Open), one(3, State::Done), one(4, State::Cancelled)];
        let show = |stands: [bool; 4]| bundle(&texts, Lang::En, (GuildId(1), 7), true, all.iter().zip(stands));
        let some = show([true, false, false, false]);
        let [Row::Select(select)] = &some.rows[..] else { panic!("one list") };
        assert_eq!(select.options.len(), 1);
        assert!(some.content.contains("~~Angebot~~ – done by <@9>"), "{}", some.content);
        assert!(some.content.contains("~~Angebot~~ – taken back by <@9>"), "{}", some.content);
        assert!(some.content.contains("Angebot – changed meanwhile: <@4>"), "{}", some.content);
        let none = show([false; 4]);
        assert!(
            none.rows.is_empty() && none.content.contains("none of these reminders is open any more"),
            "{}",
            none.content
        );
    }

    fn follow_up(what: &str) -> FollowUp {
        FollowUp {
            id: FollowUpId(1),
            guild: GuildId(1),
            case: None,
            what: what.to_owned(),
            creator: UserId(3),
            assignee: UserId(4),
            civil: "2026-11-02T10:00:00".to_owned(),
            zone: "Europe/Berlin".to_owned(),
            due_at: 1_793_610_000_000,
            channel: crate::id::ChannelId(5),
            state: crate::follow_up::State::Open,
            created_at: 0,
            ended_at: None,
            ended_by: None,
            outcome: None,
            terms: crate::follow_up::Terms::default(),
            version: 7,
        }
    }
}
