//! What the page hears: one stream of small JSON events per open page, filtered by what its user may see.
//! Invariant: a slow or closed page never holds up the server; it is dropped.

use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::permissions;
use super::world::World;

/// Pages further behind than this many events are cut off and must reload.
const BACKLOG: usize = 4096;

/// Who may hear of something.
#[derive(Debug, Clone, Copy)]
pub enum Audience {
    /// Everybody.
    All,
    /// Whoever may see the channel.
    Channel(u64),
    /// One user.
    User(u64),
}

/// The open pages.
#[derive(Debug, Default)]
pub struct Pages {
    open: Vec<(u64, mpsc::Sender<String>)>,
}

impl Pages {
    /// Opens a stream for `user`.
    pub fn open(&mut self, user: u64) -> mpsc::Receiver<String> {
        let (sender, receiver) = mpsc::channel(BACKLOG);
        self.open.push((user, sender));
        receiver
    }

    /// Tells `audience`; the closure is only called if somebody listens.
    pub fn tell(&mut self, world: &World, audience: Audience, name: &str, data: impl Fn(u64) -> Value) {
        self.open.retain(|(user, sender)| {
            let hears = match audience {
                Audience::All => true,
                Audience::Channel(id) => permissions::sees(world, id, *user),
                Audience::User(id) => id == *user,
            };
            if !hears {
                return !sender.is_closed();
            }
            sender.try_send(json!({"t": name, "d": data(*user)}).to_string()).is_ok()
        });
    }

    /// Ends all streams.
    pub fn close(&mut self) {
        self.open.clear();
    }
}
