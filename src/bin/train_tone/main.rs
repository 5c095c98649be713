//! Rebuilds `assets/tone-{de,en}.bin` from the own corpus and other people's labelled text, with the library's own feature code.
//!
//! `cargo run --release --bin train_tone -- --data DIR`. Invariant: the same data give the same bytes; the kept-out tenth of the own
//! corpus is only ever measured.

mod data;
mod lexicon;
mod stack;
mod svm;

use anyhow::Result;
use clap::Parser;
use data::{Foreign, Line, lot};
use lexicon::Lexicon;
use ruhepol::locale::Lang;
use ruhepol::tone::learn::{self, LANES, Margins, Reading, Rows, Signals, Weights};
use ruhepol::tone::{Category, Rules};
use stack::{Counts, logistic};
use std::collections::HashMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use svm::{Problem, Row};

/// Groups of four rows of the table of heads, and rows of the table of categories: less than 256 KiB for both languages together.
const GROUPS: usize = 8_900;
const CATEGORY_BUCKETS: usize = 1_900;
const FOLDS: usize = 5;

#[derive(Parser)]
struct Arguments {
    /// Folder with other people's labelled text.
    #[arg(long)]
    data: PathBuf,
    /// Folder with the own corpus.
    #[arg(long, default_value = "assets/corpus")]
    corpus: PathBuf,
    /// Where the tables go.
    #[arg(long, default_value = "assets")]
    out: PathBuf,
    /// Only measure the German offence head alone, by 5-fold cross-validation on the `GermEval` 2018 training file.
    #[arg(long)]
    cv: bool,
    /// Only measure; write no table.
    #[arg(long)]
    dry: bool,
    /// Which share of the corpus to learn from, in percent: for the learning curve.
    #[arg(long, default_value_t = 100)]
    part: u64,
    /// Write every judgement out of fold to this file.
    #[arg(long)]
    dump: Option<PathBuf>,
}

/// An example with everything that is known about it.
struct Example {
    reading: Reading,
    /// The whole text, then its sentences.
    rows: Vec<Row>,
    /// For each row its heat.
    heats: Vec<u8>,
    trap: bool,
    /// Which part of the folds it belongs to: by its words, so that no other line moves it.
    fold: usize,
    /// Weight of an error; below 1 for what is not our own.
    cost: f32,
    /// What only teaches the heads and is no measure of the rules.
    lesson: bool,
    marks: Vec<(usize, Category)>,
}

macro_rules! say {
    ($($text:tt)*) => { writeln!(std::io::stdout(), $($text)*)? };
}

fn example(lexicon: &mut Lexicon, rules: &Rules, lang: Lang, line: &Line, cost: f32, lesson: bool) -> Example {
    let reading = learn::read(rules, lang, &line.text);
    let parts = &reading.parts;
    let mut rows = vec![lexicon.row(parts.iter().flat_map(|p| p.features.iter().copied()))];
    let mut heats = vec![line.heat];
    let mut marks = Vec::new();
    let marked: Vec<_> = line.marked().collect();
    for (i, part) in parts.iter().enumerate() {
        let touched = || marked.iter().filter(|(span, ..)| span.start < part.span.end && part.span.start < span.end);
        marks.extend(touched().map(|m| (i, m.1)));
        if parts.len() > 1 && (line.heat == 0 || !marked.is_empty()) {
            rows.push(lexicon.row(part.features.iter().copied()));
            heats.push(touched().map(|m| m.2).max().unwrap_or(0));
        }
    }
    // Which of others' lines are learned from is decided by the lowest bit.
    let fold = (lot(&line.text) / 2) as usize % FOLDS;
    Example { reading, rows, heats, trap: line.trap, fold, cost, lesson, marks }
}

/// Margins of an example whose rows were narrowed to a table.
fn margins(rows: &[Row], lines: &[svm::Line; LANES]) -> Margins {
    let whole = lines.each_ref().map(|l| l.margin(&rows[0]));
    let peak = std::array::from_fn(|i| {
        rows[1..].iter().map(|r| lines[i].margin(r)).max_by(f32::total_cmp).unwrap_or(whole[i])
    });
    Margins { whole, peak }
}

/// Cost of an error on a line of the own corpus; on a calm one that is no trap, as nearly everything that people write is like those; on
/// an example of a rule; on a calm line of others; on a line of `GermEval`.
const COST: f32 = 2.0;
const PLAIN: f32 = 8.0;
const LESSON: f32 = 2.0;
const CALM: f32 = 1.0;
const OFFENCE: f32 = 0.5;
/// To the judge a calm line of others counts so much less: there are more of them, and most say nothing to anybody.
const CALM_JUDGED: f64 = 0.1;
/// The most that is asked where a rule found something too: what a rule names in so many words is seldom calm. Like the next one it lies
/// between two steps.
const RULED: f32 = 0.58;
/// The least the heads must be sure of to speak alone.
const ALONE: f32 = 0.62;

/// From which heat on each head calls a text heated.
const LEAST: [u8; LANES] = [1, 2];

/// What a head has to learn: the rows of some examples, as they are or narrowed to a table.
fn problem<'a>(examples: &[(&Example, &'a [Row])], least: u8) -> Problem<'a> {
    let mut problem = Problem::default();
    for (example, rows) in examples {
        for (row, heat) in rows.iter().zip(&example.heats) {
            problem.push(row, *heat >= least, example.cost);
        }
    }
    problem
}

/// Learns both heads: first over every feature, to see which ones weigh most, then over those that have a row in the table.
fn heads(lexicon: &Lexicon, examples: &[&Example]) -> (Rows, [svm::Line; LANES]) {
    let all: Vec<(&Example, &[Row])> = examples.iter().map(|e| (*e, &e.rows[..])).collect();
    let rows = lexicon.choose(GROUPS, &LEAST.map(|least| problem(&all, least)));
    let narrow: Vec<Vec<Row>> =
        examples.iter().map(|e| e.rows.iter().map(|row| lexicon.narrow(&rows, row)).collect()).collect();
    let narrow: Vec<(&Example, &[Row])> = examples.iter().copied().zip(narrow.iter().map(Vec::as_slice)).collect();
    let lines = LEAST.map(|least| svm::bagged(&problem(&narrow, least), rows.count(), 12, 6, 0.6));
    (rows, lines)
}

fn foreign(dir: &Path, name: &str) -> Result<Vec<Foreign>> {
    data::lines(&dir.join(name))
}

/// Calm everyday text of others: one half to learn from, the other to measure false alarms on. The few agents' messages are only
/// measured.
fn calm(lang: Lang, dir: &Path, learn: bool) -> Result<Vec<String>> {
    let names: &[&str] = match lang {
        Lang::De => &["massive_de.train.jsonl"],
        Lang::En => &["banking77.train.jsonl", "bitext.jsonl", "ibm_agent.jsonl"],
    };
    let mut out = Vec::new();
    for name in names {
        let all = foreign(dir, name)?.into_iter();
        // The synthetic requests are labelled coarsely: swearing and scolding ones are no calm traffic.
        let calm = all.filter(|f| f.y == Some(0) && !(name.starts_with("bitext") && f.fine.contains('W')));
        let taught = |text: &String| lot(text).is_multiple_of(2) && !name.starts_with("ibm");
        out.extend(calm.map(|f| f.text).filter(|text| taught(text) == learn));
    }
    Ok(out)
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let rules = Rules::with_heads([blank(), blank()])?;
    if arguments.cv {
        return offence(&rules, &arguments.data);
    }
    let mut heads = Vec::new();
    let mut kept_out = Vec::new();
    for lang in Lang::ALL {
        let path = arguments.corpus.join(format!("{}.jsonl", lang.code()));
        let lines: Vec<Line> = data::lines(&path)?;
        let (dev, lines): (Vec<Line>, Vec<Line>) = lines.into_iter().partition(|l| learn::is_kept_out(&l.text));
        let lines: Vec<Line> = lines.into_iter().filter(|l| lot(&l.text) % 100 < arguments.part).collect();
        say!("{}: {} lines to learn from, {} kept out", lang.code(), lines.len(), dev.len());
        kept_out.push(dev);
        heads.push(train(&rules, lang, &lines, &arguments.data, arguments.dump.as_deref())?.pack());
    }
    let sizes: Vec<usize> = heads.iter().map(Vec::len).collect();
    let heads: [Vec<u8>; 2] = heads.try_into().map_err(|_| anyhow::anyhow!("two languages"))?;
    if !arguments.dry {
        for (lang, head) in Lang::ALL.into_iter().zip(&heads) {
            std::fs::write(arguments.out.join(format!("tone-{}.bin", lang.code())), head)?;
        }
    }
    let rules = Rules::with_heads(heads)?;
    for (lang, dev) in Lang::ALL.into_iter().zip(&kept_out) {
        measure(&rules, lang, dev, &calm(lang, &arguments.data, false)?)?;
    }
    say!("{sizes:?} bytes, {} KiB together", sizes.iter().sum::<usize>() / 1024);
    Ok(())
}

/// Heads that know nothing: the rules are read without those of the last training, so that a new format can be trained for.
fn blank() -> Vec<u8> {
    let rows = Rows::new(1);
    let heads = Weights {
        lanes: std::array::from_fn(|_| vec![0.0; rows.count()]),
        rows,
        bias: [0.0; LANES],
        categories: vec![vec![0.0]; Category::ALL.len()],
        category_bias: vec![0.0; Category::ALL.len()],
        judge: learn::Judge::default(),
    };
    heads.pack()
}

fn train(rules: &Rules, lang: Lang, lines: &[Line], dir: &Path, dump: Option<&Path>) -> Result<Weights> {
    let mut lexicon = Lexicon::default();
    let mut example = |line: &Line, cost, lesson| example(&mut lexicon, rules, lang, line, cost, lesson);
    let mut examples: Vec<Example> =
        lines.iter().map(|l| example(l, if l.heat == 0 && !l.trap { PLAIN } else { COST }, false)).collect();
    let plain = |text: &str, heat: u8| Line::plain(text, heat);
    for rule in rules.iter().filter(|r| r.lang == lang) {
        let heat = rule.severity.max(rule.person.unwrap_or(0)).max(1);
        examples.extend(rule.positive.iter().map(|t| example(&plain(t, heat), LESSON, true)));
        examples.extend(rule.negative.iter().map(|t| example(&plain(t, 0), LESSON, true)));
    }
    // Whoever takes our words must not be told that they land sharp. What quotes the writer's own is not whole here.
    for words in rules.calmer_words(lang).filter(|words| !words.contains('$')) {
        examples.push(example(&plain(words, 0), LESSON, true));
    }
    let calm: Vec<Example> = calm(lang, dir, true)?.iter().map(|t| example(&plain(t, 0), CALM, false)).collect();
    say!("  {} calm lines of others", calm.len());
    // Out of fold: each example is judged by heads that never saw it.
    let mut signals: Vec<(Signals, usize)> = Vec::new();
    let all: Vec<&Example> = examples.iter().chain(&calm).collect();
    for k in 0..FOLDS {
        let rest: Vec<&Example> = all.iter().copied().filter(|e| e.fold != k).collect();
        let (rows, lines) = heads(&lexicon, &rest);
        for (i, example) in all.iter().enumerate().filter(|(_, e)| e.fold == k) {
            let narrow: Vec<Row> = example.rows.iter().map(|row| lexicon.narrow(&rows, row)).collect();
            signals.push((example.reading.signals(&margins(&narrow, &lines)), i));
        }
    }
    signals.sort_by_key(|s| s.1);
    let mut heads_only = Counts::default();
    let mut rules_only = Counts::default();
    for (s, i) in signals.iter().filter(|s| !all[s.1].lesson && s.1 < examples.len()) {
        heads_only.add(s[1].max(s[2]) > 0.0, all[*i].heats[0] >= 1, 1.0);
        rules_only.add(s[5] > 0.0, all[*i].heats[0] >= 1, 1.0);
    }
    say!("  out of fold: heads alone {:.4}, rules alone {:.3}", heads_only.macro_f1(), rules_only.macro_f1());
    let (judge, judged) = judge(&signals, &all, examples.len())?;
    if let Some(dump) = dump {
        let mut out = std::fs::File::create(dump.with_extension(lang.code()))?;
        for (note, alert, i) in judged.iter().filter(|j| j.2 < lines.len()) {
            let (line, found) = (&lines[*i], all[*i].reading.rules.join(","));
            let text = line.text.replace('\n', "/");
            writeln!(out, "{note:.2}\t{alert:.2}\t{}\t{}\t{found}\t{text}", line.heat, line.trap)?;
        }
    }
    // The tables themselves learn from all of it.
    let (rows, lines) = heads(&lexicon, &all);
    let (categories, category_bias) = categories(&examples);
    Ok(Weights {
        bias: lines.each_ref().map(|l| l.bias),
        lanes: lines.map(|l| lexicon::as_they_count(&rows, l.weights)),
        rows,
        categories,
        category_bias,
        judge,
    })
}

/// Probability of a note, of an alert, and the number of the example.
type Judged = (f32, f32, usize);

/// What thresholds make of everything that was judged out of fold.
#[derive(Default)]
struct Tally {
    note: Counts,
    alert: Counts,
    traps: Counts,
    calm: Counts,
    foreign: Counts,
}

impl Tally {
    /// What a false alarm on a trap and on everyday text costs, against macro-F1. Up to here they are free: somewhat below what we
    /// promise, as texts that nobody learned from fare somewhat worse.
    fn value(&self) -> f64 {
        let above = |counts: &Counts, free: f64| (counts.per_mille() - free).max(0.0);
        self.note.macro_f1()
            - 0.002 * above(&self.traps, 50.0)
            - 0.01 * (above(&self.calm, 4.0) + above(&self.foreign, 3.0))
    }
}

/// Weights and thresholds, from examples that the heads did not see.
fn judge(signals: &[(Signals, usize)], all: &[&Example], own: usize) -> Result<(learn::Judge, Vec<Judged>)> {
    let usable: Vec<&(Signals, usize)> = signals.iter().filter(|s| !all[s.1].lesson).collect();
    let rows = |least: u8, fold: Option<usize>, inside: bool| -> Vec<(Signals, bool, f64)> {
        usable
            .iter()
            .filter(|s| fold.is_none_or(|k| (all[s.1].fold == k) == inside))
            .map(|s| {
                let cost = f64::from(all[s.1].cost);
                (s.0, all[s.1].heats[0] >= least, if s.1 < own { cost } else { cost * CALM_JUDGED })
            })
            .collect()
    };
    // Thresholds on judgements that are out of fold as well.
    let fitted = |fold: Option<usize>| learn::Judge {
        note: logistic(&rows(1, fold, false), 3.0),
        alert: logistic(&rows(2, fold, false), 3.0),
        ..learn::Judge::default()
    };
    let mut judged: Vec<Judged> = Vec::new();
    for k in 0..FOLDS {
        let judge = fitted(Some(k));
        for s in usable.iter().filter(|s| all[s.1].fold == k) {
            let (note, alert) = judge.judge(&s.0);
            judged.push((note, alert, s.1));
        }
    }
    let of: HashMap<usize, &Signals> = usable.iter().map(|s| (s.1, &s.0)).collect();
    let at = |judge: &learn::Judge| {
        let mut tally = Tally::default();
        for &(n, a, i) in &judged {
            let said = judge.notes(n, all[i].reading.found.count > 0, of[&i]);
            if i >= own {
                tally.foreign.add(said, false, 1.0);
                continue;
            }
            let heat = all[i].heats[0];
            tally.note.add(said, heat >= 1, 1.0);
            tally.alert.add(said && a >= judge.alert_from, heat >= 2, 1.0);
            if heat == 0 {
                if all[i].trap { &mut tally.traps } else { &mut tally.calm }.add(said, false, 1.0);
            }
        }
        tally
    };
    let from = |step: usize| step as f32 / 25.0;
    let fitted = fitted(None);
    let tried = |[note, alone, short]: [usize; 3]| learn::Judge {
        note_from: from(note),
        alone_from: from(alone),
        short_from: from(short),
        ..fitted.clone()
    };
    let mut values: HashMap<[usize; 3], f64> = HashMap::new();
    for note in STEPS {
        for alone in STEPS {
            for short in STEPS {
                values.insert([note, alone, short], at(&tried([note, alone, short])).value());
            }
        }
    }
    // Alone, the heads speak only where they are surer than beside a rule, and surer still where there are few words.
    let allowed = |&[note, alone, short]: &[usize; 3]| from(note) <= RULED && from(alone) >= ALONE && alone <= short;
    let mut judge = tried(middle_of_the_best(&values, allowed));
    let precise = |from: f32| at(&learn::Judge { alert_from: from, ..judge.clone() }).alert.precision() >= ALERT_RIGHT;
    let hundredth = |n: usize| n as f32 / 100.0;
    // Not where one line happens to be on the right side: a little further it must hold as well.
    let holds = |n: &usize| (*n..n + 5).all(|n| precise(hundredth(n)));
    judge.alert_from = (25..90).find(holds).map_or(0.8, hundredth);
    let tally = at(&judge);
    say!(
        "  from {:.2}/{:.2}/{:.2}/{:.2}: macro-F1 {:.4}, precision {:.3}, recall {:.3}, traps {:.1} %, calm {:.1} in 1,000, of others {:.1}; alert precision {:.3}, recall {:.3}",
        judge.note_from,
        judge.alone_from,
        judge.short_from,
        judge.alert_from,
        tally.note.macro_f1(),
        tally.note.precision(),
        tally.note.recall(),
        tally.traps.per_mille() / 10.0,
        tally.calm.per_mille(),
        tally.foreign.per_mille(),
        tally.alert.precision(),
        tally.alert.recall()
    );
    Ok((judge, judged))
}

/// Thresholds tried, in steps of a twenty-fifth.
const STEPS: std::ops::Range<usize> = 6..24;
/// Of alerts this share must be right, out of fold.
const ALERT_RIGHT: f64 = 0.82;

/// Of the allowed thresholds those whose neighbours are good, too: the best single ones are so by the luck of a few lines.
fn middle_of_the_best(values: &HashMap<[usize; 3], f64>, allowed: impl Fn(&[usize; 3]) -> bool) -> [usize; 3] {
    let around = |at: &[usize; 3]| {
        let near = |of: &[usize; 3]| at.iter().zip(of).all(|(a, b)| a.abs_diff(*b) <= 1);
        let (sum, count) = values
            .iter()
            .filter(|(of, _)| near(of))
            .fold((0.0, 0.0), |(sum, count), (_, value)| (sum + value, count + 1.0));
        sum / count
    };
    let mut places: Vec<&[usize; 3]> = values.keys().filter(|at| allowed(at)).collect();
    // The same on every run, also where two are as good.
    places.sort_unstable();
    places.into_iter().copied().max_by(|a, b| around(a).total_cmp(&around(b))).expect("some thresholds are tried")
}

/// One line for each category, learned from marked sentences against each other.
fn categories(examples: &[Example]) -> (Vec<Vec<f32>>, Vec<f32>) {
    let rows: Vec<(Row, Category)> = examples
        .iter()
        .flat_map(|e| {
            e.marks.iter().map(|(i, c)| (lexicon::hashed(&e.reading.parts[*i].features, CATEGORY_BUCKETS), *c))
        })
        .collect();
    Category::ALL
        .iter()
        .map(|category| {
            let mut problem = Problem::default();
            for (row, c) in &rows {
                problem.push(row, c == category, 0.5);
            }
            let line = svm::learn(&problem, CATEGORY_BUCKETS, 10, 1, |_| true);
            (line.weights, line.bias)
        })
        .unzip()
}

/// The finished engine on the kept-out tenth and on calm text it did not learn from.
fn measure(rules: &Rules, lang: Lang, dev: &[Line], calm: &[String]) -> Result<()> {
    let (mut note, mut alert, mut traps) = <[Counts; 3]>::default().into();
    for line in dev {
        let heat = rules.assess(&line.text, None).heat;
        note.add(heat >= 1, line.heat >= 1, 1.0);
        alert.add(heat >= 2, line.heat >= 2, 1.0);
        if line.trap {
            traps.add(heat >= 1, false, 1.0);
        }
    }
    let alarms = calm.iter().filter(|t| rules.assess(t, None).heat >= 1).count();
    say!(
        "{} kept out: macro-F1 {:.3}, alert precision {:.3} recall {:.3}, traps {:.1} %, {alarms} alarms in {} calm lines ({:.1} in 1,000)",
        lang.code(),
        note.macro_f1(),
        alert.precision(),
        alert.recall(),
        100.0 * traps.false_alarm / (traps.false_alarm + traps.calm).max(1.0),
        calm.len(),
        1000.0 * alarms as f64 / calm.len().max(1) as f64
    );
    Ok(())
}

/// The German offence head alone, 5-fold on the training file.
fn offence(rules: &Rules, dir: &Path) -> Result<()> {
    let mut lexicon = Lexicon::default();
    let texts: Vec<(Row, bool)> = foreign(dir, "germeval2018.train.jsonl")?
        .into_iter()
        .filter_map(|f| {
            let parts = learn::parts(rules, Lang::De, &f.text);
            Some((lexicon.row(parts.iter().flat_map(|p| p.features.iter().copied())), f.y? == 1))
        })
        .collect();
    let mut counts = Counts::default();
    for k in 0..FOLDS {
        let part =
            |inside: bool| texts.iter().enumerate().filter(move |(i, _)| (i % FOLDS == k) == inside).map(|t| t.1);
        let mut full = Problem::default();
        part(false).for_each(|(row, yes)| full.push(row, *yes, OFFENCE));
        let rows = lexicon.choose(GROUPS, &[full]);
        let narrow: Vec<(Row, bool)> = part(false).map(|(row, yes)| (lexicon.narrow(&rows, row), *yes)).collect();
        let mut problem = Problem::default();
        for (row, yes) in &narrow {
            problem.push(row, *yes, OFFENCE);
        }
        let line = svm::learn(&problem, rows.count(), 10, 1, |_| true);
        for (row, yes) in part(true) {
            counts.add(line.margin(&lexicon.narrow(&rows, row)) > 0.0, *yes, 1.0);
        }
    }
    say!("GermEval 2018, {FOLDS}-fold on the training file: macro-F1 {:.4}", counts.macro_f1());
    Ok(())
}
