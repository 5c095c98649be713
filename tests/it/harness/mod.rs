//! Boots the real bot, on the real serenity client, against the loopback Discord, and reads what people see.
//!
//! Tests read like chats: `town.slash("Anna", "fälle", "case open", …)`. When a town is left, every request the bot made
//! must have been one that Discord's description and documented limits allow, and whatever the loopback Discord said one
//! that the description knows.

pub mod judge;
pub mod postgres;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use ruhepol::app;
use ruhepol::clock::VirtualClock;
use ruhepol::config::{Config, Database, Discord as DiscordConfig};
use ruhepol::discord::Road;
use ruhepol::sandbox::{Answer, Discord, Fault, Options, World};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Real time a test waits for something that takes real time, such as the outbox's next look.
pub const SOON: Duration = Duration::from_secs(15);

/// A team on a loopback Discord with the bot in it.
pub struct Town {
    pub discord: Discord,
    pub clock: Arc<VirtualClock>,
    config: Config,
    road: Road,
    bot: Option<(watch::Sender<bool>, JoinHandle<()>)>,
    /// A test that provokes what Discord would refuse says so.
    pub tolerate_violations: bool,
    _folder: tempfile::TempDir,
    _database: Option<postgres::Database>,
}

impl Town {
    /// Bot connected and commands registered, nothing set up. It is Thursday, 2026-11-19, 10:00 in Berlin.
    pub async fn bare() -> Self {
        Self::with_database(None).await
    }

    /// Set up, and with the privileged message content intent.
    pub async fn reading() -> Self {
        Self::with(|config| config.discord.message_content = true).await
    }

    /// Set up, and with other settings.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let discord = Self::discord().await;
        let proxy = discord.base_url();
        let mut town = Self::asleep(discord, Some(proxy), Road::public(), None);
        change(&mut town.config);
        town.start().await;
        town.set_up().await
    }

    /// A loopback Discord of its own, at that time.
    pub async fn discord() -> Discord {
        let clock = VirtualClock::running_from("2026-11-19T09:00:00Z".parse::<Timestamp>().unwrap());
        let options = Options { port: 0, data: None, clock, world: World::demo(), validate: true };
        Discord::start(options).await.expect("the loopback Discord starts")
    }

    async fn with_database(database: Option<postgres::Database>) -> Self {
        let discord = Self::discord().await;
        let proxy = discord.base_url();
        Self::at(discord, Some(proxy), Road::public(), database).await
    }

    /// With the settings of production: no proxy, but a road on which `discord.com` is this loopback Discord. Set up.
    pub async fn pinned(discord: Discord, road: Road) -> Self {
        Self::at(discord, None, road, None).await.set_up().await
    }

    async fn at(discord: Discord, proxy: Option<String>, road: Road, database: Option<postgres::Database>) -> Self {
        let mut town = Self::asleep(discord, proxy, road, database);
        town.start().await;
        town
    }

    fn asleep(discord: Discord, proxy: Option<String>, road: Road, database: Option<postgres::Database>) -> Self {
        let clock = Arc::clone(discord.clock());
        let folder = tempfile::tempdir().unwrap();
        let file = || format!("sqlite://{}", folder.path().join("ruhepol.db").display());
        let url = database.as_ref().map_or_else(file, |database| database.url.clone());
        let config = Config {
            discord: DiscordConfig { token: Some(discord.token().into()), proxy, message_content: false },
            database: Database { url: url.into() },
            ..Config::default()
        };
        Self {
            discord,
            clock,
            config,
            road,
            bot: None,
            tolerate_violations: false,
            _folder: folder,
            _database: database,
        }
    }

    /// Roles, case channel and alert channel set; posts in German.
    pub async fn new() -> Self {
        Self::bare().await.set_up().await
    }

    /// The same on `PostgreSQL`; none where it is not installed (in CI that fails).
    pub async fn on_postgres() -> Option<Self> {
        let database = postgres::database().await?;
        Some(Self::with_database(Some(database)).await.set_up().await)
    }

    /// On a server that the test stops and starts.
    pub async fn on_server(server: &postgres::Server) -> Self {
        Self::with_database(Some(server.database().await)).await.set_up().await
    }

    async fn set_up(self) -> Self {
        let town = self;
        let world = town.discord.world();
        let options = [
            ("agent_role", world.role("Team").to_string()),
            ("lead_role", world.role("Leitung").to_string()),
            ("case_channel", world.channel("fälle").to_string()),
            ("alert_channel", world.channel("leitung").to_string()),
        ];
        let options: Vec<(&str, Value)> = options.iter().map(|(name, id)| (*name, json!(id))).collect();
        let answer = town.slash("Admin", "fälle", "setup", &options).await;
        assert!(answer.contains("Einrichtung gespeichert"), "{answer}");
        town
    }

    pub async fn start(&mut self) {
        let (stop, stopping) = watch::channel(false);
        let (config, clock, road) = (self.config.clone(), self.clock.reader(), self.road.clone());
        // A runtime of its own, as in the real process.
        let bot = tokio::task::spawn_blocking(move || {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            runtime.block_on(app::run_on(&road, &config, clock, stopping)).expect("the bot runs");
        });
        self.bot = Some((stop, bot));
        let up = |discord: &Discord| discord.bot_online() && !discord.commands().is_empty();
        assert!(self.discord.until(up, SOON).await, "the bot comes online and registers its commands");
    }

    pub async fn stop(&mut self) {
        if let Some((stop, bot)) = self.bot.take() {
            stop.send_replace(true);
            bot.await.expect("the bot ends in order");
        }
    }

    pub async fn restart(&mut self) {
        self.stop().await;
        let gone = self.discord.until(|discord| !discord.bot_online(), SOON).await;
        assert!(gone, "the bot has left");
        self.start().await;
    }

    /// A slash command by its canonical name, options in order; what the person sees, as text.
    pub async fn slash(&self, user: &str, channel: &str, command: &str, options: &[(&str, Value)]) -> String {
        let channel = self.channel(channel);
        self.slash_in(user, "de", channel, command, options).await
    }

    pub async fn slash_en(&self, user: &str, channel: &str, command: &str, options: &[(&str, Value)]) -> String {
        let channel = self.channel(channel);
        self.slash_in(user, "en-GB", channel, command, options).await
    }

    pub async fn slash_in(
        &self,
        user: &str,
        locale: &str,
        channel: u64,
        command: &str,
        options: &[(&str, Value)],
    ) -> String {
        let answer = self.raw(user, locale, channel, command, options).await;
        self.told(&answer).await
    }

    pub async fn raw(
        &self,
        user: &str,
        locale: &str,
        channel: u64,
        command: &str,
        options: &[(&str, Value)],
    ) -> Answer {
        let options: Vec<Value> = options.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        let (name, options) = match command.split_once(' ') {
            Some((name, sub)) => (name, json!([{ "name": sub, "type": 1, "options": options }])),
            None => (command, json!(options)),
        };
        let user = self.discord.world().user(user);
        self.discord.command(user, locale, channel, name, options, None).await
    }

    /// A message menu on a message.
    pub async fn menu(&self, user: &str, locale: &str, channel: u64, name: &str, message: u64) -> Answer {
        let user = self.discord.world().user(user);
        self.discord.command(user, locale, channel, name, Value::Null, Some(message)).await
    }

    /// Presses the button with this label on a message.
    pub async fn press(&self, user: &str, locale: &str, message: &Value, label: &str) -> Answer {
        let custom_id = button(message, label).unwrap_or_else(|| panic!("no button {label} on {message}"));
        self.discord
            .press(self.user(user), locale, id(&message["channel_id"]), id(&message["id"]), &custom_id, &[])
            .await
    }

    /// Sends the form of an answer.
    pub async fn submit(
        &self,
        user: &str,
        locale: &str,
        channel: u64,
        form: &Answer,
        fields: &[(&str, &str)],
    ) -> Answer {
        let modal = form.modal.as_ref().unwrap_or_else(|| panic!("no form: {form:?}"));
        self.discord.submit(self.user(user), locale, channel, modal, fields).await
    }

    /// What an answer says in the end, as text.
    pub async fn told(&self, answer: &Answer) -> String {
        match &answer.message {
            Some(message) => self.read(message),
            None => match self.discord.final_answer(answer.interaction, SOON).await {
                Some(message) => self.read(&message),
                None => format!("{:?}", answer.kind),
            },
        }
    }

    pub fn user(&self, name: &str) -> u64 {
        self.discord.world().user(name)
    }

    pub fn channel(&self, name: &str) -> u64 {
        self.discord.world().channel(name)
    }

    /// Anna opens the town's only case; its thread, once its card is there.
    pub async fn opened(&self, title: &str) -> u64 {
        self.slash("Anna", "fälle", "case open", &[("title", json!(title))]).await;
        id(&self.card().await["channel_id"])
    }

    /// The only thread of the case channel, once it is there with its card.
    pub async fn card(&self) -> Value {
        self.cards(1).await.remove(0)
    }

    /// The first messages of the case channel's threads, oldest thread first, once there are `count` of them.
    pub async fn cards(&self, count: usize) -> Vec<Value> {
        let parent = self.channel("fälle");
        let first = |discord: &Discord| -> Vec<Value> {
            let mut threads = discord.threads(parent);
            threads.sort_by_key(|thread| id(&thread["id"]));
            threads.iter().filter_map(|thread| discord.messages(id(&thread["id"])).into_iter().next()).collect()
        };
        // A thread whose making is in doubt is looked for after 16 s.
        self.discord.until(|discord| first(discord).len() >= count, 3 * SOON).await;
        let cards = first(&self.discord);
        assert_eq!(cards.len(), count, "cards in the case channel");
        cards
    }

    /// Waits until the first message of a thread says `text`, and gives it.
    pub async fn card_saying(&self, thread: u64, text: &str) -> Value {
        let says =
            |discord: &Discord| discord.messages(thread).first().is_some_and(|card| self.read(card).contains(text));
        let seen = self.discord.until(says, SOON).await;
        let card = self.discord.messages(thread).into_iter().next().expect("a card");
        assert!(seen, "the card never said {text}:\n{}", self.read(&card));
        card
    }

    /// Waits for a message of the bot in a channel that says `text`.
    pub async fn message_saying(&self, channel: u64, text: &str) -> Value {
        let find = |discord: &Discord| discord.messages(channel).into_iter().find(|m| self.read(m).contains(text));
        self.discord.until(|discord| find(discord).is_some(), SOON).await;
        find(&self.discord).unwrap_or_else(|| {
            let all: Vec<String> = self.discord.messages(channel).iter().map(|m| self.read(m)).collect();
            panic!("nothing in {channel} says {text}: {all:#?}")
        })
    }

    pub fn arm(&self, fault: Value) {
        self.discord.arm(serde_json::from_value::<Fault>(fault).expect("a fault the sandbox knows"));
    }

    /// A message as people read it: names for ids, times as dates in UTC, one line a part.
    pub fn read(&self, message: &Value) -> String {
        self.named(&read(message))
    }

    /// Names instead of ids.
    pub fn named(&self, text: &str) -> String {
        let world = self.discord.world();
        let mut text = text.to_owned();
        for name in ["Anna", "Ben", "Clara", "Kim", "Admin", "Dora"] {
            text = text.replace(&format!("<@{}>", world.user(name)), &format!("@{name}"));
        }
        for name in ["Team", "Leitung"] {
            text = text.replace(&format!("<@&{}>", world.role(name)), &format!("@{name}"));
        }
        for name in ["allgemein", "support", "fälle", "leitung", "fall-forum"] {
            text = text.replace(&format!("<#{}>", world.channel(name)), &format!("#{name}"));
        }
        let guild = world.guild("Musterfirma Support").to_string();
        let text = text.replace(&guild, "GUILD");
        let moments = regex::Regex::new(r"<t:(\d+):([FR])>").unwrap();
        let text = moments.replace_all(&text, |found: &regex::Captures<'_>| match &found[2] {
            "R" => "…".to_owned(),
            _ => Timestamp::from_second(found[1].parse().unwrap()).unwrap().strftime("%a %F %H:%M").to_string(),
        });
        let threads = regex::Regex::new(r"<#\d+>|/\d{15,}(/\d{15,})?").unwrap();
        threads.replace_all(&text, "#…").into_owned()
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let said = judge::of_the_server(&self.discord);
        assert!(said.is_empty(), "the loopback Discord, against Discord's description: {said:#?}");
        if self.tolerate_violations {
            return;
        }
        let limits = self.discord.violations();
        assert!(limits.is_empty(), "documented limits were broken: {limits:#?}");
        let against = judge::violations(&self.discord);
        assert!(against.is_empty(), "against Discord's description: {against:#?}");
    }
}

/// A snowflake in JSON.
pub fn id(value: &Value) -> u64 {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("no id: {value}"))
}

/// The `custom_id` of the button with this label.
pub fn button(message: &Value, label: &str) -> Option<String> {
    let rows = message["components"].as_array()?;
    let controls = rows.iter().flat_map(|row| row["components"].as_array().into_iter().flatten());
    controls
        .filter(|control| control["label"] == label && control["disabled"] != true)
        .find_map(|control| control["custom_id"].as_str().map(str::to_owned))
}

fn read(message: &Value) -> String {
    let mut lines = Vec::new();
    let mut push = |text: &Value| {
        if let Some(text) = text.as_str().filter(|text| !text.is_empty()) {
            lines.push(text.to_owned());
        }
    };
    push(&message["content"]);
    for embed in message["embeds"].as_array().into_iter().flatten() {
        push(&embed["title"]);
        push(&embed["description"]);
        for field in embed["fields"].as_array().into_iter().flatten() {
            push(&json!(format!("{}: {}", field["name"].as_str().unwrap(), field["value"].as_str().unwrap())));
        }
        push(&embed["footer"]["text"]);
    }
    for row in message["components"].as_array().into_iter().flatten() {
        let controls = row["components"].as_array().into_iter().flatten();
        let labels: Vec<String> = controls
            .map(|control| match control["options"].as_array() {
                Some(options) => {
                    let labels: Vec<&str> = options.iter().filter_map(|option| option["label"].as_str()).collect();
                    format!("({})", labels.join(")("))
                }
                None => format!("[{}]", control["label"].as_str().unwrap_or_default()),
            })
            .collect();
        push(&json!(labels.join(" ")));
    }
    lines.join("\n")
}
