//! A private word: what may land sharper than it was meant, and what its reader can do about it. It names nobody, and
//! assumes that it was meant well (P31).

use super::custom_id::Action;
use super::text::channel;
use super::tone::{button, marked, okay, own};
use crate::chat::{Embed, Look, Message, Row};
use crate::desk::{About, Word};
use crate::locale::Voice;

/// Edge colour: worth a look.
const LOOK: u32 = 0xc0_8a_3e;

/// A word as a direct message.
pub fn word(voice: Voice<'_>, word: &Word) -> Message {
    if word.about == About::Haste {
        return haste(voice, word);
    }
    let found = own(&word.assessment);
    let link = format!("https://discord.com/channels/{}/{}/{}", word.guild, word.channel, word.message);
    let content = voice.with("word", &[("channel", &channel(word.channel)), ("link", &link)]);
    let strongest = found.iter().max_by_key(|finding| finding.severity);
    let embeds = strongest.map(|finding| {
        let args = [("words", &*marked(&word.text, finding)), ("why", &*finding.why)];
        Embed {
            description: voice.with("word-finding", &args),
            colour: LOOK,
            footer: voice.say("word-private"),
            ..Embed::default()
        }
    });
    let mut rows = vec![Row::Buttons(vec![
        button(voice, "button-calmer", Look::Primary, Action::Calmer(word.guild, word.channel, word.message)),
        button(voice, "button-pause", Look::Secondary, Action::Pause(word.guild)),
        button(voice, "button-rest", Look::Secondary, Action::RestWords(word.guild)),
        button(voice, "button-end-words", Look::Secondary, Action::EndWords(word.guild)),
    ])];
    rows.extend(okay(voice, Action::Okay(word.guild), &word.assessment, &found));
    Message { content, embeds: embeds.into_iter().collect(), rows, ..Message::default() }
}

/// The same about answers that came within seconds: there is nothing to mark and no other wording to offer.
fn haste(voice: Voice<'_>, word: &Word) -> Message {
    let link = format!("https://discord.com/channels/{}/{}/{}", word.guild, word.channel, word.message);
    let content = voice.with("word-haste", &[("channel", &channel(word.channel)), ("link", &link)]);
    let embed = Embed {
        description: voice.say("word-haste-why"),
        colour: LOOK,
        footer: voice.say("word-private"),
        ..Embed::default()
    };
    let row = Row::Buttons(vec![
        button(voice, "button-rest", Look::Secondary, Action::RestWords(word.guild)),
        button(voice, "button-end-words", Look::Secondary, Action::EndWords(word.guild)),
    ]);
    Message { content, embeds: vec![embed], rows: vec![row], ..Message::default() }
}
