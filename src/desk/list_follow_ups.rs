//! Open promises, a page at a time: one's own, a case's, the team's, what is overdue, what could not be delivered.

use super::promise::{self, PromiseRef};
use super::record::resolve;
use super::{Caller, CaseRef, Desk, DeskError, Outcome, Person, Reply, rights};
use crate::follow_up::{FollowUpId, State};
use crate::id::UserId;
use crate::store::{case as cases, delivery, follow_up};
use crate::view::custom_id::{Promise, PromiseList, PromiseView};

/// What was typed to see promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListFollowUps {
    /// Which of them.
    pub view: PromiseView,
    /// Of whom.
    pub who: Option<UserId>,
    /// Of which case.
    pub case: Option<CaseRef>,
    /// Counted from 0.
    pub page: u32,
}

impl ListFollowUps {
    /// As `/followup list` was typed.
    pub fn typed(view: Option<PromiseView>, who: Option<&Person>, case: Option<CaseRef>) -> Self {
        Self { view: view.unwrap_or(PromiseView::Mine), who: who.map(|person| person.user), case, page: 0 }
    }
}

impl From<PromiseList> for ListFollowUps {
    fn from(list: PromiseList) -> Self {
        Self { view: list.view, who: list.who, case: list.case.map(CaseRef::Number), page: list.page }
    }
}

pub(super) async fn list_follow_ups(desk: &Desk, caller: &Caller, wish: ListFollowUps) -> Outcome {
    let (caller, now_ms) = (caller.clone(), desk.clock.now_ms());
    desk.store
        .read(move |c| {
            Box::pin(async move {
                let guild = rights::agent(c, &caller).await?.guild;
                let mine = wish.view == PromiseView::Mine && wish.who.is_none();
                let case = match &wish.case {
                    Some(which) => Some(resolve(c, guild, &caller, which).await?.number),
                    // In a case's thread the list is about that case.
                    None if mine => cases::by_thread(c, guild, caller.channel).await?.map(|case| case.number),
                    None => None,
                };
                // Without a filter the list is the caller's own.
                let who = wish.who.or((mine && case.is_none()).then_some(caller.user));
                let filter = follow_up::Filter {
                    who,
                    case,
                    overdue_at: (wish.view == PromiseView::Overdue).then_some(now_ms),
                    undelivered: wish.view == PromiseView::Undelivered,
                };
                let lines = follow_up::page(c, guild, filter, wish.page).await?;
                let shown = PromiseList { view: wish.view, who, case, page: wish.page };
                Ok::<_, DeskError>(Reply::FollowUps { lines, shown, now_ms })
            })
        })
        .await
}

/// One promise with everything that can be done with it, for who may.
pub(super) async fn show_follow_up(desk: &Desk, caller: &Caller, id: FollowUpId) -> Outcome {
    let caller = caller.clone();
    desk.store
        .read(move |c| {
            Box::pin(async move {
                let guild = rights::agent(c, &caller).await?.guild;
                let found = promise::theirs(c, &caller, guild, id).await?;
                let which = Promise::of(&found, 0);
                shown(c, &caller, which).await
            })
        })
        .await
}

/// The text of a reminder that came without it, for its assignee, its creator or a lead.
pub(super) async fn reveal_follow_up(desk: &Desk, caller: &Caller, promise: Promise) -> Outcome {
    let caller = caller.clone();
    desk.store.read(move |c| Box::pin(async move { shown(c, &caller, promise).await })).await
}

async fn shown(c: &mut crate::store::Conn, caller: &Caller, promise: Promise) -> Outcome {
    let follow_up = promise::theirs(c, caller, promise.guild, promise.id).await?;
    let case = match follow_up.case {
        Some(number) => cases::get(c, follow_up.guild, number).await?,
        None => None,
    };
    let undelivered = match follow_up.state {
        State::Open => follow_up::undelivered(c, follow_up.guild, follow_up.id, follow_up.version).await?,
        State::Done | State::Cancelled => None,
    };
    // The buttons are for what it is now, whatever the reminder was for.
    let promise = Promise { version: follow_up.version, ..promise };
    Ok(Reply::FollowUpShown { follow_up, case, promise, undelivered })
}

/// Sends what could not be delivered once more.
pub(super) async fn retry_follow_up(desk: &Desk, caller: &Caller, promise: Promise) -> Outcome {
    let (caller, now_ms) = (caller.clone(), desk.clock.now_ms());
    desk.store
        .write(move |c| {
            Box::pin(async move {
                let before = promise::open(c, &caller, &PromiseRef::Button(promise)).await?;
                // The case before the promise; its card no longer says that this did not arrive.
                if let Some(number) = before.case
                    && cases::lock(c, before.guild, number).await?.is_some()
                {
                    delivery::want_card(c, before.guild, number, now_ms).await?;
                }
                let mut after = before.clone();
                after.version += 1;
                if !follow_up::save(c, &after, before.version).await? {
                    return Err(super::Refused::FollowUpEnded.into());
                }
                promise::schedule(c, &after).await?;
                let lang = promise::team_lang(c, after.guild).await?;
                Ok::<_, DeskError>(Reply::FollowUpRetried { follow_up: after, lang })
            })
        })
        .await
}
