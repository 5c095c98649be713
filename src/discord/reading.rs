//! A time chosen from the list of what a phrase can mean, as the wish to write the promise down. Pure.
//!
//! Invariant: the text is what stands in our own message; whoever presses may always type another.

use serenity::all::ComponentInteraction;

use crate::desk::{AddFollowUp, CaseRef, Refused, Wish};
use crate::follow_up::Every;
use crate::view::custom_id::Action;
use crate::view::text::unblocked;

/// The wish behind a chosen time; `None` where something else was pressed.
pub(super) fn chosen(interaction: &ComponentInteraction, when: Option<&str>) -> Option<Result<Wish, Refused>> {
    let Some(Action::TakeReading(case, repeat, wake)) = Action::decode(&interaction.data.custom_id) else {
        return None;
    };
    let typed = interaction.message.embeds.iter().find_map(|embed| unblocked(embed.description.as_deref()?));
    let (Some(what), Some(when)) = (typed, when) else { return Some(Err(Refused::Stale)) };
    Some(Ok(Wish::AddFollowUp(AddFollowUp {
        what,
        when: when.to_owned(),
        case: case.map_or(CaseRef::Here, CaseRef::Number),
        who: None,
        repeat: repeat.map(Every::stored),
        escalate: None,
        wake,
        offer: None,
    })))
}
