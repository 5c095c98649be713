//! Giving a promise to a colleague: somebody of the team who can see where it will come due, told before and not after.

use super::promise::{self, PromiseRef};
use super::rights::{Rank, rank};
use super::{Caller, Desk, DeskError, Outcome, Person, Refused, Reply, rights};
use crate::case::{CaseNumber, Change};
use crate::chat::ChatError;
use crate::follow_up::FollowUp;
use crate::id::{GuildId, UserId};
use crate::store::{case as cases, follow_up, guild};
use crate::view::custom_id::Promise;

/// Colleagues a direct message offers by name; each is asked about.
const NAMED: u32 = 10;

/// Asks to whom.
pub(super) async fn offer(desk: &Desk, caller: &Caller, promise: Promise) -> Outcome {
    let (asked, direct) = (caller.clone(), caller.guild.is_none());
    let (follow_up, settings, known) = desk
        .store
        .read(move |c| {
            Box::pin(async move {
                let found = promise::open(c, &asked, &PromiseRef::Button(promise)).await?;
                let settings = guild::settings(c, found.guild).await?;
                let known = if direct {
                    follow_up::colleagues(c, found.guild, found.assignee, NAMED).await?
                } else {
                    Vec::new()
                };
                Ok::<_, DeskError>((found, settings, known))
            })
        })
        .await?;
    if !direct {
        return Ok(Reply::HandOverOffered { follow_up, promise, people: None });
    }
    // A direct message has no list of the team's people: those the bot has had to do with are named.
    let mut people = Vec::new();
    for user in known {
        if let Ok(named) = desk.chat.named(follow_up.guild, user).await
            && !named.bot
            && rank(&settings, &named.roles, false) > Rank::Stranger
        {
            people.push((user, named.name));
        }
    }
    if people.is_empty() {
        return Err(Refused::HandOverElsewhere.into());
    }
    Ok(Reply::HandOverOffered { follow_up, promise, people: Some(people) })
}

/// To somebody chosen by name, of whom nothing else came with the choice.
pub(super) async fn hand_over_to(desk: &Desk, caller: &Caller, promise: Promise, user: UserId) -> Outcome {
    let to = match desk.chat.named(promise.guild, user).await {
        Ok(named) => Person { user, bot: named.bot, roles: Some(named.roles), manages: false },
        Err(ChatError::Gone(_)) => Person { user, bot: false, roles: None, manages: false },
        Err(_) => return Err(Refused::Busy.into()),
    };
    hand_over(desk, caller, promise, to).await
}

pub(super) async fn hand_over(desk: &Desk, caller: &Caller, promise: Promise, to: Person) -> Outcome {
    let (asked, which, person) = (caller.clone(), PromiseRef::Button(promise), to.clone());
    let found = desk
        .store
        .read(move |c| {
            Box::pin(async move {
                let found = promise::open(c, &asked, &which).await?;
                rights::can_work(&guild::settings(c, found.guild).await?, &person)?;
                Ok::<_, DeskError>(found)
            })
        })
        .await?;
    within_reach(desk, found.guild, found.case, &to).await?;
    let (caller, now_ms) = (caller.clone(), desk.clock.now_ms());
    desk.store
        .write(move |c| {
            Box::pin(async move {
                let before = promise::open(c, &caller, &PromiseRef::Button(promise)).await?;
                rights::can_work(&guild::settings(c, before.guild).await?, &to)?;
                if before.assignee == to.user {
                    return Err(Refused::AlreadyTheirs(to.user).into());
                }
                let after = FollowUp { assignee: to.user, ..before.clone() };
                let change = Change::FollowUpHandedOver {
                    follow_up: before.id.0,
                    what: before.what.clone(),
                    from: before.assignee,
                    to: to.user,
                };
                let follow_up = promise::settle(c, &caller, &before, after, change, now_ms).await?;
                promise::alike(c, &follow_up).await?;
                Ok::<_, DeskError>(Reply::FollowUpHandedOver { follow_up })
            })
        })
        .await
}

/// Refuses somebody who could not see the case's thread, because the channel it hangs on is closed to them. Where that
/// cannot be found out now, the reminder finds its way or says aloud that it did not.
pub(super) async fn within_reach(
    desk: &Desk,
    guild: GuildId,
    case: Option<CaseNumber>,
    who: &Person,
) -> Result<(), DeskError> {
    let (Some(number), Some(roles)) = (case, &who.roles) else { return Ok(()) };
    let found =
        desk.store.read(move |c| Box::pin(async move { Ok::<_, DeskError>(cases::get(c, guild, number).await?) }));
    let Some(home) = found.await?.map(|case| case.home) else { return Ok(()) };
    match desk.look(home).await {
        Ok(info) if !who.manages && !info.audience.includes(who.user, roles) => {
            Err(Refused::OutOfReach(who.user, home).into())
        }
        _ => Ok(()),
    }
}
