//! Several reminders in one message with one list: what one person missed, or what is due at once in one channel. Choosing an
//! entry opens that reminder's buttons to whoever chose.

use super::custom_id::{Action, Promise};
use super::text::{self, moment, one_line};
use crate::chat::{Choice, Mentions, Message, Row, Select};
use crate::follow_up::FollowUp;
use crate::id::{GuildId, UserId};
use crate::locale::{Lang, Texts};

/// Characters of a promise in the text.
const IN_TEXT: usize = 60;
/// Where the text stops, below Discord's 2,000 characters; the list still has everything.
const LONGEST: usize = 1_950;
/// Discord: characters of an entry.
const IN_LIST: usize = 100;
/// Discord: entries of one list.
const MOST: usize = 25;

/// A bundle of reminders, which mentions whoever owes one of them. `late`: an outage swallowed them. Its list carries the
/// delivery, by which it is found again after a lost answer.
pub fn bundle<'a>(
    texts: &Texts,
    lang: Lang,
    (guild, delivery): (GuildId, i64),
    late: bool,
    reminders: impl IntoIterator<Item = &'a FollowUp>,
) -> Message {
    let voice = texts.voice(lang);
    let reminders: Vec<&FollowUp> = reminders.into_iter().take(MOST).collect();
    let mut users: Vec<UserId> = Vec::new();
    for one in &reminders {
        if !users.contains(&one.assignee) {
            users.push(one.assignee);
        }
    }
    let who: Vec<String> = users.iter().map(|user| text::person(*user)).collect();
    let mut content = voice.with(if late { "bundle" } else { "bundle-now" }, &[("who", &who.join(", "))]);
    let mut options = Vec::new();
    for follow_up in reminders {
        let case = follow_up.case.map(|number| format!("{number} · ")).unwrap_or_default();
        let what = format!("{case}{}", text::what(voice, &follow_up.what, IN_TEXT));
        let line = voice.with("bundle-line", &[("what", &what), ("due", &moment(follow_up.due_at))]);
        if content.encode_utf16().count() + line.encode_utf16().count() < LONGEST {
            content.push('\n');
            content.push_str(&line);
        }
        let promise = Promise { guild, id: follow_up.id, version: follow_up.version, delivery };
        let label = format!("{case}{}", one_line(&text::unmarked(voice, &follow_up.what)));
        let label: String = label.chars().take(IN_LIST).collect();
        options.push(Choice { label, value: promise.choice() });
    }
    let select = Select {
        custom_id: Action::Choose(guild, delivery).encode(),
        placeholder: voice.say("bundle-choose"),
        options,
    };
    let mentions = Mentions { users, ..Mentions::default() };
    Message { content, rows: vec![Row::Select(select)], mentions, ..Message::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::CaseNumber;
    use crate::follow_up::FollowUpId;

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
            let message = bundle(&Texts::embedded(), lang, (GuildId(1), i64::MAX), true, &missed);
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
