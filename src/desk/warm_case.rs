//! A customer's heated words raise their case's mood: an entry by the bot, a fresh card, and a line to the case's owner.
//!
//! Invariant: in the transaction of the customer's word; a mood somebody set is never lowered here.

use super::DeskError;
use super::warmth::warm;
use crate::case::{Case, CaseNumber, Change, Entry};
use crate::id::{GuildId, MessageId};
use crate::store::{Conn, aside, case as cases, delivery, entry, search, tone};

/// Takes a message of heat 0–3 in for one of the customer's cases; true if its mood rose.
pub(super) async fn warm_case(
    c: &mut Conn,
    guild: GuildId,
    number: CaseNumber,
    heat: u8,
    message: MessageId,
    now_ms: i64,
) -> Result<bool, DeskError> {
    let Some(before) = cases::lock(c, guild, number).await?.filter(|case| case.status.is_active()) else {
        return Ok(false);
    };
    let sent = message.sent_ms();
    let Some(warmth) = warm(tone::heat(c, guild, number).await?, heat, sent) else { return Ok(false) };
    tone::set_heat(c, guild, number, warmth.heat, sent).await?;
    // Once a rise: what somebody set lower stays so until it grows warmer still.
    if warmth.is <= warmth.was || warmth.is <= before.mood {
        return Ok(false);
    }
    let next = Case { mood: warmth.is, ..before.touched(now_ms) };
    if !cases::save(c, &next, before.version, &search::of_case(&next)).await? {
        return Ok(false);
    }
    let what = Change::Mood { from: before.mood, to: next.mood };
    entry::append(c, guild, number, &Entry { at: now_ms, actor: None, what }).await?;
    delivery::want_card(c, guild, number, now_ms).await?;
    if next.owner.is_some() {
        aside::want_mood(c, guild, number, now_ms).await?;
    }
    Ok(true)
}
