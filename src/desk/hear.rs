//! What people say where the bot listens: a customer's word opens again what waited for it, and an agent who wished for it
//! may get a private word. Nothing said is stored.
//!
//! A message may be heard twice (a resumed connection, reading on after a gap); what it causes, happens once.

use super::haste::Writer;
use super::nudge::{self, Word};
use super::record::record;
use super::rights::{Rank, rank};
use super::warm_case::warm_case;
use super::wording::Reader;
use super::{Desk, DeskError, Refused, wake};
use crate::case::{self, CaseNumber, UpdateRefused};
use crate::id::{ChannelId, GuildId, MessageId, RoleId, UserId};
use crate::store::watch::{self, Watched};
use crate::store::{Conn, case as cases, guild, tone};

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

/// What came of taking in a message.
#[derive(Debug)]
pub struct TakenIn {
    /// The channel is one the bot reads on in after a gap.
    pub watched: bool,
    /// A private word to say to its writer.
    pub word: Option<Word>,
}

impl Desk {
    /// Takes in what somebody said.
    pub async fn hear(&self, heard: Heard) -> Result<TakenIn, DeskError> {
        let (guild, channel, author, now) = (heard.guild, heard.channel, heard.author, self.clock.now_ms());
        let (age, roles) = (now - heard.message.sent_ms(), heard.roles.clone());
        let readable = self.can_read(&heard);
        let (watched, rank, facts) = self
            .store
            .read(move |c| {
                Box::pin(async move {
                    let watched = watch::is_watched(c, guild, channel).await?;
                    let me = if readable { tone::me(c, guild, author).await? } else { None };
                    if me.is_none() && !(watched && readable) {
                        return Ok::<_, DeskError>((watched, None, None));
                    }
                    let settings = guild::settings(c, guild).await?;
                    let rank = roles.map(|roles| rank(&settings, &roles, false));
                    if me.is_none() {
                        return Ok((watched, rank, None));
                    }
                    let listens = watched || cases::by_thread(c, guild, channel).await?.is_some();
                    Ok((watched, rank, Some(nudge::Facts { me, rank, listens, heat: 0, age, now })))
                })
            })
            .await?;
        if watched {
            self.customers_word(&heard).await?;
        }
        self.promise_heard(&heard).await?;
        let wishing = facts.as_ref().is_some_and(|facts| facts.me.is_some_and(|me| !me.closed));
        let writer = match rank {
            Some(Rank::Stranger) => Writer::Customer,
            Some(_) if wishing => Writer::Wishing(author),
            _ => Writer::Other,
        };
        let hasty = watched && readable && self.haste.heard((guild, channel), heard.message.sent_ms(), writer);
        let word = match facts.filter(nudge::welcome) {
            Some(facts) => self.own_words(heard, facts, hasty).await?,
            None => None,
        };
        Ok(TakenIn { watched, word })
    }

    /// Whether the bot may read this, and there is something to read.
    fn can_read(&self, heard: &Heard) -> bool {
        self.reads_words && !heard.text.trim().is_empty()
    }

    /// How heated a customer's words are, 0–3; 0 where the bot may not read them.
    async fn heat(&self, heard: &Heard) -> Result<u8, DeskError> {
        if !self.can_read(heard) {
            return Ok(0);
        }
        // What the team allowed counts for customers too; what one person allowed for themselves does not.
        let reader = Reader::of(self, Some(heard.guild), UserId(0)).await?;
        Ok(reader.read(&heard.text).heat)
    }

    /// A word for the writer, if what they wrote is worth one.
    async fn own_words(&self, heard: Heard, facts: nudge::Facts, hasty: bool) -> Result<Option<Word>, DeskError> {
        let reader = Reader::of(self, Some(heard.guild), heard.author).await?;
        let assessment = reader.read(&heard.text);
        let due = nudge::due(&nudge::Facts { heat: assessment.heat, ..facts });
        let place = (heard.guild, heard.channel, heard.message);
        if !due && !hasty {
            return Ok(None);
        }
        let word = Word::begin(self, heard.author, place, heard.text, assessment);
        // How something is written comes first: both at once would be one word too many.
        Ok(if due { word } else { word.map(Word::of_haste) })
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
        let (roles, message, now_ms) = (heard.roles.clone(), heard.message, self.clock.now_ms());
        let heat = self.heat(heard).await?;
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
                        moved |= warm_case(c, guild, number, heat, message, now_ms).await?;
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
        return wake::customer_replied(c, guild, number, now_ms).await;
    }
    match record(c, &before, decision, author, None).await {
        Ok(_) => Ok(true),
        // Closed or changed in the same moment: the message changes nothing then.
        Err(DeskError::Refused(Refused::ChangedMeanwhile(_))) => Ok(false),
        Err(error) => Err(error),
    }
}
