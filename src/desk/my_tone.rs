//! `/tone me`: a person's own wish for a private word, what is kept of them, and the buttons below such a word.

use super::{Caller, Desk, DeskError, Outcome, Refused, Reply, rights};
use crate::id::{ChannelId, GuildId};
use crate::store::tone::{self as kept, Allowed};
use crate::store::watch;

/// How long nothing is said after "not again today", ms: until the same time tomorrow.
const REST_MS: i64 = 24 * 60 * 60 * 1000;

/// All that is kept of a person for tone, told to that person.
#[derive(Debug, Clone)]
pub struct MyTone {
    /// They wish for private words.
    pub on: bool,
    /// That ended by itself: their direct messages are closed. Said once.
    pub closed: bool,
    /// When the next word may come, if that is not now, Unix ms.
    pub next_at: Option<i64>,
    /// What is allowed for them.
    pub allowed: Vec<Allowed>,
    /// Where the bot listens, besides case threads.
    pub watched: Vec<ChannelId>,
    /// Whether the bot may read what people write at all.
    pub reads_words: bool,
}

/// Shows what is kept; switches the wish on or off first, where asked.
pub(super) async fn my_tone(desk: &Desk, caller: &Caller, on: Option<bool>) -> Outcome {
    let (caller, now_ms, reads_words) = (caller.clone(), desk.clock.now_ms(), desk.reads_words);
    desk.store
        .write(move |c| {
            Box::pin(async move {
                let guild = rights::agent(c, &caller).await?.guild;
                let user = caller.user;
                match on {
                    Some(true) => kept::begin(c, guild, user, now_ms).await?,
                    Some(false) => kept::end(c, guild, user).await?,
                    None => {}
                }
                let me = kept::me(c, guild, user).await?;
                let closed = me.is_some_and(|me| me.closed);
                if closed {
                    // Said now, and with that forgotten.
                    kept::end(c, guild, user).await?;
                }
                let open = me.filter(|me| !me.closed);
                Ok::<_, DeskError>(Reply::MyTone(Box::new(MyTone {
                    on: open.is_some(),
                    closed,
                    next_at: open.map(|me| me.next_at).filter(|&next| next > now_ms),
                    allowed: kept::allowed(c, guild, user).await?,
                    watched: watch::list(c, guild).await?,
                    reads_words,
                })))
            })
        })
        .await
}

/// No more words for a day.
pub(super) async fn rest(desk: &Desk, caller: &Caller, guild: GuildId) -> Outcome {
    own(caller, guild)?;
    let (user, until) = (caller.user, (desk.clock.now_ms() + REST_MS).div_euclid(1000) * 1000);
    let rests = desk
        .store
        .write(move |c| Box::pin(async move { Ok::<_, DeskError>(kept::rest(c, guild, user, until).await?) }))
        .await?;
    Ok(if rests { Reply::WordsRest { until } } else { Reply::WordsOff })
}

/// No more words at all.
pub(super) async fn off(desk: &Desk, caller: &Caller, guild: GuildId) -> Outcome {
    own(caller, guild)?;
    let user = caller.user;
    desk.store.write(move |c| Box::pin(async move { Ok::<_, DeskError>(kept::end(c, guild, user).await?) })).await?;
    Ok(Reply::WordsOff)
}

/// A button below a word is about its presser alone, in the team it came from.
fn own(caller: &Caller, guild: GuildId) -> Result<(), Refused> {
    if caller.guild.is_some_and(|here| here != guild) { Err(Refused::Stale) } else { Ok(()) }
}
