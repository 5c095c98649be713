//! Promises: written down, listed, kept, moved. The reminder itself travels through the outbox.

use super::record::{append, resolve, resolve_locked, words};
use super::rights::{self, Rank};
use super::{Caller, CaseRef, Desk, DeskError, Outcome, Person, Refused, Reply};
use crate::case::{Case, Change, UpdateRefused, clean_text};
use crate::failpoint;
use crate::follow_up::{FollowUp, Kind, State, Terms, phrase};
use crate::id::GuildId;
use crate::locale::Lang;
use crate::store::guild;
use crate::store::{Conn, case as cases, delivery, follow_up, profile};
use crate::view::custom_id::Promise;

/// Longest promise, in scalars: fits a reminder with everything around it.
pub(crate) const MAX_WHAT: usize = 1_000;
/// What *+1 h* adds to the moment it is pressed.
const LATER_MS: i64 = 60 * 60 * 1000;
/// Most promises in one list.
const LISTED: u32 = 25;

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
}

pub(super) async fn add_follow_up(desk: &Desk, caller: &Caller, wish: AddFollowUp) -> Outcome {
    if wish.what.chars().count() > MAX_WHAT {
        return Err(Refused::TooLong { most: MAX_WHAT, typed: wish.what }.into());
    }
    let what = clean_text(&wish.what);
    if what.is_empty() {
        return Err(Refused::NoText.into());
    }
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
                if let Some(closed) = case.as_ref().filter(|case| case.status == crate::case::Status::Closed) {
                    return Err(Refused::Update(UpdateRefused::Closed, closed.number, Some(what)).into());
                }
                if let Some(person) = &wish.who {
                    rights::can_work(&standing.settings, person)?;
                }
                let own = profile::get(c, standing.guild, caller.user).await?.calendar(&standing.settings);
                let reading = phrase::parse(&wish.when, &own.context(desk.clock.now(), caller.lang))
                    .map_err(|refusal| Refused::When { refusal, when: wish.when.clone(), what: what.clone() })?;
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
                    terms: Terms::default(),
                };
                let saved = follow_up::create(c, &follow_up).await?;
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
                Ok::<_, DeskError>(Reply::FollowUpAdded { follow_up: saved, reading: reading.notes, outside })
            })
        })
        .await;
    failpoint!("follow_up.after_commit");
    added
}

pub(super) async fn list_follow_ups(
    desk: &Desk,
    caller: &Caller,
    who: Option<Person>,
    which: Option<CaseRef>,
) -> Outcome {
    let (caller, now_ms) = (caller.clone(), desk.clock.now_ms());
    desk.store
        .read(move |c| {
            Box::pin(async move {
                let guild = rights::agent(c, &caller).await?.guild;
                let case = match which {
                    Some(which) => Some(resolve(c, guild, &caller, &which).await?.number),
                    // In a case's thread the list is about that case.
                    None if who.is_none() => cases::by_thread(c, guild, caller.channel).await?.map(|case| case.number),
                    None => None,
                };
                // Without a filter the list is the caller's own.
                let who = who.map(|person| person.user).or(case.is_none().then_some(caller.user));
                let list = follow_up::list(c, guild, who, case, LISTED).await?;
                Ok::<_, DeskError>(Reply::FollowUps { list, now_ms })
            })
        })
        .await
}

pub(super) async fn end_follow_up(desk: &Desk, caller: &Caller, promise: Promise) -> Outcome {
    let by = caller.user;
    let (follow_up, lang) = move_on(desk, caller, promise, |follow_up, now_ms| {
        follow_up.state = State::Done;
        follow_up.ended_at = Some(now_ms);
        Change::FollowUpDone { follow_up: follow_up.id.0, what: follow_up.what.clone() }
    })
    .await?;
    Ok(Reply::FollowUpDone { follow_up, by, lang })
}

pub(super) async fn delay_follow_up(desk: &Desk, caller: &Caller, promise: Promise) -> Outcome {
    let by = caller.user;
    let (follow_up, lang) = move_on(desk, caller, promise, |follow_up, now_ms| {
        // Whole seconds: what is shown is what holds.
        follow_up.due_at = (now_ms + LATER_MS).div_euclid(1000) * 1000;
        if let (Ok(due), Ok(zone)) =
            (jiff::Timestamp::from_millisecond(follow_up.due_at), jiff::tz::TimeZone::get(&follow_up.zone))
        {
            follow_up.civil = due.to_zoned(zone).datetime().strftime("%Y-%m-%dT%H:%M:%S").to_string();
        }
        follow_up.terms.waited_from = None;
        Change::FollowUpMoved { follow_up: follow_up.id.0, what: follow_up.what.clone(), due: follow_up.due_at }
    })
    .await?;
    Ok(Reply::FollowUpMoved { follow_up, by, lang })
}

/// The text of a reminder that came without it, for its assignee, its creator or a lead.
pub(super) async fn reveal_follow_up(desk: &Desk, caller: &Caller, promise: Promise) -> Outcome {
    let caller = caller.clone();
    desk.store
        .read(move |c| {
            Box::pin(async move {
                let follow_up = theirs(c, &caller, promise).await?;
                let case = match follow_up.case {
                    Some(number) => cases::get(c, follow_up.guild, number).await?,
                    None => None,
                };
                Ok::<_, DeskError>(Reply::FollowUpShown { follow_up, case, promise })
            })
        })
        .await
}

/// Ends or moves a promise, with its entry and, if it is still owed, its next reminder.
async fn move_on(
    desk: &Desk,
    caller: &Caller,
    promise: Promise,
    how: impl FnOnce(&mut FollowUp, i64) -> Change + Send + 'static,
) -> Result<(FollowUp, Lang), DeskError> {
    let (caller, now_ms) = (caller.clone(), desk.clock.now_ms());
    desk.store
        .write(move |c| {
            Box::pin(async move {
                let mut follow_up = theirs(c, &caller, promise).await?;
                match follow_up.state {
                    State::Open if follow_up.version == promise.version => {}
                    State::Open => return Err(Refused::FollowUpMoved(follow_up.due_at).into()),
                    State::Done | State::Cancelled => return Err(Refused::FollowUpEnded.into()),
                }
                let before = follow_up.version;
                let change = how(&mut follow_up, now_ms);
                follow_up.version += 1;
                if !follow_up::save(c, &follow_up, before).await? {
                    return Err(Refused::FollowUpEnded.into());
                }
                delivery::cancel_reminder(c, follow_up.guild, follow_up.id).await?;
                if follow_up.state == State::Open {
                    let (guild, version) = (follow_up.guild, follow_up.version);
                    delivery::want_reminder(c, guild, follow_up.id, version, follow_up.due_at, follow_up.case).await?;
                }
                if let Some(number) = follow_up.case
                    && let Some(case) = cases::lock(c, follow_up.guild, number).await?
                {
                    log(c, &case, change, &caller, now_ms).await?;
                }
                let lang = guild::settings(c, follow_up.guild).await?.lang;
                Ok::<_, DeskError>((follow_up, lang))
            })
        })
        .await
}

/// The promise, if the caller is its assignee or creator, or leads here. In direct messages roles cannot be asked, so there it is the first two only.
pub(super) async fn theirs(c: &mut Conn, caller: &Caller, promise: Promise) -> Result<FollowUp, DeskError> {
    let here: GuildId = caller.guild.unwrap_or(promise.guild);
    if here != promise.guild {
        return Err(Refused::NoSuchFollowUp.into());
    }
    let found = follow_up::get(c, here, promise.id).await?.ok_or(Refused::NoSuchFollowUp)?;
    let own = found.assignee == caller.user || found.creator == caller.user;
    if caller.guild.is_none() {
        return if own { Ok(found) } else { Err(Refused::NoSuchFollowUp.into()) };
    }
    let standing = rights::agent(c, caller).await?;
    // Whoever answers a customer first may say so.
    let anybodys = found.terms.kind == Kind::FirstResponse;
    if own || anybodys || standing.rank >= Rank::Lead {
        Ok(found)
    } else {
        Err(Refused::NotYours(found.assignee).into())
    }
}

/// One entry on the case, and a fresh card. The case counts as touched.
async fn log(c: &mut Conn, case: &Case, change: Change, caller: &Caller, now_ms: i64) -> Result<(), DeskError> {
    let next = Case { updated_at: now_ms, version: case.version + 1, ..case.clone() };
    if !cases::save(c, &next, case.version, &words(&next)).await? {
        return Err(Refused::ChangedMeanwhile(case.number).into());
    }
    append(c, &next, &[change], caller.user).await?;
    delivery::want_card(c, next.guild, next.number, now_ms).await?;
    Ok(())
}
