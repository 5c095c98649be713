//! From a decision to the database: the case, its entries and the wish for a fresh card, in the caller's transaction.

use super::{Caller, CaseRef, DeskError, Refused, clocks, wake};
use crate::case::{Case, CaseNumber, Change, Decision, Entry, Priority, Status, UpdateRefused};
use crate::follow_up::State;
use crate::id::{GuildId, UserId};
use crate::store::{Conn, case, delivery, entry, follow_up, search};

/// Longest typed reference to a case that is looked at, in scalars.
const MAX_REFERENCE: usize = 200;

/// Finds the case a person means.
pub(super) async fn resolve(c: &mut Conn, guild: GuildId, caller: &Caller, which: &CaseRef) -> Result<Case, DeskError> {
    let unknown = |typed: &str| DeskError::from(Refused::NoSuchCase(typed.to_owned()));
    match which {
        CaseRef::Number(number) => case::get(c, guild, *number).await?.ok_or_else(|| unknown(&number.to_string())),
        CaseRef::Here => Ok(case::by_thread(c, guild, caller.channel).await?.ok_or(Refused::NoCaseHere)?),
        CaseRef::Typed(typed) => {
            let typed: String = typed.trim().chars().take(MAX_REFERENCE).collect();
            if let Ok(number) = typed.trim_start_matches('#').parse::<i64>() {
                return case::get(c, guild, CaseNumber(number)).await?.ok_or_else(|| unknown(&typed));
            }
            let words = search::query_words(&typed);
            let mut lines = if words.is_empty() { Vec::new() } else { case::find(c, guild, &words, 5).await? };
            match (lines.len(), lines.pop()) {
                (1, Some(line)) => case::get(c, guild, line.number).await?.ok_or_else(|| unknown(&typed)),
                (0, _) | (_, None) => Err(unknown(&typed)),
                (_, Some(last)) => {
                    lines.push(last);
                    Err(Refused::ManyCases(typed, lines).into())
                }
            }
        }
    }
}

/// The same, and nobody else changes it until this transaction ends.
pub(super) async fn resolve_locked(
    c: &mut Conn,
    guild: GuildId,
    caller: &Caller,
    which: &CaseRef,
) -> Result<Case, DeskError> {
    let found = resolve(c, guild, caller, which).await?;
    Ok(case::lock(c, guild, found.number).await?.ok_or(Refused::NoSuchCase(found.number.to_string()))?)
}

/// Saves what was decided about `before`; `typed` is handed back to the person if it was refused.
pub(super) async fn record(
    c: &mut Conn,
    before: &Case,
    decision: Decision,
    actor: UserId,
    typed: Option<String>,
) -> Result<(Case, Vec<Change>), DeskError> {
    let (next, log) = decision.map_err(|refused| match refused {
        UpdateRefused::Title(title) => Refused::Title(title, typed.clone().unwrap_or_default()),
        other => Refused::Update(other, before.number, typed),
    })?;
    if !case::save(c, &next, before.version, &search::of_case(&next)).await? {
        return Err(Refused::ChangedMeanwhile(before.number).into());
    }
    let mut log = log;
    if next.status == Status::Closed && before.status != Status::Closed {
        log.extend(cancel_promises(c, &next, actor).await?);
    }
    log.extend(clocks::followed(c, before, &next, actor).await?);
    append(c, &next, &log, actor).await?;
    delivery::want_card(c, next.guild, next.number, next.updated_at).await?;
    if next.priority == Priority::Urgent && before.priority != Priority::Urgent {
        wake::became_urgent(c, next.guild, next.number, next.updated_at).await?;
    }
    // The customer replied: they wrote, or whoever sets a case that waited for them to open says so.
    let spoke = log.iter().any(|change| matches!(change, Change::CustomerSpoke { .. }));
    if spoke || (before.status == Status::WaitingCustomer && next.status == Status::Open) {
        wake::customer_replied(c, next.guild, next.number, next.updated_at).await?;
    }
    Ok((next, log))
}

/// Whoever closes a case takes its open promises back, each with its entry: none comes due for what is done.
async fn cancel_promises(c: &mut Conn, case: &Case, actor: UserId) -> Result<Vec<Change>, DeskError> {
    let mut log = Vec::new();
    for promise in follow_up::every_of_case(c, case.guild, case.number).await? {
        let ended = follow_up::end(c, &promise, State::Cancelled, Some(actor), case.updated_at).await?;
        if let Some(promise) = ended {
            if promise.creator != actor {
                delivery::want_word(c, case.guild, promise.id, promise.version, case.updated_at, promise.case).await?;
            }
            log.push(Change::FollowUpCancelled { follow_up: promise.id.0, what: promise.what, reason: None });
        }
    }
    Ok(log)
}

/// Appends one entry per change.
pub(super) async fn append(c: &mut Conn, case: &Case, log: &[Change], actor: UserId) -> Result<(), DeskError> {
    for what in log {
        let line = Entry { at: case.updated_at, actor: Some(actor), what: what.clone() };
        entry::append(c, case.guild, case.number, &line).await?;
    }
    Ok(())
}
