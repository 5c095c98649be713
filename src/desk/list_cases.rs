//! Lists of cases, a page at a time.

use super::{Caller, Desk, DeskError, Outcome, Reply, rights};
use crate::case::View;
use crate::store::case;

pub(super) async fn list_cases(desk: &Desk, caller: &Caller, view: View, page: u32) -> Outcome {
    let (caller, now_ms) = (caller.clone(), desk.clock.now_ms());
    desk.store
        .read(move |c| {
            Box::pin(async move {
                let guild = rights::agent(c, &caller).await?.guild;
                let lines = case::list(c, guild, view, caller.user, now_ms, page).await?;
                Ok::<_, DeskError>(Reply::Listed { view, page, lines })
            })
        })
        .await
}
