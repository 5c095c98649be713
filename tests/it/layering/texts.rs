//! Every text the program asks for exists, every text that exists is asked for, and none of them shouts.

use std::collections::BTreeSet;

use super::source::{Source, files, sources};

/// Families whose keys the program puts together from a prefix and a value's name.
const COMPOSED: &[&str] = &[
    "status-",
    "priority-",
    "mood-",
    "via-",
    "type-",
    "cause-",
    "view-",
    "switch-",
    "range-",
    "scope-",
    "language-",
    "category-",
    "land-",
    "weekday-",
    "month-",
    "input-",
    "municipal-",
    "short-day-",
    "promises-",
    "what-",
];
/// Attributes the program puts together: every command has the first, every form field the second.
const COMPOSED_ATTRIBUTES: &[&str] = &["about", "hint"];
/// The methods of `locale::Voice`.
const VOICE: [&str; 4] = ["say", "with", "count", "try_say"];
/// Keys of `tone.toml` that hold patterns, names and sample messages rather than words of the bot.
const NOT_SAID: [&str; 10] =
    ["id", "category", "swap", "practice", "patterns", "except", "unless", "positive", "negative", "reported"];

/// Messages and attributes (`key.attribute`) of a Fluent file.
fn keys(fluent: &str) -> BTreeSet<String> {
    let mut message = "";
    let mut keys = BTreeSet::new();
    for line in fluent.lines() {
        let Some((name, _)) = line.split_once(" =") else { continue };
        let plain =
            |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
        if plain(name) {
            message = name;
            keys.insert(name.to_owned());
        } else if let Some(attribute) = name.trim_start().strip_prefix('.').filter(|text| plain(text)) {
            keys.insert(format!("{message}.{attribute}"));
        }
    }
    keys
}

fn ui(lang: &str) -> BTreeSet<String> {
    let path = super::source::root().join(format!("prompts/{lang}/ui.ftl"));
    keys(&std::fs::read_to_string(path).expect("the texts are there"))
}

/// A text in quotes that can only be a key: `refused-stale`, `input-title.hint`.
fn looks_like_a_key(text: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    text.contains('-') && text.split('.').next().unwrap_or_default().split('-').all(plain)
}

/// What a source asks for although `texts` lack it.
fn missing(source: &Source, texts: &BTreeSet<String>) -> Vec<String> {
    // There people say things, too.
    let stage = source.module() == "sandbox" || source.path == "src/app/demo.rs";
    let spoken = if stage { Vec::new() } else { source.first_arguments(&VOICE) };
    let asked = spoken.into_iter().filter(|(_, text)| text.contains(char::is_alphabetic));
    // In these places keys also wait in tables and helper functions.
    let tables = source.path.starts_with("src/view/") || source.path == "src/discord/commands.rs";
    let listed = source.literals().filter(|(_, text)| tables && looks_like_a_key(text));
    let asked: BTreeSet<(usize, &str)> = asked.chain(listed).collect();
    let unknown = asked.into_iter().filter(|(_, key)| match key.split_once('{') {
        Some((prefix, _)) => !prefix.is_empty() && !COMPOSED.contains(&prefix),
        None => !texts.contains(*key),
    });
    unknown.map(|(line, key)| format!("{}:{line}: {key}", source.path)).collect()
}

/// Keys of `texts` that no source asks for.
fn unused<'a>(sources: &[Source], texts: &'a BTreeSet<String>) -> Vec<&'a String> {
    let literals: BTreeSet<&str> = sources.iter().flat_map(Source::literals).map(|(_, text)| text).collect();
    let composed = |key: &str| {
        COMPOSED.iter().any(|prefix| {
            let spelled =
                |text: &&str| *text == prefix.trim_end_matches('-') || text.starts_with(&format!("{prefix}{{"));
            key.starts_with(prefix) && literals.iter().any(spelled)
        })
    };
    let asked_for = |key: &str| match key.split_once('.') {
        Some((_, attribute)) => {
            let option = attribute.strip_suffix("-about").unwrap_or(attribute);
            COMPOSED_ATTRIBUTES.contains(&attribute) || literals.contains(option)
        }
        None => literals.contains(key) || composed(key),
    };
    texts.iter().filter(|key| !asked_for(key)).collect()
}

/// Why a text must not be shown to people.
fn shouts(text: &str) -> Option<&'static str> {
    // An exclamation mark before a bracket is an image in Markdown.
    let loud = text.char_indices().any(|(at, c)| c == '!' && !text[at..].starts_with("!["));
    let picture = |c: char| matches!(u32::from(c), 0x1F000..=0x1FAFF | 0x2600..=0x27BF | 0x2B00..=0x2BFF | 0x231A..=0x23FF | 0xFE0F | 0x200D);
    if loud {
        Some("an exclamation mark")
    } else if text.chars().any(picture) {
        Some("an emoji")
    } else {
        None
    }
}

/// The texts of a file below `prompts/` that people get to see, each with where it stands.
fn said(path: &str, text: &str) -> Vec<(String, String)> {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    if ending == "toml" {
        let mut said = Vec::new();
        let table: toml::Table = text.parse().expect("the file is TOML");
        let own = table.into_iter().filter(|(key, _)| key != "morphemes" && key != "targets");
        collect(path, &toml::Value::Table(own.collect()), &mut said);
        return said;
    }
    let comment = |line: &str| ending == "ftl" && line.starts_with('#');
    let lines = text.lines().enumerate().filter(|(_, line)| !comment(line));
    lines.map(|(index, line)| (format!("{path}:{}", index + 1), line.to_owned())).collect()
}

fn collect(place: &str, value: &toml::Value, said: &mut Vec<(String, String)>) {
    match value {
        toml::Value::String(text) => said.push((place.to_owned(), text.clone())),
        toml::Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                collect(&format!("{place}[{index}]"), value, said);
            }
        }
        toml::Value::Table(table) => {
            for (key, value) in table.iter().filter(|(key, _)| !NOT_SAID.contains(&key.as_str())) {
                collect(&format!("{place} {key}"), value, said);
            }
        }
        _ => {}
    }
}

#[test]
fn every_text_that_is_asked_for_exists_in_both_languages() {
    let sources = sources();
    for lang in ["de", "en"] {
        let texts = ui(lang);
        assert!(texts.len() > 100, "the texts of {lang} were not read");
        let found: Vec<String> = sources.iter().flat_map(|source| missing(source, &texts)).collect();
        assert!(found.is_empty(), "not in prompts/{lang}/ui.ftl:\n{}", found.join("\n"));
    }
}

#[test]
fn every_text_is_asked_for() {
    let sources = sources();
    let texts = ui("en");
    let found = unused(&sources, &texts);
    assert!(found.is_empty(), "nobody asks for these of prompts/en/ui.ftl: {found:#?}");
}

#[test]
fn a_planted_slip_is_found() {
    let texts = keys("# a = b\nopened = { $case }\nmood-0 = calm\ninput-title = What?\n    .hint = An example\n");
    assert_eq!(
        texts.iter().map(String::as_str).collect::<Vec<_>>(),
        ["input-title", "input-title.hint", "mood-0", "opened"]
    );
    let code =
        "fn f() { voice.say(\"opend\"); voice.with(&format!(\"mod-{n}\"), &[]); voice.say(&format!(\"mood-{n}\")); }";
    let slips = missing(&Source::read("src/desk/a.rs", code), &texts);
    assert_eq!(slips, ["src/desk/a.rs:1: mod-{n}", "src/desk/a.rs:1: opend"]);
    let table = Source::read("src/view/a.rs", "const KEYS: [&str; 2] = [\"button-x\", \"r1:x\"];");
    assert_eq!(missing(&table, &texts), ["src/view/a.rs:1: button-x"]);
    let asks = [Source::read("src/view/a.rs", "fn f() { say(&format!(\"input-{id}\")); }")];
    assert_eq!(unused(&asks, &texts), ["mood-0", "opened"]);
}

#[test]
fn no_text_for_people_shouts() {
    let prompts = files("prompts", "");
    assert!(prompts.len() >= 4, "the prompts were not read");
    let all = prompts.iter().flat_map(|(path, text)| said(path, text));
    let loud: Vec<String> =
        all.filter_map(|(place, text)| Some(format!("{place}: {} in {text}", shouts(&text)?))).collect();
    assert!(loud.is_empty(), "{}", loud.join("\n"));
    assert_eq!(shouts("Saved!"), Some("an exclamation mark"));
    assert_eq!(shouts("Saved \u{1F44D}"), Some("an emoji"));
    assert_eq!(shouts("Page 2 · 10–20 … ![chart](a.svg)"), None);
    let rule = "[morphemes]\na = 'x!'\n[[rule]]\npatterns = ['!{2}']\npositive = ['Nun!']\nwhy = 'Kurz.'\n";
    assert_eq!(said("tone.toml", rule), [("tone.toml rule[0] why".to_owned(), "Kurz.".to_owned())]);
}
