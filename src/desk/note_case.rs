//! Internal notes: one entry, nothing else changes.

use super::update_case::change;
use super::{Caller, CaseRef, Desk, Outcome, Refused};
use crate::case::{self, MAX_TEXT};

pub(super) async fn note_case(desk: &Desk, caller: &Caller, which: CaseRef, text: String) -> Outcome {
    if text.chars().count() > MAX_TEXT {
        return Err(Refused::TooLong { most: MAX_TEXT, typed: text }.into());
    }
    let typed = Some(text.clone());
    change(desk, caller, which, typed, move |case, _, now_ms| case::note(case, &text, now_ms)).await
}
