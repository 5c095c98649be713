//! The demonstration behind `ruhepol sandbox --demo`.

use crate::sandbox::Discord;

/// Plays it.
pub async fn play(_discord: &Discord) -> Result<(), String> {
    Ok(())
}
