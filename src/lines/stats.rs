//! `ruhepol tone --stats`: labelled lines in, figures out.
//!
//! Invariant: the figures are counted over exactly the lines that could be read; the last line says how many could not.

use super::tone::read;
use crate::clock::Stopwatch;
use crate::locale::Lang;
use crate::tone::{Assessment, Category, Rules};
use serde_json::Value;
use std::io::{self, BufRead, Write};

/// A line with its label.
struct Labelled {
    text: String,
    lang: Option<Lang>,
    /// 0–3; where only `y` is given, 1 for yes.
    heat: u8,
    /// Whether the label tells more than yes and no.
    graded: bool,
    trap: bool,
    categories: Vec<Category>,
}

/// Said and true.
#[derive(Default)]
struct Counts {
    hit: usize,
    false_alarm: usize,
    miss: usize,
    calm: usize,
}

impl Counts {
    fn add(&mut self, said: bool, is: bool) {
        *match (said, is) {
            (true, true) => &mut self.hit,
            (true, false) => &mut self.false_alarm,
            (false, true) => &mut self.miss,
            (false, false) => &mut self.calm,
        } += 1;
    }

    /// Mean of the F1 of both sides.
    fn macro_f1(&self) -> f64 {
        let wrong = self.false_alarm + self.miss;
        share(2 * self.hit, 2 * self.hit + wrong).midpoint(share(2 * self.calm, 2 * self.calm + wrong))
    }
}

fn share(part: usize, of: usize) -> f64 {
    if of == 0 { 0.0 } else { part as f64 / of as f64 }
}

/// Reads all lines, then prints the figures. Returns whether every line could be read.
///
/// # Errors
/// What reading or writing reports.
pub fn run(mut input: impl BufRead, mut output: impl Write, rules: &Rules) -> io::Result<bool> {
    let (mut lines, mut unread, mut number, mut line) = (Vec::new(), 0, 0, Vec::new());
    while input.read_until(b'\n', &mut line)? > 0 {
        number += 1;
        match labelled(line.strip_suffix(b"\n").unwrap_or(&line), number) {
            Some(labelled) => lines.push(labelled),
            None => unread += 1,
        }
        line.clear();
    }
    // Once unmeasured, so that what is built at first use does not count.
    let found: Vec<Assessment> = lines.iter().map(|l| rules.assess(&l.text, l.lang)).collect();
    let stopwatch = Stopwatch::start();
    for line in &lines {
        std::hint::black_box(rules.assess(&line.text, line.lang));
    }
    let seconds = stopwatch.elapsed().as_secs_f64();
    print(&mut output, &lines, &found, seconds)?;
    if unread > 0 {
        writeln!(output, "lines without text or label   {unread}")?;
    }
    Ok(unread == 0)
}

fn labelled(line: &[u8], number: usize) -> Option<Labelled> {
    let (_, text, lang) = read(line, number).ok()?;
    let fields: Value = serde_json::from_slice(line).ok()?;
    let number = |key: &str| fields.get(key).and_then(Value::as_u64);
    let (heat, graded) = match (number("heat"), number("y")) {
        (Some(heat), _) => (u8::try_from(heat).ok().filter(|h| *h <= 3)?, true),
        (None, Some(y)) => (u8::from(y > 0), false),
        (None, None) => return None,
    };
    let category = |f: &Value| serde_json::from_value(f.get("category")?.clone()).ok();
    let categories =
        fields.get("findings").and_then(Value::as_array).map(|all| all.iter().filter_map(category).collect());
    let trap = fields.get("trap").and_then(Value::as_bool).unwrap_or(false);
    Some(Labelled { text, lang, heat, graded, trap, categories: categories.unwrap_or_default() })
}

fn print(out: &mut impl Write, lines: &[Labelled], found: &[Assessment], seconds: f64) -> io::Result<()> {
    let (mut note, mut alert) = (Counts::default(), Counts::default());
    for (line, found) in lines.iter().zip(found) {
        note.add(found.heat >= 1, line.heat >= 1);
        if line.graded || line.heat == 0 {
            alert.add(found.heat >= 2, line.heat >= 2);
        }
    }
    let graded = lines.iter().any(|l| l.graded && l.heat >= 2);
    let traps = lines.iter().zip(found).filter(|(l, _)| l.trap).map(|(_, f)| f.heat >= 1);
    let (trapped, traps) = (traps.clone().filter(|t| *t).count(), traps.count());
    let bytes: usize = lines.iter().map(|l| l.text.len()).sum();
    writeln!(out, "messages                      {}, {} heated", lines.len(), note.hit + note.miss)?;
    writeln!(out, "macro-F1, heat >= 1           {:.3}", note.macro_f1())?;
    writeln!(
        out,
        "precision / recall, heat >= 1 {:.3} / {:.3}",
        share(note.hit, note.hit + note.false_alarm),
        share(note.hit, note.hit + note.miss)
    )?;
    if graded {
        writeln!(
            out,
            "precision / recall, heat >= 2 {:.3} / {:.3}",
            share(alert.hit, alert.hit + alert.false_alarm),
            share(alert.hit, alert.hit + alert.miss)
        )?;
    }
    let per_mille = 1000.0 * share(note.false_alarm, note.false_alarm + note.calm);
    writeln!(out, "false alarms in 1,000 calm    {per_mille:.1}")?;
    if traps > 0 {
        writeln!(out, "hard negatives flagged        {trapped} of {traps} ({:.1} %)", 100.0 * share(trapped, traps))?;
    }
    writeln!(
        out,
        "messages a second, one core   {:.0} (mean {} bytes)",
        lines.len() as f64 / seconds.max(1e-9),
        bytes / lines.len().max(1)
    )?;
    writeln!(out, "category          flagged   heated   same category")?;
    for category in Category::ALL {
        let flagged: Vec<&Labelled> = lines
            .iter()
            .zip(found)
            .filter(|(_, f)| f.findings.iter().any(|f| !f.quoted && f.category == category))
            .map(|(line, _)| line)
            .collect();
        let heated = flagged.iter().filter(|l| l.heat >= 1).count();
        let named = flagged.iter().filter(|l| !l.categories.is_empty()).count();
        let same = flagged.iter().filter(|l| l.categories.contains(&category)).count();
        let same = if named == 0 { "-".to_owned() } else { format!("{:.1} %", 100.0 * share(same, flagged.len())) };
        let precision = 100.0 * share(heated, flagged.len());
        writeln!(out, "{:<16} {:>8} {precision:>7.1} % {same:>13}", category.name(), flagged.len())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stats(input: &str) -> (String, bool) {
        let mut out = Vec::new();
        let fine = run(input.as_bytes(), &mut out, &Rules::embedded()).expect("memory does not fail");
        (String::from_utf8(out).expect("text is UTF-8"), fine)
    }

    #[test]
    fn figures_are_counted_from_labelled_lines() {
        let (out, fine) = stats(concat!(
            "{\"text\":\"Ihr seid alle Betrüger und Abzocker!\",\"heat\":3,\"findings\":[{\"category\":\"insult\"}]}\n",
            "{\"text\":\"Danke für die schnelle Hilfe\",\"heat\":0}\n",
            "{\"text\":\"Blöder Drucker, jetzt geht er wieder\",\"heat\":0,\"trap\":true}\n",
            "{\"text\":\"Wo finde ich die Rechnung?\",\"heat\":1}\n",
        ));
        assert!(fine);
        for figure in [
            "messages                      4, 2 heated",
            "macro-F1, heat >= 1           0.733",
            "precision / recall, heat >= 1 1.000 / 0.500",
            "precision / recall, heat >= 2 1.000 / 1.000",
            "false alarms in 1,000 calm    0.0",
            "hard negatives flagged        0 of 1 (0.0 %)",
        ] {
            assert!(out.contains(figure), "{figure}\n{out}");
        }
        let insult = out.lines().find(|l| l.starts_with("insult")).unwrap_or_default();
        assert_eq!(insult.split_whitespace().collect::<Vec<_>>(), ["insult", "1", "100.0", "%", "100.0", "%"]);
    }

    #[test]
    fn yes_and_no_are_enough_and_unlabelled_lines_are_counted_apart() {
        let (out, fine) = stats("{\"text\":\"You are an absolute idiot\",\"y\":1}\n{\"text\":\"hello\"}\nplain\n");
        assert!(!fine && out.contains("messages                      1, 1 heated"), "{out}");
        assert!(out.contains("lines without text or label   2"), "{out}");
    }
}
