//! `/tone watch`: in which channels customers' words are noticed. The lead decides; everybody on the team may look.

use super::rights::{self, Rank};
use super::{Caller, Desk, DeskError, Outcome, Refused, Reply};
use crate::chat::{ChannelKind, Right};
use crate::id::{ChannelId, MessageId};
use crate::store::watch;

/// Most channels a team watches: after a gap each of them is read on, one request a hundred messages.
const AT_MOST: usize = 25;

/// Begins or ends watching a channel, or with none only says which are watched.
pub(super) async fn watch_channel(desk: &Desk, caller: &Caller, channel: Option<ChannelId>, on: bool) -> Outcome {
    let standing = rights::standing(desk, caller).await?;
    if let Some(channel) = channel {
        if standing.rank < Rank::Lead {
            return Err(Refused::NotLead(standing.settings.lead_role).into());
        }
        if on {
            listens(desk, caller, channel).await?;
        }
    }
    let (caller, now_ms) = (caller.clone(), desk.clock.now_ms());
    let channels = desk
        .store
        .write(move |c| {
            Box::pin(async move {
                // Asked again here, where it takes effect.
                let standing = rights::agent(c, &caller).await?;
                let guild = standing.guild;
                if let Some(channel) = channel {
                    if standing.rank < Rank::Lead {
                        return Err(Refused::NotLead(standing.settings.lead_role).into());
                    }
                    if !on {
                        watch::end(c, guild, channel).await?;
                    } else if watch::list(c, guild).await?.len() < AT_MOST {
                        watch::begin(c, guild, channel, MessageId::at_ms(now_ms)).await?;
                    } else {
                        return Err(Refused::TooManyWatched(AT_MOST).into());
                    }
                }
                Ok::<_, DeskError>(watch::list(c, guild).await?)
            })
        })
        .await?;
    Ok(Reply::Watched { channels, reads_words: desk.reads_words })
}

/// Refuses a channel the bot cannot listen in, before somebody relies on it.
async fn listens(desk: &Desk, caller: &Caller, channel: ChannelId) -> Result<(), DeskError> {
    let Ok(info) = desk.look(channel).await else { return Err(Refused::CannotListen(channel).into()) };
    let kind = matches!(info.kind, ChannelKind::Text | ChannelKind::Thread);
    let sees = !info.missing.contains(&Right::View) && !info.missing.contains(&Right::ReadHistory);
    if kind && sees && info.guild == caller.guild { Ok(()) } else { Err(Refused::CannotListen(channel).into()) }
}
