//! Who may name whom, how long a file may be, and what texts may look like: read from the real sources.
//!
//! Invariant: an arrow that does not stand in [`ARROWS`] fails here. A new module needs a row, a new arrow a reason.

mod source;
mod texts;

use source::{Source, sources};

/// What each module at the top of the crate may name of the others. An entry is a path and stands for what is below it;
/// `store::T` stands for the types below `store`, but not for its functions and modules.
const ARROWS: &[(&str, &[&str])] = &[
    // Values and their languages.
    ("id", &[]),
    ("clock", &[]),
    ("failpoint", &[]),
    ("locale", &[]),
    // What we know: pure.
    ("case", &["id", "locale"]),
    ("follow_up", &["id", "locale", "case"]),
    ("tone", &["locale"]),
    ("guide", &["locale"]),
    ("report", &["case"]),
    // What people see: pure. It shows what the desk gives, and lists as the store found them.
    ("view", &["id", "locale", "case", "follow_up", "tone", "report", "chat", "desk::T", "store::T"]),
    // The port and the streams.
    ("chat", &["id"]),
    ("lines", &["clock", "locale", "case", "follow_up", "tone"]),
    // The memory. A delivery's row holds the names its protocol gives to states and hops.
    ("store", &["id", "clock", "locale", "case", "follow_up", "report", "failpoint", "delivery::protocol"]),
    // What the bot does. A promise comes back in a button as the view wrote it there.
    (
        "desk",
        &[
            "id",
            "clock",
            "locale",
            "case",
            "follow_up",
            "tone",
            "guide",
            "report",
            "chat",
            "store",
            "failpoint",
            "view::custom_id",
        ],
    ),
    ("delivery", &["id", "clock", "locale", "case", "follow_up", "chat", "store", "view", "failpoint"]),
    ("discord", &["id", "clock", "locale", "case", "follow_up", "report", "chat", "desk", "view", "failpoint"]),
    // It could be anybody's.
    ("sandbox", &["clock"]),
    // The top.
    ("config", &[]),
    (
        "app",
        &[
            "chat",
            "clock",
            "config",
            "delivery",
            "desk",
            "discord",
            "failpoint",
            "id",
            "locale",
            "sandbox",
            "store",
            "tone",
        ],
    ),
    ("main", &["app", "clock", "config", "discord", "follow_up", "lines", "locale", "store", "tone"]),
    ("lib", &[]),
    // Programs beside the main one: they build what ships in assets/.
    ("bin", &["locale", "tone"]),
];

/// Modules without waiting, clocks, files, networks and chance.
const PURE: [&str; 8] = ["id", "locale", "case", "follow_up", "tone", "guide", "report", "view"];
/// Words and parts of the standard library that pure modules do without.
const IMPURE_WORDS: [&str; 2] = ["async", "await"];
const IMPURE_STD: [&str; 6] = ["env", "fs", "io", "net", "process", "thread"];
/// Two halves worked out side by side come out as they would one after the other.
const PURE_STD: [&str; 1] = ["thread::scope"];

/// Libraries that have one home, and where else they may be named.
const LIBRARIES: &[(&str, &[&str])] = &[
    ("serenity", &["discord"]),
    ("poise", &[]),
    ("sqlx", &["store"]),
    ("axum", &["sandbox"]),
    // The configuration only reads an address with it.
    ("reqwest", &["discord", "config"]),
    ("tokio", &["app", "delivery", "discord", "main", "sandbox", "store"]),
    ("fluent_bundle", &["locale"]),
    ("clap", &["main", "bin"]),
];

/// Most lines of a file before its unit tests.
const LONGEST: usize = 500;

/// Everything wrong with one file, a line each.
fn breaches(source: &Source) -> Vec<String> {
    let module = source.module();
    let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == module) else {
        return vec![format!("{}: the module `{module}` has no row in ARROWS", source.path)];
    };
    let mut found = Vec::new();
    let mut note = |line: usize, what: &str| found.push(format!("{}:{line}: `{module}` names {what}", source.path));
    for (line, path) in source.paths(&["crate", "ruhepol"]) {
        let top = path.split("::").next().unwrap_or_default();
        let own = top == module || top.is_empty() || !ARROWS.iter().any(|(name, _)| *name == top);
        if !own && !allowed.iter().any(|entry| covers(entry, &path)) {
            note(line, &path);
        }
    }
    for (line, name) in source.names() {
        if LIBRARIES.iter().any(|(library, homes)| *library == name && !homes.contains(&module)) {
            note(line, &format!("the library {name}"));
        }
        if PURE.contains(&module) && IMPURE_WORDS.contains(&name.as_str()) {
            note(line, &name);
        }
    }
    if PURE.contains(&module) && source.production_lines() > 0 {
        for (line, path) in source.paths(&["std"]) {
            let part = path.split("::").next().unwrap_or_default();
            let impure = IMPURE_STD.contains(&part) && !PURE_STD.contains(&path.as_str());
            if impure && line <= source.production_lines() {
                note(line, &format!("std::{path}"));
            }
        }
    }
    found
}

/// Whether an entry of [`ARROWS`] allows a path.
fn covers(entry: &str, path: &str) -> bool {
    if let Some(module) = entry.strip_suffix("::T") {
        let mut parts = path.split("::");
        let last = path.split("::").last().unwrap_or_default();
        return parts.next() == Some(module) && last.starts_with(char::is_uppercase);
    }
    path == entry || path.strip_prefix(entry).is_some_and(|rest| rest.starts_with("::"))
}

#[test]
fn arrows_between_modules_point_down() {
    let found: Vec<String> = sources().iter().flat_map(breaches).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Others may use it in their tests: but for the crate's name in an example of its use, nothing in it is ours.
#[test]
fn the_loopback_discord_has_no_name_of_ours() {
    let ours = |line: &str| line.to_lowercase().contains("ruhepol") && !line.contains("use ruhepol::");
    let files = source::files("src/sandbox", ".rs");
    assert!(files.len() > 30, "they are all read");
    let named: Vec<String> = files
        .iter()
        .flat_map(|(path, text)| text.lines().filter(|line| ours(line)).map(move |line| format!("{path}: {line}")))
        .collect();
    assert!(named.is_empty(), "{named:#?}");
}

#[test]
fn a_planted_breach_is_found() {
    let planted = [
        ("src/desk/a.rs", "use serenity::all::UserId;", "serenity"),
        ("src/discord/a.rs", "fn f() { sqlx::query(\"\"); }", "sqlx"),
        ("src/case/a.rs", "use crate::{id::GuildId, store::Store};", "store::Store"),
        ("src/case/a.rs", "fn f() { super::super::store::case::get(); }", "store::case::get"),
        ("src/follow_up/a.rs", "fn f() { crate::desk::act(); }", "desk::act"),
        ("src/tone/a.rs", "use tokio::sync::watch;", "tokio"),
        ("src/tone/a.rs", "async fn f() {}", "async"),
        ("src/case/a.rs", "use std::{fmt, fs::File};", "std::fs::File"),
        ("src/view/a.rs", "use crate::store::case::{CaseLine, list};", "store::case::list"),
        ("src/store/a.rs", "use crate::delivery::Delivery;", "delivery::Delivery"),
        ("src/sandbox/rest/a.rs", "use crate::case::Case;", "case::Case"),
        ("src/newcomer.rs", "", "no row"),
    ];
    for (path, text, named) in planted {
        let found = breaches(&Source::read(path, text));
        assert!(found.len() == 1 && found[0].contains(named), "{path} with {text:?} gives {found:?}");
    }
}

#[test]
fn what_is_allowed_is_not_a_breach() {
    let fine = [
        ("src/discord/a.rs", "use serenity::all::UserId;\nuse crate::desk::Desk;"),
        ("src/store/a.rs", "// crate::desk::Desk knows more\nuse sqlx::Row;\nuse crate::delivery::protocol::stored;"),
        ("src/view/a.rs", "use crate::store::case::{CaseLine, Page};\nuse crate::desk::Reply;"),
        ("src/sandbox/rest/a.rs", "use crate::clock::VirtualClock;\nuse super::super::view;"),
        ("src/case/a.rs", "const A: &str = \"serenity and crate::store\";"),
        ("src/main.rs", "use ruhepol::app;\nconst QUIET: &str = \"serenity=warn\";"),
    ];
    for (path, text) in fine {
        assert_eq!(breaches(&Source::read(path, text)), Vec::<String>::new());
    }
}

#[test]
fn no_file_is_longer_than_a_sitting() {
    let long = |source: &Source| source.production_lines() > LONGEST;
    let found: Vec<String> = sources()
        .iter()
        .filter(|source| long(source))
        .map(|source| format!("{}: {} lines before its tests", source.path, source.production_lines()))
        .collect();
    assert!(found.is_empty(), "at most {LONGEST} lines:\n{}", found.join("\n"));
    assert!(long(&Source::read("src/case/a.rs", &"fn a() {}\n".repeat(LONGEST + 1))));
}

#[test]
fn every_file_says_first_what_it_is_for() {
    let mut files = source::files("src", ".rs");
    files.extend(source::files("tests/it", ".rs"));
    let silent: Vec<&str> =
        files.iter().filter(|(_, text)| !text.starts_with("//!")).map(|(path, _)| path.as_str()).collect();
    assert!(silent.is_empty(), "no `//!` at the top: {silent:?}");
}
