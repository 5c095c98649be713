//! Ending a promise: kept, with what came of it, or taken back. A second press finds it ended and changes nothing.

use super::promise::{self, PromiseRef};
use super::{Caller, Desk, DeskError, Outcome, Refused, Reply};
use crate::case::{Change, MAX_TEXT, clean_text};
use crate::follow_up::{FollowUp, State};
use crate::store::{Conn, recurring};

/// Whoever takes back what repeats takes back all of it: also the occurrence to come, or the one still open before it.
async fn take_back_the_series(
    c: &mut Conn,
    caller: &Caller,
    follow_up: &FollowUp,
    now_ms: i64,
) -> Result<(), DeskError> {
    if follow_up.terms.repeat.is_none() {
        return Ok(());
    }
    for before in recurring::others(c, follow_up.guild, follow_up.id).await? {
        let ended = before.ended(State::Cancelled, Some(caller.user), now_ms);
        let after = FollowUp { outcome: follow_up.outcome.clone(), ..ended };
        let change = Change::FollowUpCancelled {
            follow_up: before.id.0,
            what: before.what.clone(),
            reason: follow_up.outcome.clone(),
        };
        promise::settle(c, caller, &before, after, change, now_ms).await?;
    }
    Ok(())
}

pub(super) async fn end_follow_up(
    desk: &Desk,
    caller: &Caller,
    which: PromiseRef,
    outcome: Option<String>,
    state: State,
) -> Outcome {
    if let Some(typed) = outcome.clone().filter(|text| text.chars().count() > MAX_TEXT) {
        return Err(Refused::TooLong { most: MAX_TEXT, typed }.into());
    }
    let outcome = outcome.map(|text| clean_text(&text)).filter(|text| !text.is_empty());
    let (caller, now_ms) = (caller.clone(), desk.clock.now_ms());
    desk.store
        .write(move |c| {
            Box::pin(async move {
                let before = promise::open(c, &caller, &which).await?;
                let ended = before.ended(state, Some(caller.user), now_ms);
                let after = FollowUp { outcome: outcome.clone(), ..ended };
                let (follow_up, what) = (before.id.0, before.what.clone());
                let change = match state {
                    State::Cancelled => Change::FollowUpCancelled { follow_up, what, reason: outcome },
                    State::Done | State::Open => Change::FollowUpDone { follow_up, what, outcome },
                };
                let follow_up = promise::settle(c, &caller, &before, after, change, now_ms).await?;
                let next = match state {
                    State::Cancelled => {
                        take_back_the_series(c, &caller, &follow_up, now_ms).await?;
                        None
                    }
                    State::Done | State::Open => recurring::kept(c, follow_up.guild, &follow_up, now_ms).await?,
                };
                let lang = promise::team_lang(c, follow_up.guild).await?;
                Ok::<_, DeskError>(Reply::FollowUpEnded { follow_up, next, by: caller.user, lang })
            })
        })
        .await
}
