//! Closing a case with how it was solved, and opening it again.

use super::update_case::change;
use super::{Caller, CaseRef, Desk, Outcome, Refused};
use crate::case::{self, MAX_TEXT};

pub(super) async fn close_case(desk: &Desk, caller: &Caller, which: CaseRef, resolution: Option<String>) -> Outcome {
    if let Some(typed) = resolution.clone().filter(|text| text.chars().count() > MAX_TEXT) {
        return Err(Refused::TooLong { most: MAX_TEXT, typed }.into());
    }
    let typed = resolution.clone();
    change(desk, caller, which, typed, move |case, _, now_ms| case::close(case, resolution.as_deref(), now_ms)).await
}

pub(super) async fn reopen_case(desk: &Desk, caller: &Caller, which: CaseRef) -> Outcome {
    change(desk, caller, which, None, |case, _, now_ms| case::reopen(case, now_ms)).await
}
