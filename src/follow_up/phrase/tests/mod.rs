//! Phrases as tables: what was typed and what it means, from both languages, and what must hold for every text.

mod asked;
mod english;
mod german;
mod names;
mod properties;
mod traps;

use jiff::tz::AmbiguousOffset;

use super::{Context, Reading, Refusal, parse};
use crate::follow_up::holidays::Land;

/// A Wednesday morning; the tables are read as if it were now.
const NOW: &str = "2026-11-18T10:15:00+01:00[Europe/Berlin]";

fn context(now: &str, land: Option<Land>) -> Context {
    Context { land, ..Context::new(now.parse().expect("the tables hold times with a zone")) }
}

fn show(reading: &Reading) -> String {
    let seconds = if reading.due.second() == 0 { "" } else { ":%S" };
    let mut parts = vec![reading.due.strftime(&format!("%a %Y-%m-%d %H:%M{seconds}")).to_string()];
    let zone = reading.due.time_zone();
    if matches!(zone.to_ambiguous_zoned(reading.due.datetime()).offset(), AmbiguousOffset::Fold { .. }) {
        parts.push(reading.due.offset().to_string());
    }
    parts.extend(reading.notes.iter().map(|note| format!("{note:?}")));
    parts.join(" ")
}

/// `Fri 2026-11-20 10:15 FollowingWeek`, `past`, `either Fri … or Sat …`.
fn outcome(phrase: &str, context: &Context) -> String {
    match parse(phrase, context) {
        Ok(reading) => show(&reading),
        Err(Refusal::Ambiguous(readings)) => {
            format!("either {}", readings.iter().map(show).collect::<Vec<_>>().join(" or "))
        }
        Err(refusal) => refusal.code().to_owned(),
    }
}

/// Compares a whole table and reports every row that differs.
fn check(rows: &[(&str, &str)], context: &Context) {
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|(phrase, expected)| {
            let got = outcome(phrase, context);
            (got != *expected).then(|| format!("{phrase:?}: expected {expected:?}, got {got:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} rows differ:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}
