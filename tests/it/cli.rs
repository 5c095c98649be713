//! The command line as people and scripts use it.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn ruhepol(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ruhepol"));
    command.args(arguments);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("RUHEPOL_")) {
        command.env_remove(name);
    }
    command
}

fn fed(mut command: Command, input: &[u8]) -> Output {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn lines(output: &Output) -> Vec<Value> {
    text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn help_is_prose_and_wrong_usage_is_2() {
    let help = ruhepol(&["--help"]).output().unwrap();
    assert!(help.status.success() && text(&help.stdout).contains("ruhepol sandbox"));
    assert_eq!(ruhepol(&["dance"]).output().unwrap().status.code(), Some(2));
    assert_eq!(ruhepol(&[]).output().unwrap().status.code(), Some(2));
}

#[test]
fn run_without_a_token_says_where_to_put_one() {
    let output = ruhepol(&["run"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("RUHEPOL_DISCORD__TOKEN"), "{}", text(&output.stderr));
    assert!(output.stdout.is_empty());
}

#[test]
fn a_wrong_key_names_file_line_and_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ruhepol.toml");
    std::fs::write(&path, "[database]\nurl = \"sqlite://x.db\"\n\n[discord]\ntokne = \"abc\"\n").unwrap();
    let output = ruhepol(&["check", "--config", path.to_str().unwrap()]).output().unwrap();
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("ruhepol.toml:5") && said.contains("tokne") && said.contains("config.example.toml"),
        "{said}"
    );
    let output = ruhepol(&["check", "--config", "/does/not/exist.toml"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn check_finds_the_database_fine_or_says_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("new.db").display());
    let fine =
        ruhepol(&["check"]).env("RUHEPOL_DISCORD__TOKEN", "a.b.c").env("RUHEPOL_DATABASE__URL", &url).output().unwrap();
    assert!(fine.status.success(), "{}", text(&fine.stderr));
    let wrong = ruhepol(&["check"])
        .env("RUHEPOL_DISCORD__TOKEN", "a.b.c")
        .env("RUHEPOL_DATABASE__URL", "mysql://x")
        .output()
        .unwrap();
    assert_eq!(wrong.status.code(), Some(2), "{}", text(&wrong.stderr));
    assert!(text(&wrong.stderr).contains("sqlite://"), "{}", text(&wrong.stderr));
    let gone = "postgres://nobody@127.0.0.1:9/none";
    let away =
        ruhepol(&["check"]).env("RUHEPOL_DISCORD__TOKEN", "a.b.c").env("RUHEPOL_DATABASE__URL", gone).output().unwrap();
    assert_eq!(away.status.code(), Some(1), "{}", text(&away.stderr));
}

#[test]
fn the_sandbox_listens_on_this_machine_only() {
    let output = ruhepol(&["sandbox", "--bind", "0.0.0.0"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("127.0.0.1 only"));
}

#[test]
fn a_taken_port_is_said_with_a_way_out() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let folder = tempfile::tempdir().unwrap();
    let output = ruhepol(&["sandbox", "--port", &port, "--data", folder.path().to_str().unwrap()]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    assert!(said.contains(&format!("port {port} on 127.0.0.1 is taken by ")) && output.stdout.is_empty(), "{said}");
    // Who it is: this very process. Where to go: a port that can be had.
    assert!(!cfg!(target_os = "linux") || said.contains(&format!("(process {})", std::process::id())), "{said}");
    let offered = said.trim().rsplit("--port ").next().unwrap().parse::<u16>().expect(&said);
    assert!(std::net::TcpListener::bind(("127.0.0.1", offered)).is_ok(), "{said}");
}

#[test]
fn when_reads_phrases_a_line_each() {
    let command = ruhepol(&["when", "--now", "2026-11-19T10:00:00+01:00", "--land", "NW"]);
    let input =
        "morgen 9 Uhr\n{\"id\":\"a\",\"text\":\"in 3 business days\"}\n{\"id\":7,\"text\":\"1/2\"}\n{\"nonsense\":1}\n";
    let output = fed(command, input.as_bytes());
    let answers = lines(&output);
    assert_eq!(answers[0]["id"], 1);
    assert_eq!(answers[0]["due"], "2026-11-20T09:00:00+01:00");
    assert_eq!((&answers[1]["id"], &answers[1]["due"]), (&"a".into(), &"2026-11-24T09:00:00+01:00".into()));
    assert_eq!(answers[2]["due"], Value::Null);
    assert_eq!(answers[2]["readings"].as_array().unwrap().len(), 2);
    assert!(answers[3]["id"].is_null() && answers[3]["error"].is_string());
    assert_eq!(output.status.code(), Some(1), "a bad line shows in the exit code");
    assert_eq!(ruhepol(&["when", "--zone", "Mars/Olympus"]).output().unwrap().status.code(), Some(2));
}

#[test]
fn tone_answers_every_line_in_order_and_survives_any_bytes() {
    let calm =
        "Guten Tag, wann kommt mein Paket?\n{\"id\":\"x\",\"text\":\"Thank you for your help\",\"lang\":\"en\"}\n";
    let output = fed(ruhepol(&["tone"]), calm.as_bytes());
    let answers = lines(&output);
    assert!(output.status.success());
    assert_eq!((&answers[0]["id"], &answers[0]["heat"], &answers[0]["lang"]), (&1.into(), &0.into(), &"de".into()));
    assert_eq!((&answers[1]["id"], &answers[1]["lang"]), (&"x".into(), &"en".into()));

    let mut odd = b"\xff\xfe kaputt\n{\"id\":1}\n{\"id\":2,\"text\":\"\\ud800\"}\n\n".to_vec();
    odd.extend("🔥\u{202e}\u{200b}\n".bytes());
    odd.extend(vec![b'a'; 2_000_000]);
    let output = fed(ruhepol(&["tone", "--threads", "2"]), &odd);
    let answers = lines(&output);
    assert_eq!(answers.len(), 6, "one answer a line");
    assert_eq!(output.status.code(), Some(1));
    assert!(answers[1]["id"].is_null() && answers[1]["error"].is_string());
}

#[test]
fn who_has_read_enough_may_go_and_nothing_failed() {
    let mut child =
        ruhepol(&["tone"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    // What does not fit any more is refused by the pipe once the program has ended.
    let _ = child.stdin.take().unwrap().write_all("Guten Tag\n".repeat(10_000).as_bytes());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
}

#[test]
fn a_reproach_said_twice_is_explained_like_any_other() {
    let output = fed(ruhepol(&["tone", "--explain"]), "You never reply, you idiots!!! ".repeat(3).as_bytes());
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("Calmer: I am very upset about this and would like it solved.\n"));
}
