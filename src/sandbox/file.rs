//! The data file: the whole world as one JSON document.
//! Invariant: the file on disk is always whole (written beside and renamed); a newer version is refused, never guessed at.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::StartError;
use super::world::World;

/// Version written. Raise it with every change that an older program would misread.
const VERSION: u32 = 1;
/// Name within the data directory.
const NAME: &str = "discord.json";

#[derive(Deserialize)]
struct Head {
    version: u32,
}

#[derive(Serialize)]
struct Written<'w> {
    version: u32,
    now_ms: i64,
    world: &'w World,
}

#[derive(Deserialize)]
struct Read {
    now_ms: i64,
    world: World,
}

/// Where the file lies in `dir`.
pub fn path(dir: &Path) -> PathBuf {
    dir.join(NAME)
}

/// The world kept in `dir` and the virtual time it was written at; none if there is no file.
pub fn load(dir: &Path) -> Result<Option<(World, i64)>, StartError> {
    let path = path(dir);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StartError::Io(error)),
    };
    let corrupt = |error: serde_json::Error| StartError::Corrupt { path: path.clone(), reason: error.to_string() };
    let head: Head = serde_json::from_slice(&bytes).map_err(corrupt)?;
    if head.version > VERSION {
        return Err(StartError::NewerData { path, found: head.version, known: VERSION });
    }
    let read: Read = serde_json::from_slice(&bytes).map_err(corrupt)?;
    Ok(Some((read.world, read.now_ms)))
}

/// The document for `world`.
pub fn document(world: &World, now_ms: i64) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(&Written { version: VERSION, now_ms, world })
}

/// Writes `document` into `dir`.
pub fn save(dir: &Path, document: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(dir)?;
    let fresh = dir.join(format!("{NAME}.new"));
    std::fs::write(&fresh, document)?;
    std::fs::rename(&fresh, path(dir))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_world_comes_back_and_a_newer_one_is_refused() {
        let dir = std::env::temp_dir().join(format!("sandbox-file-{}", std::process::id()));
        assert!(load(&dir).unwrap().is_none());
        let world = World::demo();
        save(&dir, &document(&world, 42).unwrap()).unwrap();
        let (back, now) = load(&dir).unwrap().unwrap();
        assert_eq!((back.users.len(), back.channels.len(), now), (world.users.len(), world.channels.len(), 42));
        save(&dir, br#"{"version":2}"#).unwrap();
        assert!(matches!(load(&dir), Err(StartError::NewerData { found: 2, .. })));
        save(&dir, b"{").unwrap();
        assert!(matches!(load(&dir), Err(StartError::Corrupt { .. })));
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
