//! What everything that ends, moves or hands over a promise shares: which one is meant, whose it is, and how it is kept.
//!
//! Invariants: rights are checked in the transaction of the change; the change, its entry, the next reminder and the word
//! to whoever must hear of it are committed together or not at all.

use super::record::{append, resolve};
use super::rights::{self, Rank};
use super::{Caller, CaseRef, DeskError, Refused};
use crate::case::{Case, Change};
use crate::follow_up::{FollowUp, FollowUpId, Kind, State, assignees};
use crate::id::{GuildId, UserId};
use crate::store::{Conn, case as cases, delivery, follow_up, guild, recurring, search};
use crate::view::custom_id::Promise;

/// Open promises looked through for the one somebody means by words.
const LOOKED_THROUGH: u32 = 500;
/// Most of them named when several could be meant.
const NAMED: usize = 5;
/// Longest typed reference that is looked at, in scalars.
const MAX_REFERENCE: usize = 200;

/// How a promise was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PromiseRef {
    /// Not at all: the only open one here, or the only one of one's own.
    Here,
    /// A number, `#1042` for a case, or words, as typed.
    Typed(String),
    /// By a button: only as long as it is what the button was made for.
    Button(Promise),
}

/// The promise somebody means, still open, if they may end or move it.
pub(super) async fn open(c: &mut Conn, caller: &Caller, which: &PromiseRef) -> Result<FollowUp, DeskError> {
    match which {
        PromiseRef::Button(promise) => {
            let found = theirs(c, caller, promise.guild, promise.id).await?;
            match found.state {
                State::Open if found.version == promise.version => Ok(found),
                State::Open => Err(Refused::FollowUpMoved(found.due_at).into()),
                State::Done | State::Cancelled => Err(Refused::FollowUpEnded.into()),
            }
        }
        PromiseRef::Here => {
            let guild = rights::agent(c, caller).await?.guild;
            let here = cases::by_thread(c, guild, caller.channel).await?;
            let mut found = match here {
                Some(case) => follow_up::list(c, guild, None, Some(case.number), LOOKED_THROUGH).await?,
                None => follow_up::list(c, guild, Some(caller.user), None, LOOKED_THROUGH).await?,
            };
            // Among several of a case one's own is meant, if there is one.
            if found.iter().filter(|one| one.assignee == caller.user).count() == 1 {
                found.retain(|one| one.assignee == caller.user);
            }
            one_of(String::new(), found, caller, c).await
        }
        PromiseRef::Typed(typed) => {
            let typed: String = typed.trim().chars().take(MAX_REFERENCE).collect();
            let guild = rights::agent(c, caller).await?.guild;
            if let Some(found) = numbered(c, caller, guild, &typed).await? {
                return found;
            }
            let mut found = candidates(c, caller, guild).await?;
            found.retain(|one| fits(one, &typed));
            if found.is_empty() {
                // Somebody else's, then: that it is there is no secret, the team's list shows it.
                found = follow_up::list(c, guild, None, None, LOOKED_THROUGH).await?;
                found.retain(|one| fits(one, &typed));
            }
            one_of(typed, found, caller, c).await
        }
    }
}

/// What digits mean: the promise with that number, else the case's only open one. `#` means the case.
async fn numbered(
    c: &mut Conn,
    caller: &Caller,
    guild: GuildId,
    typed: &str,
) -> Result<Option<Result<FollowUp, DeskError>>, DeskError> {
    let Ok(number) = typed.trim_start_matches('#').parse::<i64>() else { return Ok(None) };
    if !typed.starts_with('#')
        && let Some(found) = follow_up::get(c, guild, FollowUpId(number)).await?
    {
        let found = theirs(c, caller, guild, found.id).await?;
        return Ok(Some(if found.state == State::Open { Ok(found) } else { Err(Refused::FollowUpEnded.into()) }));
    }
    let case = resolve(c, guild, caller, &CaseRef::Typed(format!("#{number}"))).await;
    let Ok(case) = case else { return Ok(Some(Err(Refused::NoSuchPromise(typed.to_owned()).into()))) };
    let found = follow_up::list(c, guild, None, Some(case.number), LOOKED_THROUGH).await?;
    Ok(Some(one_of(typed.to_owned(), found, caller, c).await))
}

/// Open promises somebody may end or move: their own, and for who leads the whole team's.
pub(super) async fn candidates(c: &mut Conn, caller: &Caller, guild: GuildId) -> Result<Vec<FollowUp>, DeskError> {
    let standing = rights::agent(c, caller).await?;
    if standing.rank >= Rank::Lead {
        return Ok(follow_up::list(c, guild, None, None, LOOKED_THROUGH).await?);
    }
    Ok(follow_up::of_person(c, guild, caller.user, LOOKED_THROUGH).await?)
}

/// Whether every word typed stands in the promise or is its number or its case's.
pub(super) fn fits(follow_up: &FollowUp, typed: &str) -> bool {
    let what = follow_up.what.to_lowercase();
    let number = |word: &str| {
        let word = word.trim_start_matches('#');
        follow_up.id.0.to_string() == word || follow_up.case.is_some_and(|case| case.0.to_string() == word)
    };
    typed.to_lowercase().split_whitespace().all(|word| what.contains(word) || number(word))
}

/// The only one of `found` the caller may end or move; among what is only others' they are told whose it is.
async fn one_of(typed: String, found: Vec<FollowUp>, caller: &Caller, c: &mut Conn) -> Result<FollowUp, DeskError> {
    let leads = rights::agent(c, caller).await?.rank >= Rank::Lead;
    let (mut found, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|one| leads || may(one, caller));
    match (found.len(), found.pop(), &others[..]) {
        (1, Some(one), _) => theirs(c, caller, one.guild, one.id).await,
        (_, None, []) if typed.is_empty() => Err(Refused::NoPromiseHere.into()),
        (_, None, []) => Err(Refused::NoSuchPromise(typed).into()),
        (_, None, others) => Err(whose(others).into()),
        (_, Some(last), _) => {
            found.push(last);
            found.truncate(NAMED);
            Err(Refused::ManyPromises(typed, found).into())
        }
    }
}

/// Whose these are, each person once.
fn whose(others: &[FollowUp]) -> Refused {
    match &assignees(others)[..] {
        [one] => Refused::NotYours(*one),
        people => Refused::NoneYours(people.to_vec()),
    }
}

/// Whether somebody may end or move a promise without leading the team.
fn may(promise: &FollowUp, caller: &Caller) -> bool {
    promise.assignee == caller.user || promise.creator == caller.user
}

/// The promise, if the caller is its assignee or creator, or leads here. In direct messages roles cannot be asked, so
/// there it is the first two only.
pub(super) async fn theirs(
    c: &mut Conn,
    caller: &Caller,
    guild: GuildId,
    id: FollowUpId,
) -> Result<FollowUp, DeskError> {
    if caller.guild.is_some_and(|here| here != guild) {
        return Err(Refused::NoSuchFollowUp.into());
    }
    let found = follow_up::get(c, guild, id).await?.ok_or(Refused::NoSuchFollowUp)?;
    let own = may(&found, caller);
    if caller.guild.is_none() {
        return if own { Ok(found) } else { Err(Refused::NoSuchFollowUp.into()) };
    }
    let standing = rights::agent(c, caller).await?;
    // Whoever answers a customer first may say so.
    let anybodys = found.terms.kind == Kind::FirstResponse;
    let may = own || anybodys || standing.rank >= Rank::Lead;
    if may { Ok(found) } else { Err(Refused::NotYours(found.assignee).into()) }
}

/// Keeps a changed promise: with its entry, its next reminder if it is still owed, and a word to whoever must hear of it.
pub(super) async fn settle(
    c: &mut Conn,
    caller: &Caller,
    before: &FollowUp,
    mut after: FollowUp,
    change: Change,
    now_ms: i64,
) -> Result<FollowUp, DeskError> {
    let guild = before.guild;
    // The case before the promise and its deliveries: everybody takes them in this order.
    let case = match before.case {
        Some(number) => cases::lock(c, guild, number).await?,
        None => None,
    };
    after.version = before.version + 1;
    if !follow_up::save_shown(c, &after, before.version, caller.pressed).await? {
        let now = follow_up::get(c, guild, before.id).await?.filter(|now| now.state == State::Open);
        return Err(now.map_or(Refused::FollowUpEnded, |now| Refused::FollowUpMoved(now.due_at)).into());
    }
    schedule(c, &after).await?;
    if hears(before, &after, now_ms).is_some_and(|who| who != caller.user) {
        delivery::want_word(c, guild, after.id, after.version, now_ms, after.case).await?;
    }
    if let Some(case) = case {
        log(c, &case, change, caller, now_ms).await?;
    }
    Ok(after)
}

/// The other open occurrences of a series are the same matter: they are owed by the same person and say the same.
pub(super) async fn alike(c: &mut Conn, promise: &FollowUp) -> Result<(), DeskError> {
    for other in recurring::others(c, promise.guild, promise.id).await? {
        let after = FollowUp { what: promise.what.clone(), assignee: promise.assignee, ..other.clone() };
        if after != other {
            // Its time stays: the version does, and so does its reminder.
            follow_up::save(c, &after, other.version).await?;
        }
    }
    Ok(())
}

/// Takes back what was to be sent for older versions and, if it is still owed, wants what this one needs.
pub(super) async fn schedule(c: &mut Conn, follow_up: &FollowUp) -> Result<(), DeskError> {
    let (guild, id, version) = (follow_up.guild, follow_up.id, follow_up.version);
    delivery::cancel_reminder(c, guild, id).await?;
    if follow_up.state == State::Open {
        let (due, after) = (follow_up.due_at, follow_up.terms.escalate_after);
        follow_up::schedule(c, guild, id, version, due, after, follow_up.case).await?;
    }
    Ok(())
}

/// Whoever must be told of a change they may not have made themselves: the creator of an end, a new assignee of what is
/// still to come (what is due already reminds them anyway).
fn hears(before: &FollowUp, after: &FollowUp, now_ms: i64) -> Option<UserId> {
    match after.state {
        State::Done | State::Cancelled => Some(after.creator),
        State::Open => (after.assignee != before.assignee && after.due_at > now_ms).then_some(after.assignee),
    }
}

/// One entry on the case, and a fresh card. The case counts as touched.
pub(super) async fn log(
    c: &mut Conn,
    case: &Case,
    change: Change,
    caller: &Caller,
    now_ms: i64,
) -> Result<(), DeskError> {
    let next = case.touched(now_ms);
    if !cases::save(c, &next, case.version, &search::of_case(&next)).await? {
        return Err(Refused::ChangedMeanwhile(case.number).into());
    }
    append(c, &next, &[change], caller.user).await?;
    delivery::want_card(c, next.guild, next.number, now_ms).await?;
    Ok(())
}

/// The language of what the team sees.
pub(super) async fn team_lang(c: &mut Conn, guild: GuildId) -> Result<crate::locale::Lang, DeskError> {
    Ok(guild::settings(c, guild).await?.lang)
}
