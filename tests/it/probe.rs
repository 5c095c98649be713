//! Wording on messages by people who had seen neither the corpus nor the rules (`tests/probe/`): nothing is learned from them, no rule is
//! written for one, and nobody who works on either reads them. (How many everyday ones are flagged did decide how much calm lines cost in
//! training.) `cargo test --test it probe -- --nocapture` prints what README says.
#![expect(clippy::print_stdout, reason = "figures are printed")]

use ruhepol::locale::Lang;
use ruhepol::tone::Rules;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    text: String,
    #[serde(default)]
    heat: u8,
    #[serde(default)]
    trap: bool,
    #[serde(rename = "category")]
    _category: Option<String>,
}

/// Language, its mixed messages, everyday calm ones, and the corpus that is learned from.
type Set = (Lang, &'static str, &'static str, &'static str);

const SETS: [Set; 2] = [
    (
        Lang::De,
        include_str!("../probe/de.jsonl"),
        include_str!("../probe/calm-de.jsonl"),
        include_str!("../../assets/corpus/de.jsonl"),
    ),
    (
        Lang::En,
        include_str!("../probe/en.jsonl"),
        include_str!("../probe/calm-en.jsonl"),
        include_str!("../../assets/corpus/en.jsonl"),
    ),
];

fn lines(text: &str) -> Vec<Line> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
}

/// How what was said and what is right fall together.
#[derive(Debug, Default)]
struct Table {
    both: f64,
    said: f64,
    missed: f64,
    neither: f64,
}

impl Table {
    fn of(pairs: impl Iterator<Item = (bool, bool)>) -> Self {
        let mut table = Self::default();
        for (said, right) in pairs {
            match (said, right) {
                (true, true) => table.both += 1.0,
                (true, false) => table.said += 1.0,
                (false, true) => table.missed += 1.0,
                (false, false) => table.neither += 1.0,
            }
        }
        table
    }

    fn macro_f1(&self) -> f64 {
        let f1 = |right: f64| 2.0 * right / (2.0 * right + self.said + self.missed);
        f1(self.both).midpoint(f1(self.neither))
    }

    fn precision(&self) -> f64 {
        self.both / (self.both + self.said)
    }

    fn recall(&self) -> f64 {
        self.both / (self.both + self.missed)
    }
}

#[test]
fn messages_nobody_tuned_on_are_read_well_enough() {
    let rules = Rules::embedded();
    for (lang, mixed, calm, _) in SETS {
        let read: Vec<(u8, Line)> = lines(mixed).into_iter().map(|l| (rules.assess(&l.text, None).heat, l)).collect();
        let heated = Table::of(read.iter().map(|(said, line)| (*said > 0, line.heat > 0)));
        let alert = Table::of(read.iter().map(|(said, line)| (*said > 1, line.heat > 1)));
        let traps = Table::of(read.iter().filter(|(_, line)| line.trap).map(|(said, _)| (*said > 0, false)));
        let calm = Table::of(lines(calm).iter().map(|line| (rules.assess(&line.text, None).heat > 0, false)));
        let (traps, calm) = (traps.said / (traps.said + traps.neither), calm.said / (calm.said + calm.neither));
        println!(
            "{}: macro-F1 {:.3}, precision {:.3}, recall {:.3}; alert precision {:.3}, recall {:.3}; traps flagged {:.1} %; {:.1} of 1,000 everyday calm lines",
            lang.code(),
            heated.macro_f1(),
            heated.precision(),
            heated.recall(),
            alert.precision(),
            alert.recall(),
            traps * 100.0,
            calm * 1000.0
        );
        // Below what was measured, so that a rule may be added without a trained eye on every line.
        assert!(heated.macro_f1() >= 0.86 && heated.precision() >= 0.95, "{heated:?}");
        assert!(alert.precision() >= 0.80 && alert.recall() >= 0.57, "{alert:?}");
        // Some alert is for what is merely sharp; hardly one for what is calm.
        assert!(called_heated(&read) <= 2, "calm messages alerted on");
        assert!(traps <= 0.04 && calm <= 0.008, "{traps} {calm}");
    }
}

/// Calm messages that were alerted on.
fn called_heated(read: &[(u8, Line)]) -> usize {
    read.iter().filter(|(said, line)| *said > 1 && line.heat == 0).count()
}

#[test]
fn nothing_of_the_probe_is_learned_from() {
    for (lang, mixed, calm, corpus) in SETS {
        let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
        let learned: std::collections::HashSet<String> = corpus
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
            .map(|line| letters(line["text"].as_str().unwrap()))
            .collect();
        let known: Vec<String> = (lines(mixed).into_iter().chain(lines(calm)).map(|line| line.text))
            .filter(|text| text.split_whitespace().count() > 3 && learned.contains(&letters(text)))
            .collect();
        assert_eq!(known, Vec::<String>::new(), "{}", lang.code());
    }
}
