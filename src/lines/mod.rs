//! JSON lines in and out: `ruhepol tone` and `ruhepol when`. Their shapes are frozen, other programs read them.

pub mod explain;
pub mod stats;
pub mod tone;
pub mod when;

use std::io::{self, BufRead, Write};

/// Longest line `ruhepol when` reads whole; the rest of a longer one is skipped, and the phrase refused as too long.
const LONGEST: u64 = 64 * 1024;

/// Answers every line of `input` with one line of `output`; `false` if one of them was no question.
pub fn run_when(mut input: impl BufRead, mut output: impl Write, defaults: &when::Defaults) -> io::Result<bool> {
    let (mut fine, mut number, mut line) = (true, 0, Vec::new());
    loop {
        line.clear();
        if io::Read::take(&mut input, LONGEST).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if line.last() != Some(&b'\n') && line.len() as u64 == LONGEST {
            input.skip_until(b'\n')?;
        }
        number += 1;
        let text = String::from_utf8_lossy(&line);
        let (answer, understood) = when::answer(text.trim_end_matches(['\n', '\r']), number, defaults);
        writeln!(output, "{answer}")?;
        // Whoever types line by line wants each answer at once.
        output.flush()?;
        fine &= understood;
    }
    Ok(fine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_gets_one_answer_even_the_endless_one() {
        let defaults = when::Defaults {
            now: "2026-11-21T10:00:00Z".parse().unwrap(),
            zone: jiff::tz::TimeZone::get("Europe/Berlin").unwrap(),
            land: None,
            lang: None,
        };
        let input = format!("morgen 9 Uhr\n{}\n\nin 2 Stunden", "x".repeat(200_000));
        let mut out = Vec::new();
        assert!(run_when(input.as_bytes(), &mut out, &defaults).unwrap());
        let lines: Vec<serde_json::Value> =
            String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 4);
        assert_eq!(lines[0]["due"], "2026-11-22T09:00:00+01:00");
        assert_eq!((&lines[1]["due"], &lines[2]["due"]), (&serde_json::Value::Null, &serde_json::Value::Null));
        assert_eq!(lines[3]["id"], 4);
    }
}
