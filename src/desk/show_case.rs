//! One case: as `/case show` tells it, and the forms that start from its card.

use super::record::resolve;
use super::{Caller, CaseRef, Desk, DeskError, Form, Outcome, Refused, Reply, move_follow_up, offer_follow_up, rights};
use crate::case::UpdateRefused;
use crate::store::{entry, follow_up, profile};

/// Entries shown below a case.
const SHOWN_ENTRIES: u32 = 10;

pub(super) async fn show_case(desk: &Desk, caller: &Caller, which: CaseRef) -> Outcome {
    let caller = caller.clone();
    desk.store
        .read(move |c| {
            Box::pin(async move {
                let guild = rights::agent(c, &caller).await?.guild;
                let case = resolve(c, guild, &caller, &which).await?;
                let entries = entry::newest(c, guild, case.number, SHOWN_ENTRIES).await?;
                let next = follow_up::next_due(c, guild, case.number).await?;
                Ok(Reply::Shown { case, entries, next })
            })
        })
        .await
}

/// A form, after one look at the caller's rights: what would be refused anyway is refused before anybody types.
pub(super) async fn ask(desk: &Desk, caller: &Caller, form: Form) -> Outcome {
    if caller.guild.is_none() && form == Form::Draft {
        return Ok(Reply::Form(form));
    }
    let caller = caller.clone();
    desk.store
        .read(move |c| {
            Box::pin(async move {
                // A promise is its assignee's and creator's in direct messages too.
                if let Form::PickTime(_) | Form::EditFollowUp { .. } = form {
                    return Ok(Reply::Form(move_follow_up::ask(c, &caller, form).await?));
                }
                let guild = rights::agent(c, &caller).await?.guild;
                let case = match &form {
                    Form::Note(number) | Form::FollowUp(number) | Form::Close(number) => Some(*number),
                    Form::Remind { case, .. } => Some(*case),
                    Form::OpenCase { .. }
                    | Form::Draft
                    | Form::PickTime(_)
                    | Form::EditFollowUp { .. }
                    | Form::Promise(_) => None,
                };
                if let Some(number) = case {
                    let case = resolve(c, guild, &caller, &CaseRef::Number(number)).await?;
                    let closed = case.status == crate::case::Status::Closed;
                    if closed && !matches!(form, Form::Note(_)) {
                        return Err(Refused::Update(UpdateRefused::Closed, number, None).into());
                    }
                }
                let form = match form {
                    Form::Remind { case, due, offer, .. } => {
                        offer_follow_up::theirs(c, guild, &caller, offer).await?;
                        let own = profile::calendar(c, guild, caller.user).await?;
                        let when = own.at(due.saturating_mul(1000)).strftime("%Y-%m-%d %H:%M").to_string();
                        Form::Remind { case, due, offer, when }
                    }
                    other => other,
                };
                Ok::<_, DeskError>(Reply::Form(form))
            })
        })
        .await
}
