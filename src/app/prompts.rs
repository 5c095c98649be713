//! Wording rules from the operator's own folder: read before connecting, and taken over when a file changes.
//!
//! Invariant: rules are only ever exchanged as a whole, for rules that passed every check; a broken file changes nothing
//! but the log.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::config::ConfigError;
use crate::locale::Lang;
use crate::tone::{Live, Rules};

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// What tells one state of a file from another: when it was written, and how long it is. None: it is not there.
type Stamp = Option<(SystemTime, u64)>;

/// The rules to begin with: the folder's, and the embedded ones for a language it says nothing about.
pub(super) async fn load(folder: Option<PathBuf>) -> Result<Rules, ConfigError> {
    // Rules take a while to compile.
    let read = tokio::task::spawn_blocking(move || read(folder.as_deref())).await;
    read.unwrap_or_else(|error| Err(error.to_string())).map_err(ConfigError::Prompts)
}

/// Takes over what changes in the folder, for as long as it runs.
pub(super) async fn follow(folder: PathBuf, live: Arc<Live>) {
    let mut known = stamps(&folder).await;
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let seen = stamps(&folder).await;
        if seen == known {
            continue;
        }
        // Noted before reading: what is written while we read is seen the next time.
        known = seen;
        match load(Some(folder.clone())).await {
            Ok(rules) => {
                live.exchange(rules);
                tracing::info!(folder = %folder.display(), "prompts.reloaded");
            }
            Err(reason) => {
                tracing::error!(folder = %folder.display(), %reason, "prompts.refused: the rules before it stay in use");
            }
        }
    }
}

async fn stamps(folder: &Path) -> Vec<Stamp> {
    let mut stamps = Vec::new();
    for lang in Lang::ALL {
        let found = tokio::fs::metadata(file(folder, lang)).await.ok();
        stamps.push(found.and_then(|found| Some((found.modified().ok()?, found.len()))));
    }
    stamps
}

fn file(folder: &Path, lang: Lang) -> PathBuf {
    folder.join(lang.code()).join("tone.toml")
}

fn read(folder: Option<&Path>) -> Result<Rules, String> {
    let Some(folder) = folder else { return Ok(Rules::embedded()) };
    if !folder.is_dir() {
        let shown = folder.display();
        return Err(format!("prompts.path is `{shown}`, where there is no folder. Make it, or leave the key out"));
    }
    let mut found = Vec::new();
    for lang in Lang::ALL {
        let path = file(folder, lang);
        match std::fs::read_to_string(&path) {
            Ok(text) => found.push((lang, text, path.display().to_string())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(format!("{}: cannot be read: {error}", path.display())),
        }
    }
    let files: Vec<(Lang, &str, &str)> = found.iter().map(|(lang, text, name)| (*lang, &**text, &**name)).collect();
    Rules::load(&files).map_err(|broken| broken.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = include_str!("../../prompts/de/tone.toml");
    const RULE: &str = "\n[[rule]]\nid = \"own.word\"\ncategory = \"contempt\"\nseverity = 2\npatterns = ['\\bquarzbirne\\b']\n\
        why = \"Das Wort ist bei uns ein Schimpfwort.\"\ninstead = \"Ich sehe das anders.\"\npractice = \"P62\"\n\
        positive = [\"du Quarzbirne\", \"so eine Quarzbirne\"]\nnegative = [\"Guten Tag\", \"Birne Helene\"]\n";

    fn folder(text: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("de")).unwrap();
        std::fs::write(folder.path().join("de/tone.toml"), text).unwrap();
        folder
    }

    #[tokio::test]
    async fn a_changed_file_is_taken_over_and_a_broken_one_is_not() {
        let own = folder(OWN);
        let live = Arc::new(Live::new(load(Some(own.path().to_owned())).await.unwrap()));
        let following = tokio::spawn(follow(own.path().to_owned(), Arc::clone(&live)));
        tokio::time::sleep(LOOK_EVERY / 4).await;
        let heat = || live.now().assess("du Quarzbirne", Some(Lang::De)).heat;
        assert_eq!(heat(), 0);
        let until = async |what: &dyn Fn() -> bool| {
            for _ in 0..400 {
                if what() {
                    return true;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            false
        };
        std::fs::write(own.path().join("de/tone.toml"), format!("{OWN}{RULE}")).unwrap();
        assert!(until(&|| heat() > 0).await, "the new rule is in use");
        let before = live.now();
        std::fs::write(own.path().join("de/tone.toml"), format!("{OWN}{RULE}\n[[rule]]\nid = \"half")).unwrap();
        tokio::time::sleep(2 * LOOK_EVERY).await;
        assert!(Arc::ptr_eq(&before, &live.now()), "a broken file changes nothing");
        std::fs::write(own.path().join("de/tone.toml"), OWN).unwrap();
        assert!(until(&|| heat() == 0).await, "and a mended one counts again");
        following.abort();
    }

    #[tokio::test]
    async fn a_broken_file_is_refused_with_its_place_and_reason() {
        let broken = folder(&OWN.replacen("severity = 2", "severity = 9", 1));
        let said = load(Some(broken.path().to_owned())).await.expect_err("refused").to_string();
        assert!(said.contains("de/tone.toml:") && said.contains("severity is 0 to 3"), "{said}");
        let mute = folder(&format!("{OWN}{}", RULE.replacen("du Quarzbirne", "du Birne", 1)));
        let said = load(Some(mute.path().to_owned())).await.expect_err("refused").to_string();
        let line = OWN.lines().count() + 3;
        assert!(
            said.contains(&format!("de/tone.toml:{line}: rule own.word")) && said.contains("\"du Birne\""),
            "{said}"
        );
        let none = load(Some(broken.path().join("missing"))).await.expect_err("refused").to_string();
        assert!(none.contains("prompts.path") && none.contains("leave the key out"), "{none}");
    }
}
