//! What *Check tone* and `/draft` show: each finding with its words, why, and calmer ones; then the whole text, calmer.

use super::text::{block, plain};
use crate::case::clip;
use crate::chat::{Embed, Message};
use crate::locale::Voice;
use crate::tone::{Assessment, Finding};

/// Findings shown; a text with more is best rewritten as a whole.
const SHOWN: usize = 6;
/// Discord allows 6,000 characters over all embeds: this much for the findings, the rest for the calmer text.
const FINDINGS: usize = 1_900;
const CALMER: usize = 3_700;

/// Edge colours: calm, and worth a look.
const CALM: u32 = 0x2f_7f_79;
const LOOK: u32 = 0xc0_8a_3e;

pub(super) fn tone(
    voice: Voice<'_>,
    text: &str,
    assessment: &Assessment,
    calmer: Option<&str>,
    draft: bool,
) -> Message {
    let own: Vec<&Finding> = assessment.findings.iter().filter(|finding| !finding.quoted).collect();
    if own.is_empty() {
        let quoted = assessment.findings.len();
        let key = if quoted > 0 { "tone-only-quoted" } else { "tone-calm" };
        let embed = Embed {
            title: voice.say("tone-calm-title"),
            description: voice.say(key),
            colour: CALM,
            ..Embed::default()
        };
        return Message { embeds: vec![embed], ..Message::default() };
    }
    let mut description = voice.say(if draft { "tone-intro-draft" } else { "tone-intro" });
    for finding in own.iter().take(SHOWN) {
        let lines = format!("\n\n{}", describe(voice, text, finding));
        if description.chars().count() + lines.chars().count() > FINDINGS {
            break;
        }
        description.push_str(&lines);
    }
    let found = Embed {
        title: voice.count("tone-title", own.len() as i64, &[]),
        description,
        colour: LOOK,
        footer: voice.say("tone-private"),
        ..Embed::default()
    };
    let mut embeds = vec![found];
    if let Some(calmer) = calmer {
        embeds.push(Embed {
            title: voice.say("tone-calmer-title"),
            description: block(calmer, CALMER),
            colour: CALM,
            ..Embed::default()
        });
    }
    Message { embeds, ..Message::default() }
}

fn describe(voice: Voice<'_>, text: &str, finding: &Finding) -> String {
    let words: String = text.chars().skip(finding.start).take(finding.end.saturating_sub(finding.start)).collect();
    voice.with(
        "tone-finding",
        &[
            ("words", &plain(&super::text::one_line(&words), 150)),
            ("category", &voice.say(&format!("category-{}", finding.category.name()))),
            ("why", &clip(&finding.why, 300)),
            ("instead", &plain(&finding.instead, 300)),
        ],
    )
}
