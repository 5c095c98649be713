//! Putting a message into a channel so that it is there once, whatever happened to earlier tries.
//!
//! Invariant: as long as a nonce is fresh it is used again; after that nothing is sent before we have looked for what may
//! have arrived, and after sending in doubt we look once more and keep the first.

use super::attempt::{Abort, Attempt, BUSY_PAUSE, pass};
use super::protocol::{self, Step, Verdict};
use crate::chat::{CODE_ARCHIVED, ChatError, Message};
use crate::id::{ChannelId, MessageId};
use crate::store::delivery::{Part, State};

/// Pages of 100 messages looked through for one of ours.
const PAGES: usize = 10;
/// Messages of one page.
const PAGE: usize = 100;
/// Where a message ended up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Posted {
    /// There, once.
    At(MessageId),
    /// The channel is gone.
    Gone(u64),
    /// The channel will not take it.
    Refused(u64),
}

/// What looking for a message of ours gave.
enum Found {
    At(MessageId),
    Absent,
    Gone(u64),
    /// We may not read there.
    Blind,
}

/// Tells a marker of ours among `custom_id`s.
pub(super) type Mark<'a> = &'a (dyn Fn(&str) -> bool + Send + Sync);

impl Attempt {
    /// Sends a message so that it is there once, and says where it ended up; none: the row was put down.
    ///
    /// `mark` finds it among others; without one, a message whose fate stays unknown is given up rather than doubled.
    pub(super) async fn post(
        &mut self,
        channel: ChannelId,
        message: &Message,
        mark: Option<Mark<'_>>,
    ) -> Result<Option<Posted>, Abort> {
        let Some(_turn) = self.turn(channel).await else {
            return self.later(BUSY_PAUSE, false).await.map(|()| None);
        };
        if self.job.in_flight == Some(Part::Message) && self.job.channel != Some(channel) {
            // The place it may have gone to is no longer the one that counts.
            self.elsewhere();
        }
        let now = self.shared.real.now_ms();
        match protocol::resume(self.doubt(Part::Message), self.nonce_age(), now, &self.shared.timing) {
            Step::Send => {}
            Step::Wait(pause) => return self.later(pause, false).await.map(|()| None),
            Step::Look => {
                let Some(mark) = mark else {
                    self.note("unknown", 0);
                    return self.fail().await.map(|()| None);
                };
                match self.find(channel, mark).await? {
                    None => return Ok(None),
                    Some(Found::At(id)) => return Ok(Some(Posted::At(id))),
                    Some(Found::Gone(code)) => return Ok(Some(Posted::Gone(code))),
                    Some(Found::Absent | Found::Blind) => {
                        self.job.sequence += 1;
                        self.job.first_sent = None;
                        self.job.doubted = true;
                    }
                }
            }
        }
        self.send(channel, message, mark).await
    }

    async fn send(
        &mut self,
        channel: ChannelId,
        message: &Message,
        mark: Option<Mark<'_>>,
    ) -> Result<Option<Posted>, Abort> {
        let chat = self.chat();
        let mut woken = false;
        loop {
            let in_doubt = self.doubt(Part::Message).is_some();
            self.begin(Part::Message, channel).await?;
            let nonce = protocol::nonce(self.job.id, self.job.sequence, self.job.created_at);
            let answer = self.ask(chat.create_message(channel, message, &nonce)).await?;
            pass!(self, "delivery.accepted");
            let error = match (answer, mark) {
                (Ok(id), Some(mark)) if self.job.doubted => {
                    return Ok(match self.find(channel, mark).await? {
                        None => None,
                        Some(Found::At(first)) => Some(Posted::At(first)),
                        Some(Found::Absent | Found::Blind | Found::Gone(_)) => Some(Posted::At(id)),
                    });
                }
                (Ok(id), _) => return Ok(Some(Posted::At(id))),
                (Err(error), _) => error,
            };
            let verdict = self.judge(&error);
            if !in_doubt && !matches!(verdict, Verdict::Doubt { .. }) {
                // Surely not accepted, and nothing was in doubt before.
                self.job.in_flight = None;
            }
            match verdict {
                Verdict::Unarchive if !woken => {
                    woken = true;
                    if let Err(error) = self.ask(chat.unarchive(channel)).await? {
                        let verdict = self.judge(&error);
                        if !self.later_if_transient(verdict).await? {
                            return Ok(None);
                        }
                        return Ok(Some(Posted::Refused(CODE_ARCHIVED)));
                    }
                }
                Verdict::Unarchive => return Ok(Some(Posted::Refused(CODE_ARCHIVED))),
                Verdict::Gone(code) => return Ok(Some(Posted::Gone(code))),
                Verdict::Refused(code) => {
                    // An earlier try may have been accepted before the place closed.
                    if let (true, Some(mark)) = (in_doubt, mark)
                        && let Some(Found::At(id)) = self.find(channel, mark).await?
                    {
                        return Ok(Some(Posted::At(id)));
                    }
                    return Ok(if self.held() { Some(Posted::Refused(code)) } else { None });
                }
                passing => {
                    self.later_if_transient(passing).await?;
                    return Ok(None);
                }
            }
        }
    }

    fn held(&self) -> bool {
        matches!(self.job.state, State::Claimed | State::Sending)
    }

    /// Looks for a message of ours since the first try and deletes all but the first; none: the row was put down.
    async fn find(&mut self, channel: ChannelId, mark: Mark<'_>) -> Result<Option<Found>, Abort> {
        let chat = self.chat();
        let from = self.job.look_from.unwrap_or(self.job.created_at) - self.shared.timing.look_back;
        let mut after = MessageId::at_ms(from);
        let mut seen = Vec::new();
        for _ in 0..PAGES {
            match self.ask(chat.messages_after(channel, after)).await? {
                Ok(page) => {
                    let full = page.len() >= PAGE;
                    after = page.last().map_or(after, |last| last.id);
                    seen.extend(page);
                    if !full {
                        break;
                    }
                }
                Err(error) => match self.judge(&error) {
                    Verdict::Gone(code) => return Ok(Some(Found::Gone(code))),
                    Verdict::Refused(_) | Verdict::Unarchive => {
                        tracing::warn!(delivery.id = self.job.id, channel.id = %channel, "delivery.cannot_look");
                        return Ok(Some(Found::Blind));
                    }
                    passing => {
                        self.later_if_transient(passing).await?;
                        return Ok(None);
                    }
                },
            }
        }
        let (first, others) = protocol::ours(&seen, mark);
        for other in others {
            match self.ask(chat.delete_message(channel, other)).await? {
                Ok(()) | Err(ChatError::Gone(_)) => {
                    tracing::warn!(delivery.id = self.job.id, message.id = %other, "delivery.double_removed");
                }
                Err(error) => {
                    let verdict = self.judge(&error);
                    if !self.later_if_transient(verdict).await? {
                        return Ok(None);
                    }
                }
            }
        }
        Ok(Some(first.map_or(Found::Absent, Found::At)))
    }
}
