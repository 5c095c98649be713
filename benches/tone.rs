//! Speed and F1 on the kept-out tenth of the own corpus, beside rustrict and vader_sentiment in the same run.
//!
//! `cargo bench --manifest-path benches/Cargo.toml`. Ratios are what counts: times are this machine's, and the best of many runs is
//! taken, as everything that disturbs a run makes it slower.

use ruhepol::locale::Lang;
use ruhepol::tone::{Rules, learn};
use rustrict::CensorStr;
use std::hint::black_box;
use std::time::Instant;
use vader_sentiment::SentimentIntensityAnalyzer;

/// Times each mix is read.
const RUNS: usize = 60;
/// Times a long text is read.
const LONG_RUNS: usize = 3_200;
/// Heated lines in a hundred of the everyday mix: what customers write to a support account is heated in three to five of a hundred.
const HEATED: usize = 8;

/// Text and whether it is heated.
type Line = (String, bool);

fn kept_out(corpus: &str) -> Vec<Line> {
    let line = |line: &str| -> Option<Line> {
        let value: serde_json::Value = serde_json::from_str(line).ok()?;
        Some((value["text"].as_str()?.to_owned(), value["heat"].as_u64()? > 0))
    };
    corpus.lines().filter_map(line).filter(|(text, _)| learn::is_kept_out(text)).collect()
}

/// Mostly calm, as everyday traffic is; some calm lines are two sentences, so that a message has about 92 bytes.
fn everyday(lines: &[Line]) -> Vec<Line> {
    let mut calm = lines.iter().filter(|line| !line.1);
    let mut mix: Vec<Line> = Vec::new();
    while let Some((text, _)) = calm.next() {
        let second = if mix.len() % 8 == 0 { calm.next() } else { None };
        mix.push((second.map_or_else(|| text.clone(), |(more, _)| format!("{text} {more}")), false));
    }
    let hot: Vec<&Line> = lines.iter().filter(|line| line.1).collect();
    let wanted = mix.len() * HEATED / (100 - HEATED);
    for line in hot.iter().step_by((hot.len() / wanted.max(1)).max(1)).take(wanted) {
        mix.push((*line).clone());
    }
    mix
}

fn macro_f1(lines: &[Line], said: impl Fn(&str) -> bool) -> f64 {
    let mut counts = [[0.0f64; 2]; 2];
    for (text, is) in lines {
        counts[usize::from(said(text))][usize::from(*is)] += 1.0;
    }
    let wrong = counts[0][1] + counts[1][0];
    let f1 = |right: f64| 2.0 * right / (2.0 * right + wrong).max(1.0);
    f1(counts[1][1]).midpoint(f1(counts[0][0]))
}

/// Messages in a second, in the best of the runs.
fn speed(lines: &[Line], said: impl Fn(&str) -> bool) -> f64 {
    let mut best = f64::MAX;
    for _ in 0..RUNS {
        let start = Instant::now();
        black_box(lines.iter().filter(|(text, _)| said(text)).count());
        best = best.min(start.elapsed().as_secs_f64());
    }
    lines.len() as f64 / best
}

/// Sixteen texts of 4,000 characters made of everyday lines.
fn long(lines: &[Line]) -> Vec<String> {
    let text = |first: usize| -> String {
        let parts = lines.iter().cycle().skip(first * 37).take(400);
        parts.flat_map(|(text, _)| text.chars().chain([' '])).take(4_000).collect()
    };
    (0..16).map(text).collect()
}

fn main() {
    let mut starts: Vec<f64> = (0..20)
        .map(|_| {
            let start = Instant::now();
            black_box(Rules::embedded());
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    starts.sort_by(f64::total_cmp);
    println!("start: median of 20 {:.1} ms, best {:.1} ms", starts[10], starts[0]);

    let rules = Rules::embedded();
    let vader = SentimentIntensityAnalyzer::new();
    let ours = |text: &str| rules.assess(text, None).heat > 0;
    let heated = |text: &str| vader.polarity_scores(text)["compound"] < -0.05;
    let corpora = [
        (Lang::De, kept_out(include_str!("../assets/corpus/de.jsonl"))),
        (Lang::En, kept_out(include_str!("../assets/corpus/en.jsonl"))),
    ];
    for (lang, lines) in &corpora {
        println!(
            "{}, {} kept-out lines, macro-F1: ruhepol {:.3}, rustrict {:.3}, vader {:.3}",
            lang.code(),
            lines.len(),
            macro_f1(lines, ours),
            macro_f1(lines, |text| text.is_inappropriate()),
            macro_f1(lines, heated)
        );
    }

    let all: Vec<Line> = corpora.iter().flat_map(|(_, lines)| lines.clone()).collect();
    let mix: Vec<Line> = corpora.iter().flat_map(|(_, lines)| everyday(lines)).collect();
    for (name, lines) in [("everyday", &mix), ("kept-out", &all)] {
        let bytes: usize = lines.iter().map(|(text, _)| text.len()).sum();
        let hot = lines.iter().filter(|line| line.1).count();
        println!(
            "{name}: {} messages, mean {} bytes, {:.0} % heated",
            lines.len(),
            bytes / lines.len(),
            hot as f64 * 100.0 / lines.len() as f64
        );
        let (own, rustrict, vader) = (speed(lines, ours), speed(lines, |text| text.is_inappropriate()), speed(lines, heated));
        println!(
            "  messages/s on one core, best of {RUNS}: ruhepol {:.0} k, rustrict {:.0} k ({:.1} x), vader {:.0} k ({:.1} x)",
            own / 1e3,
            rustrict / 1e3,
            own / rustrict,
            vader / 1e3,
            own / vader
        );
    }

    let texts = long(&mix);
    let mut times: Vec<f64> = (0..LONG_RUNS)
        .map(|run| {
            let start = Instant::now();
            black_box(rules.assess(&texts[run % texts.len()], None));
            start.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!(
        "4,000 characters, {} texts, {LONG_RUNS} runs: median {:.0} µs, p99 {:.0} µs",
        texts.len(),
        times[LONG_RUNS / 2],
        times[LONG_RUNS * 99 / 100]
    );
}
