//! Ten minutes before answering (P44, P47): a timer of one's own that survives restarts, tells nobody, and keeps no word
//! of what was to be answered.

use super::{Caller, Desk, DeskError, Outcome, Refused, Reply, rights};
use crate::id::GuildId;
use crate::store::aside;

/// How long, ms.
const PAUSE_MS: i64 = 10 * 60 * 1000;

/// Begins a pause; one that runs already goes on as it is.
pub(super) async fn pause(desk: &Desk, caller: &Caller, guild: GuildId) -> Outcome {
    if caller.guild.is_some_and(|here| here != guild) {
        return Err(Refused::Stale.into());
    }
    let (caller, now_ms) = (caller.clone(), desk.clock.now_ms());
    // Whole seconds: what is shown is what holds.
    let until = (now_ms + PAUSE_MS).div_euclid(1000) * 1000;
    let until = desk
        .store
        .write(move |c| {
            Box::pin(async move {
                // In direct messages roles cannot be asked; a pause concerns nobody else.
                if caller.guild.is_some() {
                    rights::agent(c, &caller).await?;
                }
                Ok::<_, DeskError>(aside::want_pause(c, guild, caller.user, until, now_ms).await?)
            })
        })
        .await?;
    Ok(Reply::Paused { until })
}
