//! Looking at wording: privately, without keeping a word of it.

use super::{Caller, Desk, Outcome, Refused, Reply, rights};
use crate::case::MAX_TEXT;
use crate::tone;

/// The whole text in calmer words, where that is one: nothing sharp left in it, nothing left open.
fn offered(desk: &Desk, text: &str, assessment: &tone::Assessment) -> Option<String> {
    let calmer = desk.rules.calmer(text, assessment);
    let again = desk.rules.assess(&calmer, Some(assessment.lang));
    let sharp = again.findings.iter().any(|finding| !finding.quoted);
    // A wording that begins something (`…`, `:`) is a hint to go on from, not a text to send.
    let open = ['…', ':'].iter().any(|mark| calmer.matches(*mark).count() > text.matches(*mark).count());
    (calmer != text && !sharp && !open).then_some(calmer)
}

pub(super) async fn check_tone(desk: &Desk, caller: &Caller, text: String, draft: bool) -> Outcome {
    if caller.guild.is_some() {
        rights::standing(desk, caller).await?;
    }
    if text.trim().is_empty() {
        return Err(Refused::NoText.into());
    }
    if text.chars().count() > MAX_TEXT {
        return Err(Refused::TooLong { most: MAX_TEXT, typed: text }.into());
    }
    let assessment = desk.rules.assess(&text, None);
    let calmer = offered(desk, &text, &assessment);
    Ok(Reply::Tone { text, assessment, calmer, draft })
}
