//! Speed and F1 on the kept-out tenth of the own corpus, beside rustrict and vader_sentiment in the same run.
//!
//! `cargo bench --manifest-path benches/Cargo.toml`. Ratios are what counts: times are this machine's.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ruhepol::locale::Lang;
use ruhepol::tone::{Rules, learn};
use rustrict::CensorStr;
use std::hint::black_box;
use vader_sentiment::SentimentIntensityAnalyzer;

/// Text and whether it is heated.
fn kept_out(corpus: &str) -> Vec<(String, bool)> {
    let line = |line: &str| -> Option<(String, bool)> {
        let value: serde_json::Value = serde_json::from_str(line).ok()?;
        Some((value["text"].as_str()?.to_owned(), value["heat"].as_u64()? > 0))
    };
    corpus.lines().filter_map(line).filter(|(text, _)| learn::is_kept_out(text)).collect()
}

fn macro_f1(lines: &[(String, bool)], said: impl Fn(&str) -> bool) -> f64 {
    let mut counts = [[0.0f64; 2]; 2];
    for (text, is) in lines {
        counts[usize::from(said(text))][usize::from(*is)] += 1.0;
    }
    let wrong = counts[0][1] + counts[1][0];
    let f1 = |right: f64| 2.0 * right / (2.0 * right + wrong).max(1.0);
    f1(counts[1][1]).midpoint(f1(counts[0][0]))
}

fn tone(c: &mut Criterion) {
    let rules = Rules::embedded();
    let vader = SentimentIntensityAnalyzer::new();
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
            macro_f1(lines, |text| rules.assess(text, None).heat > 0),
            macro_f1(lines, |text| text.is_inappropriate()),
            macro_f1(lines, heated)
        );
    }
    let texts: Vec<&str> = corpora.iter().flat_map(|(_, lines)| lines).map(|(text, _)| text.as_str()).collect();
    let bytes: usize = texts.iter().map(|t| t.len()).sum();
    println!("{} messages, mean {} bytes", texts.len(), bytes / texts.len());
    let mut group = c.benchmark_group("messages");
    group.sample_size(20).throughput(Throughput::Elements(texts.len() as u64));
    group.bench_function("ruhepol", |b| b.iter(|| texts.iter().filter(|t| rules.assess(t, None).heat > 0).count()));
    group.bench_function("rustrict", |b| b.iter(|| texts.iter().filter(|t| t.is_inappropriate()).count()));
    group.bench_function("vader", |b| b.iter(|| texts.iter().filter(|t| heated(t)).count()));
    group.finish();
    let calm = "Guten Morgen, die Rechnung vom März fehlt mir noch, könnten Sie sie mir bitte noch einmal schicken? ".repeat(40);
    let calm: String = calm.chars().take(4_000).collect();
    let mut group = c.benchmark_group("one");
    group.sample_size(20);
    group.bench_function("4,000 characters", |b| b.iter(|| rules.assess(black_box(&calm), None)));
    group.bench_function("start", |b| b.iter(Rules::embedded));
    group.finish();
}

criterion_group!(benches, tone);
criterion_main!(benches);
