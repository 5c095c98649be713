//! Looking at wording: privately, without keeping a word of it.

use super::{Caller, Desk, DeskError, Outcome, Refused, Reply, rights};
use crate::case::MAX_TEXT;

pub(super) async fn check_tone(desk: &Desk, caller: &Caller, text: String, draft: bool) -> Outcome {
    if caller.guild.is_some() {
        let asking = caller.clone();
        desk.store
            .read(move |c| {
                Box::pin(async move {
                    rights::agent(c, &asking).await?;
                    Ok::<_, DeskError>(())
                })
            })
            .await?;
    }
    if text.trim().is_empty() {
        return Err(Refused::NoText.into());
    }
    if text.chars().count() > MAX_TEXT {
        return Err(Refused::TooLong { most: MAX_TEXT, typed: text }.into());
    }
    let assessment = desk.rules.assess(&text, None);
    let calmer = desk.rules.calmer(&text, &assessment);
    Ok(Reply::Tone { text, assessment, calmer, draft })
}
