//! Who is answerable: claiming what nobody owns, and giving a case to somebody.

use super::record::{record, resolve_locked};
use super::update_case::change;
use super::{Caller, CaseRef, Desk, DeskError, Outcome, Person, Reply, rights};
use crate::case;

pub(super) async fn claim_case(desk: &Desk, caller: &Caller, which: CaseRef) -> Outcome {
    change(desk, caller, which, None, case::claim).await
}

pub(super) async fn assign_case(desk: &Desk, caller: &Caller, which: CaseRef, to: Person) -> Outcome {
    let (caller, now_ms) = (caller.clone(), desk.clock.now_ms());
    desk.store
        .write(move |c| {
            Box::pin(async move {
                let standing = rights::agent(c, &caller).await?;
                rights::can_work(&standing.settings, &to)?;
                let before = resolve_locked(c, standing.guild, &caller, &which).await?;
                let decision = case::assign(&before, to.user, now_ms);
                let (case, log) = record(c, &before, decision, caller.user, None).await?;
                Ok::<_, DeskError>(Reply::Changed { case, log })
            })
        })
        .await
}
