//! Turns [`crate::chat`] values into Discord's JSON. Pure.
//!
//! Invariants: `allowed_mentions` is explicit on every message, so that no text can ping anybody who was not meant; and
//! nothing leaves that Discord would refuse for its length. Clipping here is the last resort: whoever writes a text keeps
//! it short, this only makes sure that a long one arrives shortened instead of not at all.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use unicode_segmentation::UnicodeSegmentation;

use crate::chat::{Button, Choice, Does, Embed, Field, Input, Look, Message, Modal, People, Row, Select};

/// Discord: characters of a message's text.
pub const MAX_CONTENT: usize = 2000;
/// Discord: embeds of a message.
const MAX_EMBEDS: usize = 10;
/// Discord: characters over all embeds of a message.
const MAX_EMBEDS_TOTAL: usize = 6000;
/// Discord: characters of an embed's title and of a field's name.
const MAX_TITLE: usize = 256;
/// Discord: characters of an embed's description.
const MAX_DESCRIPTION: usize = 4096;
/// Discord: fields of an embed.
const MAX_FIELDS: usize = 25;
/// Discord: characters of a field's value.
const MAX_VALUE: usize = 1024;
/// Discord: characters of an embed's footer.
const MAX_FOOTER: usize = 2048;
/// Discord: rows of a message and buttons of a row; inputs of a modal.
const MAX_ROWS: usize = 5;
/// Discord: characters on a button.
const MAX_LABEL: usize = 80;
/// Discord: entries of a select or of an autocomplete list.
const MAX_CHOICES: usize = 25;
/// Discord: characters of a choice.
const MAX_CHOICE: usize = 100;
/// Discord: characters of a select's placeholder.
const MAX_SELECT_PLACEHOLDER: usize = 150;
/// Discord: characters of a modal's title and of an input's label.
const MAX_MODAL_TITLE: usize = 45;
/// Discord: characters of an input's value.
const MAX_INPUT: usize = 4000;
/// Discord: characters of an input's placeholder.
const MAX_INPUT_PLACEHOLDER: usize = 100;
/// Discord: users and roles named in `allowed_mentions`.
const MAX_MENTIONS: usize = 100;
/// Discord: flag of a message only one person sees; valid in interaction answers.
const FLAG_EPHEMERAL: u64 = 64;
/// Stands where Discord wants a character and we have none.
const BLANK: &str = "\u{200b}";

/// A message for Create Message, Edit Message and webhook edits. Every part is present, so that an edit replaces all.
pub fn message_json(message: &Message) -> Value {
    json!({
        "content": clip(&message.content, MAX_CONTENT),
        "embeds": embeds(&message.embeds),
        "components": message.rows.iter().filter_map(row).take(MAX_ROWS).collect::<Vec<_>>(),
        "allowed_mentions": {
            "parse": [],
            "users": ids(message.mentions.users.iter().map(|id| id.0)),
            "roles": ids(message.mentions.roles.iter().map(|id| id.0)),
        },
    })
}

/// A message as the data of an interaction's answer; `ephemeral` shows it to one person only.
pub fn answer_json(message: &Message, ephemeral: bool) -> Value {
    let mut body = message_json(message);
    if ephemeral {
        body["flags"] = FLAG_EPHEMERAL.into();
    }
    body
}

/// A form as the data of an interaction's answer.
pub fn modal_json(modal: &Modal) -> Value {
    json!({
        "custom_id": modal.custom_id,
        "title": filled(&modal.title, MAX_MODAL_TITLE),
        "components": modal.inputs.iter().take(MAX_ROWS)
            .map(|field| json!({"type": 1, "components": [input(field)]})).collect::<Vec<_>>(),
    })
}

/// An autocomplete list as the data of an interaction's answer.
pub fn choices_json(choices: &[Choice]) -> Value {
    let list: Vec<_> = choices
        .iter()
        .take(MAX_CHOICES)
        .map(|choice| json!({"name": filled(&choice.label, MAX_CHOICE), "value": choice.value}))
        .collect();
    json!({ "choices": list })
}

/// Shortens `text` to at most `max` UTF-16 units, at a grapheme's border, with an ellipsis where something was left out.
/// Discord does not say what it calls a character; UTF-16 units are the strictest reading.
pub fn clip(text: &str, max: usize) -> String {
    if units(text) <= max {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 1;
    for grapheme in text.graphemes(true) {
        used += units(grapheme);
        if used > max {
            break;
        }
        kept.push_str(grapheme);
    }
    kept.truncate(kept.trim_end().len());
    if max > 0 {
        kept.push('…');
    }
    kept
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

fn filled(text: &str, max: usize) -> String {
    if text.trim().is_empty() { BLANK.to_owned() } else { clip(text, max) }
}

fn ids(all: impl Iterator<Item = u64>) -> Vec<String> {
    // Discord refuses the whole message when an id is named twice.
    all.collect::<BTreeSet<_>>().into_iter().take(MAX_MENTIONS).map(|id| id.to_string()).collect()
}

fn embeds(all: &[Embed]) -> Vec<Value> {
    let mut left = MAX_EMBEDS_TOTAL;
    all.iter().take(MAX_EMBEDS).map(|one| embed(one, &mut left)).collect()
}

/// One embed out of the characters still `left` over all embeds: title, footer, description, then as many fields as fit.
fn embed(embed: &Embed, left: &mut usize) -> Value {
    let mut spend = |text: &str, max: usize| {
        let text = clip(text, max.min(*left));
        *left -= units(&text);
        text
    };
    let mut body = Map::new();
    body.insert("color".into(), (embed.colour & 0x00FF_FFFF).into());
    let title = spend(&embed.title, MAX_TITLE);
    let footer = spend(&embed.footer, MAX_FOOTER);
    let description = spend(&embed.description, MAX_DESCRIPTION);
    if !title.is_empty() {
        body.insert("title".into(), title.into());
    }
    if !description.is_empty() {
        body.insert("description".into(), description.into());
    }
    if !footer.is_empty() {
        body.insert("footer".into(), json!({ "text": footer }));
    }
    let mut fields = Vec::new();
    for Field { name, value, inline } in embed.fields.iter().take(MAX_FIELDS) {
        let (name, value) = (filled(name, MAX_TITLE), filled(value, MAX_VALUE));
        let cost = units(&name) + units(&value);
        if cost > *left {
            break;
        }
        *left -= cost;
        fields.push(json!({"name": name, "value": value, "inline": inline}));
    }
    body.insert("fields".into(), fields.into());
    body.into()
}

fn row(row: &Row) -> Option<Value> {
    let parts: Vec<Value> = match row {
        Row::Buttons(buttons) => buttons.iter().take(MAX_ROWS).map(button).collect(),
        Row::Select(list) if list.options.is_empty() => Vec::new(),
        Row::Select(list) => vec![select(list)],
        Row::People(list) => vec![people(list)],
    };
    // Discord refuses an empty row, and a list without entries.
    (!parts.is_empty()).then(|| json!({"type": 1, "components": parts}))
}

fn button(button: &Button) -> Value {
    let label = filled(&button.label, MAX_LABEL);
    match &button.does {
        Does::Act(custom_id) => {
            let style = match button.look {
                Look::Primary => 1,
                Look::Secondary => 2,
                Look::Success => 3,
                Look::Danger => 4,
            };
            json!({"type": 2, "style": style, "label": label, "custom_id": custom_id})
        }
        Does::Open(url) => json!({"type": 2, "style": 5, "label": label, "url": url}),
    }
}

fn select(list: &Select) -> Value {
    let options: Vec<_> = list
        .options
        .iter()
        .take(MAX_CHOICES)
        .map(|choice| json!({"label": filled(&choice.label, MAX_CHOICE), "value": choice.value}))
        .collect();
    let mut body = json!({"type": 3, "custom_id": list.custom_id, "options": options});
    if !list.placeholder.is_empty() {
        body["placeholder"] = clip(&list.placeholder, MAX_SELECT_PLACEHOLDER).into();
    }
    body
}

fn people(list: &People) -> Value {
    let mut body = json!({"type": 5, "custom_id": list.custom_id});
    if !list.placeholder.is_empty() {
        body["placeholder"] = clip(&list.placeholder, MAX_SELECT_PLACEHOLDER).into();
    }
    body
}

fn input(field: &Input) -> Value {
    let max = usize::from(field.max).clamp(1, MAX_INPUT);
    let mut body = json!({
        "type": 4,
        "custom_id": field.id,
        "style": if field.long { 2 } else { 1 },
        "label": filled(&field.label, MAX_MODAL_TITLE),
        "required": field.required,
        "max_length": max,
    });
    if !field.value.is_empty() {
        body["value"] = clip(&field.value, max).into();
    }
    if !field.placeholder.is_empty() {
        body["placeholder"] = clip(&field.placeholder, MAX_INPUT_PLACEHOLDER).into();
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::Mentions;
    use crate::id::{RoleId, UserId};

    #[test]
    fn a_message_names_everybody_it_may_ping_and_nobody_else() {
        let mut message = Message { content: "@everyone <@7> <@&9>".into(), ..Message::default() };
        let nobody = json!({"parse": [], "users": [], "roles": []});
        assert_eq!(message_json(&message)["allowed_mentions"], nobody);
        message.mentions = Mentions { users: vec![UserId(7), UserId(7)], roles: vec![RoleId(9)] };
        let two = json!({"parse": [], "users": ["7"], "roles": ["9"]});
        assert_eq!(message_json(&message)["allowed_mentions"], two, "an id named twice is sent once");
    }

    #[test]
    fn a_family_of_emoji_is_never_cut_in_two() {
        let family = "👨‍👩‍👧‍👦";
        let long = family.repeat(400);
        let cut = clip(&long, MAX_CONTENT);
        assert!(units(&cut) <= MAX_CONTENT);
        assert!(cut.ends_with('…'));
        assert_eq!(cut.trim_end_matches('…').replace(family, ""), "");
        assert_eq!(clip("kurz", 4), "kurz");
        assert_eq!(clip("zu lang", 4), "zu…");
        assert_eq!(clip("x", 0), "");
    }

    #[test]
    fn embeds_together_stay_below_six_thousand_characters() {
        let big = Embed {
            title: "t".repeat(300),
            description: "d".repeat(5000),
            footer: "f".repeat(100),
            colour: 0xFF00_0000 | 0x0012_3456,
            fields: vec![Field { name: String::new(), value: "v".repeat(2000), inline: true }; 30],
        };
        let body = message_json(&Message { embeds: vec![big.clone(), big], ..Message::default() });
        let mut sum = 0;
        for embed in body["embeds"].as_array().unwrap() {
            assert_eq!(embed["color"], 0x0012_3456);
            for text in [&embed["title"], &embed["description"], &embed["footer"]["text"]] {
                sum += text.as_str().map_or(0, units);
            }
            for field in embed["fields"].as_array().unwrap() {
                assert!(!field["name"].as_str().unwrap().is_empty());
                assert!(units(field["value"].as_str().unwrap()) <= MAX_VALUE);
                sum += units(field["name"].as_str().unwrap()) + units(field["value"].as_str().unwrap());
            }
        }
        assert!(sum <= MAX_EMBEDS_TOTAL && sum > 5000, "{sum}");
    }

    #[test]
    fn controls_become_the_components_discord_knows() {
        let act =
            |look| Button { label: "Übernehmen".into(), look, does: Does::Act(format!("case:claim:7:{look:?}")) };
        let open = Button { label: "x".into(), look: Look::Primary, does: Does::Open("https://example.org".into()) };
        let rows = vec![
            Row::Buttons(vec![act(Look::Primary), act(Look::Danger), open]),
            Row::Buttons(Vec::new()),
            Row::Select(Select {
                custom_id: "s".into(),
                placeholder: "…".into(),
                options: vec![Choice { label: "a".into(), value: "b".into() }; 30],
            }),
        ];
        let body = message_json(&Message { rows, ..Message::default() });
        let parts = body["components"].as_array().unwrap();
        assert_eq!(parts.len(), 2, "an empty row is left out");
        assert_eq!(parts[0]["components"][1]["style"], 4);
        assert_eq!(parts[0]["components"][2]["url"], "https://example.org");
        assert_eq!(parts[1]["components"][0]["options"].as_array().unwrap().len(), 25);
    }

    #[test]
    fn only_an_ephemeral_answer_carries_the_flag() {
        let message = Message { content: "x".into(), ..Message::default() };
        assert_eq!(answer_json(&message, true)["flags"], 64);
        assert!(answer_json(&message, false).get("flags").is_none());
    }

    #[test]
    fn a_form_never_asks_for_a_value_longer_than_it_allows() {
        let input = Input {
            id: "title",
            label: "Anliegen".into(),
            long: false,
            required: true,
            value: "v".repeat(200),
            max: 100,
            placeholder: String::new(),
        };
        let body = modal_json(&Modal { custom_id: "m".into(), title: "T".repeat(60), inputs: vec![input] });
        let field = &body["components"][0]["components"][0];
        assert_eq!(units(field["value"].as_str().unwrap()), 100);
        assert!(field.get("placeholder").is_none());
        assert_eq!(units(body["title"].as_str().unwrap()), 45);
    }

    #[test]
    fn autocomplete_holds_twenty_five_choices() {
        let many = vec![Choice { label: "n".repeat(120), value: "1".into() }; 40];
        let body = choices_json(&many);
        assert_eq!(body["choices"].as_array().unwrap().len(), 25);
        assert_eq!(units(body["choices"][0]["name"].as_str().unwrap()), 100);
    }
}
