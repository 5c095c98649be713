//! The real process, killed without warning between any two steps of open → promise → due → delivered, and started again.
//! Needs the cargo feature `testing`, which builds the failpoints in.

use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use ruhepol::clock::VirtualClock;
use ruhepol::sandbox::{Answer, Discord, Options, World};
use serde_json::{Value, json};

use crate::harness::{id, judge, postgres};

const PATIENCE: Duration = Duration::from_mins(1);

/// A loopback Discord, a clock file both sides share, and the process.
struct Stage {
    discord: Discord,
    clock: Arc<VirtualClock>,
    folder: tempfile::TempDir,
    database: String,
    process: Option<Child>,
}

impl Stage {
    async fn new(database: Option<&str>) -> Self {
        let clock = VirtualClock::frozen_at("2026-11-19T09:00:00Z".parse::<Timestamp>().unwrap());
        let options = Options { port: 0, data: None, clock: Arc::clone(&clock), world: World::demo(), validate: true };
        let discord = Discord::start(options).await.expect("the loopback Discord starts");
        let folder = tempfile::tempdir().unwrap();
        let file = || format!("sqlite://{}", folder.path().join("ruhepol.db").display());
        let database = database.map_or_else(file, str::to_owned);
        let stage = Self { discord, clock, folder, database, process: None };
        stage.show_time();
        stage
    }

    fn clock_file(&self) -> std::path::PathBuf {
        self.folder.path().join("now")
    }

    /// Written beside and renamed, so that the process never reads half of it.
    fn show_time(&self) {
        let next = self.folder.path().join("now.next");
        std::fs::write(&next, self.clock.now().to_string()).unwrap();
        std::fs::rename(next, self.clock_file()).unwrap();
    }

    fn pass(&self, ms: i64) {
        self.clock.advance_ms(ms);
        self.show_time();
    }

    fn start(&mut self, failpoint: Option<&str>) {
        let log = std::fs::File::options().create(true).append(true).open(self.folder.path().join("log")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_ruhepol"));
        command
            .arg("run")
            .env("RUHEPOL_DISCORD__TOKEN", self.discord.token())
            .env("RUHEPOL_DISCORD__PROXY", self.discord.base_url())
            .env("RUHEPOL_DATABASE__URL", &self.database)
            .env("RUHEPOL_TEST__CLOCK", format!("@{}", self.clock_file().display()))
            .stdout(Stdio::null())
            .stderr(log);
        if let Some(failpoint) = failpoint {
            command.env("RUHEPOL_TEST__FAILPOINT", failpoint);
        }
        self.process = Some(command.spawn().expect("the binary starts"));
    }

    async fn online(&self) {
        let up = |discord: &Discord| discord.bot_online() && !discord.commands().is_empty();
        assert!(self.discord.until(up, PATIENCE).await, "online:\n{}", self.log());
    }

    fn log(&self) -> String {
        let all = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        all.lines().rev().take(30).collect::<Vec<_>>().join("\n")
    }

    fn alive(&mut self) -> bool {
        self.process.as_mut().is_some_and(|process| matches!(process.try_wait(), Ok(None)))
    }

    /// SIGKILL, if the failpoint has not done it already.
    fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    async fn restart(&mut self) {
        self.kill();
        self.discord.until(|discord| !discord.bot_online(), PATIENCE).await;
        self.start(None);
        self.online().await;
    }

    async fn slash(
        &self,
        user: &str,
        channel: u64,
        name: &str,
        sub: Option<&str>,
        options: &[(&str, Value)],
    ) -> Answer {
        let options: Vec<Value> = options.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        let options = match sub {
            Some(sub) => json!([{ "name": sub, "type": 1, "options": options }]),
            None => json!(options),
        };
        self.discord.command(self.discord.world().user(user), "de", channel, name, options, None).await
    }

    fn threads(&self) -> Vec<u64> {
        self.discord.threads(self.discord.world().channel("fälle")).iter().map(|thread| id(&thread["id"])).collect()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.kill();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asked_to_end_it_ends_with_0_in_time() {
    let mut stage = Stage::new(None).await;
    stage.start(None);
    stage.online().await;
    let mut process = stage.process.take().unwrap();
    let asked = Command::new("kill").args(["-TERM", &process.id().to_string()]).status().unwrap();
    assert!(asked.success());
    let watch = ruhepol::clock::Stopwatch::start();
    let ended = tokio::task::spawn_blocking(move || process.wait().unwrap()).await.unwrap();
    assert_eq!(ended.code(), Some(0), "{}", stage.log());
    assert!(watch.elapsed() < Duration::from_secs(15), "{:?}", watch.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_token_or_intent_ends_with_2_and_says_what_to_do() {
    for (kind, hint) in [("close_4004", "RUHEPOL_DISCORD__TOKEN"), ("close_4014", "Message Content Intent")] {
        let mut stage = Stage::new(None).await;
        stage.discord.arm(serde_json::from_value(json!({ "kind": kind })).unwrap());
        stage.start(None);
        let mut process = stage.process.take().unwrap();
        let ended = tokio::task::spawn_blocking(move || process.wait().unwrap()).await.unwrap();
        assert_eq!(ended.code(), Some(2), "{kind}: {}", stage.log());
        assert!(stage.log().contains(hint), "{kind}: {}", stage.log());
    }
}

/// Opens a case, promises something, lets it come due; dies at `failpoint` and is started again whenever it is dead.
/// What a person was told is done must be there once; what they saw fail they try again, as people do.
async fn survives(failpoint: &str, database: Option<&str>) {
    let mut stage = Stage::new(database).await;
    let cases = stage.discord.world().channel("fälle");
    stage.start(None);
    stage.online().await;
    let team = stage.discord.world().role("Team").to_string();
    let options = [("agent_role", json!(team)), ("case_channel", json!(cases.to_string()))];
    stage.slash("Admin", cases, "setup", None, &options).await;
    stage.kill();
    stage.discord.until(|discord| !discord.bot_online(), PATIENCE).await;
    stage.start(Some(failpoint));
    stage.online().await;

    let mut died = false;
    let told = |answer: &Answer| answer.message.as_ref().map(|m| m["content"].to_string()).unwrap_or_default();
    for _ in 0..5 {
        let answer = stage.slash("Anna", cases, "case", Some("open"), &[("title", json!("Kill"))]).await;
        if told(&answer).contains("ist eröffnet") {
            break;
        }
        // Nobody told Anna that it worked: she looks whether it did before she tries again.
        died = true;
        stage.restart().await;
        let list = stage.slash("Anna", cases, "case", Some("list"), &[("view", json!("all"))]).await;
        if list.message.unwrap()["embeds"].to_string().contains("Kill") {
            break;
        }
    }
    for _ in 0..200 {
        if !stage.threads().is_empty()
            && stage.threads().iter().any(|&thread| !stage.discord.messages(thread).is_empty())
        {
            break;
        }
        if !stage.alive() {
            died = true;
            stage.restart().await;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let thread = *stage.threads().first().unwrap_or_else(|| panic!("{failpoint}: no thread:\n{}", stage.log()));
    for _ in 0..5 {
        let options = [("what", json!("Rückruf")), ("when", json!("in 1 Stunde")), ("case", json!("1"))];
        if !stage.alive() {
            died = true;
            stage.restart().await;
        }
        if told(&stage.slash("Anna", cases, "followup", Some("add"), &options).await).contains("Ist notiert") {
            break;
        }
        if !stage.alive() {
            died = true;
            stage.restart().await;
        }
        let list = stage.slash("Anna", cases, "followup", Some("list"), &[]).await;
        if list.message.is_some_and(|message| message["embeds"].to_string().contains("Rückruf")) {
            break;
        }
    }
    // The clock is about to jump for Discord too, which it never does: what is under way arrives first.
    for _ in 0..15 {
        let card = stage.discord.messages(thread).first().map(ToString::to_string).unwrap_or_default();
        if card.contains("Nächstes Nachfassen") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    stage.pass(3_600_000);
    for _ in 0..400 {
        if !stage.alive() {
            died = true;
            stage.restart().await;
        }
        if stage.discord.messages(thread).len() >= 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    // Time for the failpoint after the last step, and for a double to show.
    tokio::time::sleep(Duration::from_secs(2)).await;
    if !stage.alive() {
        died = true;
        stage.restart().await;
        tokio::time::sleep(Duration::from_secs(4)).await;
    }
    assert!(died, "{failpoint} was never passed: the test proved nothing");
    let messages: Vec<String> = stage
        .discord
        .messages(thread)
        .iter()
        .map(|message| format!("{} {}", message["content"], message["embeds"][0]["title"]))
        .collect();
    assert_eq!(stage.threads().len(), 1, "{failpoint}: one thread\n{}", stage.log());
    assert_eq!(messages.len(), 2, "{failpoint}: one card and one reminder: {messages:#?}\n{}", stage.log());
    assert!(messages[0].contains("#1 · Kill") && messages[1].contains("Rückruf"), "{messages:#?}");
    assert!(stage.discord.violations().is_empty(), "{:?}", stage.discord.violations());
    let found = judge::violations(&stage.discord);
    assert!(found.is_empty(), "{found:#?}");
}

macro_rules! killed_at {
    ($($name:ident: $failpoint:literal;)+) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                super::survives($failpoint, None).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                let Some(database) = super::postgres::database().await else { return };
                super::survives($failpoint, Some(&database.url)).await;
            }
        }
    )+};
}

killed_at! {
    before_the_case_is_committed: "open.before_commit";
    after_the_case_is_committed: "open.after_commit";
    before_the_promise_is_committed: "follow_up.before_commit";
    after_the_promise_is_committed: "follow_up.after_commit";
    before_a_byte_of_the_card_leaves: "delivery.sending:1";
    when_the_reminder_is_claimed: "delivery.claimed:2";
    when_the_card_is_claimed: "delivery.claimed:1";
    after_the_thread_is_made: "card.thread_opened";
    after_the_card_is_placed: "card.placed";
    before_a_byte_of_the_reminder_leaves: "delivery.sending:2";
    after_the_first_message_is_accepted: "delivery.accepted:1";
    after_the_second_message_is_accepted: "delivery.accepted:2";
    after_everything_is_noted: "delivery.sent:3";
}
