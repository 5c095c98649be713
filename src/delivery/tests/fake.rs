//! A chat that misbehaves on demand and remembers everything: the ground truth of what people saw.
//!
//! Like Discord it gives the first message back for a nonce it knows, for a while, and not for ever.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::task::AbortHandle;

use super::super::timer::millis;
use crate::chat::{
    Answer, Audience, CODE_ARCHIVED, CODE_DM_CLOSED, ChannelInfo, ChannelKind, Chat, ChatError, Does, Message, Row,
    Seen, SeenThread, ThreadKind,
};
use crate::clock::{Clock, Stopwatch};
use crate::id::{ChannelId, GuildId, MessageId, RoleId, UserId};

/// What happens to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::delivery) enum Fault {
    /// Nothing leaves.
    NotSent,
    /// Fails before it took effect.
    Before500,
    /// Takes effect, then fails.
    After500,
    /// Takes effect, the answer comes after the deadline.
    Lost,
    /// Fails, and takes effect only just before somebody tries under another nonce. For Create Message.
    Late,
    /// Asked to wait so many ms.
    Limited(u64),
    /// The worker is gone before the request.
    KillBefore,
    /// The worker is gone after the request took effect.
    KillAfter,
}

/// A message as it stands.
#[derive(Debug, Clone)]
pub(in crate::delivery) struct Shown {
    pub(in crate::delivery) channel: ChannelId,
    pub(in crate::delivery) message: Message,
    pub(in crate::delivery) deleted: bool,
    /// By the bot's clock.
    pub(in crate::delivery) at: i64,
}

#[derive(Debug)]
struct Thread {
    parent: ChannelId,
    name: String,
    archived: bool,
    members: HashSet<UserId>,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    messages: BTreeMap<MessageId, Shown>,
    threads: BTreeMap<ChannelId, Thread>,
    directs: BTreeMap<UserId, ChannelId>,
    nonces: HashMap<String, (MessageId, i64)>,
    faults: VecDeque<Option<Fault>>,
    gone: HashSet<ChannelId>,
    refusing: HashMap<ChannelId, u64>,
    closed: HashSet<UserId>,
    left: HashSet<UserId>,
    seen_by: HashMap<ChannelId, Vec<UserId>>,
    forums: HashSet<ChannelId>,
    public: HashSet<ChannelId>,
    requests: usize,
    creates: Vec<(ChannelId, String)>,
    late: Option<(ChannelId, Message, String)>,
    killed: bool,
    /// Today's worker.
    worker: Option<AbortHandle>,
}

/// The chat.
pub(in crate::delivery) struct Fake {
    state: Mutex<State>,
    clock: Clock,
    started: Stopwatch,
    /// How long a nonce is remembered, real ms.
    nonce_window: i64,
    /// How long a lost answer keeps the caller waiting.
    deadline: i64,
}

impl Fake {
    pub(in crate::delivery) fn new(clock: Clock, nonce_window: i64, deadline: i64) -> Arc<Self> {
        let state = Mutex::new(State { next: 1, ..State::default() });
        Arc::new(Self { state, clock, started: Stopwatch::start(), nonce_window, deadline })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// The next requests meet these, in this order; none is a request that works.
    pub(in crate::delivery) fn script(&self, faults: impl IntoIterator<Item = Option<Fault>>) {
        self.lock().faults = faults.into_iter().collect();
    }

    /// Whom to kill.
    pub(in crate::delivery) fn employ(&self, worker: AbortHandle) {
        let mut state = self.lock();
        (state.killed, state.worker) = (false, Some(worker));
    }

    pub(in crate::delivery) fn killed(&self) -> bool {
        self.lock().killed
    }

    pub(in crate::delivery) fn requests(&self) -> usize {
        self.lock().requests
    }

    /// Every Create Message, with its nonce.
    pub(in crate::delivery) fn creates(&self) -> Vec<(ChannelId, String)> {
        self.lock().creates.clone()
    }

    pub(in crate::delivery) fn close_directs(&self, user: UserId) {
        self.lock().closed.insert(user);
    }

    pub(in crate::delivery) fn leave(&self, user: UserId) {
        self.lock().left.insert(user);
    }

    /// Only these people see a channel; else everybody does.
    pub(in crate::delivery) fn restrict(&self, channel: ChannelId, to: &[UserId]) {
        self.lock().seen_by.insert(channel, to.to_vec());
    }

    pub(in crate::delivery) fn delete_channel(&self, channel: ChannelId) {
        let mut state = self.lock();
        state.gone.insert(channel);
        state.threads.remove(&channel);
        for shown in state.messages.values_mut().filter(|shown| shown.channel == channel) {
            shown.deleted = true;
        }
    }

    pub(in crate::delivery) fn refuse(&self, channel: ChannelId, code: u64) {
        self.lock().refusing.insert(channel, code);
    }

    pub(in crate::delivery) fn forum(&self, channel: ChannelId) {
        self.lock().forums.insert(channel);
    }

    /// The channels threads hang on, oldest thread first.
    pub(in crate::delivery) fn parents(&self) -> Vec<ChannelId> {
        self.lock().threads.values().map(|one| one.parent).collect()
    }

    pub(in crate::delivery) fn publish(&self, channel: ChannelId) {
        self.lock().public.insert(channel);
    }

    pub(in crate::delivery) fn archive(&self, thread: ChannelId) {
        self.lock().threads.get_mut(&thread).unwrap().archived = true;
    }

    pub(in crate::delivery) fn delete(&self, id: MessageId) {
        self.lock().messages.get_mut(&id).unwrap().deleted = true;
    }

    /// What can be read now, oldest first.
    pub(in crate::delivery) fn shown(&self) -> Vec<(MessageId, Shown)> {
        let state = self.lock();
        state.messages.iter().filter(|(_, one)| !one.deleted).map(|(id, one)| (*id, one.clone())).collect()
    }

    /// How many messages were there once and are not any more.
    pub(in crate::delivery) fn deleted(&self) -> usize {
        self.lock().messages.values().filter(|one| one.deleted).count()
    }

    /// Threads, with who is in them.
    pub(in crate::delivery) fn threads_now(&self) -> Vec<(ChannelId, String, HashSet<UserId>)> {
        self.lock().threads.iter().map(|(id, one)| (*id, one.name.clone(), one.members.clone())).collect()
    }

    /// One request: meets its fault, or takes effect.
    async fn request<T>(&self, effect: impl FnOnce(&mut State) -> Result<T, ChatError>) -> Result<T, ChatError> {
        tokio::time::sleep(Duration::from_millis(1)).await;
        let fault = {
            let mut state = self.lock();
            state.requests += 1;
            state.faults.pop_front().flatten()
        };
        let take = || effect(&mut self.lock());
        match fault {
            None => take(),
            Some(Fault::NotSent) => Err(ChatError::NotSent),
            Some(Fault::Limited(pause)) => Err(ChatError::Limited(Duration::from_millis(pause))),
            Some(Fault::Before500 | Fault::Late) => Err(ChatError::Unknown("status 500".into())),
            Some(Fault::After500) => take().and(Err(ChatError::Unknown("status 502".into()))),
            Some(Fault::Lost) => {
                drop(take());
                tokio::time::sleep(millis(self.deadline)).await;
                Err(ChatError::Unknown("timeout".into()))
            }
            Some(Fault::KillBefore) => self.kill().await,
            Some(Fault::KillAfter) => {
                drop(take());
                self.kill().await
            }
        }
    }

    async fn kill<T>(&self) -> T {
        {
            let mut state = self.lock();
            state.killed = true;
            state.worker.as_ref().expect("somebody works").abort();
        }
        std::future::pending().await
    }

    fn real(&self) -> i64 {
        self.started.elapsed().as_millis() as i64
    }

    fn id(&self, state: &mut State) -> u64 {
        state.next += 1;
        MessageId::at_ms(self.clock.now_ms()).0 + state.next
    }

    fn put(&self, state: &mut State, id: MessageId, channel: ChannelId, message: &Message) {
        let shown = Shown { channel, message: message.clone(), deleted: false, at: self.clock.now_ms() };
        state.messages.insert(id, shown);
    }
}

impl State {
    fn may_write(&self, channel: ChannelId) -> Result<(), ChatError> {
        if self.gone.contains(&channel) {
            return Err(ChatError::Gone(10_003));
        }
        if let Some(code) = self.refusing.get(&channel) {
            return Err(ChatError::Refused(*code));
        }
        if self.directs.iter().any(|(user, direct)| *direct == channel && self.closed.contains(user)) {
            return Err(ChatError::Refused(CODE_DM_CLOSED));
        }
        if self.threads.get(&channel).is_some_and(|thread| thread.archived) {
            return Err(ChatError::Refused(CODE_ARCHIVED));
        }
        if self.forums.contains(&channel) {
            return Err(ChatError::Refused(50_008));
        }
        Ok(())
    }

    fn standing(&mut self, id: MessageId) -> Result<&mut Shown, ChatError> {
        self.messages.get_mut(&id).filter(|shown| !shown.deleted).ok_or(ChatError::Gone(10_008))
    }
}

/// The `custom_id`s on a message.
pub(in crate::delivery) fn custom_ids(message: &Message) -> Vec<String> {
    let mut ids = Vec::new();
    for row in &message.rows {
        match row {
            Row::Buttons(buttons) => ids.extend(buttons.iter().filter_map(|button| match &button.does {
                Does::Act(id) => Some(id.clone()),
                Does::Open(_) => None,
            })),
            Row::Select(select) => ids.push(select.custom_id.clone()),
            Row::People(people) => ids.push(people.custom_id.clone()),
        }
    }
    ids
}

impl Chat for Fake {
    fn now_ms(&self) -> Option<i64> {
        Some(self.clock.now_ms())
    }

    fn create_message<'a>(&'a self, channel: ChannelId, message: &'a Message, nonce: &'a str) -> Answer<'a, MessageId> {
        Box::pin(async move {
            assert!(nonce.len() <= 25, "{nonce}");
            {
                let mut state = self.lock();
                state.creates.push((channel, nonce.to_owned()));
                if let Some((channel, message, _)) = state.late.take_if(|(.., before)| *before != nonce) {
                    let id = MessageId(self.id(&mut state));
                    self.put(&mut state, id, channel, &message);
                }
                if state.faults.front() == Some(&Some(Fault::Late)) {
                    state.late = Some((channel, message.clone(), nonce.to_owned()));
                }
            }
            self.request(|state| {
                state.may_write(channel)?;
                let now = self.real();
                if let Some((id, at)) = state.nonces.get(nonce)
                    && now - at < self.nonce_window
                {
                    return Ok(*id);
                }
                let id = MessageId(self.id(state));
                state.nonces.insert(nonce.to_owned(), (id, now));
                self.put(state, id, channel, message);
                Ok(id)
            })
            .await
        })
    }

    fn edit_message<'a>(&'a self, channel: ChannelId, id: MessageId, message: &'a Message) -> Answer<'a, ()> {
        Box::pin(self.request(move |state| {
            state.may_write(channel)?;
            state.standing(id)?.message = message.clone();
            Ok(())
        }))
    }

    fn delete_message(&self, _channel: ChannelId, id: MessageId) -> Answer<'_, ()> {
        Box::pin(self.request(move |state| {
            state.standing(id)?.deleted = true;
            Ok(())
        }))
    }

    fn messages_after(&self, channel: ChannelId, after: MessageId) -> Answer<'_, Vec<Seen>> {
        Box::pin(self.request(move |state| {
            if state.gone.contains(&channel) {
                return Err(ChatError::Gone(10_003));
            }
            let found =
                state.messages.iter().filter(|(id, one)| one.channel == channel && !one.deleted && **id > after);
            Ok(found
                .take(100)
                .map(|(id, one)| Seen {
                    id: *id,
                    author: UserId(1),
                    bot: true,
                    text: one.message.content.clone(),
                    mine: true,
                    custom_ids: custom_ids(&one.message),
                })
                .collect())
        }))
    }

    fn open_thread<'a>(
        &'a self,
        parent: ChannelId,
        name: &'a str,
        kind: &'a ThreadKind,
    ) -> Answer<'a, (ChannelId, Option<MessageId>)> {
        Box::pin(self.request(move |state| {
            if state.gone.contains(&parent) {
                return Err(ChatError::Gone(10_003));
            }
            if let Some(code) = state.refusing.get(&parent) {
                return Err(ChatError::Refused(*code));
            }
            let id = ChannelId(self.id(state));
            let thread = Thread { parent, name: name.to_owned(), archived: false, members: HashSet::new() };
            state.threads.insert(id, thread);
            let ThreadKind::Post(message) = kind else { return Ok((id, None)) };
            self.put(state, MessageId(id.0), id, message);
            Ok((id, Some(MessageId(id.0))))
        }))
    }

    fn threads(&self, _guild: GuildId, parent: ChannelId) -> Answer<'_, Vec<SeenThread>> {
        Box::pin(self.request(move |state| {
            let below = state.threads.iter().rev().filter(|(_, one)| one.parent == parent);
            Ok(below.map(|(id, one)| SeenThread { id: *id, parent, name: one.name.clone(), mine: true }).collect())
        }))
    }

    fn add_to_thread(&self, thread: ChannelId, user: UserId) -> Answer<'_, ()> {
        Box::pin(self.request(move |state| {
            state.threads.get_mut(&thread).ok_or(ChatError::Gone(10_003))?.members.insert(user);
            Ok(())
        }))
    }

    fn unarchive(&self, thread: ChannelId) -> Answer<'_, ()> {
        Box::pin(self.request(move |state| {
            state.threads.get_mut(&thread).ok_or(ChatError::Gone(10_003))?.archived = false;
            Ok(())
        }))
    }

    fn direct_channel(&self, user: UserId) -> Answer<'_, ChannelId> {
        Box::pin(self.request(move |state| Ok(*state.directs.entry(user).or_insert(ChannelId(900_000 + user.0)))))
    }

    fn member(&self, _guild: GuildId, user: UserId) -> Answer<'_, Vec<RoleId>> {
        Box::pin(self.request(
            move |state| if state.left.contains(&user) { Err(ChatError::Gone(10_007)) } else { Ok(Vec::new()) },
        ))
    }

    fn channel(&self, id: ChannelId) -> Answer<'_, ChannelInfo> {
        Box::pin(self.request(move |state| {
            if state.gone.contains(&id) {
                return Err(ChatError::Gone(10_003));
            }
            let thread = state.threads.get(&id);
            let kind = match thread {
                Some(_) => ChannelKind::Thread,
                None if state.forums.contains(&id) => ChannelKind::Forum,
                None => ChannelKind::Text,
            };
            let parent = thread.map(|one| one.parent);
            let public = state.public.contains(&id);
            Ok(ChannelInfo {
                id,
                guild: Some(GuildId(1)),
                kind,
                parent,
                public,
                missing: Vec::new(),
                thread_managers: Vec::new(),
                silent: Vec::new(),
                audience: match state.seen_by.get(&id) {
                    Some(people) => Audience { let_in: people.clone(), ..Audience::default() },
                    None => Audience { everybody: true, ..Audience::default() },
                },
            })
        }))
    }
}
