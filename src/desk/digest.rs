//! No more overviews in the morning, by one click on one.

use super::{Caller, Desk, DeskError, Outcome, Refused, Reply};
use crate::id::GuildId;
use crate::store::{digest, profile};

/// Everybody decides for themselves; in direct messages roles cannot be asked, so that they once were to get one must do.
pub(super) async fn stop_mornings(desk: &Desk, caller: &Caller, guild: GuildId) -> Outcome {
    let user = caller.user;
    desk.store
        .write(move |c| {
            Box::pin(async move {
                if !digest::known(c, guild, user).await? {
                    return Err(Refused::Stale.into());
                }
                let before = profile::get(c, guild, user).await?;
                profile::save(c, guild, user, &profile::Profile { digest: false, ..before }).await?;
                Ok::<_, DeskError>(Reply::MorningsStopped)
            })
        })
        .await
}
