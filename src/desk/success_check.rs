//! Whether the solution held, as somebody found out (P97, P98); where it did not, the case goes on with all its history (P102).

use super::record::record;
use super::{Caller, Desk, DeskError, Outcome, PromiseRef, Refused, Reply, promise as promises};
use crate::case::{self, Change};
use crate::follow_up::{FollowUp, Kind, State};
use crate::store::{case as cases, delivery, follow_up, guild};
use crate::view::custom_id::Promise;

/// What is kept as the outcome of a check.
const SATISFIED: &str = "satisfied";
const UNSATISFIED: &str = "unsatisfied";

pub(super) async fn answer_check(desk: &Desk, caller: &Caller, promise: Promise, satisfied: bool) -> Outcome {
    let (caller, now_ms) = (caller.clone(), desk.clock.now_ms());
    desk.store
        .write(move |c| {
            Box::pin(async move {
                let check = promises::open(c, &caller, &PromiseRef::Button(promise)).await?;
                if check.terms.kind != Kind::SuccessCheck {
                    return Err(Refused::FollowUpMoved(check.due_at).into());
                }
                let number = check.case.ok_or(Refused::NoSuchFollowUp)?;
                let before = cases::lock(c, check.guild, number).await?.ok_or(Refused::NoSuchFollowUp)?;
                let outcome = Some(if satisfied { SATISFIED } else { UNSATISFIED }.to_owned());
                let check = FollowUp { outcome, ..check.ended(State::Done, Some(caller.user), now_ms) };
                if !follow_up::save_shown(c, &check, promise.version, caller.pressed).await? {
                    return Err(Refused::FollowUpEnded.into());
                }
                delivery::cancel_reminder(c, check.guild, check.id).await?;
                let found = Change::Checked { satisfied };
                let again = if satisfied { None } else { case::reopen(&before, now_ms).ok() };
                let (next, log) = match again {
                    Some((next, mut log)) => {
                        log.insert(0, found);
                        (next, log)
                    }
                    None => (before.touched(now_ms), vec![found]),
                };
                let (case, _) = record(c, &before, Ok((next, log)), caller.user, None).await?;
                let lang = guild::settings(c, case.guild).await?.lang;
                Ok::<_, DeskError>(Reply::Checked { case, satisfied, by: caller.user, lang })
            })
        })
        .await
}
