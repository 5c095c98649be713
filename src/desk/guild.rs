//! Coming and going of teams. An outage is not a removal, and a removal deletes nothing: its promises wait.

use super::{Desk, DeskError};
use crate::id::GuildId;
use crate::store::guild;

impl Desk {
    /// Notes that the bot is in this guild, or no longer is.
    pub async fn guild_present(&self, id: GuildId, present: bool) -> Result<(), DeskError> {
        let changed = self
            .store
            .read(move |c| Box::pin(async move { Ok::<_, DeskError>(guild::present(c, id).await? != present) }))
            .await?;
        if changed {
            self.store
                .write(move |c| Box::pin(async move { Ok::<_, DeskError>(guild::set_present(c, id, present).await?) }))
                .await?;
            (self.wake)();
        }
        Ok(())
    }

    /// Notes which guilds are left after connecting: those that vanished while nobody was there wait from now on.
    pub async fn guilds_left(&self, here: Vec<GuildId>) -> Result<(), DeskError> {
        let gone = self
            .store
            .write(move |c| Box::pin(async move { Ok::<_, DeskError>(guild::mark_absent_except(c, &here).await?) }))
            .await?;
        for guild in gone {
            tracing::info!(guild.id = %guild, "guild.gone");
        }
        Ok(())
    }

    /// The hash of the commands Discord was last told; it is told again only on change.
    pub async fn registered_commands(&self) -> Result<Option<String>, DeskError> {
        self.store.read(|c| Box::pin(async move { Ok(guild::meta_get(c, COMMANDS).await?) })).await
    }

    /// Remembers what Discord was told.
    pub async fn set_registered_commands(&self, hash: String) -> Result<(), DeskError> {
        self.store.write(move |c| Box::pin(async move { Ok(guild::meta_set(c, COMMANDS, &hash).await?) })).await
    }
}

const COMMANDS: &str = "commands.hash";
