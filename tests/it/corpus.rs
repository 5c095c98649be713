//! The own corpus of wording: what the heads learn from must be what its labels say it is.

use ruhepol::tone::Category;
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    text: String,
    heat: u8,
    #[serde(default)]
    trap: bool,
    #[serde(default)]
    findings: Vec<Mark>,
    #[serde(rename = "who")]
    _who: Option<String>,
    #[serde(rename = "style")]
    _style: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mark {
    span: String,
    category: Category,
    severity: u8,
}

const CORPORA: [(&str, &str); 2] =
    [("de", include_str!("../../assets/corpus/de.jsonl")), ("en", include_str!("../../assets/corpus/en.jsonl"))];

fn lines(text: &str) -> Vec<Line> {
    text.lines().map(|l| serde_json::from_str(l).unwrap_or_else(|e| panic!("{e}: {l}"))).collect()
}

#[test]
fn every_line_says_what_is_heated_in_it() {
    for (lang, text) in CORPORA {
        for line in lines(text) {
            let most = line.findings.iter().map(|m| m.severity).max().unwrap_or(0);
            assert_eq!(line.heat, most, "{lang}: {}", line.text);
            assert!(line.heat <= 3 && !(line.trap && line.heat > 0), "{lang}: {}", line.text);
            for mark in &line.findings {
                assert!(!mark.span.trim().is_empty() && line.text.contains(&mark.span), "{lang}: {}", line.text);
                assert!((1..=3).contains(&mark.severity), "{lang}: {}", line.text);
            }
        }
    }
}

#[test]
fn half_is_calm_half_of_that_is_a_trap_and_every_category_is_there() {
    for (lang, text) in CORPORA {
        let lines = lines(text);
        let calm = lines.iter().filter(|l| l.heat == 0).count();
        let traps = lines.iter().filter(|l| l.trap).count();
        assert!(lines.len() >= 2_500, "{lang}: {}", lines.len());
        assert!(calm * 2 >= lines.len(), "{lang}: {calm} calm of {}", lines.len());
        assert!(traps * 2 >= calm, "{lang}: {traps} traps of {calm} calm");
        for category in Category::ALL {
            let marked = lines.iter().flat_map(|l| &l.findings).filter(|m| m.category == category).count();
            assert!(marked >= 20, "{lang}: {} {marked} times", category.name());
        }
    }
}

#[test]
fn no_line_is_another_one_with_a_slot_filled_anew() {
    for (lang, text) in CORPORA {
        let mut with: HashMap<u64, Vec<usize>> = HashMap::new();
        let mut sizes: Vec<usize> = Vec::new();
        for (number, line) in lines(text).iter().enumerate() {
            let letters: Vec<char> = line.text.to_lowercase().chars().collect();
            let grams: BTreeSet<u64> = letters.windows(5.min(letters.len())).map(packed).collect();
            let mut shared = vec![0; number];
            for gram in &grams {
                for &other in with.get(gram).into_iter().flatten() {
                    shared[other] += 1;
                }
            }
            for (other, both) in shared.into_iter().enumerate() {
                let either = grams.len() + sizes[other] - both;
                assert!(both * 5 < either * 3, "{lang}: lines {} and {} are nearly the same", other + 1, number + 1);
            }
            sizes.push(grams.len());
            for gram in grams {
                with.entry(gram).or_default().push(number);
            }
        }
    }
}

/// Five letters in one number.
fn packed(letters: &[char]) -> u64 {
    letters.iter().fold(1, |sum, &c| sum.wrapping_mul(0x11_0001).wrapping_add(u64::from(u32::from(c))))
}
