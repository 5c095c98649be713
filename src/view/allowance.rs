//! What allowing a rule would change, and that it was done.

use super::custom_id::{Action, RuleTag};
use super::text::{one_line, plain};
use super::tone::button;
use crate::chat::{Embed, Look, Message, Row};
use crate::desk::{Allowance, Scope};
use crate::locale::Voice;
use crate::store::tone::RuleName;

/// Edge colour: something to decide.
const DECIDE: u32 = 0xc0_8a_3e;

pub(super) fn offer(voice: Voice<'_>, offer: &Allowance) -> Message {
    let rule = offer.rule.to_string();
    let category = offer.category.map(|category| voice.say(&format!("category-{}", category.name())));
    let title = voice.with(
        if offer.on { "allowance-title" } else { "allowance-back-title" },
        &[("rule", &rule), ("category", &category.unwrap_or_default())],
    );
    let seen = &offer.preview;
    let args = [("of", &*seen.of.to_string()), ("calm", &*seen.calm.to_string())];
    let mut lines = Vec::new();
    if offer.scopes.is_empty() {
        // Nothing can change here, so nothing is said of what would.
        lines.push(voice.say(match (offer.on, offer.team_has) {
            (true, true) => "allowance-team-has",
            (true, false) => "allowance-already",
            (false, true) => "allowance-team-keeps",
            (false, false) => "allowance-not",
        }));
    } else {
        lines.push(match seen.count {
            0 => voice.with("allowance-none", &args),
            n => voice.count(if offer.on { "allowance-count" } else { "allowance-back-count" }, n as i64, &args),
        });
        lines.extend(seen.samples.iter().map(|sample| format!("> {}", plain(&one_line(sample), 200))));
    }
    let buttons = offer.scopes.iter().filter_map(|&scope| {
        let key = match (scope, offer.on) {
            (Scope::Me, true) => "button-allow-me",
            (Scope::Team, true) => "button-allow-team",
            (Scope::Me, false) => "button-disallow-me",
            (Scope::Team, false) => "button-disallow-team",
        };
        let action = Action::Allow(offer.guild, RuleTag::new(&offer.rule)?, scope, offer.on);
        Some(button(voice, key, Look::Secondary, action))
    });
    let buttons: Vec<_> = buttons.collect();
    Message {
        embeds: vec![Embed { title, description: lines.join("\n"), colour: DECIDE, ..Embed::default() }],
        rows: if buttons.is_empty() { Vec::new() } else { vec![Row::Buttons(buttons)] },
        ..Message::default()
    }
}

pub(super) fn set(voice: Voice<'_>, rule: &RuleName, scope: Scope, on: bool) -> Message {
    let key = match (scope, on) {
        (Scope::Me, true) => "allowed-me",
        (Scope::Team, true) => "allowed-team",
        (Scope::Me, false) => "disallowed-me",
        (Scope::Team, false) => "disallowed-team",
    };
    Message { content: voice.with(key, &[("rule", &rule.to_string())]), ..Message::default() }
}
