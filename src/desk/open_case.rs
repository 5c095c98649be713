//! Opening a case: by `/case open`, or from a message mid-conversation.

use super::record::append;
use super::{Caller, Desk, DeskError, Outcome, Refused, Reply, clocks, rights};
use crate::case::{self, NewCase, Priority, Source, UpdateRefused, Via};
use crate::chat::ChannelKind;
use crate::failpoint;
use crate::id::{ChannelId, UserId};
use crate::store::{case as cases, delivery, search};

/// What was typed to open a case.
#[derive(Debug, Clone, Default)]
pub struct OpenCase {
    /// The concern in one line.
    pub title: String,
    /// Who it is about.
    pub customer: Option<String>,
    /// Their account on Discord, where the message it is opened from tells.
    pub customer_user: Option<UserId>,
    /// How soon it matters.
    pub priority: Option<Priority>,
    /// How the customer came.
    pub via: Option<Via>,
    /// The message it is opened from.
    pub source: Option<Source>,
}

/// The account in `<@123>`: who is named by a mention is known by it.
fn mentioned(typed: &str) -> Option<UserId> {
    let id = typed.trim().strip_prefix("<@")?.strip_suffix('>')?.trim_start_matches('!');
    id.bytes().all(|b| b.is_ascii_digit()).then(|| id.parse().ok().map(UserId))?
}

/// Where the caller is; out of a thread it is the channel that holds threads.
fn at_hand(caller: &Caller) -> ChannelId {
    caller.parent.unwrap_or(caller.channel)
}

/// Where no case channel is set the thread starts at hand; that must be a place that can hold one customers do not see.
async fn fit_for_a_thread(desk: &Desk, caller: &Caller) -> Result<(), DeskError> {
    if rights::standing(desk, caller).await?.settings.case_channel.is_some() {
        return Ok(());
    }
    // A channel that cannot be looked at is left to delivery, which says aloud what it could not place.
    match desk.look(at_hand(caller)).await {
        Ok(info) if info.kind == ChannelKind::Text || (info.kind == ChannelKind::Forum && !info.public) => Ok(()),
        Ok(_) => Err(Refused::NoPlace.into()),
        Err(_) => Ok(()),
    }
}

pub(super) async fn open_case(desk: &Desk, caller: &Caller, wish: OpenCase) -> Outcome {
    fit_for_a_thread(desk, caller).await?;
    let (caller, now_ms) = (caller.clone(), desk.clock.now_ms());
    let case = desk
        .store
        .write(move |c| {
            Box::pin(async move {
                let standing = rights::agent(c, &caller).await?;
                let typed = wish.title.clone();
                let home = standing.settings.case_channel.unwrap_or(at_hand(&caller));
                let new = NewCase {
                    customer_user: wish.customer_user.or_else(|| wish.customer.as_deref().and_then(mentioned)),
                    customer: wish.customer,
                    priority: wish.priority,
                    via: wish.via,
                    source: wish.source,
                    ..NewCase::new(standing.guild, wish.title, home, caller.user)
                };
                let number = cases::next_number(c, standing.guild).await?;
                let (case, log) = case::open(new, number, now_ms).map_err(|refused| match refused {
                    UpdateRefused::Title(title) => Refused::Title(title, typed.clone()),
                    other => Refused::Update(other, number, Some(typed.clone())),
                })?;
                cases::insert(c, &case, &search::of_case(&case)).await?;
                append(c, &case, &log, caller.user).await?;
                clocks::opened(c, &case, &standing.settings).await?;
                delivery::want_card(c, case.guild, case.number, now_ms).await?;
                failpoint!("open.before_commit");
                Ok::<_, DeskError>(case)
            })
        })
        .await?;
    failpoint!("open.after_commit");
    let missing = desk.missing_in(case.home).await;
    Ok(Reply::Opened { case, missing })
}
