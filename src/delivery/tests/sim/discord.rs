//! The model Discord: what it accepted is the truth. It forgets nonces after a while, answers late or never, accepts what it
//! answers with 5xx, shows a message in a channel's list a little after it was accepted, and closes places.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use super::super::fake::custom_ids;
use super::world::{Shared, Slot, Variant, Who, World, lock};
use crate::chat::{
    Answer, CODE_DM_CLOSED, ChannelInfo, ChannelKind, Chat, ChatError, Does, Message, Row, Seen, SeenThread, ThreadKind,
};
use crate::follow_up::FollowUpId;
use crate::id::{ChannelId, GuildId, MessageId, UserId};
use crate::view::custom_id::{Action, Promise};

/// A request ends within this, as the port promises.
const DEADLINE: i64 = 8_000;
/// The longest a request that left is on its way, ms: with all that comes before, less than twice the deadline.
const LATEST: i64 = 10_000;

/// A message that was accepted.
#[derive(Debug, Clone)]
pub(super) struct Accepted {
    pub(super) channel: ChannelId,
    pub(super) promises: Vec<FollowUpId>,
    marks: Vec<String>,
    pub(super) at: i64,
    /// The latest the wall clock had ever shown by then.
    pub(super) wall: i64,
    /// Deleted by the bot.
    pub(super) removed: bool,
}

#[derive(Debug, Default)]
pub(super) struct Discord {
    pub(super) log: BTreeMap<u64, Accepted>,
    nonces: HashMap<String, (u64, i64)>,
    pub(super) nonce_window: i64,
    /// How long until a message is in its channel's list.
    pub(super) lag: i64,
    pub(super) gone: HashSet<ChannelId>,
    pub(super) refusing: HashMap<ChannelId, u64>,
    pub(super) closed: HashSet<ChannelId>,
    pub(super) requests: usize,
    next: u64,
}

/// The direct channel with somebody.
pub(super) fn direct(user: UserId) -> ChannelId {
    ChannelId(2_000 + user.0)
}

impl Discord {
    fn may_write(&self, channel: ChannelId) -> Result<(), ChatError> {
        if self.gone.contains(&channel) {
            return Err(ChatError::Gone(10_003));
        }
        if self.closed.contains(&channel) {
            return Err(ChatError::Refused(CODE_DM_CLOSED));
        }
        self.refusing.get(&channel).map_or(Ok(()), |code| Err(ChatError::Refused(*code)))
    }

    /// What can be read of a promise now.
    pub(super) fn shown(&self, promise: FollowUpId) -> impl Iterator<Item = (&u64, &Accepted)> {
        self.log.iter().filter(move |(_, one)| {
            !one.removed && !self.gone.contains(&one.channel) && one.promises.contains(&promise)
        })
    }
}

fn promises(message: &Message) -> Vec<FollowUpId> {
    let mut found = Vec::new();
    let mut add = |promise: Promise| {
        if !found.contains(&promise.id) {
            found.push(promise.id);
        }
    };
    for row in &message.rows {
        match row {
            Row::Buttons(buttons) => {
                for button in buttons {
                    if let Does::Act(id) = &button.does
                        && let Some(Action::Done(p) | Action::Later(p) | Action::Reveal(p)) = Action::decode(id)
                    {
                        add(p);
                    }
                }
            }
            Row::People(_) => {}
            Row::Select(select) => {
                if let Some(Action::Choose(guild, delivery)) = Action::decode(&select.custom_id) {
                    select
                        .options
                        .iter()
                        .filter_map(|one| Promise::chosen(guild, delivery, &one.value))
                        .for_each(&mut add);
                }
            }
        }
    }
    found
}

fn accept(world: &mut World, channel: ChannelId, message: &Message, nonce: &str) -> Result<MessageId, ChatError> {
    world.discord.may_write(channel)?;
    let now = world.now();
    if world.variant != Variant::NoNonce
        && let Some((id, at)) = world.discord.nonces.get(nonce)
        && now - at < world.discord.nonce_window
    {
        return Ok(MessageId(*id));
    }
    world.discord.next += 1;
    let id = MessageId::at_ms(now).0 + world.discord.next;
    world.discord.nonces.insert(nonce.to_owned(), (id, now));
    let accepted = Accepted {
        channel,
        promises: promises(message),
        marks: custom_ids(message),
        at: now,
        wall: world.latest_wall,
        removed: false,
    };
    world.tell(|| format!("  discord accepts {id} in {channel} nonce {nonce} for {:?}", accepted.promises));
    world.discord.log.insert(id, accepted);
    Ok(MessageId(id))
}

/// One process's way to it.
pub(super) struct Line {
    pub(super) world: Shared,
    pub(super) who: Who,
    /// It has answered this process before, and told the time.
    pub(super) heard: std::sync::atomic::AtomicBool,
}

impl Line {
    /// One request. `effect` is what it does once it arrives; `creates`: it must not be made by the way.
    async fn request<T: Send + 'static>(
        &self,
        creates: bool,
        effect: impl FnOnce(&mut World) -> Result<T, ChatError> + Send + 'static,
    ) -> Result<T, ChatError> {
        let who = self.who.clone();
        let (begun, turn, overslept) = {
            let mut world = lock(&self.world);
            let world = &mut *world;
            world.discord.requests += 1;
            let mut wait = if world.chance(100) { world.between(1, 2_000) } else { 0 };
            let mut overslept = false;
            // The worst moment to be stopped: between the last look at the lease and the first byte.
            let rare = world.permille / 6;
            if creates && world.chance(rare) {
                wait = 200;
                let long = world.between(4_000, 200_000);
                let out_anyway = world.chance(500);
                let now = world.now();
                world.last_fault = world.last_fault.max(now + long);
                let process = &mut world.processes[who.process];
                // One that ends before it can tidy up is the doubling that can remain; see ARCHITECTURE.md.
                overslept = out_anyway && !process.ending;
                process.paused_until = process.paused_until.max(now + long);
                if overslept {
                    process.spared_until = now + long + 700_000;
                }
                world.tell(|| {
                    format!("process {} stops for {long} before its request (out anyway: {overslept})", who.process)
                });
                let ready = std::sync::Arc::clone(&who.ready);
                world.after(long, move |_| ready.raise());
            }
            let turn = Slot::new(&who);
            let ring = turn.clone();
            world.after(wait, move |_| ring.put(()));
            (world.now(), turn, overslept)
        };
        turn.await;
        let slot = Slot::new(&who);
        {
            let mut world = lock(&self.world);
            let world = &mut *world;
            let answer = slot.clone();
            let slept = world.now() - begun > DEADLINE;
            if world.processes[who.process].no_chat > world.now() || (slept && !overslept) {
                world.after(30, move |_| answer.put(Err(ChatError::NotSent)));
            } else {
                Self::leave(world, answer, effect);
            }
            let late = slot.clone();
            world.after(DEADLINE, move |_| late.put(Err(ChatError::Unknown("timeout".into()))));
        }
        let answer = slot.await;
        if !matches!(answer, Err(ChatError::NotSent | ChatError::Unknown(_))) {
            self.heard.store(true, std::sync::atomic::Ordering::Relaxed);
        }
        answer
    }

    /// The request is out.
    fn leave<T: Send + 'static>(
        world: &mut World,
        answer: Slot<Result<T, ChatError>>,
        effect: impl FnOnce(&mut World) -> Result<T, ChatError> + Send + 'static,
    ) {
        let permille = world.permille;
        let fault = if world.chance(permille) { Some(world.dice.roll(7)) } else { None };
        let mut there = world.between(20, 150);
        let back = world.between(20, 150);
        let lost = || Err(ChatError::Unknown("status 502".into()));
        match fault {
            Some(0) => return world.after(there, move |_| answer.put(Err(ChatError::NotSent))),
            Some(1) => return world.after(there, move |_| answer.put(lost())),
            Some(2) => {
                let rest = Duration::from_millis(world.between(100, 4_000) as u64);
                return world.after(there, move |_| answer.put(Err(ChatError::Limited(rest))));
            }
            Some(5) => there = world.between(1_000, LATEST),
            _ => {}
        }
        world.under_way += 1;
        world.after(there, move |world| {
            world.under_way -= 1;
            let done = effect(world);
            match fault {
                // Accepted, and called a failure.
                Some(3) => world.after(back, move |_| answer.put(lost())),
                // Accepted, and nobody hears of it.
                Some(4) => {}
                _ => world.after(back, move |_| answer.put(done)),
            }
        });
    }
}

impl Chat for Line {
    fn now_ms(&self) -> Option<i64> {
        self.heard.load(std::sync::atomic::Ordering::Relaxed).then(|| lock(&self.world).now())
    }

    fn greet(&self) -> Answer<'_, ()> {
        Box::pin(self.request(false, |_| Ok(())))
    }

    fn create_message<'a>(&'a self, channel: ChannelId, message: &'a Message, nonce: &'a str) -> Answer<'a, MessageId> {
        assert!(nonce.len() <= 25, "{nonce}");
        let (message, nonce) = (message.clone(), nonce.to_owned());
        Box::pin(self.request(true, move |world| accept(world, channel, &message, &nonce)))
    }

    fn edit_message<'a>(&'a self, _: ChannelId, _: MessageId, _: &'a Message) -> Answer<'a, ()> {
        Box::pin(async { Err(ChatError::Refused(50_013)) })
    }

    fn delete_message(&self, _: ChannelId, id: MessageId) -> Answer<'_, ()> {
        Box::pin(self.request(false, move |world| {
            world.tell(|| format!("  discord deletes {id}"));
            world.discord.log.get_mut(&id.0).ok_or(ChatError::Gone(10_008))?.removed = true;
            Ok(())
        }))
    }

    fn messages_after(&self, channel: ChannelId, after: MessageId) -> Answer<'_, Vec<Seen>> {
        Box::pin(self.request(false, move |world| {
            if world.discord.gone.contains(&channel) {
                return Err(ChatError::Gone(10_003));
            }
            if world.variant == Variant::NoLook {
                return Ok(Vec::new());
            }
            let (now, lag) = (world.now(), world.discord.lag);
            let here = world
                .discord
                .log
                .range(after.0 + 1..)
                .filter(|(_, one)| one.channel == channel && !one.removed && one.at + lag <= now);
            let seen = here.take(100).map(|(id, one)| Seen {
                id: MessageId(*id),
                author: UserId(1),
                bot: true,
                text: String::new(),
                mine: true,
                custom_ids: one.marks.clone(),
            });
            Ok(seen.collect())
        }))
    }

    fn open_thread<'a>(
        &'a self,
        _: ChannelId,
        _: &'a str,
        _: &'a ThreadKind,
    ) -> Answer<'a, (ChannelId, Option<MessageId>)> {
        Box::pin(async { Err(ChatError::Refused(50_013)) })
    }

    fn threads(&self, _: GuildId, _: ChannelId) -> Answer<'_, Vec<SeenThread>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn add_to_thread(&self, _: ChannelId, _: UserId) -> Answer<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    fn unarchive(&self, _: ChannelId) -> Answer<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    fn direct_channel(&self, user: UserId) -> Answer<'_, ChannelId> {
        Box::pin(self.request(false, move |_| Ok(direct(user))))
    }

    fn member(&self, _guild: GuildId, _user: UserId) -> Answer<'_, Vec<crate::id::RoleId>> {
        Box::pin(self.request(false, |_| Ok(Vec::new())))
    }

    fn channel(&self, id: ChannelId) -> Answer<'_, ChannelInfo> {
        Box::pin(self.request(false, move |_| {
            Ok(ChannelInfo {
                id,
                guild: Some(GuildId(1)),
                kind: ChannelKind::Text,
                parent: None,
                public: false,
                missing: Vec::new(),
                thread_managers: Vec::new(),
                silent: Vec::new(),
                audience: crate::chat::Audience { everybody: true, ..crate::chat::Audience::default() },
            })
        }))
    }
}
