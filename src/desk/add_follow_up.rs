//! Writing a promise down. The reminder itself travels through the outbox.

use super::hand_over::within_reach;
use super::promise::log;
use super::record::{resolve, resolve_locked};
use super::{Caller, CaseRef, Desk, DeskError, MoveNotes, Outcome, Person, Refused, Reply, Then};
use super::{offer_follow_up, rights};
use crate::case::{Case, Change, Status, UpdateRefused, clean_text};
use crate::failpoint;
use crate::follow_up::recurrence::{Every, Series};
use crate::follow_up::{Calendar, Terms, Wake, phrase};
use crate::locale::Lang;
use crate::store::{follow_up, offer, profile};

/// Longest promise, in scalars: fits a reminder with everything around it.
pub(crate) const MAX_WHAT: usize = 1_000;

/// What was typed to write a promise down.
#[derive(Debug, Clone)]
pub struct AddFollowUp {
    /// What was promised.
    pub what: String,
    /// When, in words.
    pub when: String,
    /// For which case; [`CaseRef::Here`] outside a case's thread means none.
    pub case: CaseRef,
    /// Who owes it; none is the caller.
    pub who: Option<Person>,
    /// How it repeats, in words.
    pub repeat: Option<String>,
    /// How long after its due time the lead hears of it, in words.
    pub escalate: Option<String>,
    /// It comes due when the customer replies.
    pub wake: bool,
    /// The delivery that brought the offer this takes.
    pub offer: Option<i64>,
}

pub(super) async fn add_follow_up(desk: &Desk, caller: &Caller, wish: AddFollowUp) -> Outcome {
    if wish.what.chars().count() > MAX_WHAT {
        return Err(Refused::TooLong { most: MAX_WHAT, typed: wish.what }.into());
    }
    let what = clean_text(&wish.what);
    if what.is_empty() {
        return Err(Refused::NoText.into());
    }
    reachable(desk, caller, &wish).await?;
    let (desk, caller, now_ms) = (desk.clone(), caller.clone(), desk.clock.now_ms());
    let store = desk.store.clone();
    let added = store
        .write(move |c| {
            Box::pin(async move {
                let standing = rights::agent(c, &caller).await?;
                let case = match (resolve_locked(c, standing.guild, &caller, &wish.case).await, &wish.case) {
                    (Err(DeskError::Refused(Refused::NoCaseHere)), CaseRef::Here) => None,
                    (found, _) => Some(found?),
                };
                if let Some(closed) = case.as_ref().filter(|case| case.status == Status::Closed) {
                    return Err(Refused::Update(UpdateRefused::Closed, closed.number, Some(what)).into());
                }
                if let Some(person) = &wish.who {
                    rights::can_work(&standing.settings, person)?;
                }
                if let Some(offer) = wish.offer {
                    offer_follow_up::theirs(c, standing.guild, &caller, offer).await?;
                }
                if wish.wake && case.is_none() {
                    return Err(Refused::WakeWithoutCase.into());
                }
                if wish.escalate.is_some() && standing.settings.lead_role.is_none() {
                    return Err(Refused::NoLeadRole.into());
                }
                let own = profile::get(c, standing.guild, caller.user).await?.calendar(&standing.settings);
                let reading = phrase::parse(&wish.when, &own.context(desk.clock.now(), caller.lang))
                    .map_err(|refusal| time_refused(refusal, &wish, &caller, case.as_ref(), &what))?;
                let follow_up = follow_up::NewFollowUp {
                    guild: standing.guild,
                    case: case.as_ref().map(|case| case.number),
                    what,
                    creator: caller.user,
                    assignee: wish.who.map_or(caller.user, |person| person.user),
                    civil: reading.due.datetime().strftime("%Y-%m-%dT%H:%M:%S").to_string(),
                    zone: own.zone_name().to_owned(),
                    due_at: reading.due.timestamp().as_millisecond(),
                    channel: caller.channel,
                    created_at: now_ms,
                    terms: Terms {
                        repeat: wish.repeat.as_deref().map(|typed| series(typed, &reading)).transpose()?,
                        escalate_after: wish
                            .escalate
                            .as_deref()
                            .map(|typed| escalate_after(typed, &reading, &own, caller.lang))
                            .transpose()?,
                        wake: wish.wake.then_some(Wake::Customer),
                        ..Terms::default()
                    },
                };
                let saved = follow_up::create(c, &follow_up).await?;
                if let Some(offer) = wish.offer
                    && !offer::take(c, &saved, offer, now_ms).await?
                {
                    return Err(Refused::OfferTaken.into());
                }
                if let Some(case) = case {
                    let change = Change::FollowUpAdded {
                        follow_up: saved.id.0,
                        what: saved.what.clone(),
                        due: saved.due_at,
                        assignee: saved.assignee,
                    };
                    log(c, &case, change, &caller, now_ms).await?;
                }
                failpoint!("follow_up.before_commit");
                let theirs = profile::get(c, standing.guild, saved.assignee).await?.calendar(&standing.settings);
                let outside = (!theirs.works_at(saved.due_at)).then(|| Box::new(theirs));
                let notes = MoveNotes { reading: reading.notes, outside, typed: true, ..MoveNotes::default() };
                Ok::<_, DeskError>(Reply::FollowUpAdded { follow_up: saved, notes: Box::new(notes) })
            })
        })
        .await;
    failpoint!("follow_up.after_commit");
    added
}

/// Why there is no time; where only the choice between several is missing, with all that makes one press enough.
fn time_refused(
    refusal: phrase::Refusal,
    wish: &AddFollowUp,
    caller: &Caller,
    case: Option<&Case>,
    what: &str,
) -> Refused {
    let repeat = wish.repeat.as_deref().map(Every::read).transpose();
    // For somebody else, with a lead to tell or out of an offer, there is more to carry than a control can.
    let own = wish.who.as_ref().is_none_or(|who| who.user == caller.user);
    let own = own && wish.escalate.is_none() && wish.offer.is_none();
    let (when, what) = (wish.when.clone(), what.to_owned());
    match repeat {
        Ok(repeat) if own => {
            let (case, repeat) = (case.map(|case| case.number), repeat.map(|(every, _)| every));
            Then::Add { case, repeat, wake: wish.wake }.or_refused(refusal, when, what)
        }
        _ => Refused::When { refusal, when, what },
    }
}

/// Whether whoever is to be reminded can see the case; what else is wrong with either is said by the transaction.
async fn reachable(desk: &Desk, caller: &Caller, wish: &AddFollowUp) -> Result<(), DeskError> {
    let (Some(guild), Some(who)) = (caller.guild, wish.who.clone()) else { return Ok(()) };
    if who.user == caller.user {
        return Ok(());
    }
    let (asked, which, person) = (caller.clone(), wish.case.clone(), who.clone());
    let found = desk.store.read(move |c| {
        Box::pin(async move {
            let standing = rights::agent(c, &asked).await?;
            rights::can_work(&standing.settings, &person)?;
            resolve(c, guild, &asked, &which).await
        })
    });
    within_reach(desk, guild, found.await.ok().map(|case| case.number), &who).await
}

/// The rule as typed, counted from the civil time that was said.
fn series(typed: &str, reading: &phrase::Reading) -> Result<Series, Refused> {
    let (every, day) = Every::read(typed).map_err(|_| Refused::BadRepeat(typed.to_owned()))?;
    let first = reading.civil.date().weekday();
    if day.is_some_and(|day| day != first) {
        return Err(Refused::RepeatElsewhere { typed: typed.to_owned(), first });
    }
    Ok(Series { every, from: reading.civil })
}

/// How long after the due time: the phrase is read as if it were typed then. „2 Stunden“ and „nach 2 Stunden“ mean "in".
fn escalate_after(typed: &str, reading: &phrase::Reading, calendar: &Calendar, lang: Lang) -> Result<i64, Refused> {
    let due = reading.due.timestamp();
    let context = calendar.context(due, lang);
    let plain = typed.trim();
    let bare = ["nach ", "after "].iter().find_map(|word| plain.strip_prefix(word)).unwrap_or(plain);
    let read = [plain.to_owned(), format!("in {bare}")].iter().find_map(|text| phrase::parse(text, &context).ok());
    let at = read.ok_or_else(|| Refused::BadEscalation(typed.to_owned()))?.due.timestamp();
    Ok(at.as_millisecond() - due.as_millisecond())
}
