//! `/tone me`: the wish for private words, and all that is kept of a person for it.

use super::text::{channel, moment};
use crate::chat::{Embed, Message};
use crate::desk::MyTone;
use crate::locale::Voice;

/// Edge colour.
const COLOUR: u32 = 0x2f_7f_79;
/// Allowances listed; more are found with `/tone rules`.
const LISTED: usize = 20;

pub(super) fn my_tone(voice: Voice<'_>, mine: &MyTone) -> Message {
    let mut lines = Vec::new();
    if mine.closed {
        lines.push(voice.say("my-tone-closed"));
    }
    lines.push(voice.say(if mine.on { "my-tone-on" } else { "my-tone-off" }));
    if mine.on {
        if let Some(next) = mine.next_at {
            lines.push(voice.with("my-tone-next", &[("next", &moment(next))]));
        }
        let channels: Vec<String> = mine.watched.iter().map(|&id| channel(id)).collect();
        lines.push(match &channels[..] {
            [] => voice.say("my-tone-threads"),
            some => voice.with("my-tone-channels", &[("channels", &some.join(", "))]),
        });
    }
    if !mine.reads_words {
        lines.push(voice.say("my-tone-without-words"));
    }
    let mut allowed: Vec<String> = mine
        .allowed
        .iter()
        .take(LISTED)
        .map(|one| {
            let key = if one.team { "my-tone-allowed-team" } else { "my-tone-allowed-me" };
            format!("- {}", voice.with(key, &[("rule", &one.rule.to_string())]))
        })
        .collect();
    if mine.allowed.len() > LISTED {
        allowed.push("…".to_owned());
    }
    if !allowed.is_empty() {
        lines.push(format!("**{}**\n{}", voice.say("my-tone-allowed"), allowed.join("\n")));
    }
    Message {
        embeds: vec![Embed {
            title: voice.say("my-tone-title"),
            description: lines.join("\n\n"),
            colour: COLOUR,
            footer: voice.say("my-tone-kept"),
            ..Embed::default()
        }],
        ..Message::default()
    }
}
