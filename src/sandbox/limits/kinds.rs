//! Which kind of value belongs where in a body: text, number, list, object.
//!
//! Invariant: pure; looks only at kinds, so that whatever comes after may take them for granted. Null is absence, unknown
//! keys are passed over, as Discord does.

use serde_json::Value;

use super::Check;

/// A kind of value.
pub enum Kind {
    /// A string.
    Text,
    /// A whole number.
    Whole,
    /// Any number.
    Number,
    /// `true` or `false`.
    Truth,
    /// A snowflake, as a string or a number.
    Id,
    /// A string or a number.
    Either,
    /// A list of one kind.
    Each(&'static Kind),
    /// Any keys with values of one kind.
    Map(&'static Kind),
    /// Named values; others may be there too.
    Object(&'static [(&'static str, Kind)]),
    /// What is described elsewhere, so that a thing may hold others of its kind.
    As(&'static Kind),
}

use Kind::{As, Each, Either, Id, Map, Number, Object, Text, Truth, Whole};

/// A message.
pub static MESSAGE: Kind = Object(&[
    ("content", Text),
    ("nonce", Either),
    ("enforce_nonce", Truth),
    ("tts", Truth),
    ("flags", Whole),
    ("embeds", Each(&EMBED)),
    ("components", Each(&COMPONENT)),
    ("sticker_ids", Each(&Id)),
    ("attachments", Each(&Object(&[("id", Either), ("filename", Text), ("description", Text)]))),
    (
        "allowed_mentions",
        Object(&[("parse", Each(&Text)), ("users", Each(&Id)), ("roles", Each(&Id)), ("replied_user", Truth)]),
    ),
    (
        "message_reference",
        Object(&[
            ("type", Whole),
            ("message_id", Id),
            ("channel_id", Id),
            ("guild_id", Id),
            ("fail_if_not_exists", Truth),
        ]),
    ),
]);

static EMBED: Kind = Object(&[
    ("type", Text),
    ("title", Text),
    ("description", Text),
    ("url", Text),
    ("timestamp", Text),
    ("color", Whole),
    ("footer", Object(&[("text", Text), ("icon_url", Text)])),
    ("author", Object(&[("name", Text), ("url", Text), ("icon_url", Text)])),
    ("image", Object(&[("url", Text)])),
    ("thumbnail", Object(&[("url", Text)])),
    ("fields", Each(&Object(&[("name", Text), ("value", Text), ("inline", Truth)]))),
]);

static EMOJI: Kind = Object(&[("id", Id), ("name", Text), ("animated", Truth)]);

/// Rows, buttons, selects, inputs: a key has the same kind in all of them.
pub static COMPONENT: Kind = Object(&[
    ("type", Whole),
    ("id", Whole),
    ("custom_id", Text),
    ("label", Text),
    ("description", Text),
    ("placeholder", Text),
    ("content", Text),
    ("url", Text),
    ("style", Whole),
    ("disabled", Truth),
    ("required", Truth),
    ("min_length", Whole),
    ("max_length", Whole),
    ("min_values", Whole),
    ("max_values", Whole),
    ("emoji", As(&EMOJI)),
    (
        "options",
        Each(&Object(&[
            ("label", Text),
            ("value", Text),
            ("description", Text),
            ("emoji", As(&EMOJI)),
            ("default", Truth),
        ])),
    ),
    ("channel_types", Each(&Whole)),
    ("components", Each(&COMPONENT)),
    ("component", As(&COMPONENT)),
    ("accessory", As(&COMPONENT)),
]);

/// A modal.
pub static MODAL: Kind = Object(&[("title", Text), ("custom_id", Text), ("components", Each(&COMPONENT))]);

static CHOICE: Kind = Object(&[("name", Text), ("name_localizations", Map(&Text)), ("value", Either)]);

/// The answer to an autocomplete.
pub static CHOICES: Kind = Object(&[("choices", Each(&CHOICE))]);

static OPTION: Kind = Object(&[
    ("type", Whole),
    ("name", Text),
    ("name_localizations", Map(&Text)),
    ("description", Text),
    ("description_localizations", Map(&Text)),
    ("required", Truth),
    ("autocomplete", Truth),
    ("choices", Each(&CHOICE)),
    ("options", Each(&OPTION)),
    ("channel_types", Each(&Whole)),
    ("min_value", Number),
    ("max_value", Number),
    ("min_length", Whole),
    ("max_length", Whole),
]);

/// An application command.
pub static COMMAND: Kind = Object(&[
    ("type", Whole),
    ("name", Text),
    ("name_localizations", Map(&Text)),
    ("description", Text),
    ("description_localizations", Map(&Text)),
    ("options", Each(&OPTION)),
    ("default_member_permissions", Id),
    ("dm_permission", Truth),
    ("nsfw", Truth),
    ("contexts", Each(&Whole)),
    ("integration_types", Each(&Whole)),
]);

/// A channel or thread, made or changed.
pub static CHANNEL: Kind = Object(&[
    ("name", Text),
    ("type", Whole),
    ("topic", Text),
    ("parent_id", Id),
    ("position", Whole),
    ("rate_limit_per_user", Whole),
    ("auto_archive_duration", Whole),
    ("archived", Truth),
    ("locked", Truth),
    ("invitable", Truth),
    ("applied_tags", Each(&Id)),
    ("permission_overwrites", Each(&Object(&[("id", Id), ("type", Whole), ("allow", Either), ("deny", Either)]))),
]);

impl Kind {
    /// Notes every value of another kind; says whether there was none.
    pub fn fits(&self, check: &mut Check<'_>, value: &Value) -> bool {
        let before = check.found.len();
        self.look(check, value);
        check.found.len() == before
    }

    fn look(&self, check: &mut Check<'_>, value: &Value) {
        if let As(kind) = self {
            return kind.look(check, value);
        }
        match (self, value) {
            (_, Value::Null)
            | (Text | Either, Value::String(_))
            | (Number | Either, Value::Number(_))
            | (Truth, Value::Bool(_)) => {}
            (Whole, Value::Number(number)) if number.is_i64() || number.is_u64() => {}
            (Id, value) if crate::sandbox::snowflake::read(value).is_some() => {}
            (Each(kind), Value::Array(list)) => {
                for (index, value) in list.iter().enumerate() {
                    let mut here = check.at(index);
                    if value.is_null() {
                        here.breach("BASE_TYPE_REQUIRED", "This field is required");
                    }
                    kind.look(&mut here, value);
                }
            }
            (Map(kind), Value::Object(map)) => {
                for (key, value) in map {
                    kind.look(&mut check.at(key), value);
                }
            }
            (Object(named), Value::Object(map)) => {
                for (key, kind) in *named {
                    kind.look(&mut check.at(key), map.get(*key).unwrap_or(&Value::Null));
                }
            }
            _ => self.breach(check, value),
        }
    }

    fn breach(&self, check: &mut Check<'_>, value: &Value) {
        match self {
            Whole | Number => check.breach("NUMBER_TYPE_COERCE", format!("Value \"{value}\" is not int.")),
            Id => check.breach("NUMBER_TYPE_COERCE", format!("Value \"{value}\" is not snowflake.")),
            Truth => check.breach("BOOLEAN_TYPE_CONVERT", "Must be either true or false."),
            Each(_) => check.breach("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType"),
            Map(_) | Object(_) => check.breach("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType"),
            Text | Either | As(_) => check.breach("STRING_TYPE_CONVERT", "Could not interpret value as string."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn wrong(kind: &Kind, value: &Value) -> Vec<(String, &'static str)> {
        let found = super::super::check(|check| {
            kind.fits(check, value);
        });
        found.into_iter().map(|breach| (breach.path, breach.code)).collect()
    }

    #[test]
    fn a_thing_within_a_thing_of_its_kind_is_looked_at() {
        let row = json!({"type": 1, "components": [{"type": 2, "disabled": "no", "emoji": {"name": 1}}, null]});
        let expected = [
            ("components.0.disabled".to_owned(), "BOOLEAN_TYPE_CONVERT"),
            ("components.0.emoji.name".to_owned(), "STRING_TYPE_CONVERT"),
            ("components.1".to_owned(), "BASE_TYPE_REQUIRED"),
        ];
        assert_eq!(wrong(&COMPONENT, &row), expected);
    }

    #[test]
    fn ids_come_as_both_and_unknown_keys_are_passed_over() {
        let fine = json!({"allowed_mentions": {"users": [1, "2"]}, "nonce": 7, "poll": "later", "embeds": null});
        assert!(wrong(&MESSAGE, &fine).is_empty());
        assert_eq!(wrong(&MESSAGE, &json!([]))[0], (String::new(), "DICT_TYPE_CONVERT"));
    }
}
