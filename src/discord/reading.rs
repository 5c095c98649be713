//! A time chosen from the list of what a phrase can mean, as the wish it was typed for. Pure.
//!
//! Invariant: the text is what stands in our own message; whoever presses may always type another.

use serenity::all::ComponentInteraction;

use crate::case::Changes;
use crate::desk::{AddFollowUp, CaseRef, PromiseRef, Refused, To, Wish};
use crate::follow_up::Every;
use crate::view::custom_id::Action;
use crate::view::text::unblocked;

/// The wish behind a chosen time; `None` where something else was pressed.
pub(super) fn chosen(interaction: &ComponentInteraction, when: Option<&str>) -> Option<Result<Wish, Refused>> {
    let action = Action::decode(&interaction.data.custom_id)?;
    if !matches!(action, Action::TakeReading(..) | Action::MoveTo(_) | Action::EditTo(_) | Action::UpdateTo(_)) {
        return None;
    }
    let typed = interaction.message.embeds.iter().find_map(|embed| unblocked(embed.description.as_deref()?));
    Some(wish(action, typed, when).ok_or(Refused::Stale))
}

/// `what` is the text beside the time.
fn wish(action: Action, what: Option<String>, when: Option<&str>) -> Option<Wish> {
    let when = when?.to_owned();
    Some(match action {
        Action::TakeReading(case, repeat, wake) => Wish::AddFollowUp(AddFollowUp {
            what: what?,
            when,
            case: case.map_or(CaseRef::Here, CaseRef::Number),
            who: None,
            repeat: repeat.map(Every::stored),
            escalate: None,
            wake,
            offer: None,
        }),
        Action::MoveTo(promise) => Wish::MoveFollowUp { which: PromiseRef::Button(promise), to: To::Phrase(when) },
        Action::EditTo(promise) => Wish::EditFollowUp { promise, what: what?, when },
        Action::UpdateTo(number) => Wish::UpdateCase {
            case: CaseRef::Number(number),
            changes: Changes::default(),
            owner: None,
            next_update: Some(when),
        },
        _ => return None,
    })
}
