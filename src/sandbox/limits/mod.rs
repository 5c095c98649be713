//! Discord's documented limits, checked on the bodies of requests.
//! Invariant: pure; each breach names the path of its field. Numbers are from Discord's documentation (August 2026), which
//! is stricter than its machine-readable description.

mod commands;
mod components;
mod kinds;

use serde_json::Value;

use super::errors::Breach;
pub use commands::commands;
pub use components::{components, modal};

/// Bytes of one file (documentation, "Uploading Files", without boosts).
const FILE_BYTES: usize = 10 * 1024 * 1024;

/// Collects breaches under a path.
pub struct Check<'a> {
    found: &'a mut Vec<Breach>,
    path: String,
}

impl<'a> Check<'a> {
    /// Starts at the top of a body.
    pub fn new(found: &'a mut Vec<Breach>) -> Self {
        Self { found, path: String::new() }
    }

    /// One level deeper.
    pub fn at(&mut self, part: impl std::fmt::Display) -> Check<'_> {
        let path = if self.path.is_empty() { part.to_string() } else { format!("{}.{part}", self.path) };
        Check { found: self.found, path }
    }

    /// Notes a breach here.
    pub fn breach(&mut self, code: &'static str, text: impl Into<String>) {
        self.found.push(Breach { path: self.path.clone(), code, text: text.into() });
    }

    /// A text of `min..=max` characters; absent or null is fine unless `needed`.
    pub fn text(&mut self, of: &Value, key: &str, min: usize, max: usize, needed: bool) {
        let mut here = self.at(key);
        match &of[key] {
            Value::Null if needed => here.breach("BASE_TYPE_REQUIRED", "This field is required"),
            Value::Null => {}
            Value::String(text) => match text.chars().count() {
                length if length > max => {
                    here.breach("BASE_TYPE_MAX_LENGTH", format!("Must be {max} or fewer in length."));
                }
                length if length < min => {
                    here.breach("BASE_TYPE_BAD_LENGTH", format!("Must be between {min} and {max} in length."));
                }
                _ => {}
            },
            _ => here.breach("STRING_TYPE_CONVERT", "Could not interpret value as string."),
        }
    }

    /// A list of at most `max`.
    pub fn list<'v>(&mut self, of: &'v Value, key: &str, min: usize, max: usize) -> &'v [Value] {
        let mut here = self.at(key);
        match &of[key] {
            Value::Array(list) if list.len() > max || list.len() < min => {
                here.breach("BASE_TYPE_BAD_LENGTH", format!("Must be between {min} and {max} in length."));
                list
            }
            Value::Array(list) => list,
            Value::Null if min > 0 => {
                here.breach("BASE_TYPE_REQUIRED", "This field is required");
                &[]
            }
            Value::Null => &[],
            _ => {
                here.breach("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType");
                &[]
            }
        }
    }

    /// A whole number within bounds, absent or null is fine.
    pub fn number(&mut self, of: &Value, key: &str, min: i64, max: i64) {
        let mut here = self.at(key);
        match &of[key] {
            Value::Null => {}
            value => match value.as_i64() {
                Some(number) if number < min => {
                    here.breach("NUMBER_TYPE_MIN", format!("int value should be greater than or equal to {min}."));
                }
                Some(number) if number > max => {
                    here.breach("NUMBER_TYPE_MAX", format!("int value should be less than or equal to {max}."));
                }
                Some(_) => {}
                None => here.breach("NUMBER_TYPE_COERCE", format!("Value \"{value}\" is not int.")),
            },
        }
    }
}

/// Runs a check and gives what it found.
pub fn check(run: impl FnOnce(&mut Check<'_>)) -> Vec<Breach> {
    let mut found = Vec::new();
    run(&mut Check::new(&mut found));
    found
}

/// A message to be written or changed.
pub fn message(check: &mut Check<'_>, body: &Value) {
    if !kinds::MESSAGE.fits(check, body) {
        return;
    }
    check.text(body, "content", 0, 2_000, false);
    embeds(check, body);
    components(check, body);
    match &body["nonce"] {
        Value::String(nonce) if nonce.chars().count() > 25 => {
            check.at("nonce").breach("BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.");
        }
        Value::Null | Value::String(_) | Value::Number(_) => {}
        _ => check.at("nonce").breach("UNION_TYPE_CHOICES", "Must be a string or an integer."),
    }
    check.list(body, "attachments", 0, 10);
    check.list(body, "sticker_ids", 0, 3);
    allowed_mentions(check, &body["allowed_mentions"]);
}

fn allowed_mentions(check: &mut Check<'_>, allowed: &Value) {
    let mut check = check.at("allowed_mentions");
    for key in ["users", "roles"] {
        let listed = check.list(allowed, key, 0, 100).len();
        let parsed = allowed["parse"].as_array().is_some_and(|list| list.iter().any(|it| it == key));
        if listed > 0 && parsed {
            let text = format!("parse:[\"{key}\"] and {key}: [ids...] are mutually exclusive.");
            check.breach("MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", text);
        }
    }
    for (index, word) in check.list(allowed, "parse", 0, 3).iter().enumerate() {
        if !matches!(word.as_str(), Some("users" | "roles" | "everyone")) {
            let text = "Value must be one of ('users', 'roles', 'everyone').";
            check.at("parse").at(index).breach("BASE_TYPE_CHOICES", text);
        }
    }
}

fn embeds(check: &mut Check<'_>, body: &Value) {
    let count = |of: &Value, key: &str| of[key].as_str().map_or(0, |text| text.chars().count());
    let mut total = 0;
    let list = check.list(body, "embeds", 0, 10);
    for (index, embed) in list.iter().enumerate() {
        let mut all = check.at("embeds");
        let mut check = all.at(index);
        check.text(embed, "title", 0, 256, false);
        check.text(embed, "description", 0, 4_096, false);
        check.text(embed, "url", 0, 2_048, false);
        check.number(embed, "color", 0, 0xff_ff_ff);
        check.at("footer").text(&embed["footer"], "text", 0, 2_048, embed["footer"].is_object());
        check.at("author").text(&embed["author"], "name", 0, 256, embed["author"].is_object());
        total += count(embed, "title") + count(embed, "description");
        total += count(&embed["footer"], "text") + count(&embed["author"], "name");
        for (index, field) in check.list(embed, "fields", 0, 25).iter().enumerate() {
            let mut fields = check.at("fields");
            let mut check = fields.at(index);
            check.text(field, "name", 1, 256, true);
            check.text(field, "value", 1, 1_024, true);
            total += count(field, "name") + count(field, "value");
        }
    }
    if total > 6_000 {
        let text = "Embed size exceeds maximum size of 6000";
        check.at("embeds").breach("MAX_EMBED_SIZE_EXCEEDED", text);
    }
}

/// Choices of an autocomplete.
pub fn choices(check: &mut Check<'_>, data: &Value) {
    if !kinds::CHOICES.fits(check, data) {
        return;
    }
    for (index, choice) in check.list(data, "choices", 0, 25).iter().enumerate() {
        let mut list = check.at("choices");
        let mut check = list.at(index);
        check.text(choice, "name", 1, 100, true);
        for (locale, _) in choice["name_localizations"].as_object().into_iter().flatten() {
            check.at("name_localizations").text(&choice["name_localizations"], locale, 1, 100, false);
        }
        if choice["value"].is_string() {
            check.text(choice, "value", 0, 100, true);
        } else if !choice["value"].is_number() {
            check.at("value").breach("BASE_TYPE_REQUIRED", "This field is required");
        }
    }
}

/// A thread or forum post to be made.
pub fn thread(check: &mut Check<'_>, body: &Value) {
    if !kinds::CHANNEL.fits(check, body) {
        return;
    }
    channel_name(check, body, true);
    archive_after(check, body);
    check.number(body, "rate_limit_per_user", 0, 21_600);
    check.list(body, "applied_tags", 0, 5);
}

fn archive_after(check: &mut Check<'_>, body: &Value) {
    let minutes = &body["auto_archive_duration"];
    if !minutes.is_null() && !matches!(minutes.as_u64(), Some(60 | 1_440 | 4_320 | 10_080)) {
        let text = "Value must be one of (60, 1440, 4320, 10080).";
        check.at("auto_archive_duration").breach("BASE_TYPE_CHOICES", text);
    }
}

fn channel_name(check: &mut Check<'_>, body: &Value, needed: bool) {
    check.text(body, "name", 1, 100, needed);
    if body["name"].as_str().is_some_and(|name| name.contains("1488")) {
        let text = "Contains words not allowed for servers in Server Discovery.";
        check.at("name").breach("CHANNEL_NAME_INVALID", text);
    }
}

/// A channel or thread to be changed.
pub fn channel(check: &mut Check<'_>, body: &Value, forum: bool) {
    if !kinds::CHANNEL.fits(check, body) {
        return;
    }
    channel_name(check, body, false);
    check.text(body, "topic", 0, if forum { 4_096 } else { 1_024 }, false);
    archive_after(check, body);
    check.number(body, "rate_limit_per_user", 0, 21_600);
}

/// Uploaded files.
pub fn files(check: &mut Check<'_>, sizes: impl Iterator<Item = usize>) {
    for (index, size) in sizes.enumerate() {
        if size > FILE_BYTES {
            let text = format!("File cannot be larger than {FILE_BYTES} bytes.");
            check.at("files").at(index).breach("BASE_TYPE_MAX_SIZE", text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn paths(body: &Value) -> Vec<String> {
        check(|check| message(check, body)).into_iter().map(|breach| breach.path).collect()
    }

    #[test]
    fn a_message_may_have_2000_characters_and_not_one_more() {
        assert!(paths(&json!({"content": "ä".repeat(2_000)})).is_empty());
        assert_eq!(paths(&json!({"content": "ä".repeat(2_001)})), ["content"]);
    }

    #[test]
    fn embeds_are_counted_together() {
        let embed = json!({"description": "x".repeat(3_001)});
        assert!(paths(&json!({"embeds": [embed]})).is_empty());
        assert_eq!(paths(&json!({"embeds": [embed, embed]})), ["embeds"]);
        let long = json!({"embeds": [{"fields": [{"name": "", "value": "x".repeat(1_025)}]}]});
        assert_eq!(paths(&long), ["embeds.0.fields.0.name", "embeds.0.fields.0.value"]);
    }

    #[test]
    fn a_nonce_has_at_most_25_characters() {
        assert_eq!(paths(&json!({"content": "x", "nonce": "n".repeat(26)})), ["nonce"]);
    }

    #[test]
    fn autocomplete_has_25_choices_of_100_characters() {
        let choice = json!({"name": "n".repeat(101), "value": 1});
        let found = check(|check| choices(check, &json!({"choices": [choice]})));
        assert_eq!(found[0].path, "choices.0.name");
        let many = vec![json!({"name": "a", "value": "b"}); 26];
        assert_eq!(check(|check| choices(check, &json!({"choices": many}))).len(), 1);
    }
}
