//! One case: as `/case show` tells it, and the forms that start from its card.

use super::record::resolve;
use super::{Caller, CaseRef, Desk, DeskError, Form, Outcome, Refused, Reply, move_follow_up, offer_follow_up, rights};
use crate::case::{Status, UpdateRefused};
use crate::follow_up::{Calendar, phrase};
use crate::locale::Lang;
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
                let undelivered = follow_up::undelivered_of(c, guild, case.number).await?;
                Ok(Reply::Shown { case, entries, next, undelivered })
            })
        })
        .await
}

/// A form, after one look at the caller's rights: what would be refused anyway is refused before anybody types.
pub(super) async fn ask(desk: &Desk, caller: &Caller, form: Form) -> Outcome {
    if caller.guild.is_none() && form == Form::Draft {
        return Ok(Reply::Form(form));
    }
    let (caller, now) = (caller.clone(), desk.clock.now());
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
                    Form::Remind { case, .. } | Form::AskAgain { case, .. } => Some(*case),
                    Form::OpenCase { .. }
                    | Form::Draft
                    | Form::PickTime(_)
                    | Form::EditFollowUp { .. }
                    | Form::Promise(_) => None,
                };
                let status = match case {
                    Some(number) => Some(resolve(c, guild, &caller, &CaseRef::Number(number)).await?.status),
                    None => None,
                };
                if let (Some(number), Some(Status::Closed)) = (case, status)
                    && !matches!(form, Form::Note(_))
                {
                    return Err(Refused::Update(UpdateRefused::Closed, number, None).into());
                }
                let form = match form {
                    Form::FollowUp(case)
                        if matches!(status, Some(Status::WaitingCustomer | Status::WaitingInternal)) =>
                    {
                        let own = profile::calendar(c, guild, caller.user).await?;
                        Form::AskAgain { case, when: in_two_working_days(&own, now, caller.lang) }
                    }
                    Form::Remind { case, due, offer, .. } => {
                        offer_follow_up::theirs(c, guild, &caller, offer).await?;
                        let own = profile::calendar(c, guild, caller.user).await?;
                        // To the full minute, and not before: that is how people write it.
                        let minute = due.saturating_add(59).div_euclid(60).saturating_mul(60_000);
                        let when = phrase::format(&own.at(minute), caller.lang);
                        Form::Remind { case, due, offer, when }
                    }
                    other => other,
                };
                Ok::<_, DeskError>(Reply::Form(form))
            })
        })
        .await
}

/// When to come back to somebody who was asked something: in two working days, as people write it.
fn in_two_working_days(own: &Calendar, now: jiff::Timestamp, lang: Lang) -> String {
    phrase::parse("in 2 business days", &own.context(now, lang))
        .map_or_else(|_| String::new(), |reading| phrase::format(&reading.due, lang))
}
