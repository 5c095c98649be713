//! What a button, list or form carries so that pressing it works after any restart: the whole intent, and nothing secret.
//!
//! `version:verb:numbers…`, at most 100 characters. Anybody can send any id, so an id grants nothing: rights are checked
//! when it takes effect. Unknown versions and verbs are stale, never an error of the program.

use crate::case::{CaseNumber, View, named};
use crate::desk::Scope;
use crate::follow_up::{Every, FollowUp, FollowUpId};
use crate::id::{ChannelId, GuildId, MessageId, UserId};
use crate::locale::Lang;
use crate::store::tone::RuleName;
use crate::tone::Category;

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
    /// Overviews in the morning again.
    Mornings(GuildId),
    /// Overview: a list of cases; with the delivery that brought it.
    Overview(View, i64),
    /// List: this is the time that was meant for a promise to be moved to.
    MoveTo(Promise),
    /// List: this is the time that was meant, together with the text in the message.
    EditTo(Promise),
    /// List: this is the time that was meant for the customer's next update.
    UpdateTo(CaseNumber),
    /// Card, overview: what reached nobody, of this case or of the team.
    Undelivered(Option<CaseNumber>),
    /// Offer: a reminder for this case at this time, Unix s; with the delivery that brought it.
    TakeOffer(CaseNumber, i64, i64),
    /// The form behind it: the case, and the delivery that brought the offer.
    KeepOffer(CaseNumber, i64),
    /// List of times a phrase can mean: write the promise down with the chosen one. Its case, how it repeats, and whether the
    /// customer's reply wakes it; its text stands in the message.
    TakeReading(Option<CaseNumber>, Option<Every>, bool),
    /// Reminder: an hour later.
    Later(Promise),
    /// Reminder without text: show it to me.
    Reveal(Promise),
    /// Bundle of reminders: open the chosen one of this team, sent by this delivery.
    Choose(GuildId, i64),
    /// Reminder: at the start of tomorrow's work.
    Tomorrow(Promise),
    /// Reminder: on the Monday to come.
    NextMonday(Promise),
    /// Reminder: offer the form for another time.
    AskTime(Promise),
    /// Form: that time.
    SetTime(Promise),
    /// Reminder: offer the list of people.
    AskHandOver(Promise),
    /// List of people: to this one.
    HandOver(Promise),
    /// Answer: take it back.
    Undo(Promise),
    /// Answer: offer the form with text and time.
    AskEdit(Promise),
    /// Form: text and time.
    Edit(Promise),
    /// Send it once more.
    Retry(Promise),
    /// List of promises: show the chosen one.
    ShowPromise,
    /// Turn a page of a list of promises.
    Promises(PromiseList),
    /// List of rules that found something: offer to allow the chosen one.
    Okay(GuildId),
    /// Offer: allow a rule, or no longer.
    Allow(GuildId, RuleTag, Scope, bool),
    /// Rules: show a page of a category.
    Rules(Lang, Category, u32),
    /// List of categories: show the chosen one's rules.
    ChooseRules(Lang),
    /// Private word: calmer words for this message.
    Calmer(GuildId, ChannelId, MessageId),
    /// Checked text, or private word: ten minutes before answering.
    Pause(GuildId),
    /// The pause is over, told by this delivery: the form for a draft.
    DraftAgain(i64),
    /// Private word: not again today.
    RestWords(GuildId),
    /// Private word: never again.
    EndWords(GuildId),
    /// Draft: offer the form for the promise in it; carries its time as digits.
    AskPromise(i64),
    /// Form: write down the promise found in a draft.
    KeepPromise,
}

named! {
    /// The lists of `/followup list`.
    PromiseView {
        /// The asker's own, or those of the case at hand.
        Mine = "mine",
        /// The whole team's.
        Team = "team",
        /// Past due.
        Overdue = "overdue",
        /// Whose reminder reached nobody.
        Undelivered = "undelivered",
    }
}

/// A page of a list of promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PromiseList {
    /// Which list.
    pub view: PromiseView,
    /// Only of this person.
    pub who: Option<UserId>,
    /// Only of this case.
    pub case: Option<CaseNumber>,
    /// Counted from 0.
    pub page: u32,
}

/// Longest name of a rule that fits an id, in bytes.
const MAX_RULE: usize = 48;

/// A rule's name, small enough for an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleTag {
    lang: Lang,
    bytes: [u8; MAX_RULE],
    length: usize,
}

impl RuleTag {
    /// None for a name that does not fit, or would not read back.
    pub fn new(name: &RuleName) -> Option<Self> {
        let (id, mut bytes) = (name.id.as_bytes(), [0; MAX_RULE]);
        if id.is_empty() || id.len() > MAX_RULE || !id.iter().all(|&b| b.is_ascii_graphic() && b != b':') {
            return None;
        }
        bytes[..id.len()].copy_from_slice(id);
        Some(Self { lang: name.lang, bytes, length: id.len() })
    }

    /// The name.
    pub fn name(&self) -> RuleName {
        RuleName { lang: self.lang, id: String::from_utf8_lossy(&self.bytes[..self.length]).into_owned() }
    }
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

impl Promise {
    /// The promise as it stands now, with the delivery that carries it; 0 is none.
    pub const fn of(follow_up: &FollowUp, delivery: i64) -> Self {
        Self { guild: follow_up.guild, id: follow_up.id, version: follow_up.version, delivery }
    }
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
            Self::MoveTo(p) => p.encode("moveto"),
            Self::EditTo(p) => p.encode("editto"),
            Self::UpdateTo(n) => format!("{VERSION}:updateto:{}", n.0),
            Self::Undelivered(case) => format!("{VERSION}:lost:{}", case.map_or(0, |case| case.0)),
            Self::Mornings(guild) => format!("{VERSION}:overviews:{guild}"),
            Self::NoMornings(guild, delivery) => format!("{VERSION}:mornings:{guild}:{delivery}"),
            Self::Overview(view, delivery) => format!("{VERSION}:overview:{}:{delivery}", view.name()),
            Self::TakeOffer(n, due, delivery) => format!("{VERSION}:offer:{}:{due}:{delivery}", n.0),
            Self::KeepOffer(n, delivery) => format!("{VERSION}:accept:{}:{delivery}", n.0),
            Self::TakeReading(case, repeat, wake) => {
                let repeat = repeat.map_or_else(|| "once".to_owned(), |every| every.stored().replace(':', "-"));
                format!("{VERSION}:reading:{}:{repeat}:{}", case.map_or(0, |case| case.0), u8::from(wake))
            }
            Self::Later(p) => p.encode("later"),
            Self::Reveal(p) => p.encode("reveal"),
            Self::Choose(guild, delivery) => format!("{VERSION}:choose:{guild}:{delivery}"),
            Self::Tomorrow(p) => p.encode("tomorrow"),
            Self::NextMonday(p) => p.encode("monday"),
            Self::AskTime(p) => p.encode("time?"),
            Self::SetTime(p) => p.encode("time"),
            Self::AskHandOver(p) => p.encode("hand?"),
            Self::HandOver(p) => p.encode("hand"),
            Self::Undo(p) => p.encode("undo"),
            Self::AskEdit(p) => p.encode("edit?"),
            Self::Edit(p) => p.encode("edit"),
            Self::Retry(p) => p.encode("retry"),
            Self::ShowPromise => format!("{VERSION}:promise"),
            Self::Promises(list) => {
                let (who, case) = (list.who.map_or(0, |who| who.0), list.case.map_or(0, |case| case.0));
                format!("{VERSION}:promises:{}:{who}:{case}:{}", list.view.name(), list.page)
            }
            Self::Okay(guild) => format!("{VERSION}:okay:{guild}"),
            Self::Allow(guild, rule, scope, on) => {
                format!("{VERSION}:allow:{guild}:{}:{}:{}", rule.name(), scope.name(), u8::from(on))
            }
            Self::Rules(lang, category, page) => format!("{VERSION}:rules:{}:{}:{page}", lang.code(), category.name()),
            Self::ChooseRules(lang) => format!("{VERSION}:rules?:{}", lang.code()),
            Self::Calmer(guild, channel, message) => format!("{VERSION}:calmer:{guild}:{channel}:{message}"),
            Self::Pause(guild) => format!("{VERSION}:pause:{guild}"),
            Self::DraftAgain(delivery) => format!("{VERSION}:again:{delivery}"),
            Self::RestWords(guild) => format!("{VERSION}:rest:{guild}"),
            Self::EndWords(guild) => format!("{VERSION}:endwords:{guild}"),
            Self::AskPromise(when) => format!("{VERSION}:promise?:{when}"),
            Self::KeepPromise => format!("{VERSION}:keep"),
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
            "overviews" => Self::Mornings(guild(&rest)?),
            "moveto" => Self::MoveTo(Promise::decode(&rest)?),
            "editto" => Self::EditTo(Promise::decode(&rest)?),
            "updateto" => Self::UpdateTo(case()?),
            "lost" => match rest[..] {
                [case] => Self::Undelivered(Some(number(case)?).filter(|&case| case > 0).map(CaseNumber)),
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
            "accept" => match rest[..] {
                [case, delivery] => Self::KeepOffer(CaseNumber(number(case)?), number(delivery)?),
                _ => return None,
            },
            "reading" => match rest[..] {
                [case, repeat, wake] => {
                    let every = Every::from_stored(&repeat.replace('-', ":"));
                    Self::TakeReading(
                        Some(number(case)?).filter(|&case| case > 0).map(CaseNumber),
                        if repeat == "once" { None } else { Some(every?) },
                        ["0", "1"].iter().position(|known| *known == wake)? == 1,
                    )
                }
                _ => return None,
            },
            "later" => Self::Later(Promise::decode(&rest)?),
            "reveal" => Self::Reveal(Promise::decode(&rest)?),
            "choose" => match rest[..] {
                [guild, delivery] => Self::Choose(GuildId::from_db(number(guild)?), number(delivery)?),
                _ => return None,
            },
            "tomorrow" => Self::Tomorrow(Promise::decode(&rest)?),
            "monday" => Self::NextMonday(Promise::decode(&rest)?),
            "time?" => Self::AskTime(Promise::decode(&rest)?),
            "time" => Self::SetTime(Promise::decode(&rest)?),
            "hand?" => Self::AskHandOver(Promise::decode(&rest)?),
            "hand" => Self::HandOver(Promise::decode(&rest)?),
            "undo" => Self::Undo(Promise::decode(&rest)?),
            "edit?" => Self::AskEdit(Promise::decode(&rest)?),
            "edit" => Self::Edit(Promise::decode(&rest)?),
            "retry" => Self::Retry(Promise::decode(&rest)?),
            "promise" if rest.is_empty() => Self::ShowPromise,
            "promises" => match rest[..] {
                [view, who, case, page] => Self::Promises(PromiseList {
                    view: PromiseView::from_name(view)?,
                    who: Some(number(who)?).filter(|&who| who > 0).map(UserId::from_db),
                    case: Some(number(case)?).filter(|&case| case > 0).map(CaseNumber),
                    page: page.parse().ok()?,
                }),
                _ => return None,
            },
            "okay" => Self::Okay(guild(&rest)?),
            "allow" => match rest[..] {
                [team, lang, id, scope, on] => Self::Allow(
                    guild(&[team])?,
                    RuleTag::new(&RuleName { lang: Lang::from_code(lang)?, id: id.to_owned() })?,
                    Scope::from_name(scope)?,
                    ["0", "1"].iter().position(|known| *known == on)? == 1,
                ),
                _ => return None,
            },
            "rules" => match rest[..] {
                [lang, category, page] => {
                    Self::Rules(Lang::from_code(lang)?, category_named(category)?, page.parse().ok()?)
                }
                _ => return None,
            },
            "rules?" => match rest[..] {
                [lang] => Self::ChooseRules(Lang::from_code(lang)?),
                _ => return None,
            },
            "calmer" => match rest[..] {
                [team, channel, message] => Self::Calmer(
                    guild(&[team])?,
                    ChannelId::from_db(number(channel)?),
                    MessageId::from_db(number(message)?),
                ),
                _ => return None,
            },
            "pause" => Self::Pause(guild(&rest)?),
            "again" => match rest[..] {
                [delivery] => Self::DraftAgain(number(delivery)?),
                _ => return None,
            },
            "rest" => Self::RestWords(guild(&rest)?),
            "endwords" => Self::EndWords(guild(&rest)?),
            "promise?" => match rest[..] {
                [when] => Self::AskPromise(number(when)?),
                _ => return None,
            },
            "keep" if rest.is_empty() => Self::KeepPromise,
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

fn guild(rest: &[&str]) -> Option<GuildId> {
    let &[guild] = rest else { return None };
    number(guild).map(GuildId::from_db)
}

/// The names of all categories, in the order they are listed everywhere.
pub fn category_names() -> Vec<&'static str> {
    Category::ALL.iter().map(|category| category.name()).collect()
}

/// The category with this name.
pub fn category_named(name: &str) -> Option<Category> {
    Category::ALL.into_iter().find(|category| category.name() == name)
}

/// Digits only: `parse` alone would take a sign.
fn number(text: &str) -> Option<i64> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?
}

/// The delivery that sent a message with this id on it: its marker.
pub fn delivery_of(custom_id: &str) -> Option<i64> {
    match Action::decode(custom_id)? {
        Action::Choose(_, delivery) | Action::DraftAgain(delivery) => Some(delivery),
        Action::NoMornings(_, delivery) | Action::Overview(_, delivery) | Action::TakeOffer(_, _, delivery) => {
            Some(delivery)
        }
        Action::Done(p)
        | Action::Later(p)
        | Action::Reveal(p)
        | Action::AskHandOver(p)
        | Action::Satisfied(p)
        | Action::Unsatisfied(p) => Some(p.delivery),
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
mod tests;
