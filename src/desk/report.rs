//! `/report`: the team's numbers over a range. Everybody on the team may see them, as they name nobody.

use super::{Caller, Desk, DeskError, Outcome, Reply, rights};
use crate::report::Range;
use crate::store::report;

pub(super) async fn report(desk: &Desk, caller: &Caller, range: Range) -> Outcome {
    let (caller, now) = (caller.clone(), desk.clock.now_ms());
    desk.store
        .read(move |c| {
            Box::pin(async move {
                let guild = rights::agent(c, &caller).await?.guild;
                let numbers = report::numbers(c, guild, now - range.ms(), now).await?;
                Ok::<_, DeskError>(Reply::Report { range, numbers })
            })
        })
        .await
}
