//! What a button, list or form carries so that pressing it works after any restart: the whole intent, and nothing secret.
//!
//! `version:verb:numbers…`, at most 100 characters. Anybody can send any id, so an id grants nothing: rights are checked
//! when it takes effect. Unknown versions and verbs are stale, never an error of the program.

use crate::case::{CaseNumber, View};
use crate::follow_up::FollowUpId;
use crate::id::{ChannelId, GuildId, MessageId, UserId};

/// The version all ids carry today.
const VERSION: &str = "r1";

/// What a control does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Card: make me the owner.
    Claim(CaseNumber),
    /// Card: offer the statuses.
    AskStatus(CaseNumber),
    /// List: set the chosen status.
    SetStatus(CaseNumber),
    /// Card: offer the form for a promise.
    AskFollowUp(CaseNumber),
    /// Form: write the promise down.
    AddFollowUp(CaseNumber),
    /// Card: offer the form for a note.
    AskNote(CaseNumber),
    /// Form: keep the note.
    AddNote(CaseNumber),
    /// Card: offer the form for the resolution.
    AskClose(CaseNumber),
    /// Form: close.
    Close(CaseNumber),
    /// Form: open a case from a message and its author, or from none (zeros).
    OpenCase(ChannelId, MessageId, UserId),
    /// Form: look at a draft.
    Draft,
    /// Turn a page of a list.
    Page(View, u32),
    /// Privacy: erase whoever presses.
    EraseMe,
    /// Privacy: erase what a case says.
    EraseCase(CaseNumber),
    /// Reminder: the promise is kept.
    Done(Promise),
    /// Success check: the solution held.
    Satisfied(Promise),
    /// Success check: it did not.
    Unsatisfied(Promise),
    /// Overview: no more of them from this team; with the delivery that brought it.
    NoMornings(GuildId, i64),
    /// Overview: a list of cases; with the delivery that brought it.
    Overview(View, i64),
    /// Offer: a reminder for this case at this time, Unix s; with the delivery that brought it.
    TakeOffer(CaseNumber, i64, i64),
    /// Reminder: an hour later.
    Later(Promise),
    /// Reminder without text: show it to me.
    Reveal(Promise),
    /// Bundle of reminders: open the chosen one of this team, sent by this delivery.
    Choose(GuildId, i64),
}

/// A reminder's promise: which, of which team, and the delivery that carried it (its marker).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise {
    /// Direct messages have no guild of their own.
    pub guild: GuildId,
    /// The promise.
    pub id: FollowUpId,
    /// The version the reminder was for.
    pub version: i64,
    /// The delivery row.
    pub delivery: i64,
}

impl Action {
    /// Writes the id.
    pub fn encode(self) -> String {
        match self {
            Self::Claim(n) => format!("{VERSION}:claim:{}", n.0),
            Self::AskStatus(n) => format!("{VERSION}:status?:{}", n.0),
            Self::SetStatus(n) => format!("{VERSION}:status:{}", n.0),
            Self::AskFollowUp(n) => format!("{VERSION}:follow?:{}", n.0),
            Self::AddFollowUp(n) => format!("{VERSION}:follow:{}", n.0),
            Self::AskNote(n) => format!("{VERSION}:note?:{}", n.0),
            Self::AddNote(n) => format!("{VERSION}:note:{}", n.0),
            Self::AskClose(n) => format!("{VERSION}:close?:{}", n.0),
            Self::Close(n) => format!("{VERSION}:close:{}", n.0),
            Self::OpenCase(channel, message, author) => format!("{VERSION}:open:{channel}:{message}:{author}"),
            Self::Draft => format!("{VERSION}:draft"),
            Self::Page(view, page) => format!("{VERSION}:page:{}:{page}", view.name()),
            Self::EraseMe => format!("{VERSION}:forget"),
            Self::EraseCase(n) => format!("{VERSION}:blank:{}", n.0),
            Self::Done(p) => p.encode("done"),
            Self::Satisfied(p) => p.encode("held"),
            Self::Unsatisfied(p) => p.encode("broke"),
            Self::NoMornings(guild, delivery) => format!("{VERSION}:mornings:{guild}:{delivery}"),
            Self::Overview(view, delivery) => format!("{VERSION}:overview:{}:{delivery}", view.name()),
            Self::TakeOffer(n, due, delivery) => format!("{VERSION}:offer:{}:{due}:{delivery}", n.0),
            Self::Later(p) => p.encode("later"),
            Self::Reveal(p) => p.encode("reveal"),
            Self::Choose(guild, delivery) => format!("{VERSION}:choose:{guild}:{delivery}"),
        }
    }

    /// Reads an id; `None` for anything this version did not write.
    pub fn decode(custom_id: &str) -> Option<Self> {
        let mut parts = custom_id.split(':');
        if parts.next()? != VERSION {
            return None;
        }
        let verb = parts.next()?;
        let rest: Vec<&str> = parts.collect();
        let case = || match rest[..] {
            [n] => number(n).filter(|&n| n > 0).map(CaseNumber),
            _ => None,
        };
        Some(match verb {
            "claim" => Self::Claim(case()?),
            "status?" => Self::AskStatus(case()?),
            "status" => Self::SetStatus(case()?),
            "follow?" => Self::AskFollowUp(case()?),
            "follow" => Self::AddFollowUp(case()?),
            "note?" => Self::AskNote(case()?),
            "note" => Self::AddNote(case()?),
            "close?" => Self::AskClose(case()?),
            "close" => Self::Close(case()?),
            "draft" if rest.is_empty() => Self::Draft,
            "open" => match rest[..] {
                [channel, message, author] => Self::OpenCase(
                    ChannelId::from_db(number(channel)?),
                    MessageId::from_db(number(message)?),
                    UserId::from_db(number(author)?),
                ),
                _ => return None,
            },
            "page" => match rest[..] {
                [view, page] => Self::Page(View::from_name(view)?, page.parse().ok()?),
                _ => return None,
            },
            "forget" if rest.is_empty() => Self::EraseMe,
            "blank" => Self::EraseCase(case()?),
            "done" => Self::Done(Promise::decode(&rest)?),
            "held" => Self::Satisfied(Promise::decode(&rest)?),
            "broke" => Self::Unsatisfied(Promise::decode(&rest)?),
            "mornings" => match rest[..] {
                [guild, delivery] => Self::NoMornings(GuildId::from_db(number(guild)?), number(delivery)?),
                _ => return None,
            },
            "overview" => match rest[..] {
                [view, delivery] => Self::Overview(View::from_name(view)?, number(delivery)?),
                _ => return None,
            },
            "offer" => match rest[..] {
                [case, due, delivery] => Self::TakeOffer(CaseNumber(number(case)?), number(due)?, number(delivery)?),
                _ => return None,
            },
            "later" => Self::Later(Promise::decode(&rest)?),
            "reveal" => Self::Reveal(Promise::decode(&rest)?),
            "choose" => match rest[..] {
                [guild, delivery] => Self::Choose(GuildId::from_db(number(guild)?), number(delivery)?),
                _ => return None,
            },
            _ => return None,
        })
    }
}

impl Promise {
    /// The entry for it in a bundle's list.
    pub fn choice(self) -> String {
        format!("{}:{}", self.id.0, self.version)
    }

    /// The promise behind an entry of a bundle's list; none for anything else.
    pub fn chosen(guild: GuildId, delivery: i64, choice: &str) -> Option<Self> {
        let (id, version) = choice.split_once(':')?;
        Some(Self { guild, id: FollowUpId(number(id)?), version: number(version)?, delivery })
    }

    fn encode(self, verb: &str) -> String {
        format!("{VERSION}:{verb}:{}:{}:{}:{}", self.guild, self.id.0, self.version, self.delivery)
    }

    fn decode(rest: &[&str]) -> Option<Self> {
        let &[guild, id, version, delivery] = rest else { return None };
        Some(Self {
            guild: GuildId::from_db(number(guild)?),
            id: FollowUpId(number(id)?),
            version: number(version)?,
            delivery: number(delivery)?,
        })
    }
}

/// Digits only: `parse` alone would take a sign.
fn number(text: &str) -> Option<i64> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?
}

/// The delivery that sent a message with this id on it: its marker.
pub fn delivery_of(custom_id: &str) -> Option<i64> {
    match Action::decode(custom_id)? {
        Action::Choose(_, delivery) => Some(delivery),
        Action::Done(p) | Action::Later(p) | Action::Reveal(p) | Action::Satisfied(p) | Action::Unsatisfied(p) => {
            Some(p.delivery)
        }
        Action::NoMornings(_, delivery) | Action::Overview(_, delivery) | Action::TakeOffer(_, _, delivery) => {
            Some(delivery)
        }
        _ => None,
    }
}

/// The case a card with this id on it shows: the card's marker.
pub fn card_of(custom_id: &str) -> Option<CaseNumber> {
    match Action::decode(custom_id)? {
        Action::AskNote(number) => Some(number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_reads_back_and_fits_discords_hundred_characters() {
        let n = CaseNumber(i64::MAX);
        let promise = Promise {
            guild: GuildId(i64::MAX as u64),
            id: FollowUpId(i64::MAX),
            version: i64::MAX,
            delivery: i64::MAX,
        };
        let big = (ChannelId(i64::MAX as u64), MessageId(i64::MAX as u64), UserId(i64::MAX as u64));
        let mut all = vec![
            Action::Claim(n),
            Action::AskStatus(n),
            Action::SetStatus(n),
            Action::AskFollowUp(n),
            Action::AddFollowUp(n),
            Action::AskNote(n),
            Action::AddNote(n),
            Action::AskClose(n),
            Action::Close(n),
            Action::OpenCase(big.0, big.1, big.2),
            Action::Draft,
            Action::EraseMe,
            Action::EraseCase(n),
            Action::Done(promise),
            Action::NoMornings(promise.guild, i64::MAX),
            Action::Overview(View::Unassigned, i64::MAX),
            Action::TakeOffer(n, i64::MAX, i64::MAX),
            Action::Satisfied(promise),
            Action::Unsatisfied(promise),
            Action::Later(promise),
            Action::Reveal(promise),
            Action::Choose(promise.guild, promise.delivery),
        ];
        all.extend(View::ALL.iter().map(|&view| Action::Page(view, u32::MAX)));
        for action in all {
            let id = action.encode();
            assert!(id.len() <= 100, "{id}");
            assert_eq!(Action::decode(&id), Some(action), "{id}");
        }
    }

    #[test]
    fn forged_and_stale_ids_are_nothing() {
        for id in [
            "",
            "r1",
            "r1:",
            "r0:claim:1",
            "r1:claim",
            "r1:claim:",
            "r1:claim:-1",
            "r1:claim:+1",
            "r1:claim:0",
            "r1:claim:1:2",
            "r1:claim:99999999999999999999",
            "r1:page:mine:x",
            "r1:page:theirs:0",
            "r1:done:1:2:3",
            "r1:draft:1",
            "claim:1",
            "r1:кlaim:1",
            "💥",
        ] {
            assert_eq!(Action::decode(id), None, "{id}");
        }
    }
}
