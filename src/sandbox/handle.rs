//! What tests and the program do with a running server: act as people, look at what is seen, break things.
//! Invariant: everything here is also possible over the control routes; nothing reaches around the rules.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::clock::{Stopwatch, VirtualClock};

use super::faults::Fault;
use super::interactions::Answer;
use super::log::Request;
use super::people::{self, Invocation};
use super::view::{self, WorldView};
use super::world::{DM, Settings};
use super::{Discord, message, mishaps, play, shape};

/// One choice of an autocomplete.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Shown where no localisation fits.
    pub name: String,
    /// Shown per locale.
    pub name_localizations: Option<Value>,
    /// Sent.
    pub value: Value,
}

impl Discord {
    /// `http://127.0.0.1:PORT`.
    pub fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.inner.port)
    }

    /// The bot's token, good for this server only.
    pub fn token(&self) -> String {
        self.inner.token.clone()
    }

    /// The clock of messages and ids.
    pub fn clock(&self) -> &Arc<VirtualClock> {
        &self.inner.clock
    }

    /// Moves the clock and lets time do its work (threads fall asleep, pages hear of it).
    pub fn advance(&self, by: Duration) {
        let mut state = self.inner.lock();
        state.clock.advance_ms(by.as_millis() as i64);
        state.tick();
        drop(state);
        self.inner.changed();
    }

    /// Ids by name, as they are now.
    pub fn world(&self) -> WorldView {
        WorldView::of(&self.inner.lock().world)
    }

    /// Changes what the application's owner set in the portal, or how strict the server is.
    pub fn set(&self, change: impl FnOnce(&mut Settings)) {
        let mut state = self.inner.lock();
        change(&mut state.world.settings);
        state.moved = true;
    }

    /// A person writes; gives the message's id, or 0 if they may not write there.
    #[expect(clippy::unused_async, reason = "what people do is awaited, whether or not it waits for the bot")]
    pub async fn say(&self, user: u64, channel: u64, text: &str) -> u64 {
        let written = {
            let mut state = self.inner.lock();
            state.tick();
            people::say(&mut state, user, channel, text, None)
        };
        self.inner.changed();
        written.map_or(0, |message| message.id)
    }

    /// The direct-message channel of a person with the bot.
    pub fn dm(&self, user: u64) -> u64 {
        let mut state = self.inner.lock();
        let now = state.now();
        state.world.dm_with(user, now)
    }

    /// A person uses a command or menu; `options` is `[{name, value?, options?}]` or null.
    pub async fn command(
        &self,
        user: u64,
        locale: &str,
        channel: u64,
        name: &str,
        options: Value,
        target: Option<u64>,
    ) -> Answer {
        let what = Invocation { user, locale, channel, name, kind: None, options: &options, target };
        let spec = people::command(&self.inner.lock(), &what, false);
        play(&self.inner, spec).await
    }

    /// A person types into an option that completes itself: the option with `"focused": true`.
    pub async fn autocomplete(&self, user: u64, locale: &str, channel: u64, name: &str, options: Value) -> Vec<Choice> {
        let what = Invocation { user, locale, channel, name, kind: None, options: &options, target: None };
        let spec = people::command(&self.inner.lock(), &what, true);
        let choices = play(&self.inner, spec).await.choices;
        let choice = |it: Value| Choice {
            name: it["name"].as_str().unwrap_or_default().to_owned(),
            name_localizations: it.get("name_localizations").filter(|map| !map.is_null()).cloned(),
            value: it["value"].clone(),
        };
        choices.into_iter().map(choice).collect()
    }

    /// A person presses a button, or chooses `values` in a select.
    pub async fn press(
        &self,
        user: u64,
        locale: &str,
        channel: u64,
        message: u64,
        custom_id: &str,
        values: &[&str],
    ) -> Answer {
        self.send_press(user, locale, channel, message, custom_id, values, false).await
    }

    /// A changed client presses something that is not on the message.
    pub async fn forge(
        &self,
        user: u64,
        locale: &str,
        channel: u64,
        message: u64,
        custom_id: &str,
        values: &[&str],
    ) -> Answer {
        self.send_press(user, locale, channel, message, custom_id, values, true).await
    }

    #[expect(clippy::too_many_arguments, reason = "the sides of a press, plus whether it is forged")]
    async fn send_press(
        &self,
        user: u64,
        locale: &str,
        channel: u64,
        message: u64,
        custom_id: &str,
        values: &[&str],
        forged: bool,
    ) -> Answer {
        let values: Vec<String> = values.iter().map(ToString::to_string).collect();
        let spec = people::press(&self.inner.lock(), user, locale, channel, message, custom_id, &values, forged);
        play(&self.inner, spec).await
    }

    /// A person sends a modal (from [`Answer::modal`]) with these fields; the others keep what was prefilled.
    pub async fn submit(
        &self,
        user: u64,
        locale: &str,
        channel: u64,
        modal: &Value,
        fields: &[(&str, &str)],
    ) -> Answer {
        let fields: Map<String, Value> =
            fields.iter().map(|(name, text)| ((*name).to_owned(), Value::from(*text))).collect();
        play(&self.inner, people::submit(user, locale, channel, modal, &fields)).await
    }

    /// The message an interaction was answered with, or the one it changed; after a deferral once that is there. It can be
    /// asked for as long as the interaction's token lives, 15 minutes.
    pub async fn final_answer(&self, interaction: u64, within: Duration) -> Option<Value> {
        let found = |discord: &Self| {
            let state = discord.inner.lock();
            let pending = state.pending.get(&interaction).filter(|it| !it.awaits)?;
            let message = message::find(&state.world, pending.channel, pending.original?)?;
            (!message.loading).then(|| shape::message(message, pending.user))
        };
        self.until(|discord| found(discord).is_some(), within).await;
        found(self)
    }

    /// Messages of a channel that everybody there sees, oldest first.
    pub fn messages(&self, channel: u64) -> Vec<Value> {
        let state = self.inner.lock();
        let all = state.world.messages.of(channel);
        all.filter(|it| !it.loading).map(|it| shape::message(it, state.world.bot)).collect()
    }

    /// One message, ephemeral or not.
    pub fn message(&self, channel: u64, id: u64) -> Option<Value> {
        let state = self.inner.lock();
        message::find(&state.world, channel, id).map(|it| shape::message(it, state.world.bot))
    }

    /// A channel or thread object.
    pub fn channel(&self, id: u64) -> Option<Value> {
        let state = self.inner.lock();
        state.world.channels.get(&id).map(|it| shape::channel(&state.world, it, state.world.bot))
    }

    /// Threads of a channel, oldest first, archived ones too.
    pub fn threads(&self, parent: u64) -> Vec<Value> {
        let state = self.inner.lock();
        state.world.threads_of(parent).into_iter().map(|it| shape::channel(&state.world, it, state.world.bot)).collect()
    }

    /// User ids of a thread's members.
    pub fn thread_members(&self, thread: u64) -> Vec<u64> {
        let state = self.inner.lock();
        let thread = state.world.channels.get(&thread).and_then(|it| it.thread.as_ref());
        thread.map(|it| it.members.keys().copied().collect()).unwrap_or_default()
    }

    /// Direct messages between a person and the bot, oldest first.
    pub fn dms(&self, user: u64) -> Vec<Value> {
        let channel = {
            let state = self.inner.lock();
            let found = state.world.channels.values().find(|it| it.kind == DM && it.recipients.contains(&user));
            found.map(|it| it.id)
        };
        channel.map(|channel| self.messages(channel)).unwrap_or_default()
    }

    /// Everything only this person saw, oldest first.
    pub fn ephemerals(&self, user: u64) -> Vec<Value> {
        let state = self.inner.lock();
        let own = state.world.ephemerals.values().filter(|it| it.only_for == Some(user) && !it.loading);
        own.map(|it| shape::message(it, user)).collect()
    }

    /// Registered commands, the global ones and those of guilds.
    pub fn commands(&self) -> Vec<Value> {
        match view::all_commands(&self.inner.lock().world) {
            Value::Array(all) => all,
            _ => Vec::new(),
        }
    }

    /// Whether a person sees a channel.
    pub fn sees(&self, user: u64, channel: u64) -> bool {
        super::permissions::sees(&self.inner.lock().world, channel, user)
    }

    /// Arms a fault, or applies it where it hits the world at once. One without its aim is logged and does nothing.
    pub fn arm(&self, fault: Fault) {
        if let Err(reason) = mishaps::arm(&mut self.inner.lock(), fault) {
            tracing::error!(reason, "sandbox.fault");
        }
        self.inner.changed();
    }

    /// Disarms what was not used up.
    pub fn disarm(&self) {
        self.inner.lock().faults.disarm();
    }

    /// The last 2,000 requests of the bot, oldest first.
    pub fn requests(&self) -> Vec<Request> {
        self.inner.lock().log.after(0).cloned().collect()
    }

    /// The last 2,000 events that were sent through the gateway, oldest first, as `{op, s, t, d}`. Kept where
    /// [`Options::validate`](super::Options::validate) is on.
    pub fn dispatches(&self) -> Vec<Value> {
        let state = self.inner.lock();
        state.sessions.told().filter_map(|text| serde_json::from_str(text).ok()).collect()
    }

    /// Limits broken so far, each with its request.
    pub fn violations(&self) -> Vec<String> {
        self.inner.lock().log.violations().to_vec()
    }

    /// Whether a client is connected to the gateway.
    pub fn bot_online(&self) -> bool {
        self.inner.lock().sessions.online()
    }

    /// Waits until something is so, at most `within` of real time; says whether it came.
    pub async fn until(&self, what: impl Fn(&Self) -> bool, within: Duration) -> bool {
        let since = Stopwatch::start();
        loop {
            if what(self) {
                return true;
            }
            if since.elapsed() >= within {
                return false;
            }
            // A change between the check and the wait is caught by the short timeout.
            let _ = tokio::time::timeout(Duration::from_millis(10), self.inner.change()).await;
        }
    }
}
