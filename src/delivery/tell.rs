//! Telling one place: the message is there and the row settled, or the place will not have it.
//!
//! Invariant: what a message's being there brings with it is committed in the same step.

use super::attempt::{Abort, Attempt};
use super::book::Also;
use super::post::{Mark, Posted};
use crate::chat::Message;
use crate::id::{ChannelId, UserId};

impl Attempt {
    /// Says something in `channel` and settles the row, with `also`, once it is there. Gives the code with which the place
    /// refuses it; none: nothing is left to do now, because it is there or because the row was put down.
    pub(super) async fn tell(
        &mut self,
        channel: ChannelId,
        message: &Message,
        mark: Option<Mark<'_>>,
        also: Also,
    ) -> Result<Option<u64>, Abort> {
        match self.post(channel, message, mark).await? {
            None => Ok(None),
            Some(Posted::At(id)) => self.sent(id, also).await.map(|()| None),
            Some(Posted::Gone(code) | Posted::Refused(code)) => Ok(Some(code)),
        }
    }

    /// The same in somebody's direct messages; one who takes none refuses.
    pub(super) async fn tell_directly(
        &mut self,
        user: UserId,
        message: &Message,
        mark: Option<Mark<'_>>,
        also: Also,
    ) -> Result<Option<u64>, Abort> {
        match self.direct(user).await? {
            Ok(channel) => self.tell(channel, message, mark, also).await,
            Err(error) => self.barred(&error).await,
        }
    }
}
