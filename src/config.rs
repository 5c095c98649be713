//! Configuration: one tree, from a file that may be missing and an environment that has the last word.
//!
//! `RUHEPOL_SECTION__KEY` overrides `[section] key`; secrets may also come from a file named by `…_FILE`. Every error says
//! where it is and what to write instead. Nothing here is ever logged with its secrets.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// The example that ships with the program; a test proves it complete.
pub const EXAMPLE: &str = include_str!("../config.example.toml");

/// All settings.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// How to reach Discord.
    pub discord: Discord,
    /// Where to remember.
    pub database: Database,
    /// What to tell the operator.
    pub log: Log,
    /// Own words instead of the embedded ones.
    pub prompts: Prompts,
    /// Hints that are off unless wished for.
    pub tone: Tone,
}

/// How to reach Discord.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Discord {
    /// The bot's token.
    pub token: Option<SecretString>,
    /// Base URL of a Discord-compatible endpoint; none is Discord itself.
    pub proxy: Option<String>,
    /// Ask for the privileged message content intent.
    pub message_content: bool,
}

/// Where to remember.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `sqlite://path` or `postgres://…`.
    pub url: SecretString,
}

impl Default for Database {
    fn default() -> Self {
        Self { url: "sqlite://ruhepol.db".to_owned().into() }
    }
}

/// What to tell the operator.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// A level or a filter such as `ruhepol=debug`.
    pub level: String,
    /// `text` for people, `json` for machines.
    pub format: LogFormat,
}

impl Default for Log {
    fn default() -> Self {
        Self { level: "info".to_owned(), format: LogFormat::Text }
    }
}

/// Own words instead of the embedded ones.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Prompts {
    /// A folder with `de/tone.toml`, `en/tone.toml` or both.
    pub path: Option<PathBuf>,
}

/// Hints that are off unless wished for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tone {
    /// In drafts: words only insiders know (P26).
    pub jargon: bool,
    /// In drafts for heated cases: emoji (P32).
    pub emoji: bool,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// What is wrong with the configuration, and how to put it right.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are named in the message")]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{path}: cannot be read: {reason}. Check the path given with --config")]
    Unreadable { path: String, reason: String },
    /// The file is not what it should be; the reason names line and key.
    #[error("{path}: {reason}\nconfig.example.toml shows every key with its default")]
    File { path: String, reason: String },
    /// An environment variable is not what it should be.
    #[error("the environment variable {name}: {reason}")]
    Environment { name: String, reason: String },
    /// There is no token.
    #[error(
        "discord.token is missing. Set RUHEPOL_DISCORD__TOKEN, or RUHEPOL_DISCORD__TOKEN_FILE to a file that holds it, \
         or token under [discord] in the file given with --config"
    )]
    NoToken,
    /// The token is the example's.
    #[error("discord.token is still a placeholder. Copy the real one from Discord's developer portal, section Bot")]
    Placeholder,
    /// The log level is none.
    #[error(
        "log.level is `{0}`; write error, warn, info, debug or trace, or a filter such as info,ruhepol::delivery=debug"
    )]
    Level(String),
    /// The proxy is no address.
    #[error("discord.proxy is `{0}`, which is no http:// or https:// address such as http://127.0.0.1:8080")]
    Proxy(String),
    /// The folder with own words cannot be used.
    #[error("{0}")]
    Prompts(String),
}

/// Every key of the environment, as section and key.
const KEYS: [(&str, &str); 9] = [
    ("discord", "token"),
    ("discord", "proxy"),
    ("discord", "message_content"),
    ("database", "url"),
    ("log", "level"),
    ("log", "format"),
    ("prompts", "path"),
    ("tone", "jargon"),
    ("tone", "emoji"),
];
/// Keys whose value may come from a file.
const SECRETS: [(&str, &str); 2] = [("discord", "token"), ("database", "url")];
/// What people leave standing where a token belongs, letters only.
const PLACEHOLDERS: [&str; 8] =
    ["", "token", "yourtoken", "yourbottoken", "yourtokenhere", "bottoken", "changeme", "placeholder"];
/// Begins the names outside the tree that tests use.
const TEST_NAMES: &str = "RUHEPOL_TEST_";

impl Config {
    /// Reads the file, if one is named, and the environment over it.
    pub fn load(file: Option<&Path>, environment: &[(String, String)]) -> Result<Self, ConfigError> {
        let mut table = match file {
            Some(path) => read(path)?,
            None => toml::Table::new(),
        };
        for (name, value) in environment.iter().filter(|(name, _)| name.starts_with("RUHEPOL_")) {
            overlay(&mut table, name, value)?;
        }
        let config: Self = table.try_into().map_err(|error: toml::de::Error| ConfigError::Environment {
            name: "RUHEPOL_…".into(),
            reason: error.message().to_owned(),
        })?;
        config.validated()
    }

    /// The token, or why there is none to use.
    pub fn token(&self) -> Result<&SecretString, ConfigError> {
        let token = self.discord.token.as_ref().filter(|token| !token.expose_secret().trim().is_empty());
        let token = token.ok_or(ConfigError::NoToken)?;
        let letters: String = token.expose_secret().chars().filter(char::is_ascii_alphanumeric).collect();
        let placeholder = PLACEHOLDERS.contains(&letters.to_lowercase().as_str());
        if placeholder { Err(ConfigError::Placeholder) } else { Ok(token) }
    }

    fn validated(self) -> Result<Self, ConfigError> {
        check_level(&self.log.level)?;
        if let Some(proxy) = &self.discord.proxy {
            let address = reqwest::Url::parse(proxy).ok();
            if !address.is_some_and(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some()) {
                return Err(ConfigError::Proxy(proxy.clone()));
            }
        }
        Ok(self)
    }
}

/// A slip such as `debgu` would be read as a part of the program to listen to, and silence everything else.
fn check_level(filter: &str) -> Result<(), ConfigError> {
    const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
    let fine = |part: &str| {
        let level = part.rsplit_once('=').map_or(part, |(_, level)| level).trim().to_lowercase();
        LEVELS.contains(&level.as_str())
    };
    if filter.split(',').all(fine) { Ok(()) } else { Err(ConfigError::Level(filter.to_owned())) }
}

/// The file's table, once the whole file was found to be a configuration: so that errors name its lines.
fn read(path: &Path) -> Result<toml::Table, ConfigError> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| ConfigError::Unreadable { path: shown.clone(), reason: error.to_string() })?;
    let broken = |error: toml::de::Error| {
        let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
        ConfigError::File { path: format!("{shown}:{line}"), reason: without_values(error.message()) }
    };
    toml::from_str::<Config>(&text).map_err(broken)?;
    toml::from_str::<toml::Table>(&text).map_err(broken)
}

/// A type error quotes the value it found; that may be a secret in the wrong place.
fn without_values(message: &str) -> String {
    message.lines().map(|line| line.split(": string \"").next().unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

fn overlay(table: &mut toml::Table, name: &str, value: &str) -> Result<(), ConfigError> {
    if name.starts_with(TEST_NAMES) {
        return Ok(());
    }
    let wrong = |reason: String| ConfigError::Environment { name: name.to_owned(), reason };
    let path = name.trim_start_matches("RUHEPOL_").to_lowercase();
    let (section, key) = path.split_once("__").ok_or_else(|| wrong(known_names()))?;
    let from_file = key.strip_suffix("_file").filter(|key| SECRETS.contains(&(section, key)));
    let (key, value) = match from_file {
        Some(key) => {
            let text = std::fs::read_to_string(value)
                .map_err(|error| wrong(format!("the file {value} cannot be read: {error}")))?;
            (key, text.trim().to_owned())
        }
        None => (key, value.to_owned()),
    };
    if !KEYS.contains(&(section, key)) {
        return Err(wrong(known_names()));
    }
    let value = match (section, key) {
        ("discord", "message_content") | ("tone", _) => match value.trim() {
            "true" | "1" => toml::Value::Boolean(true),
            "false" | "0" | "" => toml::Value::Boolean(false),
            other => return Err(wrong(format!("is `{other}`; write true or false"))),
        },
        ("log", "format") if value != "text" && value != "json" => {
            return Err(wrong(format!("is `{value}`; write text or json")));
        }
        ("discord", "proxy") | ("prompts", "path") if value.is_empty() => return Ok(()),
        _ => toml::Value::String(value),
    };
    let entry = table.entry(section).or_insert_with(|| toml::Value::Table(toml::Table::new()));
    if let toml::Value::Table(section) = entry {
        section.insert(key.to_owned(), value);
    }
    Ok(())
}

fn known_names() -> String {
    let names: Vec<String> = KEYS
        .iter()
        .map(|(section, key)| format!("RUHEPOL_{}__{}", section.to_uppercase(), key.to_uppercase()))
        .collect();
    format!("no such key. There are {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    #[test]
    fn the_example_is_complete_and_parses() {
        let uncommented: String =
            EXAMPLE.lines().map(|line| line.strip_prefix("#= ").unwrap_or(line)).collect::<Vec<_>>().join("\n");
        let table: toml::Table = toml::from_str(&uncommented).unwrap();
        let _: Config = table.clone().try_into().unwrap();
        for (section, key) in KEYS {
            assert!(table[section].as_table().unwrap().contains_key(key), "{section}.{key} is not in the example");
        }
        let shown: usize = table.values().map(|section| section.as_table().unwrap().len()).sum();
        assert_eq!(shown, KEYS.len());
        let as_shipped: Config = toml::from_str(EXAMPLE).unwrap();
        let default = Config::default();
        assert_eq!(as_shipped.log.level, default.log.level);
        assert_eq!(as_shipped.log.format, default.log.format);
        assert_eq!(as_shipped.discord.message_content, default.discord.message_content);
        assert_eq!((as_shipped.tone, as_shipped.prompts.path), (default.tone, default.prompts.path));
        assert_eq!(as_shipped.database.url.expose_secret(), default.database.url.expose_secret());
    }

    #[test]
    fn the_environment_has_the_last_word() {
        let file = file("[database]\nurl = \"sqlite://a.db\"\n");
        let over = env(&[("RUHEPOL_DATABASE__URL", "sqlite://b.db"), ("HOME", "/")]);
        let config = Config::load(Some(file.path()), &over).unwrap();
        assert_eq!(config.database.url.expose_secret(), "sqlite://b.db");
    }

    #[test]
    fn a_secret_may_come_from_a_file() {
        let secret = file("abc.def.ghi\n");
        let path = secret.path().to_str().unwrap();
        let config = Config::load(None, &env(&[("RUHEPOL_DISCORD__TOKEN_FILE", path)])).unwrap();
        assert_eq!(config.token().unwrap().expose_secret(), "abc.def.ghi");
    }

    #[test]
    fn a_wrong_key_names_its_line_and_a_wrong_variable_its_name() {
        let file = file("[discord]\nproxy = \"http://127.0.0.1:1\"\ntokn = \"x\"\n");
        let error = Config::load(Some(file.path()), &[]).unwrap_err().to_string();
        assert!(error.contains(":3: ") && error.contains("tokn") && error.contains("token"), "{error}");
        let error = Config::load(None, &env(&[("RUHEPOL_DISCORD__TOKN", "x")])).unwrap_err().to_string();
        assert!(error.contains("RUHEPOL_DISCORD__TOKN") && error.contains("RUHEPOL_DISCORD__TOKEN"), "{error}");
    }

    #[test]
    fn no_token_and_placeholders_are_refused_with_the_fix() {
        let none = Config::load(None, &[]).unwrap();
        assert!(none.token().unwrap_err().to_string().contains("RUHEPOL_DISCORD__TOKEN"));
        let dummy = Config::load(None, &env(&[("RUHEPOL_DISCORD__TOKEN", "YOUR_BOT_TOKEN")])).unwrap();
        assert!(matches!(dummy.token(), Err(ConfigError::Placeholder)));
    }

    #[test]
    fn a_slip_in_the_log_level_is_named() {
        let slip = Config::load(None, &env(&[("RUHEPOL_LOG__LEVEL", "debgu")]));
        assert!(matches!(slip, Err(ConfigError::Level(typed)) if typed == "debgu"));
        assert!(Config::load(None, &env(&[("RUHEPOL_LOG__LEVEL", "info,ruhepol::delivery=debug")])).is_ok());
    }

    #[test]
    fn names_that_only_tests_use_are_left_alone() {
        assert!(
            Config::load(None, &env(&[("RUHEPOL_TEST_POSTGRES", "postgres://x"), ("RUHEPOL_TEST__CLOCK", "x")]))
                .is_ok()
        );
    }

    #[test]
    fn secrets_do_not_show_in_debug_or_errors() {
        let config = Config::load(None, &env(&[("RUHEPOL_DISCORD__TOKEN", "s3cr3t.a.b")])).unwrap();
        assert!(!format!("{config:?}").contains("s3cr3t"));
        let file = file("[discord]\nmessage_content = \"s3cr3t.a.b\"\n");
        let error = Config::load(Some(file.path()), &[]).unwrap_err().to_string();
        assert!(!error.contains("s3cr3t"), "{error}");
    }

    #[test]
    fn a_proxy_must_be_an_address() {
        let wrong = Config::load(None, &env(&[("RUHEPOL_DISCORD__PROXY", "localhost")]));
        assert!(matches!(wrong, Err(ConfigError::Proxy(_))));
    }
}
