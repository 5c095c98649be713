//! The world a newcomer meets: two guilds, a small support team, a customer.
//! Invariant: ids are fixed, so that links and notes survive a reset.

use super::permissions::{self as may, Bits};
use super::snowflake::made_at_ms;
use super::world::{FORUM, Overwrite, TEXT, World};

/// 2026-01-05T08:00:00Z, a Monday: when the demo world was made.
const MADE_MS: i64 = 1_767_600_000_000;

fn hidden_but(guild: u64, roles: &[u64]) -> Vec<Overwrite> {
    let mut overwrites = vec![Overwrite { id: guild, kind: 0, allow: 0, deny: may::VIEW_CHANNEL }];
    overwrites.extend(roles.iter().map(|&id| Overwrite { id, kind: 0, allow: may::VIEW_CHANNEL, deny: 0 }));
    overwrites
}

/// Lets a role see all private threads.
fn with_threads(mut overwrites: Vec<Overwrite>, role: u64) -> Vec<Overwrite> {
    for overwrite in overwrites.iter_mut().filter(|overwrite| overwrite.id == role) {
        overwrite.allow |= may::MANAGE_THREADS;
    }
    overwrites
}

/// Whether something was made with the demo world, so that a page can mark it as an example.
pub fn is_sample(id: u64) -> bool {
    made_at_ms(id) == MADE_MS
}

/// Builds the demo world.
pub fn world() -> World {
    let mut world = World::empty(MADE_MS);
    world.name_bot("assistent", "Assistent");
    let mut person = |username: &str, name: &str, kind: &str| world.add_user(username, name, kind, MADE_MS);
    // The first of them is whom a newcomer acts as.
    let anna = person("anna", "Anna", "agent");
    let ben = person("ben", "Ben", "agent");
    let clara = person("clara", "Clara", "lead");
    let kim = person("kim", "Kim", "customer");
    let admin = person("admin", "Admin", "admin");
    let dora = person("dora", "Dora", "agent");

    let guild = world.add_guild("Musterfirma Support", "de", admin, may::EVERYONE, MADE_MS);
    let team = world.add_role(guild, "Team", 0x2e_7d_6b, 0, MADE_MS);
    let lead = world.add_role(guild, "Leitung", 0x8a_5a_a8, 0, MADE_MS);
    let bot = world.invite_bot(guild, may::BOT, MADE_MS);
    for agent in [anna, ben] {
        world.add_member(guild, agent, &[team], MADE_MS);
    }
    world.add_member(guild, clara, &[team, lead], MADE_MS);
    world.add_member(guild, kim, &[], MADE_MS);

    let topic = |world: &mut World, id: u64, text: &str| {
        if let Some(channel) = world.channels.get_mut(id) {
            channel.topic = Some(text.to_owned());
        }
    };
    for (name, text) in [("allgemein", "Für alle"), ("support", "Fragen von Kundinnen und Kunden")] {
        let id = world.add_channel(guild, TEXT, name, Vec::new(), MADE_MS);
        topic(&mut world, id, text);
    }
    let cases = world.add_channel(guild, TEXT, "fälle", with_threads(hidden_but(guild, &[team, bot]), team), MADE_MS);
    topic(&mut world, cases, "Nur für das Team");
    let leads = world.add_channel(guild, TEXT, "leitung", hidden_but(guild, &[lead, bot]), MADE_MS);
    topic(&mut world, leads, "Nur für die Leitung");
    let forum = world.add_channel(guild, FORUM, "fall-forum", hidden_but(guild, &[team, bot]), MADE_MS);
    topic(&mut world, forum, "Ein Beitrag je Fall, nur für das Team");

    let second = world.add_guild("Zweitfirma", "de", dora, may::EVERYONE, MADE_MS);
    let manage: Bits = may::MANAGE_GUILD;
    let office = world.add_role(second, "Büro", 0x4a_6f_a5, manage, MADE_MS);
    world.invite_bot(second, may::BOT, MADE_MS);
    world.add_member(second, dora, &[office], MADE_MS);
    // Who looks after the machines of both sees both.
    world.add_member(second, admin, &[office], MADE_MS);
    world.add_channel(second, TEXT, "büro", Vec::new(), MADE_MS);
    world
}

impl World {
    /// The seeded world of the sandbox: "Musterfirma Support" and "Zweitfirma".
    pub fn demo() -> Self {
        world()
    }
}
