//! Changing fields of a case, by command or by the card's list of statuses.

use super::record::{record, resolve, resolve_locked};
use super::{Caller, CaseRef, Desk, DeskError, Outcome, Person, Refused, Reply, Then, clocks, rights};
use crate::case::{self, Case, Changes, Decision, UpdateRefused};
use crate::follow_up::phrase;
use crate::id::UserId;
use crate::store::profile;

pub(super) async fn update_case(
    desk: &Desk,
    caller: &Caller,
    which: CaseRef,
    mut changes: Changes,
    owner: Option<Person>,
    next_update: Option<String>,
) -> Outcome {
    let (caller, now, now_ms) = (caller.clone(), desk.clock.now(), desk.clock.now_ms());
    desk.store
        .write(move |c| {
            Box::pin(async move {
                let standing = rights::agent(c, &caller).await?;
                if owner.is_none() && next_update.is_none() && changes == Changes::default() {
                    return Err(Refused::NothingAsked.into());
                }
                if let Some(person) = &owner {
                    rights::can_work(&standing.settings, person)?;
                    changes.owner = Some(person.user);
                }
                let before = resolve_locked(c, standing.guild, &caller, &which).await?;
                let typed = changes.title.clone();
                let decision = match next_update {
                    None => case::update(&before, changes, now_ms),
                    Some(typed) => {
                        let own = profile::get(c, standing.guild, caller.user).await?.calendar(&standing.settings);
                        // A press carries the time alone: what was to change beside it would be lost.
                        let alone = changes == Changes::default();
                        let said = phrase::parse(&typed, &own.context(now, caller.lang)).map_err(|refusal| {
                            let what = changes.title.clone().unwrap_or_default();
                            if alone {
                                Then::Update(before.number).or_refused(refusal, typed, what)
                            } else {
                                Refused::When { refusal, when: typed, what }
                            }
                        })?;
                        match with_update(case::update(&before, changes, now_ms), &before, now_ms) {
                            Ok((next, mut log)) => {
                                log.push(clocks::promise_update(c, &next, &said, caller.user, now_ms).await?);
                                Ok((next, log))
                            }
                            refused => refused,
                        }
                    }
                };
                let (case, log) = record(c, &before, decision, caller.user, typed).await?;
                Ok::<_, DeskError>(Reply::Changed { case, log })
            })
        })
        .await
}

/// A promised update changes a case also where nothing else of it does.
fn with_update(decision: Decision, before: &Case, now_ms: i64) -> Decision {
    match decision {
        Err(UpdateRefused::NothingNew) => Ok((before.touched(now_ms), Vec::new())),
        decided => decided,
    }
}

/// The statuses a case may go to, for the card's Status button.
pub(super) async fn offer_status(desk: &Desk, caller: &Caller, number: case::CaseNumber) -> Outcome {
    let caller = caller.clone();
    desk.store
        .read(move |c| {
            Box::pin(async move {
                let guild = rights::agent(c, &caller).await?.guild;
                let case = resolve(c, guild, &caller, &CaseRef::Number(number)).await?;
                Ok::<_, DeskError>(Reply::StatusOffered { case })
            })
        })
        .await
}

/// The shape all single-step changes share: rights, lock, decide, record.
pub(super) async fn change(
    desk: &Desk,
    caller: &Caller,
    which: CaseRef,
    typed: Option<String>,
    decide: impl FnOnce(&case::Case, UserId, i64) -> case::Decision + Send + 'static,
) -> Outcome {
    let (caller, now_ms) = (caller.clone(), desk.clock.now_ms());
    desk.store
        .write(move |c| {
            Box::pin(async move {
                let guild = rights::agent(c, &caller).await?.guild;
                let before = resolve_locked(c, guild, &caller, &which).await?;
                let decision = decide(&before, caller.user, now_ms);
                let (case, log) = record(c, &before, decision, caller.user, typed).await?;
                Ok::<_, DeskError>(Reply::Changed { case, log })
            })
        })
        .await
}
