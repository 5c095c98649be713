//! Opening a case: by `/case open`, or from a message mid-conversation.

use super::record::{append, words};
use super::{Caller, Desk, DeskError, Outcome, Refused, Reply, rights};
use crate::case::{self, NewCase, Priority, Source, UpdateRefused, Via};
use crate::failpoint;
use crate::store::{case as cases, delivery};

/// What was typed to open a case.
#[derive(Debug, Clone, Default)]
pub struct OpenCase {
    /// The concern in one line.
    pub title: String,
    /// Who it is about.
    pub customer: Option<String>,
    /// How soon it matters.
    pub priority: Option<Priority>,
    /// How the customer came.
    pub via: Option<Via>,
    /// The message it is opened from.
    pub source: Option<Source>,
}

pub(super) async fn open_case(desk: &Desk, caller: &Caller, wish: OpenCase) -> Outcome {
    let (caller, now_ms) = (caller.clone(), desk.clock.now_ms());
    let case = desk
        .store
        .write(move |c| {
            Box::pin(async move {
                let standing = rights::agent(c, &caller).await?;
                let typed = wish.title.clone();
                let new = NewCase {
                    guild: standing.guild,
                    title: wish.title,
                    customer: wish.customer,
                    priority: wish.priority,
                    via: wish.via,
                    source: wish.source,
                    home: standing.settings.case_channel.unwrap_or(caller.parent.unwrap_or(caller.channel)),
                    opener: caller.user,
                };
                let number = cases::next_number(c, standing.guild).await?;
                let (case, log) = case::open(new, number, now_ms).map_err(|refused| match refused {
                    UpdateRefused::Title(title) => Refused::Title(title, typed.clone()),
                    other => Refused::Update(other, number, Some(typed.clone())),
                })?;
                cases::insert(c, &case, &words(&case)).await?;
                append(c, &case, &log, caller.user).await?;
                delivery::want_card(c, case.guild, case.number, now_ms).await?;
                failpoint!("open.before_commit");
                Ok::<_, DeskError>(case)
            })
        })
        .await?;
    failpoint!("open.after_commit");
    Ok(Reply::Opened { case })
}
