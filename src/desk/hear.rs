//! What people say where the bot listens: a customer's word opens again what waited for it. Nothing said is stored.
//!
//! A message may be heard twice (a resumed connection, reading on after a gap); what it causes, happens once.

use super::record::record;
use super::rights::{Rank, rank};
use super::{Desk, DeskError, Refused};
use crate::case::{self, CaseNumber, UpdateRefused};
use crate::id::{ChannelId, GuildId, MessageId, RoleId, UserId};
use crate::store::watch::{self, Watched};
use crate::store::{Conn, case as cases, guild};

/// Most cases of one customer that one message opens again.
const CASES_OF_ONE: u32 = 5;

/// A message a person wrote in a guild.
#[derive(Debug, Clone)]
pub struct Heard {
    /// The team.
    pub guild: GuildId,
    /// Where it stands; a thread is its own channel.
    pub channel: ChannelId,
    /// Which it is.
    pub message: MessageId,
    /// Who wrote it.
    pub author: UserId,
    /// Their roles; none known for messages read after a gap.
    pub roles: Option<Vec<RoleId>>,
    /// What it says; empty where the bot may not read it. Never stored, never logged.
    pub text: String,
}

impl Desk {
    /// Takes in what somebody said; `true` if the channel is one the bot reads on in after a gap.
    pub async fn hear(&self, heard: Heard) -> Result<bool, DeskError> {
        let (guild, channel) = (heard.guild, heard.channel);
        let watched = self
            .store
            .read(move |c| Box::pin(async move { Ok::<_, DeskError>(watch::is_watched(c, guild, channel).await?) }))
            .await?;
        if watched {
            self.customers_word(&heard).await?;
        }
        self.promise_heard(&heard).await?;
        Ok(watched)
    }

    /// Every watched channel and how far it was read.
    pub async fn watched(&self) -> Result<Vec<Watched>, DeskError> {
        self.store.read(|c| Box::pin(async move { Ok(watch::all(c).await?) })).await
    }

    /// Remembers how far a watched channel was read.
    pub async fn read_up_to(&self, guild: GuildId, channel: ChannelId, message: MessageId) -> Result<(), DeskError> {
        self.store.write(move |c| Box::pin(async move { Ok(watch::advance(c, guild, channel, message).await?) })).await
    }

    /// If a case's customer wrote this, their cases go on.
    async fn customers_word(&self, heard: &Heard) -> Result<(), DeskError> {
        let (guild, author) = (heard.guild, heard.author);
        let theirs = self
            .store
            .read(move |c| {
                Box::pin(async move { Ok::<_, DeskError>(cases::of_customer(c, guild, author, CASES_OF_ONE).await?) })
            })
            .await?;
        if theirs.is_empty() {
            return Ok(());
        }
        let (roles, now_ms) = (heard.roles.clone(), self.clock.now_ms());
        let moved = self
            .store
            .write(move |c| {
                Box::pin(async move {
                    let settings = guild::settings(c, guild).await?;
                    // An agent's own message may have been made a case of; that makes them no customer.
                    if roles.is_some_and(|roles| rank(&settings, &roles, false) > Rank::Stranger) {
                        return Ok::<_, DeskError>(false);
                    }
                    let mut moved = false;
                    for number in theirs {
                        moved |= goes_on(c, guild, number, author, now_ms).await?;
                    }
                    Ok(moved)
                })
            })
            .await?;
        if moved {
            (self.wake)();
        }
        Ok(())
    }
}

/// Opens the case again if it waited for its customer; false if nothing had to change.
async fn goes_on(
    c: &mut Conn,
    guild: GuildId,
    number: CaseNumber,
    author: UserId,
    now_ms: i64,
) -> Result<bool, DeskError> {
    let Some(before) = cases::lock(c, guild, number).await? else { return Ok(false) };
    let decision = case::customer_spoke(&before, now_ms);
    if decision == Err(UpdateRefused::NothingNew) {
        return Ok(false);
    }
    match record(c, &before, decision, author, None).await {
        Ok(_) => Ok(true),
        // Closed or changed in the same moment: the message changes nothing then.
        Err(DeskError::Refused(Refused::ChangedMeanwhile(_))) => Ok(false),
        Err(error) => Err(error),
    }
}
