//! Who may do what, checked where it takes effect: roles from `/setup`, whatever Discord's own command permissions say.

use super::{Caller, Desk, Outcome, Person, Refused, Reply};
use crate::desk::DeskError;
use crate::id::{GuildId, RoleId};
use crate::store::Conn;
use crate::store::guild::{self, Settings};

/// What somebody is in a team. Later ones may do what earlier ones may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// Not of the team.
    Stranger,
    /// Works on cases.
    Agent,
    /// Leads.
    Lead,
    /// Manages the server.
    Manager,
}

pub(super) fn rank(settings: &Settings, roles: &[RoleId], manages: bool) -> Rank {
    let has = |role: Option<RoleId>| role.is_some_and(|role| roles.contains(&role));
    if manages {
        Rank::Manager
    } else if has(settings.lead_role) {
        Rank::Lead
    } else if has(settings.agent_role) {
        Rank::Agent
    } else {
        Rank::Stranger
    }
}

/// What holds for an agent's wish.
pub(super) struct Standing {
    pub guild: GuildId,
    pub settings: Settings,
    pub rank: Rank,
}

/// The caller's standing if they may work on cases here.
pub(super) async fn agent(c: &mut Conn, caller: &Caller) -> Result<Standing, DeskError> {
    let guild = caller.guild.ok_or(Refused::NotInGuild)?;
    let settings = guild::settings(c, guild).await?;
    match (rank(&settings, &caller.roles, caller.manages), settings.agent_role) {
        (Rank::Stranger, None) => Err(Refused::NoAgentRole.into()),
        (Rank::Stranger, Some(role)) => Err(Refused::NotAgent(role).into()),
        (rank, _) => Ok(Standing { guild, settings, rank }),
    }
}

/// The same for a behaviour that has nothing else to ask the database.
pub(super) async fn standing(desk: &Desk, caller: &Caller) -> Result<Standing, DeskError> {
    let caller = caller.clone();
    desk.store.read(move |c| Box::pin(async move { agent(c, &caller).await })).await
}

/// Refuses somebody who could not work on a case.
pub(super) fn can_work(settings: &Settings, person: &Person) -> Result<(), Refused> {
    if person.bot {
        return Err(Refused::PersonIsBot(person.user));
    }
    let Some(roles) = &person.roles else { return Err(Refused::PersonGone(person.user)) };
    match rank(settings, roles, person.manages) {
        Rank::Stranger => Err(Refused::PersonNotAgent(person.user)),
        _ => Ok(()),
    }
}

/// `/help`: tasks first; what only agents can do is shown to agents.
pub(super) async fn help(desk: &Desk, caller: &Caller) -> Outcome {
    let caller = caller.clone();
    let settings = match caller.guild {
        Some(id) => desk.store.read(move |c| Box::pin(async move { guild::settings(c, id).await })).await,
        None => Ok(Settings::default()),
    };
    // Help must work while the database does not.
    let agent = settings.is_ok_and(|s: Settings| rank(&s, &caller.roles, caller.manages) > Rank::Stranger);
    Ok(Reply::Help { agent })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_decide_and_managing_the_server_beats_them() {
        let settings = Settings { agent_role: Some(RoleId(1)), lead_role: Some(RoleId(2)), ..Settings::default() };
        assert_eq!(rank(&settings, &[], false), Rank::Stranger);
        assert_eq!(rank(&settings, &[RoleId(1)], false), Rank::Agent);
        assert_eq!(rank(&settings, &[RoleId(1), RoleId(2)], false), Rank::Lead);
        assert_eq!(rank(&settings, &[], true), Rank::Manager);
        assert_eq!(rank(&Settings::default(), &[RoleId(1)], false), Rank::Stranger);
    }
}
