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
    let when = when.map(str::to_owned);
    // The text beside the time.
    let what = || interaction.message.embeds.iter().find_map(|embed| unblocked(embed.description.as_deref()?));
    let wish = match Action::decode(&interaction.data.custom_id)? {
        Action::TakeReading(case, repeat, wake) => what().zip(when).map(|(what, when)| {
            Wish::AddFollowUp(AddFollowUp {
                what,
                when,
                case: case.map_or(CaseRef::Here, CaseRef::Number),
                who: None,
                repeat: repeat.map(Every::stored),
                escalate: None,
                wake,
                offer: None,
            })
        }),
        Action::MoveTo(promise) => {
            when.map(|when| Wish::MoveFollowUp { which: PromiseRef::Button(promise), to: To::Phrase(when) })
        }
        Action::EditTo(promise) => what().zip(when).map(|(what, when)| Wish::EditFollowUp { promise, what, when }),
        Action::UpdateTo(number) => when.map(|when| Wish::UpdateCase {
            case: CaseRef::Number(number),
            changes: Changes::default(),
            owner: None,
            next_update: Some(when),
        }),
        _ => return None,
    };
    Some(wish.ok_or(Refused::Stale))
}
