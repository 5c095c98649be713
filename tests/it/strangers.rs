//! Clients nobody here wrote, unmodified, as judges of the loopback Discord: discord.js, discord.py and hikari.
//!
//! `tests/strangers/install.sh` puts them into `target/strangers`; `./test` runs it. Where they are not there, these tests are
//! left out with a notice, and fail if `CI=true`. All three bots do the same (`tests/strangers/*/bot*`), so one scenario fits:
//! people act through the control routes, and both sides are asked what they saw.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ruhepol::clock::VirtualClock;
use ruhepol::sandbox::{Discord, Options, World};
use serde_json::{Value, json};

use crate::harness::{id, judge};
use crate::sandbox::{Page, channel, person};

/// Real time a client gets for anything; some wait seconds before they connect again.
const PATIENCE: Duration = Duration::from_secs(30);

/// A client and how its bot is started.
#[derive(Debug, Clone, Copy)]
pub enum Stranger {
    DiscordJs,
    DiscordPy,
    Hikari,
}

impl Stranger {
    /// The command of its bot; none where it is not installed.
    fn command(self) -> Option<Command> {
        let sources = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/strangers");
        let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/target/strangers"));
        if !folder.join("installed").exists() {
            assert!(
                std::env::var("CI").as_deref() != Ok("true"),
                "CI=true, but tests/strangers/install.sh has not run"
            );
            eprintln!("LEFT OUT: {self:?} is not installed (tests/strangers/install.sh target/strangers)");
            return None;
        }
        let (program, script) = match self {
            Self::DiscordJs => (PathBuf::from("node"), "discordjs/bot.cjs"),
            Self::DiscordPy => (folder.join("py/bin/python"), "python/bot_discordpy.py"),
            Self::Hikari => (folder.join("py/bin/python"), "python/bot_hikari.py"),
        };
        let mut command = Command::new(program);
        command.env("NODE_PATH", folder.join("js/node_modules")).env("PYTHONDONTWRITEBYTECODE", "1");
        command.arg(format!("{sources}/{script}"));
        Some(command)
    }
}

/// A running bot of a stranger.
pub struct Guest {
    process: Child,
    saw: Arc<Mutex<Vec<Value>>>,
}

impl Guest {
    /// Starts it and waits until it has logged in and registered its command; none where it is not installed.
    pub async fn at(discord: &Discord, stranger: Stranger) -> Option<Self> {
        let mut command = stranger.command()?;
        command.arg(discord.base_url()).arg(discord.token()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("the client starts");
        let lines = BufReader::new(process.stdout.take().expect("it is piped")).lines();
        let saw: Arc<Mutex<Vec<Value>>> = Arc::default();
        let ear = Arc::clone(&saw);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let said = serde_json::from_str(&line).unwrap_or_else(|_| json!({ "saw": "error", "text": line }));
                ear.lock().unwrap().push(said);
            }
        });
        let guest = Self { process, saw };
        guest.saw("ready", |_| true).await;
        Some(guest)
    }

    /// Waits until the client says it saw this, and gives what it said.
    pub async fn saw(&self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let watch = ruhepol::clock::Stopwatch::start();
        loop {
            let all = self.saw.lock().unwrap().clone();
            if let Some(found) = all.iter().find(|it| it["saw"] == what && fits(it)) {
                return found.clone();
            }
            assert!(watch.elapsed() < PATIENCE, "the client never saw {what}: {all:#?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn count(&self, what: &str, content: &str) -> usize {
        self.saw.lock().unwrap().iter().filter(|it| it["saw"] == what && it["content"] == content).count()
    }

    fn errors(&self) -> Vec<Value> {
        self.saw.lock().unwrap().iter().filter(|it| it["saw"] == "error").cloned().collect()
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Anna at the page, in the channel of the team.
struct Anna {
    page: Page,
    id: String,
    place: String,
}

impl Anna {
    async fn act(&self, kind: &str, more: Value) -> Value {
        let mut body = json!({ "as": self.id, "locale": "de", "channel_id": self.place });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.page.post(&format!("interactions/{kind}"), &body).await
    }

    async fn say(&self, content: &str) -> Value {
        self.page.post("messages", &json!({ "as": self.id, "channel_id": self.place, "content": content })).await
    }

    /// Waits for a message of the channel, as Anna sees it.
    async fn sees(&self, place: &str, fits: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..PATIENCE.as_millis() / 50 {
            let all = self.page.get(&format!("channels/{place}/messages?as={}", self.id)).await;
            if let Some(found) = all.as_array().and_then(|all| all.iter().find(|it| fits(it))) {
                return found.clone();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("Anna never saw it in {place}");
    }

    /// Autocomplete, slash command, button and modal, one after the other.
    async fn talk(&self, guest: &Guest) {
        let typed = json!({ "name": "hear", "options": [{ "name": "word", "value": "gre", "focused": true }] });
        let choices = self.act("autocomplete", typed).await;
        assert_eq!(choices["choices"], json!([{ "name": "gre!", "value": "v" }]), "{choices}");
        let used = json!({ "name": "hear", "options": [{ "name": "word", "value": "grüße" }] });
        let answer = self.act("command", used).await;
        assert_eq!(answer["kind"], "message", "{answer}");
        let message = &answer["message"];
        assert_eq!(message["content"], "grüße from anna in de");
        assert_eq!(message["flags"], 64, "for Anna alone");
        guest.saw("replied", |it| it["content"] == message["content"]).await;
        let custom_id = &message["components"][0]["components"][0]["custom_id"];
        let pressed = self.act("component", json!({ "message_id": message["id"], "custom_id": custom_id })).await;
        assert_eq!(pressed["kind"], "modal", "{pressed}");
        assert_eq!(pressed["modal"]["title"], "Form");
        let sent = self.act("modal", json!({ "custom_id": "form", "fields": { "text": "geändert" } })).await;
        assert!(matches!(sent["kind"].as_str(), Some("update" | "deferred_update")), "{sent}");
        let changed = |it: &Value| it["id"] == message["id"] && it["content"] == "geändert";
        assert_eq!(self.sees(&self.place, changed).await["components"], json!([]));
        self.sees(&self.place, |it| it["content"] == "and more" && it["flags"] == 64).await;
    }
}

/// Everything a bot of another library does in a day, and a dropped socket in between.
async fn is_at_home(stranger: Stranger) {
    let options = Options { port: 0, data: None, clock: VirtualClock::running(), world: World::demo(), validate: true };
    let discord = Discord::start(options).await.expect("the loopback Discord starts");
    let Some(guest) = Guest::at(&discord, stranger).await else { return };
    let ready = guest.saw("ready", |_| true).await;
    assert_eq!((&ready["guilds"], &ready["me"]), (&json!(2), &json!("assistent")));
    assert!(discord.until(|discord| discord.commands().len() == 1, PATIENCE).await, "its command is registered");

    let page = Page::at(&discord.base_url());
    let world = page.get("world").await;
    let anna = Anna { page, id: person(&world, "Anna"), place: channel(&world, "fälle") };
    anna.talk(&guest).await;

    let ping = anna.say("ping").await;
    let pong = anna.sees(&anna.place, |it| it["content"] == "pong").await;
    assert_eq!(pong["referenced_message"]["id"], ping["id"]);
    let thumb = |it: &Value| it["id"] == ping["id"] && it["reactions"][0]["emoji"]["name"] == "👍";
    anna.sees(&anna.place, thumb).await;

    anna.say("thread").await;
    let cases = discord.world().channel("fälle");
    let here = |discord: &Discord| {
        discord.threads(cases).first().is_some_and(|thread| discord.messages(id(&thread["id"])).len() == 1)
    };
    assert!(discord.until(here, PATIENCE).await, "a thread with a message");
    let thread = discord.threads(cases).remove(0);
    assert_eq!(thread["type"], 12, "a private one");
    let (ben, thread) = (discord.world().user("Ben"), id(&thread["id"]));
    assert!(discord.thread_members(thread).contains(&discord.world().user("Anna")));
    assert!(!discord.thread_members(thread).contains(&ben));
    let file = &discord.messages(thread)[0]["attachments"][0];
    assert_eq!((&file["filename"], &file["size"]), (&json!("hello.txt"), &json!(5)));

    // The socket breaks without a word, and a message comes while nobody listens.
    anna.page.post("faults", &json!({ "kind": "drop_socket" })).await;
    anna.say("missed").await;
    guest.saw("resumed", |_| true).await;
    guest.saw("message", |it| it["content"] == "missed").await;
    anna.talk(&guest).await;
    assert_eq!(guest.count("message", "missed"), 1, "what was missed comes once");

    assert_eq!(guest.errors(), Vec::<Value>::new());
    let lost: Vec<String> = discord
        .requests()
        .iter()
        .filter(|request| request.status >= 400 || !request.verdicts.is_empty())
        .map(|request| format!("{} {} {} {:?}", request.method, request.path, request.status, request.verdicts))
        .collect();
    assert!(lost.is_empty(), "{stranger:?} was refused: {lost:#?}");
    let said = judge::of_the_server(&discord);
    assert!(said.is_empty(), "against Discord's description: {said:#?}");
    drop(guest);
    discord.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn discord_js_is_at_home() {
    is_at_home(Stranger::DiscordJs).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn discord_py_is_at_home() {
    is_at_home(Stranger::DiscordPy).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hikari_is_at_home() {
    is_at_home(Stranger::Hikari).await;
}
