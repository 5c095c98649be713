//! The data directory: the world as one document, and beside it a line for every change since.
//!
//! Invariants: a change is handed to the system before anybody hears of it, so that the death of the process, however
//! sudden, loses nothing that was answered; the document on disk is always whole (written beside and renamed); a newer
//! version is refused, never guessed at. Lines say what things are now, so reading them twice changes nothing. Only the
//! document is synced: what a machine without power loses is the last seconds.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::StartError;
use super::snowflake::Snowflakes;
use super::table::Change;
use super::world::{Channel, Guild, Message, Settings, StoredFile, User, World};

/// Version written. Raise it with every change that an older program would misread. 2 added the lines.
const VERSION: u32 = 2;
/// The document.
const NAME: &str = "discord.json";
/// The changes since.
const LINES: &str = "discord.changes.jsonl";
/// Bytes of lines after which the document is written anew, unless it is itself larger.
const LONG: u64 = 4 * 1024 * 1024;

#[derive(Deserialize)]
struct Head {
    version: u32,
}

#[derive(Serialize)]
struct Document<'w> {
    version: u32,
    now_ms: i64,
    world: &'w World,
}

#[derive(Deserialize)]
struct ReadDocument {
    now_ms: i64,
    world: World,
}

/// Things of one kind that changed; none for what is gone.
type Changed<V> = BTreeMap<u64, Option<V>>;

#[derive(Serialize)]
struct Line<'w> {
    now_ms: i64,
    ids: &'w Snowflakes,
    settings: &'w Settings,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    users: Changed<&'w User>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    guilds: Changed<&'w Guild>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    channels: Changed<&'w Channel>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    messages: Vec<Change<&'w Message>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    ephemerals: Changed<&'w Message>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    commands: Changed<&'w Value>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    files: Changed<&'w StoredFile>,
}

#[derive(Deserialize)]
struct ReadLine {
    now_ms: i64,
    ids: Snowflakes,
    settings: Settings,
    #[serde(default)]
    users: Changed<User>,
    #[serde(default)]
    guilds: Changed<Guild>,
    #[serde(default)]
    channels: Changed<Channel>,
    #[serde(default)]
    messages: Vec<Change<Message>>,
    #[serde(default)]
    ephemerals: Changed<Message>,
    #[serde(default)]
    commands: Changed<Value>,
    #[serde(default)]
    files: Changed<StoredFile>,
}

impl ReadLine {
    fn apply(self, world: &mut World) {
        world.ids = self.ids;
        world.settings = self.settings;
        world.users.apply(self.users);
        world.guilds.apply(self.guilds);
        world.channels.apply(self.channels);
        world.messages.apply(self.messages);
        world.ephemerals.apply(self.ephemerals);
        world.commands.apply(self.commands);
        world.files.apply(self.files);
    }
}

/// Writes a world down as it changes.
#[derive(Debug)]
pub struct Keeper {
    dir: PathBuf,
    lines: File,
    written: u64,
    document: u64,
    /// A line was not written in full: the next thing written is the document.
    torn: bool,
}

/// Takes a data directory, which no other process may use meanwhile, and reads the world kept in it and the virtual time
/// of its last change; none if there is none.
pub fn open(dir: &Path) -> Result<(Keeper, Option<(World, i64)>), StartError> {
    std::fs::create_dir_all(dir).map_err(StartError::Io)?;
    let lines = File::options().create(true).append(true).open(dir.join(LINES)).map_err(StartError::Io)?;
    if let Err(TryLockError::WouldBlock) = lines.try_lock() {
        return Err(StartError::InUse { path: dir.to_owned() });
    }
    let kept = read(dir)?;
    Ok((Keeper { dir: dir.to_owned(), lines, written: 0, document: 0, torn: false }, kept))
}

fn read(dir: &Path) -> Result<Option<(World, i64)>, StartError> {
    let path = dir.join(NAME);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        // Whoever moves the document away starts afresh.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StartError::Io(error)),
    };
    let corrupt = |path: &Path, reason: String| StartError::Corrupt { path: path.to_owned(), reason };
    let head: Head = serde_json::from_slice(&bytes).map_err(|error| corrupt(&path, error.to_string()))?;
    if head.version > VERSION {
        return Err(StartError::NewerData { path, found: head.version, known: VERSION });
    }
    let document: ReadDocument = serde_json::from_slice(&bytes).map_err(|error| corrupt(&path, error.to_string()))?;
    let (mut world, mut now_ms) = (document.world, document.now_ms);
    let path = dir.join(LINES);
    let bytes = std::fs::read(&path).map_err(StartError::Io)?;
    for (number, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        // The process died while it wrote this one: nobody was answered.
        let Some(line) = line.strip_suffix(b"\n") else { break };
        let line: ReadLine =
            serde_json::from_slice(line).map_err(|error| corrupt(&path, format!("line {}: {error}", number + 1)))?;
        now_ms = line.now_ms;
        line.apply(&mut world);
    }
    Ok(Some((world, now_ms)))
}

impl Keeper {
    /// Writes down what changed.
    pub fn keep(&mut self, world: &mut World, now_ms: i64) -> io::Result<()> {
        if self.torn || self.written > self.document.max(LONG) {
            return self.keep_whole(world, now_ms);
        }
        let line = Line {
            now_ms,
            ids: &world.ids,
            settings: &world.settings,
            users: world.users.changes(),
            guilds: world.guilds.changes(),
            channels: world.channels.changes(),
            messages: world.messages.changes(),
            ephemerals: world.ephemerals.changes(),
            commands: world.commands.changes(),
            files: world.files.changes(),
        };
        let mut bytes = serde_json::to_vec(&line).map_err(io::Error::other)?;
        bytes.push(b'\n');
        self.torn = true;
        self.lines.write_all(&bytes)?;
        self.torn = false;
        self.written += bytes.len() as u64;
        Ok(())
    }

    /// Writes the document, after which there are no lines.
    pub fn keep_whole(&mut self, world: &mut World, now_ms: i64) -> io::Result<()> {
        self.torn = true;
        world.forget_changes();
        let document = serde_json::to_vec(&Document { version: VERSION, now_ms, world })?;
        let fresh = self.dir.join(format!("{NAME}.new"));
        let mut file = File::create(&fresh)?;
        file.write_all(&document)?;
        file.sync_all()?;
        std::fs::rename(&fresh, self.dir.join(NAME))?;
        // Until here the lines are read once more after a crash, and say what the document says.
        self.lines.set_len(0)?;
        self.lines.rewind()?;
        (self.written, self.document, self.torn) = (0, document.len() as u64, false);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::WorldView;

    struct Dir(PathBuf);

    impl Dir {
        fn new(name: &str) -> Self {
            Self(std::env::temp_dir().join(format!("loopback-{name}-{}", std::process::id())))
        }
    }

    impl Drop for Dir {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_world_comes_back_with_every_change_but_not_with_half_a_line() {
        let dir = Dir::new("changes");
        let mut world = World::demo();
        let (mut keeper, none) = open(&dir.0).unwrap();
        assert!(none.is_none());
        keeper.keep_whole(&mut world, 42).unwrap();
        let kim = WorldView::of(&world).user("Kim");
        world.users.get_mut(kim).unwrap().dm_closed = true;
        keeper.keep(&mut world, 43).unwrap();
        let gone = WorldView::of(&world).channel("leitung");
        world.channels.remove(gone);
        keeper.keep(&mut world, 44).unwrap();
        keeper.lines.write_all(b"{\"now_ms\":45,\"us").unwrap();
        drop(keeper);
        let (_, back) = open(&dir.0).unwrap();
        let (back, now) = back.unwrap();
        assert_eq!(now, 44);
        assert!(back.users.get(&kim).unwrap().dm_closed);
        assert!(!back.channels.contains_key(&gone));
        assert_eq!(serde_json::to_value(&back).unwrap(), serde_json::to_value(&world).unwrap());
    }

    #[test]
    fn many_changes_become_a_document_and_lines_read_twice_change_nothing() {
        let dir = Dir::new("compact");
        let mut world = World::demo();
        let (mut keeper, _) = open(&dir.0).unwrap();
        keeper.keep_whole(&mut world, 0).unwrap();
        let id = WorldView::of(&world).channel("support");
        for n in 0..3 {
            world.channels.get_mut(id).unwrap().topic = Some(format!("{n}").repeat(2_500_000));
            keeper.keep(&mut world, n).unwrap();
        }
        assert_eq!(keeper.written, 0, "the third one made a document");
        // A crash between renaming the document and forgetting the lines leaves lines that it already holds.
        world.channels.get_mut(id).unwrap().topic = None;
        keeper.keep(&mut world, 9).unwrap();
        let lines = std::fs::read(dir.0.join(LINES)).unwrap();
        keeper.keep_whole(&mut world, 9).unwrap();
        drop(keeper);
        std::fs::write(dir.0.join(LINES), lines).unwrap();
        let (_, back) = open(&dir.0).unwrap();
        assert_eq!(serde_json::to_value(&back.unwrap().0).unwrap(), serde_json::to_value(&world).unwrap());
    }

    #[test]
    fn a_newer_version_a_broken_file_and_a_directory_in_use_are_refused() {
        let dir = Dir::new("refused");
        let (keeper, _) = open(&dir.0).unwrap();
        assert!(matches!(open(&dir.0), Err(StartError::InUse { .. })));
        drop(keeper);
        std::fs::write(dir.0.join(NAME), br#"{"version":3}"#).unwrap();
        assert!(matches!(open(&dir.0), Err(StartError::NewerData { found: 3, .. })));
        std::fs::write(dir.0.join(NAME), b"{").unwrap();
        assert!(matches!(open(&dir.0), Err(StartError::Corrupt { .. })));
    }
}
