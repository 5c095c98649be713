//! Time zones as people type them: by IANA name, by a city in any spelling of case, by the German name of some.
//!
//! Suggestions only help typing; what is kept is always an IANA name that exists.

use jiff::tz::{TimeZone, db};

/// German names of cities that the database knows under another.
const GERMAN: [(&str, &str); 18] = [
    ("athen", "Europe/Athens"),
    ("brüssel", "Europe/Brussels"),
    ("bukarest", "Europe/Bucharest"),
    ("deutschland", "Europe/Berlin"),
    ("genf", "Europe/Zurich"),
    ("kiew", "Europe/Kyiv"),
    ("kopenhagen", "Europe/Copenhagen"),
    ("lissabon", "Europe/Lisbon"),
    ("luxemburg", "Europe/Luxembourg"),
    ("mailand", "Europe/Rome"),
    ("moskau", "Europe/Moscow"),
    ("münchen", "Europe/Berlin"),
    ("prag", "Europe/Prague"),
    ("rom", "Europe/Rome"),
    ("schweiz", "Europe/Zurich"),
    ("warschau", "Europe/Warsaw"),
    ("wien", "Europe/Vienna"),
    ("zürich", "Europe/Zurich"),
];

/// The zone with this name, in the database's spelling; `None`: there is none.
pub fn find(typed: &str) -> Option<String> {
    let typed = typed.trim();
    let zone = TimeZone::get(typed).ok()?;
    zone.iana_name().map(str::to_owned)
}

/// At most `most` zones that could be meant: those that begin so, then whose city begins so, then the rest.
pub fn suggest(typed: &str, most: usize) -> Vec<String> {
    let typed = fold(typed);
    if typed.is_empty() {
        return ["Europe/Berlin", "Europe/Vienna", "Europe/Zurich", "Europe/London", "UTC"]
            .into_iter()
            .take(most)
            .map(str::to_owned)
            .collect();
    }
    let mut found: Vec<(u8, String)> = Vec::new();
    for (german, name) in GERMAN {
        if fold(german).starts_with(&typed) {
            found.push((0, name.to_owned()));
        }
    }
    for name in db().available() {
        let name = name.as_str();
        let folded = fold(name);
        let city = folded.rsplit('/').next().unwrap_or_default();
        let rank = match () {
            () if folded == typed || city == typed => 0,
            () if city.starts_with(&typed) => 1,
            () if folded.starts_with(&typed) => 2,
            () if folded.contains(&typed) => 3,
            () => continue,
        };
        // Names without a region are old aliases, those with "Etc" mean the opposite of what they seem to say.
        let old = u8::from(!name.contains('/') || name.starts_with("Etc/")) * 4;
        found.push((rank + old, name.to_owned()));
    }
    found.sort();
    let mut names: Vec<String> = Vec::new();
    for (_, name) in found {
        if names.len() < most && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Lower case, spaces as the database writes them, umlauts as one letter.
fn fold(text: &str) -> String {
    let folded = text.trim().to_lowercase().replace([' ', '-'], "_");
    folded.replace('ä', "a").replace('ö', "o").replace('ü', "u").replace('ß', "ss")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_in_any_case_and_kept_as_the_database_spells_it() {
        assert_eq!(find(" europe/berlin "), Some("Europe/Berlin".to_owned()));
        for typed in ["Europa/Berlin", "Europe/Bonn", "", "MEZ+1", "../etc/passwd", "Berlin"] {
            assert_eq!(find(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_city_is_enough_to_be_offered_its_zone() {
        for (typed, first) in [
            ("berl", "Europe/Berlin"),
            ("Wien", "Europe/Vienna"),
            ("zurich", "Europe/Zurich"),
            ("Zürich", "Europe/Zurich"),
            ("new york", "America/New_York"),
            ("europe/lon", "Europe/London"),
        ] {
            assert_eq!(suggest(typed, 25).first().map(String::as_str), Some(first), "{typed}");
        }
        assert!(suggest("", 25).contains(&"Europe/Berlin".to_owned()));
        assert_eq!(suggest("a", 25).len(), 25);
        assert!(suggest("xyzzy", 25).is_empty());
        for name in suggest("e", 25) {
            assert!(find(&name).is_some(), "{name}");
        }
    }
}
