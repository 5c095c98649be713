//! What was forged or is stale is told apart, and nothing panics.

use super::*;

#[test]
fn a_forged_button_is_stale_and_a_forged_choice_is_named() {
    assert!(matches!(pressed("r1:note:1", None), Err(Refused::Stale)));
    assert!(matches!(pressed("rubbish", None), Err(Refused::Stale)));
    assert!(matches!(pressed("r1:status:1", Some("gone")), Err(Refused::NoSuchChoice(typed)) if typed == "gone"));
    assert!(matches!(pressed("r1:status:1", None), Err(Refused::Stale)));
}

#[test]
fn choosing_closed_closes_and_reopen_reopens() {
    assert!(matches!(pressed("r1:status:7", Some("closed")), Ok(Wish::CloseCase { .. })));
    assert!(matches!(pressed("r1:status:7", Some(REOPEN)), Ok(Wish::ReopenCase(CaseRef::Number(CaseNumber(7))))));
}
