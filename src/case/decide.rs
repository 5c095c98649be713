//! What may happen to a case: each function takes the case and a wish, and gives the changed case with its entries.

use super::change::Change;
use super::fields::{Cause, CustomerType, Priority, Status, Via};
use super::title::{TitleRefused, clean_text, clean_title, clip};
use super::{Case, CaseNumber, Source};
use crate::id::{ChannelId, GuildId, UserId};

/// Most labels on one case.
const MAX_TAGS: usize = 20;
/// Longest label and customer name, in scalars.
const MAX_TAG: usize = 40;
const MAX_CUSTOMER: usize = 100;

/// What is needed to open a case, as typed.
#[derive(Debug, Clone)]
pub struct NewCase {
    /// The team.
    pub guild: GuildId,
    /// The concern in one line, not yet cleaned.
    pub title: String,
    /// Who it is about, if typed.
    pub customer: Option<String>,
    /// The customer's account, if it is known.
    pub customer_user: Option<UserId>,
    /// How soon it matters, if chosen.
    pub priority: Option<Priority>,
    /// How the customer came, if chosen.
    pub via: Option<Via>,
    /// The message it is opened from.
    pub source: Option<Source>,
    /// Where its thread goes.
    pub home: ChannelId,
    /// Who opens it.
    pub opener: UserId,
}

impl NewCase {
    /// With nothing chosen but what every case has.
    pub fn new(guild: GuildId, title: impl Into<String>, home: ChannelId, opener: UserId) -> Self {
        let title = title.into();
        Self {
            guild,
            title,
            customer_user: None,
            customer: None,
            priority: None,
            via: None,
            source: None,
            home,
            opener,
        }
    }
}

/// The wish of `/case update`: only what is `Some` changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Another concern line.
    pub title: Option<String>,
    /// Another status.
    pub status: Option<Status>,
    /// Another priority.
    pub priority: Option<Priority>,
    /// Another owner.
    pub owner: Option<UserId>,
    /// Another mood, 0–3.
    pub mood: Option<u8>,
    /// Another customer type.
    pub customer_type: Option<CustomerType>,
    /// Another cause.
    pub cause: Option<Cause>,
    /// A label to put on, or to take off if it is on.
    pub tag: Option<String>,
}

/// Why a case stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are named in the message")]
pub enum UpdateRefused {
    /// The title cannot be kept.
    #[error(transparent)]
    Title(#[from] TitleRefused),
    /// The status machine has no such move.
    #[error("{from:?} cannot become {to:?}")]
    Move { from: Status, to: Status },
    /// A closed case changes only by reopening (and by notes).
    #[error("the case is closed")]
    Closed,
    /// Reopening what is open.
    #[error("the case is not closed")]
    NotClosed,
    /// Everything is already as wished.
    #[error("nothing would change")]
    NothingNew,
    /// A note without text.
    #[error("there is no text")]
    NoText,
    /// Too many labels.
    #[error("more than {MAX_TAGS} labels")]
    TooManyTags,
    /// A mood outside 0–3.
    #[error("a mood is 0 to 3")]
    NoSuchMood,
    /// Claiming what somebody else owns.
    #[error("somebody else owns the case")]
    Owned(UserId),
}

/// A changed case and what its timeline says about it.
pub type Decision = Result<(Case, Vec<Change>), UpdateRefused>;

/// Opens a case with the number it was given.
pub fn open(new: NewCase, number: CaseNumber, now_ms: i64) -> Decision {
    let title = clean_title(&new.title)?;
    let customer = new.customer.map(|name| clip(&clean_text(&name).replace('\n', " "), MAX_CUSTOMER));
    let case = Case {
        guild: new.guild,
        number,
        title: title.clone(),
        customer: customer.filter(|name| !name.is_empty()),
        customer_user: new.customer_user,
        status: Status::New,
        priority: new.priority.unwrap_or(Priority::Normal),
        owner: None,
        opener: new.opener,
        mood: 0,
        customer_type: None,
        cause: None,
        via: new.via,
        tags: Vec::new(),
        resolution: None,
        source: new.source,
        home: new.home,
        thread: None,
        card: None,
        opened_at: now_ms,
        updated_at: now_ms,
        closed_at: None,
        version: 1,
    };
    Ok((case, vec![Change::Opened { title }]))
}

/// Changes any field: one entry per change.
pub fn update(case: &Case, wish: Changes, now_ms: i64) -> Decision {
    if case.status == Status::Closed {
        return Err(UpdateRefused::Closed);
    }
    let mut next = case.clone();
    let mut log = Vec::new();
    if let Some(typed) = wish.title {
        let to = clean_title(&typed)?;
        replace(&mut next.title, to, &mut log, |from, to| Change::Title { from, to });
    }
    if let Some(to) = wish.status
        && to != next.status
    {
        if !next.status.may_become(to) {
            return Err(UpdateRefused::Move { from: next.status, to });
        }
        let closes = to == Status::Closed;
        next.closed_at = closes.then_some(now_ms);
        replace(&mut next.status, to, &mut log, |from, to| {
            if closes { Change::Closed { from, resolution: None } } else { Change::Status { from, to } }
        });
    }
    if let Some(to) = wish.priority {
        replace(&mut next.priority, to, &mut log, |from, to| Change::Priority { from, to });
    }
    if let Some(to) = wish.owner {
        replace(&mut next.owner, Some(to), &mut log, |from, to| Change::Owner { from, to });
    }
    if let Some(to) = wish.mood {
        if to > 3 {
            return Err(UpdateRefused::NoSuchMood);
        }
        replace(&mut next.mood, to, &mut log, |from, to| Change::Mood { from, to });
    }
    if let Some(to) = wish.customer_type {
        replace(&mut next.customer_type, Some(to), &mut log, |from, to| Change::CustomerType { from, to });
    }
    if let Some(to) = wish.cause {
        replace(&mut next.cause, Some(to), &mut log, |from, to| Change::Cause { from, to });
    }
    if let Some(typed) = wish.tag {
        toggle_tag(&mut next.tags, &typed, &mut log)?;
    }
    finish(next, log, now_ms)
}

/// Makes `who` the owner of a case that has none; a new case becomes open by it.
pub fn claim(case: &Case, who: UserId, now_ms: i64) -> Decision {
    match case.owner {
        _ if case.status == Status::Closed => Err(UpdateRefused::Closed),
        Some(owner) if owner == who => Err(UpdateRefused::NothingNew),
        Some(owner) => Err(UpdateRefused::Owned(owner)),
        None => assign(case, who, now_ms),
    }
}

/// Makes `to` the owner, whoever was before.
pub fn assign(case: &Case, to: UserId, now_ms: i64) -> Decision {
    let status = (case.status == Status::New).then_some(Status::Open);
    update(case, Changes { owner: Some(to), status, ..Changes::default() }, now_ms)
}

/// Adds an internal note; closed cases take notes too.
pub fn note(case: &Case, typed: &str, now_ms: i64) -> Decision {
    let text = clean_text(typed);
    if text.is_empty() {
        return Err(UpdateRefused::NoText);
    }
    finish(case.clone(), vec![Change::Note { text }], now_ms)
}

/// Closes, with how it was solved if somebody said.
pub fn close(case: &Case, resolution: Option<&str>, now_ms: i64) -> Decision {
    if case.status == Status::Closed {
        return Err(UpdateRefused::Closed);
    }
    let mut next = case.clone();
    next.resolution = resolution.map(clean_text).filter(|text| !text.is_empty());
    next.status = Status::Closed;
    next.closed_at = Some(now_ms);
    let change = Change::Closed { from: case.status, resolution: next.resolution.clone() };
    finish(next, vec![change], now_ms)
}

/// Opens a closed or resolved case again.
pub fn reopen(case: &Case, now_ms: i64) -> Decision {
    if case.status.is_active() {
        return Err(UpdateRefused::NotClosed);
    }
    let mut next = case.clone();
    next.status = Status::Open;
    next.closed_at = None;
    next.resolution = None;
    finish(next, vec![Change::Reopened { from: case.status }], now_ms)
}

/// The customer said something: what waited for them, or was thought to be solved, is open again.
pub fn customer_spoke(case: &Case, now_ms: i64) -> Decision {
    let from = case.status;
    if !matches!(from, Status::WaitingCustomer | Status::Resolved) {
        return Err(UpdateRefused::NothingNew);
    }
    let mut next = case.clone();
    next.status = Status::Open;
    finish(next, vec![Change::CustomerSpoke { from }], now_ms)
}

fn finish(mut case: Case, log: Vec<Change>, now_ms: i64) -> Decision {
    if log.is_empty() {
        return Err(UpdateRefused::NothingNew);
    }
    case.updated_at = now_ms;
    case.version += 1;
    Ok((case, log))
}

fn replace<T: PartialEq + Clone>(field: &mut T, to: T, log: &mut Vec<Change>, entry: impl FnOnce(T, T) -> Change) {
    if *field != to {
        let from = std::mem::replace(field, to.clone());
        log.push(entry(from, to));
    }
}

fn toggle_tag(tags: &mut Vec<String>, typed: &str, log: &mut Vec<Change>) -> Result<(), UpdateRefused> {
    let tag =
        clip(&clean_text(typed).trim_start_matches('#').replace(char::is_whitespace, "-").to_lowercase(), MAX_TAG);
    if tag.is_empty() {
        return Err(UpdateRefused::NoText);
    }
    match tags.binary_search(&tag) {
        Ok(at) => {
            tags.remove(at);
            log.push(Change::Untagged { tag });
        }
        Err(_) if tags.len() >= MAX_TAGS => return Err(UpdateRefused::TooManyTags),
        Err(at) => {
            tags.insert(at, tag.clone());
            log.push(Change::Tagged { tag });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_case() -> Case {
        let new = NewCase {
            customer: Some("Frau Kim".into()),
            ..NewCase::new(GuildId(1), "Rechnung falsch", ChannelId(2), UserId(3))
        };
        open(new, CaseNumber(1), 1_000).unwrap().0
    }

    #[test]
    fn each_changed_field_gets_its_own_entry_and_unchanged_ones_none() {
        let wish = Changes {
            status: Some(Status::Open),
            priority: Some(Priority::High),
            mood: Some(0),
            tag: Some("#Rechnung Neu".into()),
            ..Changes::default()
        };
        let (next, log) = update(&a_case(), wish, 2_000).unwrap();
        assert_eq!(log.iter().map(Change::kind).collect::<Vec<_>>(), ["status", "priority", "tagged"]);
        assert_eq!((next.version, next.updated_at), (2, 2_000));
        assert_eq!(next.tags, ["rechnung-neu"]);
    }

    #[test]
    fn the_same_tag_again_takes_it_off() {
        let on = update(&a_case(), Changes { tag: Some("vip".into()), ..Changes::default() }, 1).unwrap().0;
        let (off, log) = update(&on, Changes { tag: Some("VIP".into()), ..Changes::default() }, 2).unwrap();
        assert!(off.tags.is_empty());
        assert_eq!(log, [Change::Untagged { tag: "vip".into() }]);
    }

    #[test]
    fn a_closed_case_takes_notes_but_no_updates() {
        let closed = close(&a_case(), Some(" Gutschrift erstellt "), 5).unwrap().0;
        assert_eq!(closed.resolution.as_deref(), Some("Gutschrift erstellt"));
        assert_eq!(update(&closed, Changes { mood: Some(2), ..Changes::default() }, 6), Err(UpdateRefused::Closed));
        assert_eq!(claim(&closed, UserId(9), 6), Err(UpdateRefused::Closed));
        assert!(note(&closed, "Dankesbrief kam", 6).is_ok());
        let again = reopen(&closed, 7).unwrap().0;
        assert_eq!((again.status, again.closed_at), (Status::Open, None));
        assert_eq!(reopen(&again, 8), Err(UpdateRefused::NotClosed));
    }

    #[test]
    fn claiming_opens_a_new_case_and_never_takes_it_from_somebody() {
        let (mine, log) = claim(&a_case(), UserId(9), 2).unwrap();
        assert_eq!((mine.owner, mine.status), (Some(UserId(9)), Status::Open));
        assert_eq!(log.len(), 2);
        assert_eq!(claim(&mine, UserId(8), 3), Err(UpdateRefused::Owned(UserId(9))));
        assert_eq!(claim(&mine, UserId(9), 3), Err(UpdateRefused::NothingNew));
        assert_eq!(assign(&mine, UserId(8), 3).unwrap().0.owner, Some(UserId(8)));
    }

    #[test]
    fn a_customers_word_opens_what_waited_for_it_and_nothing_else() {
        let wish = |status| Changes { status: Some(status), ..Changes::default() };
        let waiting = update(&a_case(), wish(Status::WaitingCustomer), 2).unwrap().0;
        let (next, log) = customer_spoke(&waiting, 3).unwrap();
        assert_eq!((next.status, log), (Status::Open, vec![Change::CustomerSpoke { from: Status::WaitingCustomer }]));
        let resolved = update(&a_case(), wish(Status::Resolved), 2).unwrap().0;
        assert_eq!(customer_spoke(&resolved, 3).unwrap().0.status, Status::Open);
        let internal = update(&a_case(), wish(Status::WaitingInternal), 2).unwrap().0;
        for case in [a_case(), internal, close(&a_case(), None, 2).unwrap().0] {
            assert_eq!(customer_spoke(&case, 3), Err(UpdateRefused::NothingNew), "{:?}", case.status);
        }
    }

    #[test]
    fn nothing_new_is_said_and_not_written() {
        let case = a_case();
        assert_eq!(
            update(&case, Changes { title: Some(case.title.clone()), ..Changes::default() }, 2),
            Err(UpdateRefused::NothingNew)
        );
        assert_eq!(note(&case, " \u{200b} ", 2), Err(UpdateRefused::NoText));
    }
}
