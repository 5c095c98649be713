//! Promises that wait for the customer: they come due when the customer replies, at the next moment their assignee works.
//!
//! Only those that were asked to: a snooze outlives whatever anybody writes.

use super::DeskError;
use super::promise;
use crate::case::{CaseNumber, Change, Entry, Priority};
use crate::follow_up::Wake;
use crate::id::GuildId;
use crate::store::{Conn, case as cases, delivery, entry, follow_up, profile};

/// The customer of this case replied. Call it in the transaction that hears of it, after the case was saved; hearing the
/// same reply twice wakes nothing twice. True: something comes due earlier now.
pub(super) async fn customer_replied(
    c: &mut Conn,
    guild: GuildId,
    number: CaseNumber,
    now_ms: i64,
) -> Result<bool, DeskError> {
    let waiting = follow_up::waiting_for_customer(c, guild, number).await?;
    if waiting.is_empty() {
        return Ok(false);
    }
    let Some(case) = cases::lock(c, guild, number).await? else { return Ok(false) };
    let mut woken = false;
    for mut one in waiting {
        let theirs = profile::calendar(c, guild, one.assignee).await?;
        let computed = theirs.computed(now_ms, case.priority == Priority::Urgent);
        let seen = one.version;
        one.move_to(computed.due_at, &theirs);
        one.terms.waited_from = computed.waited_from;
        one.terms.wake = Some(Wake::Replied);
        one.version += 1;
        if follow_up::save(c, &one, seen).await? {
            promise::schedule(c, &one).await?;
            let what = Change::FollowUpMoved { follow_up: one.id.0, what: one.what, due: one.due_at };
            entry::append(c, guild, number, &Entry { at: now_ms, actor: None, what }).await?;
            woken = true;
        }
    }
    if woken {
        delivery::want_card(c, guild, number, now_ms).await?;
    }
    Ok(woken)
}

/// What waited for working hours comes at once when its case became urgent.
pub(super) async fn became_urgent(
    c: &mut Conn,
    guild: GuildId,
    number: CaseNumber,
    now_ms: i64,
) -> Result<(), DeskError> {
    for mut one in follow_up::every_of_case(c, guild, number).await? {
        let Some(from) = one.terms.waited_from.take().filter(|_| one.due_at > now_ms) else { continue };
        let theirs = profile::calendar(c, guild, one.assignee).await?;
        let seen = one.version;
        one.move_to(from, &theirs);
        one.version += 1;
        if follow_up::save(c, &one, seen).await? {
            promise::schedule(c, &one).await?;
        }
    }
    Ok(())
}
