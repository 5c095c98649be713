//! Limits of application commands.
//! Invariant: pure; counts localised names and descriptions as Discord does, per field.

use serde_json::Value;

use super::Check;

/// Locales Discord knows (documentation, "Locales").
const LOCALES: [&str; 32] = [
    "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl", "pt-BR",
    "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja", "zh-TW", "ko",
];

/// A list of commands that replaces all: counts per type, names unique, then each command.
pub fn commands(check: &mut Check<'_>, list: &[Value]) {
    let fitting = list.iter().enumerate().filter(|(index, it)| {
        let mut here = check.at(index);
        if it.is_null() {
            here.breach("BASE_TYPE_REQUIRED", "This field is required");
        }
        super::kinds::COMMAND.fits(&mut here, it) && !it.is_null()
    });
    if fitting.count() < list.len() {
        return;
    }
    for (kind, most) in [(1, 100), (2, 15), (3, 15)] {
        if list.iter().filter(|it| it["type"].as_u64().unwrap_or(1) == kind).count() > most {
            let text = format!("Maximum number of application commands of type {kind} reached ({most})");
            check.breach("APPLICATION_COMMANDS_LIMIT", text);
        }
    }
    for (index, command) in list.iter().enumerate() {
        let same = |it: &Value| {
            it["name"] == command["name"] && it["type"].as_u64().unwrap_or(1) == command["type"].as_u64().unwrap_or(1)
        };
        if list.iter().take(index).any(same) {
            check
                .at(index)
                .at("name")
                .breach("APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique");
        }
        one(&mut check.at(index), command);
    }
}

fn one(check: &mut Check<'_>, command: &Value) {
    let slash = command["type"].as_u64().unwrap_or(1) == 1;
    named(check, command, slash);
    if slash {
        described(check, command);
    } else if !command["description"].as_str().unwrap_or_default().is_empty() {
        check
            .at("description")
            .breach("APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION", "Context menu commands cannot have description");
    }
    options(check, command, 0);
    // 0 guild, 1 direct message with the bot, 2 other private channels.
    for (index, context) in check.list(command, "contexts", 0, 3).iter().enumerate() {
        if context.as_u64().is_none_or(|it| it > 2) {
            check.at("contexts").at(index).breach("BASE_TYPE_CHOICES", "Value must be one of (0, 1, 2).");
        }
    }
    let size = size(command);
    if size > 8_000 {
        check.breach("APPLICATION_COMMAND_TOO_LARGE", format!("Command exceeds maximum size (8000): {size}"));
    }
}

/// Characters of names, descriptions and values; of localised ones the longest counts.
fn size(of: &Value) -> usize {
    let length = |key: &str| {
        let plain = of[key].as_str().map_or(0, |text| text.chars().count());
        let localised = of[format!("{key}_localizations")].as_object().into_iter().flatten();
        localised.filter_map(|(_, text)| text.as_str()).map(|text| text.chars().count()).fold(plain, usize::max)
    };
    let inner = |key: &str| of[key].as_array().into_iter().flatten().map(size).sum::<usize>();
    length("name") + length("description") + length("value") + inner("options") + inner("choices")
}

/// A choice has a value of its option's type: 3 text, 4 whole number, 10 number.
fn value_fits(check: &mut Check<'_>, choice: &Value, kind: u64) {
    match (kind, &choice["value"]) {
        (3, Value::Number(_)) => {
            check.at("value").breach("STRING_TYPE_CONVERT", "Could not interpret value as string.");
        }
        (4 | 10, Value::String(text)) => {
            check.at("value").breach("NUMBER_TYPE_COERCE", format!("Value \"{text}\" is not int."));
        }
        (4, Value::Number(number)) if number.is_f64() => {
            check.at("value").breach("NUMBER_TYPE_COERCE", format!("Value \"{number}\" is not int."));
        }
        (4 | 10, Value::Number(_)) => {}
        _ => check.text(choice, "value", 1, 100, true),
    }
}

fn name_fits(name: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '\'') || ('\u{900}'..='\u{e7f}').contains(&c);
    name.chars().all(fits) && name.to_lowercase() == name
}

fn named(check: &mut Check<'_>, of: &Value, slash: bool) {
    let each = |check: &mut Check<'_>, of: &Value, key: &str, needed: bool| {
        check.text(of, key, 1, 32, needed);
        if slash && of[key].as_str().is_some_and(|name| !name_fits(name)) {
            check.at(key).breach("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
        }
    };
    each(check, of, "name", true);
    localised(check, of, "name_localizations", |check, map, locale| {
        each(check, map, locale, false);
    });
}

fn described(check: &mut Check<'_>, of: &Value) {
    check.text(of, "description", 1, 100, true);
    localised(check, of, "description_localizations", |check, map, locale| {
        check.text(map, locale, 1, 100, false);
    });
}

fn localised(check: &mut Check<'_>, of: &Value, key: &str, mut each: impl FnMut(&mut Check<'_>, &Value, &str)) {
    let mut check = check.at(key);
    for (locale, _) in of[key].as_object().into_iter().flatten() {
        if LOCALES.contains(&locale.as_str()) {
            each(&mut check, &of[key], locale);
        } else {
            check.at(locale).breach("BASE_TYPE_CHOICES", "Unknown locale.");
        }
    }
}

fn options(check: &mut Check<'_>, of: &Value, depth: usize) {
    let list = check.list(of, "options", 0, 25);
    let mut optional_before = false;
    for (index, option) in list.iter().enumerate() {
        let mut all = check.at("options");
        let mut check = all.at(index);
        named(&mut check, option, true);
        described(&mut check, option);
        if list.iter().take(index).any(|it| it["name"] == option["name"]) {
            check.at("name").breach("APPLICATION_COMMAND_OPTIONS_NAME_INVALID", "Option name already exists");
        }
        let kind = option["type"].as_u64().unwrap_or(0);
        if !(1..=11).contains(&kind) || (kind <= 2 && depth >= 2) || (kind == 2 && depth >= 1) {
            check
                .at("type")
                .breach("APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command option group can only be at the root");
        }
        let required = option["required"] == true;
        if required && optional_before {
            check.breach(
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            );
        }
        optional_before |= !required;
        let choices = check.list(option, "choices", 0, 25);
        if !choices.is_empty() && option["autocomplete"] == true {
            check
                .at("autocomplete")
                .breach("APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES", "Choices and autocomplete exclude each other");
        }
        for (index, choice) in choices.iter().enumerate() {
            let mut list = check.at("choices");
            let mut check = list.at(index);
            check.text(choice, "name", 1, 100, true);
            localised(&mut check, choice, "name_localizations", |check, map, locale| {
                check.text(map, locale, 1, 100, false);
            });
            value_fits(&mut check, choice, kind);
        }
        check.number(option, "min_length", 0, 6_000);
        check.number(option, "max_length", 1, 6_000);
        if kind <= 2 {
            options(&mut check, option, depth + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;
    use serde_json::json;

    #[test]
    fn names_are_lower_case_and_german_ones_are_fine() {
        let fine = json!({"name": "case", "name_localizations": {"de": "fälle"}, "description": "d"});
        assert!(check(|it| commands(it, &[fine])).is_empty());
        let loud = json!({"name": "Case", "description": "d"});
        assert_eq!(check(|it| commands(it, &[loud]))[0].path, "0.name");
        let menu = json!({"name": "Open case", "type": 3});
        assert!(check(|it| commands(it, &[menu])).is_empty());
        let foreign = json!({"name": "a", "name_localizations": {"xx": "b"}, "description": "d"});
        assert_eq!(check(|it| commands(it, &[foreign]))[0].path, "0.name_localizations.xx");
    }

    #[test]
    fn a_command_has_8000_characters() {
        let choice = |n: usize| json!({"name": format!("{n:0100}"), "value": "v".repeat(100)});
        let choices: Vec<Value> = (0..25).map(choice).collect();
        let option = |n: usize| json!({"type": 3, "name": format!("o{n}"), "description": "d", "choices": choices});
        let options: Vec<Value> = (0..2).map(option).collect();
        let found = check(|it| commands(it, &[json!({"name": "a", "description": "d", "options": options})]));
        assert_eq!(found[0].code, "APPLICATION_COMMAND_TOO_LARGE");
    }
}
