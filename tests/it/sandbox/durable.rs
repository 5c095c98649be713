//! The conversation is still there: after an orderly end, after a sudden one, and in nobody else's hands.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use super::{Page, channel, person};

/// `ruhepol sandbox` on a folder.
pub struct Sandbox {
    process: Child,
    /// Its page.
    pub page: Page,
}

impl Sandbox {
    /// Starts it with further arguments and waits for its address.
    pub async fn start(folder: &Path, more: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_ruhepol"))
            .args(["sandbox", "--port", "0", "--data"])
            .arg(folder)
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary starts");
        let out = process.stdout.take().unwrap();
        let mut line = String::new();
        let line = tokio::task::spawn_blocking(move || {
            BufReader::new(out).read_line(&mut line).unwrap();
            line
        });
        let url = line.await.unwrap();
        assert!(url.starts_with("http://127.0.0.1:"), "{url}");
        Self { process, page: Page::at(url.trim()) }
    }

    /// SIGKILL: the process gets no chance to do anything about it.
    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn contents(page: &Page, who: &str, place: &str) -> Vec<String> {
    let found = page.get(&format!("channels/{place}/messages?as={who}&limit=10000")).await;
    found.as_array().unwrap().iter().map(|it| it["content"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_was_answered_before_a_kill_is_there_after_it_and_once() {
    let folder = tempfile::tempdir().unwrap();
    let answered: Arc<Mutex<Vec<String>>> = Arc::default();
    for round in 0..3 {
        let mut sandbox = Sandbox::start(folder.path(), &[]).await;
        let world = sandbox.page.get("world").await;
        let (kim, support) = (person(&world, "Kim"), channel(&world, "support"));
        let there = contents(&sandbox.page, &kim, &support).await;
        let expected = answered.lock().unwrap().clone();
        for text in &expected {
            assert_eq!(there.iter().filter(|it| *it == text).count(), 1, "round {round}: {text}");
        }
        let mut writers = tokio::task::JoinSet::new();
        for writer in 0..8 {
            let (page, kim, support) = (sandbox.page.clone(), kim.clone(), support.clone());
            let answered = Arc::clone(&answered);
            writers.spawn(async move {
                for n in 0.. {
                    let text = format!("{round}.{writer}.{n}");
                    let body = json!({ "as": kim, "channel_id": support, "content": text });
                    match page.try_post("messages", &body).await {
                        Some(answer) if answer["id"].is_string() => answered.lock().unwrap().push(text),
                        _ => return,
                    }
                }
            });
        }
        tokio::time::sleep(Duration::from_millis(150)).await;
        sandbox.kill();
        writers.join_all().await;
        assert!(answered.lock().unwrap().len() > expected.len(), "round {round}: nothing was written");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_kill_bot_and_conversation_still_know_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let mut sandbox = Sandbox::start(folder.path(), &[]).await;
    let world = sandbox.page.get("world").await;
    let (admin, cases) = (person(&world, "Admin"), channel(&world, "fälle"));
    let command = |options: Value| json!({ "as": admin, "locale": "de", "channel_id": cases, "name": "case", "options": options });
    let open = json!([{ "name": "open", "options": [{ "name": "title", "value": "Übersteht alles" }] }]);
    sandbox.page.post("interactions/command", &command(open)).await;
    let told = async |page: &Page| contents(page, &admin, &cases).await.iter().any(|text| text.contains("#1"));
    while !told(&sandbox.page).await {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // The clock too: a promise must not move away from its day.
    sandbox.page.post("clock", &json!({ "advance_ms": 86_400_000 })).await;
    let day = |world: &Value| world["now"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let tomorrow = day(&sandbox.page.get("world").await);
    sandbox.kill();

    let sandbox = Sandbox::start(folder.path(), &[]).await;
    let world = sandbox.page.get(&format!("world?as={admin}")).await;
    assert!(day(&world) >= tomorrow, "{} is before {tomorrow}", world["now"]);
    assert!(!world["commands"].as_array().unwrap().is_empty());
    assert!(told(&sandbox.page).await, "the private answer is still on the page");
    let show = json!([{ "name": "show", "options": [{ "name": "case", "value": "1" }] }]);
    let shown = sandbox.page.post("interactions/command", &command(show)).await;
    assert!(shown["message"].to_string().contains("Übersteht alles"), "{shown}");
    // Its thread came into being before or after the kill, and it is one.
    let mut threads = 0;
    for _ in 0..100 {
        let world = sandbox.page.get(&format!("world?as={admin}")).await;
        let channels = world["guilds"][0]["channels"].as_array().unwrap();
        threads = channels.iter().filter(|it| it["thread_metadata"].is_object()).count();
        if threads > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    assert_eq!(threads, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_in_use_and_a_later_version_are_refused_with_a_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = Sandbox::start(folder.path(), &[]).await;
    let again = |folder: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ruhepol"));
        command.args(["sandbox", "--port", "0", "--data"]).arg(folder);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    let said = again(folder.path());
    assert!(said.contains("still running") && said.contains("another directory"), "{said}");
    first.kill();
    std::fs::write(folder.path().join("discord.json"), r#"{"version":99,"world":{}}"#).unwrap();
    let said = again(folder.path());
    assert!(said.contains("version 99") && said.contains("newer program"), "{said}");
    let untouched = std::fs::read_to_string(folder.path().join("discord.json")).unwrap();
    assert!(untouched.contains("99"), "a refused file is left alone");
}
