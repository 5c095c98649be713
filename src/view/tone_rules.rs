//! `/tone rules`: everything that is flagged and why, a few rules a page, category by category.

use super::custom_id::Action;
use super::text::plain;
use super::tone::button;
use crate::case::clip;
use crate::chat::{Choice, Embed, Field, Look, Message, Row, Select};
use crate::desk::{RuleShown, RulesPage};
use crate::locale::{Lang, Voice};

/// Edge colour.
const COLOUR: u32 = 0x2f_7f_79;

pub(super) fn page(voice: Voice<'_>, page: &RulesPage) -> Message {
    let name = |category: crate::tone::Category| voice.say(&format!("category-{}", category.name()));
    let title = voice.with(
        "rules-title",
        &[("category", &name(page.category)), ("language", &voice.say(&format!("language-{}", page.lang.code())))],
    );
    let options = page.overview.iter().map(|(category, count)| Choice {
        label: format!("{} ({count})", name(*category)),
        value: category.name().to_owned(),
    });
    let select = Select {
        custom_id: Action::ChooseRules(page.lang).encode(),
        placeholder: voice.say("rules-choose"),
        options: options.collect(),
    };
    let turn = |key: &str, to: u32| button(voice, key, Look::Secondary, Action::Rules(page.lang, page.category, to));
    let mut buttons = Vec::new();
    if let Some(previous) = page.page.checked_sub(1) {
        buttons.push(turn("button-back", previous));
    }
    if page.page + 1 < page.pages {
        buttons.push(turn("button-on", page.page + 1));
    }
    let (other, key) = match page.lang {
        Lang::De => (Lang::En, "button-rules-en"),
        Lang::En => (Lang::De, "button-rules-de"),
    };
    buttons.push(button(voice, key, Look::Secondary, Action::Rules(other, page.category, 0)));
    let (number, pages) = ((page.page + 1).to_string(), page.pages.to_string());
    Message {
        embeds: vec![Embed {
            title,
            description: voice.say("rules-intro"),
            colour: COLOUR,
            fields: page.rules.iter().map(|rule| field(voice, rule)).collect(),
            footer: voice.with("rules-footer", &[("page", &number), ("pages", &pages)]),
        }],
        rows: vec![Row::Buttons(buttons), Row::Select(select)],
        ..Message::default()
    }
}

fn field(voice: Voice<'_>, rule: &RuleShown) -> Field {
    let example = match &rule.example {
        Some(example) => voice.with("rules-example", &[("example", &plain(example, 160))]),
        None if rule.id.ends_with(".capitals") => voice.say("rules-capitals"),
        None => voice.say("rules-learned"),
    };
    let mut value = voice.with(
        "rules-rule",
        &[("example", &example), ("why", &clip(&rule.why, 300)), ("instead", &plain(&rule.instead, 200))],
    );
    if let Some(count) = rule.count {
        value.push('\n');
        value.push_str(&voice.count("rules-seen", count, &[]));
    }
    for allowed in &rule.allowed {
        value.push('\n');
        value.push_str(&voice.say(if allowed.team { "rules-allowed-team" } else { "rules-allowed-me" }));
    }
    let practice = rule.practice.as_ref().map(|practice| format!(" · {practice}")).unwrap_or_default();
    Field { name: format!("{}{practice}", rule.id), value, inline: false }
}
