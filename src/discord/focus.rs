//! Which option somebody is typing in, and what stands in it so far. Pure.
//!
//! Invariant: only options this version completes are known; any other gives none.

use serenity::model::application::{CommandData, CommandDataOption, CommandDataOptionValue as Value};

use crate::desk::Focus;

/// The option somebody is typing in.
pub(super) fn focus(data: &CommandData) -> Option<Focus> {
    let list = match data.options.first() {
        Some(CommandDataOption { value: Value::SubCommand(list), .. }) => list.as_slice(),
        _ => data.options.as_slice(),
    };
    let (name, typed) = list.iter().find_map(|option| match &option.value {
        Value::Autocomplete { value, .. } => Some((option.name.as_str(), value.clone())),
        _ => None,
    })?;
    match name {
        "case" => Some(Focus::Case(typed)),
        "when" | "next_update" => Some(Focus::When(typed)),
        "timezone" => Some(Focus::Zone(typed)),
        "followup" => Some(Focus::FollowUp(typed)),
        "repeat" => Some(Focus::Repeat(typed)),
        "rule" => Some(Focus::Rule(typed)),
        _ => None,
    }
}
