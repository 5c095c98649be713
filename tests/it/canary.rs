//! Nothing anybody wrote is kept for tone: canary words are planted everywhere wording is looked at, and then looked for
//! in the whole database and in every line of the log, at its most talkative.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use ruhepol::clock::VirtualClock;
use ruhepol::sandbox::{Discord, Options, World};
use serde_json::{Value, json};

use crate::harness::{SOON, button, id};

/// The real process with its log at `trace`, on a loopback Discord.
struct Process {
    discord: Discord,
    folder: tempfile::TempDir,
    child: Option<Child>,
    log: Vec<u8>,
}

impl Process {
    async fn new() -> Self {
        let clock = VirtualClock::running();
        let options = Options { port: 0, data: None, clock, world: World::demo(), validate: true };
        let discord = Discord::start(options).await.unwrap();
        Self { discord, folder: tempfile::tempdir().unwrap(), child: None, log: Vec::new() }
    }

    async fn start(&mut self) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ruhepol"));
        command
            .arg("run")
            .env("RUHEPOL_DISCORD__TOKEN", self.discord.token())
            .env("RUHEPOL_DISCORD__PROXY", self.discord.base_url())
            .env("RUHEPOL_DISCORD__MESSAGE_CONTENT", "true")
            .env("RUHEPOL_DATABASE__URL", format!("sqlite://{}", self.folder.path().join("r.db").display()))
            .env("RUHEPOL_LOG__LEVEL", "trace")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(self.folder.path().join("log")).unwrap());
        self.child = Some(command.spawn().expect("the built program"));
        let up = |discord: &Discord| discord.bot_online() && !discord.commands().is_empty();
        assert!(self.discord.until(up, 2 * SOON).await, "online");
    }

    /// Ends it: asked, or killed, so that what stands in the write-ahead log stays there.
    async fn stop(&mut self, how: &str) {
        let mut child = self.child.take().unwrap();
        assert!(Command::new("kill").args([how, &child.id().to_string()]).status().unwrap().success());
        child.wait().unwrap();
        std::fs::File::open(self.folder.path().join("log")).unwrap().read_to_end(&mut self.log).unwrap();
        self.discord.until(|discord| !discord.bot_online(), SOON).await;
    }

    /// Every byte the program left behind.
    fn left_behind(&self) -> Vec<(String, Vec<u8>)> {
        let files = std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let mut all: Vec<_> = files
            .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("r.db")))
            .map(|path| (path.display().to_string(), std::fs::read(&path).unwrap()))
            .collect();
        all.push(("the log".to_owned(), self.log.clone()));
        all
    }

    async fn slash(&self, user: &str, channel: u64, command: &str, options: Value) -> ruhepol::sandbox::Answer {
        let world = self.discord.world();
        let (name, options) = match command.split_once(' ') {
            Some((name, sub)) => (name, json!([{ "name": sub, "type": 1, "options": options }])),
            None => (command, options),
        };
        let answer = self.discord.command(world.user(user), "de", channel, name, options, None).await;
        if answer.message.is_none() && answer.modal.is_none() {
            self.discord.final_answer(answer.interaction, SOON).await;
        }
        answer
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
        }
    }
}

fn contains(hay: &[u8], needle: &str) -> bool {
    let fold = |bytes: &[u8]| bytes.to_ascii_lowercase();
    let (hay, needle) = (fold(hay), fold(needle.as_bytes()));
    hay.windows(needle.len()).any(|window| window == needle.as_slice())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn canary_words_are_nowhere_in_database_or_log() {
    let mut process = Process::new().await;
    process.start().await;
    let world = process.discord.world();
    let (cases, support) = (world.channel("fälle"), world.channel("support"));
    let (anna, kim) = (world.user("Anna"), world.user("Kim"));
    let option = |name: &str, value: String| json!({ "name": name, "value": value });
    let setup = json!([
        option("agent_role", world.role("Team").to_string()),
        option("lead_role", world.role("Leitung").to_string()),
        option("case_channel", cases.to_string()),
    ]);
    process.slash("Admin", cases, "setup", setup).await;
    process.slash("Clara", cases, "tone watch", json!([option("channel", support.to_string())])).await;
    process.slash("Anna", cases, "tone me", json!([option("switch", "on".to_owned())])).await;

    // A draft, with a promise in it.
    let form = process.slash("Anna", cases, "draft", json!([])).await;
    let draft = "Ihr Trottel vom Kanariendraft, ich melde mich bis Freitag garantiert. Schicken Sie uns alles.";
    let checked = process.discord.submit(anna, "de", cases, form.modal.as_ref().unwrap(), &[("draft", draft)]).await;
    assert!(checked.message.is_some(), "{checked:?}");
    // A message checked from its menu, and a case opened for its writer.
    let said = process.discord.say(kim, support, "Das ist der Kanarienmenuetext, ihr Idioten.").await;
    process.discord.command(anna, "de", support, "Check tone", Value::Null, Some(said)).await;
    let form = process.discord.command(anna, "de", support, "Open case", Value::Null, Some(said)).await;
    let fields = [("title", "Rechnung"), ("customer", "Kim")];
    process.discord.submit(anna, "de", support, form.modal.as_ref().unwrap(), &fields).await;
    let card =
        |discord: &Discord| discord.threads(cases).first().is_some_and(|t| !discord.messages(id(&t["id"])).is_empty());
    assert!(process.discord.until(card, SOON).await, "the card");
    // The passive watch, and its calmer words.
    process.discord.say(anna, support, "Sie sind völlig unfähig, Sie Kanarienpassiv!").await;
    assert!(process.discord.until(|discord| !discord.dms(anna).is_empty(), SOON).await, "a word");
    let word = process.discord.dms(anna).remove(0);
    assert!(word.to_string().contains("Kanarienpassiv"), "the word itself says it: {word}");
    let custom_id = button(&word, "Ruhigere Worte").unwrap();
    process.discord.press(anna, "de", id(&word["channel_id"]), id(&word["id"]), &custom_id, &[]).await;
    // A customer's outburst that warms their case, and one read after a gap.
    process.discord.say(kim, support, "Ihr Idioten und Betrüger, Kanarienausbruch!").await;
    let warm = |discord: &Discord| {
        let thread = id(&discord.threads(cases)[0]["id"]);
        discord.messages(thread)[0].to_string().contains("aufgebracht")
    };
    assert!(process.discord.until(warm, SOON).await, "the case is warm");
    process.stop("-TERM").await;
    process.discord.say(kim, support, "Ihr Idioten und Betrüger, Kanarienluecke!").await;
    process.start().await;
    process.slash("Anna", cases, "tone me", json!([])).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    process.stop("-KILL").await;

    assert!(contains(&process.log, "word.said") && contains(&process.log, "insult."), "rules are named in the log");
    for (place, bytes) in process.left_behind() {
        for word in ["kanarien", "trottel", "idioten", "unfähig", "schicken sie uns"] {
            assert!(!contains(&bytes, word), "{word} in {place}");
        }
    }
    let database = &process.left_behind().into_iter().find(|(place, _)| place.ends_with("r.db")).unwrap().1;
    assert!(contains(database, "Rechnung"), "the right file was read");
}
