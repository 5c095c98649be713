//! No more overviews in the morning, by one click on one; and again, by the click after it.

use super::{Caller, Desk, DeskError, Outcome, Refused, Reply};
use crate::id::GuildId;
use crate::store::{digest, profile};

/// Everybody decides for themselves; in direct messages roles cannot be asked, so that they once were to get one must do.
pub(super) async fn switch_mornings(desk: &Desk, caller: &Caller, guild: GuildId, on: bool) -> Outcome {
    let (user, now_ms) = (caller.user, desk.clock.now_ms());
    desk.store
        .write(move |c| {
            Box::pin(async move {
                if !digest::known(c, guild, user).await? {
                    return Err(Refused::Stale.into());
                }
                let before = profile::get(c, guild, user).await?;
                profile::save(c, guild, user, &profile::Profile { digest: on, ..before }).await?;
                if on {
                    digest::expect(c, guild, Some(user), now_ms).await?;
                }
                Ok::<_, DeskError>(Reply::MorningsSwitched { guild, on })
            })
        })
        .await
}
