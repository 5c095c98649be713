//! The commands as Discord is told: one table of structure; every name and description comes from `prompts/`.
//!
//! English names are canonical and frozen: outside programs use them. Choices have stable string values.

use serde_json::{Map, Value, json};

use crate::case::{Cause, CustomerType, Priority, Status, Via, View};
use crate::desk::Scope;
use crate::follow_up::{Land, Municipal};
use crate::locale::{Lang, Texts};
use crate::report::Range;
use crate::view::custom_id::PromiseView;
use crate::view::custom_id::category_names;

/// A command, or a subcommand where it has a parent.
struct Command {
    /// `case open` → `cmd-case-open` in the texts.
    key: &'static str,
    options: &'static [Opt],
    subcommands: &'static [Command],
}

/// An option of a command.
struct Opt {
    name: &'static str,
    kind: Kind,
    required: bool,
}

#[derive(Clone, Copy)]
enum Kind {
    Text,
    /// Text with live suggestions.
    Suggested,
    User,
    Role,
    /// A channel of these Discord types.
    Channel(&'static [u8]),
    /// A number between these two.
    Number(u16, u16),
    /// A number from 0 to 3 with names.
    Mood,
    /// One of a closed set of named values: the set's prefix in the texts, and its values.
    OneOf(&'static str, fn() -> Vec<&'static str>),
}

const fn must(name: &'static str, kind: Kind) -> Opt {
    Opt { name, kind, required: true }
}

const fn may(name: &'static str, kind: Kind) -> Opt {
    Opt { name, kind, required: false }
}

const fn leaf(key: &'static str, options: &'static [Opt]) -> Command {
    Command { key, options, subcommands: &[] }
}

/// Discord: channel types.
const TEXT_CHANNEL: u8 = 0;
const FORUM_CHANNEL: u8 = 15;

/// Most hours until a first answer (30 days), and most days until a success check.
pub(super) const MOST_HOURS: u16 = 720;
pub(super) const MOST_DAYS: u16 = 365;

const CASE: Opt = may("case", Kind::Suggested);
const SWITCH: Kind = Kind::OneOf("switch", || vec!["on", "off"]);
const FOLLOW_UP: Opt = may("followup", Kind::Suggested);
const PRIORITY: Kind = Kind::OneOf("priority", || Priority::ALL.iter().map(|v| v.name()).collect());

const COMMANDS: &[Command] = &[
    Command {
        key: "cmd-case",
        options: &[],
        subcommands: &[
            leaf(
                "cmd-case-open",
                &[
                    must("title", Kind::Text),
                    may("customer", Kind::Text),
                    may("priority", PRIORITY),
                    may("via", Kind::OneOf("via", || Via::ALL.iter().map(|v| v.name()).collect())),
                ],
            ),
            leaf("cmd-case-show", &[CASE]),
            leaf("cmd-case-list", &[may("view", Kind::OneOf("view", || View::ALL.iter().map(|v| v.name()).collect()))]),
            leaf("cmd-case-find", &[must("query", Kind::Text)]),
            leaf(
                "cmd-case-update",
                &[
                    CASE,
                    may("status", Kind::OneOf("status", settable_statuses)),
                    may("priority", PRIORITY),
                    may("owner", Kind::User),
                    may("title", Kind::Text),
                    may("mood", Kind::Mood),
                    may("type", Kind::OneOf("type", || CustomerType::ALL.iter().map(|v| v.name()).collect())),
                    may("cause", Kind::OneOf("cause", || Cause::ALL.iter().map(|v| v.name()).collect())),
                    may("tag", Kind::Text),
                    may("next_update", Kind::Suggested),
                ],
            ),
            leaf("cmd-case-note", &[must("text", Kind::Text), CASE]),
            leaf("cmd-case-claim", &[CASE]),
            leaf("cmd-case-assign", &[must("who", Kind::User), CASE]),
            leaf("cmd-case-close", &[CASE, may("resolution", Kind::Text)]),
            leaf("cmd-case-reopen", &[CASE]),
        ],
    },
    Command {
        key: "cmd-followup",
        options: &[],
        subcommands: &[
            leaf(
                "cmd-followup-add",
                &[
                    must("what", Kind::Text),
                    must("when", Kind::Suggested),
                    CASE,
                    may("who", Kind::User),
                    may("repeat", Kind::Suggested),
                    may("escalate", Kind::Text),
                    may("wake", SWITCH),
                ],
            ),
            leaf(
                "cmd-followup-list",
                &[
                    may("view", Kind::OneOf("promises", || PromiseView::ALL.iter().map(|v| v.name()).collect())),
                    CASE,
                    may("who", Kind::User),
                ],
            ),
            leaf("cmd-followup-done", &[FOLLOW_UP, may("outcome", Kind::Text)]),
            leaf("cmd-followup-snooze", &[must("when", Kind::Suggested), FOLLOW_UP]),
            leaf("cmd-followup-cancel", &[FOLLOW_UP, may("reason", Kind::Text)]),
        ],
    },
    leaf("cmd-draft", &[]),
    Command {
        key: "cmd-tone",
        options: &[],
        subcommands: &[
            leaf("cmd-tone-rules", &[may("category", Kind::OneOf("category", category_names))]),
            leaf(
                "cmd-tone-allow",
                &[
                    must("rule", Kind::Suggested),
                    may("scope", Kind::OneOf("scope", || Scope::ALL.iter().map(|scope| scope.name()).collect())),
                    may("switch", SWITCH),
                ],
            ),
            leaf("cmd-tone-watch", &[may("channel", Kind::Channel(&[TEXT_CHANNEL])), may("switch", SWITCH)]),
            leaf("cmd-tone-me", &[may("switch", SWITCH)]),
        ],
    },
    Command {
        key: "cmd-privacy",
        options: &[],
        subcommands: &[
            leaf("cmd-privacy-show", &[]),
            leaf("cmd-privacy-export", &[]),
            leaf("cmd-privacy-erase", &[CASE]),
        ],
    },
    leaf("cmd-report", &[may("range", Kind::OneOf("range", || Range::ALL.iter().map(|range| range.name()).collect()))]),
    leaf("cmd-help", &[]),
    leaf(
        "cmd-setup",
        &[
            may("agent_role", Kind::Role),
            may("lead_role", Kind::Role),
            may("case_channel", Kind::Channel(&[TEXT_CHANNEL, FORUM_CHANNEL])),
            may("alert_channel", Kind::Channel(&[TEXT_CHANNEL])),
            may("language", Kind::OneOf("language", || Lang::ALL.iter().map(|lang| lang.code()).collect())),
            may("timezone", Kind::Suggested),
            may("land", Kind::OneOf("land", || Land::ALL.iter().map(|land| land.code()).collect())),
            may("first_response", Kind::Number(0, MOST_HOURS)),
            may("success_check", Kind::Number(0, MOST_DAYS)),
            may("digest", SWITCH),
        ],
    ),
    leaf(
        "cmd-profile",
        &[
            may("timezone", Kind::Suggested),
            may("hours", Kind::Text),
            may("days", Kind::Text),
            may("language", Kind::OneOf("language", || vec!["de", "en", "client"])),
            may("holidays", Kind::OneOf("municipal", || Municipal::NAMES.to_vec())),
            may("digest", SWITCH),
        ],
    ),
];

/// Message menus, by their key; their English names are canonical.
const MENUS: &[&str] = &["cmd-menu-open-case", "cmd-menu-check-tone"];

/// A case never goes back to new, so that is not offered.
fn settable_statuses() -> Vec<&'static str> {
    Status::ALL.iter().filter(|status| **status != Status::New).map(|status| status.name()).collect()
}

/// What Discord is told to offer, globally, in both languages.
pub fn definitions(texts: &Texts) -> Value {
    let slash = COMMANDS.iter().map(|command| definition(texts, command, true));
    let menus = MENUS.iter().map(|key| {
        let mut menu = named(texts, key);
        menu.insert("type".into(), json!(3));
        Value::Object(menu)
    });
    Value::Array(slash.chain(menus).collect())
}

fn definition(texts: &Texts, command: &Command, top: bool) -> Value {
    let mut map = named(texts, command.key);
    described(texts, &mut map, &format!("{}.about", command.key));
    map.insert("type".into(), json!(1));
    let subcommands = command.subcommands.iter().map(|sub| definition(texts, sub, false));
    let options = command.options.iter().map(|option| option_definition(texts, command.key, option));
    let all: Vec<Value> = subcommands.chain(options).collect();
    if !all.is_empty() || !top {
        map.insert("options".into(), Value::Array(all));
    }
    Value::Object(map)
}

fn option_definition(texts: &Texts, command: &str, option: &Opt) -> Value {
    let key = format!("{command}.{}", option.name);
    let mut map = named(texts, &key);
    described(texts, &mut map, &format!("{key}-about"));
    let kind = match option.kind {
        Kind::Text | Kind::Suggested | Kind::OneOf(..) => 3,
        Kind::Mood | Kind::Number(..) => 4,
        Kind::User => 6,
        Kind::Channel(_) => 7,
        Kind::Role => 8,
    };
    map.insert("type".into(), json!(kind));
    map.insert("required".into(), json!(option.required));
    match option.kind {
        Kind::Suggested => {
            map.insert("autocomplete".into(), json!(true));
        }
        Kind::Channel(types) => {
            map.insert("channel_types".into(), json!(types));
        }
        Kind::Number(least, most) => {
            map.insert("min_value".into(), json!(least));
            map.insert("max_value".into(), json!(most));
        }
        Kind::Mood => {
            let choices = (0..=3).map(|mood| choice(texts, &format!("mood-{mood}"), json!(mood)));
            map.insert("choices".into(), choices.collect());
        }
        Kind::OneOf(set, values) => {
            let key = |value: &str| format!("{set}-{}", value.replace('_', "-").to_lowercase());
            let choices = values().into_iter().map(|value| choice(texts, &key(value), json!(value)));
            map.insert("choices".into(), choices.collect());
        }
        Kind::Text | Kind::User | Kind::Role => {}
    }
    Value::Object(map)
}

fn choice(texts: &Texts, key: &str, value: Value) -> Value {
    let mut map = named(texts, key);
    map.insert("value".into(), value);
    Value::Object(map)
}

fn named(texts: &Texts, key: &str) -> Map<String, Value> {
    let mut map = Map::new();
    map.insert("name".into(), json!(texts.voice(Lang::En).say(key)));
    map.insert("name_localizations".into(), localised(texts, key));
    map
}

fn described(texts: &Texts, map: &mut Map<String, Value>, key: &str) {
    map.insert("description".into(), json!(texts.voice(Lang::En).say(key)));
    map.insert("description_localizations".into(), localised(texts, key));
}

/// English goes into its own locales too, else a client set to British English would fall back by chance.
fn localised(texts: &Texts, key: &str) -> Value {
    let english = texts.voice(Lang::En).say(key);
    json!({ "de": texts.voice(Lang::De).say(key), "en-US": english, "en-GB": english })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(value: &Value, visit: &mut impl FnMut(&Map<String, Value>)) {
        match value {
            Value::Array(list) => list.iter().for_each(|item| walk(item, visit)),
            Value::Object(map) => {
                visit(map);
                map.get("options").into_iter().chain(map.get("choices")).for_each(|inner| walk(inner, visit));
            }
            _ => {}
        }
    }

    #[test]
    fn every_name_and_description_holds_discords_limits_in_both_languages() {
        let mut seen = 0;
        walk(&definitions(&Texts::embedded()), &mut |map| {
            let is_choice = map.contains_key("value");
            let is_menu = map.get("type") == Some(&json!(3)) && !map.contains_key("description");
            let names = map["name_localizations"].as_object().unwrap().values().chain([&map["name"]]);
            for name in names.map(|name| name.as_str().unwrap()) {
                let length = name.chars().count();
                if is_choice {
                    assert!((1..=100).contains(&length), "{name}");
                } else {
                    assert!((1..=32).contains(&length), "{name}");
                    assert!(is_menu || name.to_lowercase() == name && !name.contains(' '), "{name}");
                }
                seen += 1;
            }
            if let Some(about) = map.get("description_localizations") {
                for text in about.as_object().unwrap().values() {
                    assert!((1..=100).contains(&text.as_str().unwrap().chars().count()), "{text}");
                }
            }
        });
        assert!(seen > 200, "only {seen} names were looked at");
    }

    #[test]
    fn required_options_come_first_and_names_are_unique_in_each_language() {
        walk(&definitions(&Texts::embedded()), &mut |map| {
            let Some(options) = map.get("options").and_then(Value::as_array) else { return };
            let required: Vec<bool> = options.iter().map(|o| o["required"] == json!(true)).collect();
            assert!(required.is_sorted_by(|a, b| a >= b), "{}", map["name"]);
            for lang in ["de", "en-US"] {
                let mut names: Vec<_> = options.iter().map(|o| o["name_localizations"][lang].to_string()).collect();
                names.sort();
                names.dedup();
                assert_eq!(names.len(), options.len(), "{} in {lang}", map["name"]);
            }
        });
    }

    #[test]
    fn canonical_names_are_the_frozen_ones() {
        let all = definitions(&Texts::embedded());
        let names: Vec<_> = all.as_array().unwrap().iter().map(|c| c["name"].as_str().unwrap()).collect();
        let mut expected = vec!["case", "followup", "draft", "tone", "privacy", "report", "help", "setup", "profile"];
        expected.extend(["Open case", "Check tone"]);
        assert_eq!(names, expected);
        let case: Vec<_> =
            all[0]["options"].as_array().unwrap().iter().map(|c| c["name"].as_str().unwrap().to_owned()).collect();
        assert_eq!(case, ["open", "show", "list", "find", "update", "note", "claim", "assign", "close", "reopen"]);
    }

    #[test]
    fn no_command_exceeds_eight_thousand_characters_per_language() {
        for command in definitions(&Texts::embedded()).as_array().unwrap() {
            let mut total = 0;
            walk(command, &mut |map| {
                for key in ["name", "description", "value"] {
                    total += map.get(key).and_then(Value::as_str).map_or(0, |text| text.chars().count());
                }
            });
            assert!(total < 8_000, "{} has {total}", command["name"]);
        }
    }
}
