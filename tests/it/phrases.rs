//! Phrases as people type them, in the whole: a table of a thousand with what each means, the same phrases mutated
//! with fixed seeds, and how long one takes.
//!
//! The tables beside the parser say why; this one is the breadth. `tests/it/phrases/typed.tsv` is read as if it were
//! Wednesday, 14 January 2026, 11:20 in Berlin: the phrase, a tab, and when it is due, `either … or …`, or the refusal.
#![expect(clippy::print_stdout, reason = "a figure for whoever runs it")]

use ruhepol::clock::Stopwatch;
use ruhepol::follow_up::phrase::{Context, Reading, Refusal, parse};

#[path = "../../fuzz/phrase.rs"]
mod always;

const TYPED: &str = include_str!("phrases/typed.tsv");

/// How often every phrase is mutated.
const MUTATIONS: u64 = 12;

fn context() -> Context {
    Context::new("2026-01-14T11:20:00+01:00[Europe/Berlin]".parse().unwrap())
}

fn rows() -> Vec<(&'static str, &'static str)> {
    TYPED.lines().map(|line| line.split_once('\t').unwrap()).collect()
}

fn show(reading: &Reading) -> String {
    let seconds = if reading.due.second() == 0 { "" } else { ":%S" };
    reading.due.strftime(&format!("%Y-%m-%d %H:%M{seconds}")).to_string()
}

#[test]
fn phrases_people_type_mean_what_the_table_says() {
    let context = context();
    let wrong: Vec<String> = rows()
        .into_iter()
        .filter_map(|(phrase, expected)| {
            let got = match parse(phrase, &context) {
                Ok(reading) => show(&reading),
                Err(Refusal::Ambiguous(readings)) => {
                    format!("either {}", readings.iter().map(show).collect::<Vec<_>>().join(" or "))
                }
                Err(refusal) => refusal.code().to_owned(),
            };
            (got != expected).then(|| format!("{phrase:?}: expected {expected:?}, got {got:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), rows().len(), wrong.join("\n"));
    assert!(rows().len() > 1000);
}

/// A small generator with a fixed start, so that a failure comes again (splitmix64).
struct Seeded(u64);

impl Seeded {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

/// A phrase with one to three things done to it that fingers, keyboards and other programs do.
fn mutated(phrase: &str, others: &[(&str, &str)], chance: &mut Seeded) -> String {
    const SIGNS: [char; 16] =
        ['.', ',', ':', '/', '-', ' ', '\u{a0}', '0', '9', '\'', '\u{308}', '½', 'T', 'Z', '\u{1f600}', '\u{202e}'];
    let mut chars: Vec<char> = phrase.chars().collect();
    for _ in 0..=chance.below(3) {
        let at = chance.below(chars.len());
        match chance.below(8) {
            0 if !chars.is_empty() => drop(chars.remove(at)),
            1 => chars.insert(at, SIGNS[chance.below(SIGNS.len())]),
            2 if at + 1 < chars.len() => chars.swap(at, at + 1),
            3 if !chars.is_empty() => chars[at] = SIGNS[chance.below(SIGNS.len())],
            4 => chars = chars.iter().flat_map(|c| c.to_uppercase()).collect(),
            5 => chars.truncate(at),
            6 => {
                let other = others[chance.below(others.len())].0;
                chars.push(' ');
                chars.extend(other.chars().skip(chance.below(other.len() / 2)));
            }
            _ if !chars.is_empty() => chars.insert(at, chars[at]),
            _ => {}
        }
    }
    chars.into_iter().collect()
}

#[test]
fn what_always_holds_holds_for_mutated_phrases_at_any_moment_in_any_zone() {
    let rows = rows();
    let mut chance = Seeded(1);
    for (phrase, _) in &rows {
        for _ in 0..MUTATIONS {
            let mut bytes: Vec<u8> = std::iter::repeat_with(|| chance.next() as u8).take(always::HEAD).collect();
            bytes.extend(mutated(phrase, &rows, &mut chance).bytes());
            always::holds(&bytes);
        }
        always::phrase(phrase, &context());
    }
}

#[test]
#[ignore = "measures; run by `just prove`"]
fn a_phrase_is_read_within_fifty_microseconds() {
    let (rows, context) = (rows(), context());
    let mut times: Vec<f64> = Vec::with_capacity(rows.len());
    let mut longest = (0.0, "");
    for (phrase, _) in &rows {
        // The best of some batches: what else the machine does is not the parser's.
        let batch = || {
            let watch = Stopwatch::start();
            for _ in 0..100 {
                std::hint::black_box(parse(std::hint::black_box(phrase), &context).is_ok());
            }
            watch.elapsed().as_secs_f64() * 1e6 / 100.0
        };
        let each = std::iter::repeat_with(batch).take(8).fold(f64::INFINITY, f64::min);
        longest = if each > longest.0 { (each, *phrase) } else { longest };
        times.push(each);
    }
    times.sort_by(f64::total_cmp);
    let (median, high) = (times[times.len() / 2], times[times.len() * 99 / 100]);
    println!(
        "a phrase, {} typed ones: median {median:.1} µs, p99 {high:.1} µs, longest {:.1} µs ({:?})",
        times.len(),
        longest.0,
        longest.1
    );
    assert!(longest.0 <= 50.0 || cfg!(debug_assertions), "{longest:?}");
}
