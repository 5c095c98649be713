//! From matches to an assessment: who is meant, what is quoted, what is louder or softer than its words.
//!
//! Invariant: heat is decided by unquoted findings alone.

use super::fold::Folded;
use super::glyphs::SOFT;
use super::rulebook::Rule;
use super::scan::{Book, Hit, MOST_HITS, sentence};
use super::{Assessment, Category, Finding, quote, shout};
use crate::locale::Lang;
use std::ops::Range;
use unicode_segmentation::GraphemeCursor;

/// A finding before offsets are counted.
struct Draft<'a> {
    span: Range<usize>,
    category: Category,
    severity: u8,
    quoted: bool,
    rule: Option<&'a Rule>,
    instead: String,
}

/// Reads one message with one language's rules.
pub(super) fn weigh(book: &Book, lang: Lang, text: &str, folded: &Folded) -> Assessment {
    let mut drafts: Vec<Draft> = Vec::new();
    for hit in book.scan(&folded.bytes) {
        let severity = aimed(book, &hit, &folded.bytes);
        if severity > 0 {
            drafts.push(draft(book, &hit, severity, text, folded));
        }
    }
    if folded.capitals {
        for span in shout::shouted(text) {
            drafts.push(Draft {
                span,
                category: Category::Shouting,
                severity: 1,
                quoted: false,
                rule: None,
                instead: String::new(),
            });
        }
    }
    if drafts.is_empty() {
        return Assessment { lang, heat: 0, score: 0.0, findings: Vec::new() };
    }
    mark_quoted(text, &mut drafts);
    drop_covered(&mut drafts);
    let volume = shout::volume(&folded.bytes);
    let shouting = drafts.iter().any(|d| d.category == Category::Shouting && !d.quoted);
    for draft in &mut drafts {
        let strong = !matches!(
            draft.category,
            Category::Shouting | Category::Sarcasm | Category::Defensive | Category::Generalisation
        );
        if draft.severity == 1
            && strong
            && (volume.angry || shouting || volume.marks && draft.category != Category::Impatience)
        {
            draft.severity = 2;
        }
    }
    let findings = number(text, lang, drafts);
    let heat = heat(&findings);
    let score = score(&findings);
    Assessment { lang, heat, score, findings }
}

/// The severity by whom the sentence is about, softened by a smile; 0 drops the finding.
fn aimed(book: &Book, hit: &Hit, folded: &[u8]) -> u8 {
    let rule = &book.rules[hit.rule];
    let around = &folded[sentence(folded, &hit.span)];
    let severity = match (rule.person, rule.company) {
        (Some(severity), _) if book.targets.person.get().is_match(around) => severity,
        (_, Some(severity)) if book.targets.company.get().is_match(around) => severity,
        _ => rule.severity,
    };
    // A smile after the stop still belongs to the sentence.
    let near = &folded[hit.span.start..(hit.span.end + 40).min(folded.len())];
    let smiles = around.contains(&SOFT) || near.contains(&SOFT);
    if smiles && rule.severity <= 1 && rule.category != Category::Sarcasm {
        severity.saturating_sub(1)
    } else {
        severity
    }
}

fn draft<'a>(book: &'a Book, hit: &Hit, severity: u8, text: &str, folded: &Folded) -> Draft<'a> {
    let rule = &book.rules[hit.rule];
    let span = original(text, folded, &hit.span);
    let template = match &rule.instead_du {
        Some(du) if says_du(&folded.bytes) => du,
        _ => &rule.instead,
    };
    let instead = fill(template, rule, hit, text, folded);
    let quoted = book
        .targets
        .reported
        .as_ref()
        .is_some_and(|r| r.get().is_match(&folded.bytes[sentence(&folded.bytes, &hit.span)]));
    Draft { span, category: rule.category, severity, quoted, rule: Some(rule), instead }
}

/// Whether a German text says du or ihr and never Sie or Ihnen in a way only Sie has.
fn says_du(folded: &[u8]) -> bool {
    let mut du = false;
    for word in folded.split(|b| !b.is_ascii_lowercase()).take(400) {
        match word {
            b"du" | b"dich" | b"dir" | b"dein" | b"deine" | b"deinen" | b"deiner" | b"euch" | b"euer" | b"eure"
            | b"euren" | b"habt" | b"seid" | b"hast" | b"bist" | b"kannst" | b"koennt" | b"macht" | b"machst" => {
                du = true;
            }
            b"ihnen" => return false,
            _ => {}
        }
    }
    du
}

/// Puts the writer's own words where the template says `$1`. Falls back to the part before a `|` when the group is missing.
fn fill(template: &str, rule: &Rule, hit: &Hit, text: &str, folded: &Folded) -> String {
    if !template.contains('$') {
        return template.to_owned();
    }
    let groups = rule.patterns[hit.pattern].regex.get().captures(&folded.bytes[hit.span.clone()]);
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let digit = rest.as_bytes().get(at + 1).copied().filter(u8::is_ascii_digit);
        let Some(digit) = digit else {
            out.push('$');
            rest = &rest[at + 1..];
            continue;
        };
        let group = groups.as_ref().and_then(|g| g.get(usize::from(digit - b'0')));
        if let Some(group) = group.filter(|g| !g.is_empty()) {
            let span = hit.span.start + group.start()..hit.span.start + group.end();
            out.push_str(text[original(text, folded, &span)].trim());
        }
        rest = &rest[at + 2..];
    }
    out.push_str(rest);
    out.replace("  ", " ")
}

/// The byte range of the original behind a folded span, widened to grapheme borders.
fn original(text: &str, folded: &Folded, span: &Range<usize>) -> Range<usize> {
    let start = folded.map[span.start] as usize;
    let last = folded.map[span.end - 1] as usize;
    let end = last + text[last..].chars().next().map_or(0, char::len_utf8);
    border_before(text, start)..border_after(text, end)
}

fn border_before(text: &str, at: usize) -> usize {
    let mut cursor = GraphemeCursor::new(at, text.len(), true);
    match cursor.is_boundary(text, 0) {
        Ok(false) => cursor.prev_boundary(text, 0).ok().flatten().unwrap_or(0),
        _ => at,
    }
}

fn border_after(text: &str, at: usize) -> usize {
    let mut cursor = GraphemeCursor::new(at, text.len(), true);
    match cursor.is_boundary(text, 0) {
        Ok(false) => cursor.next_boundary(text, 0).ok().flatten().unwrap_or(text.len()),
        _ => at,
    }
}

fn mark_quoted(text: &str, drafts: &mut [Draft]) {
    let quoted = quote::quoted(text);
    for draft in drafts {
        let next = quoted.partition_point(|q| q.end <= draft.span.start);
        draft.quoted |= quoted
            .get(next)
            .is_some_and(|q| q.start < draft.span.end && q.end >= draft.span.end.min(draft.span.start + 1));
    }
}

/// Of findings over the same words the strongest stays; equals of one category are joined by keeping the longer.
fn drop_covered(drafts: &mut Vec<Draft>) {
    drafts.sort_by_key(|d| (std::cmp::Reverse(d.severity), std::cmp::Reverse(d.span.len()), d.span.start));
    let mut kept: Vec<Draft> = Vec::with_capacity(drafts.len());
    for draft in drafts.drain(..) {
        let covered = kept.iter().any(|k| {
            let overlap = k.span.start < draft.span.end && draft.span.start < k.span.end;
            let inside = k.span.start <= draft.span.start && draft.span.end <= k.span.end;
            let shouting = (k.category == Category::Shouting) != (draft.category == Category::Shouting);
            overlap && !shouting && (inside || k.category == draft.category)
        });
        if !covered && kept.len() < MOST_HITS {
            kept.push(draft);
        }
    }
    kept.sort_by_key(|d| (d.span.start, d.span.end));
    *drafts = kept;
}

/// Byte spans to scalar offsets, in one pass over the text.
fn number(text: &str, lang: Lang, drafts: Vec<Draft>) -> Vec<Finding> {
    let mut at = 0;
    let mut count = 0;
    drafts
        .into_iter()
        .map(|draft| {
            count += text[at..draft.span.start].chars().count();
            at = draft.span.start;
            let end = count + text[draft.span.clone()].chars().count();
            let (why, instead, rule) = match draft.rule {
                Some(rule) => (rule.why.clone(), draft.instead, rule.id.clone()),
                None => shouting_texts(lang),
            };
            Finding {
                start: count,
                end,
                category: draft.category,
                severity: draft.severity,
                quoted: draft.quoted,
                why,
                instead,
                rule,
            }
        })
        .collect()
}

/// Shouting is found by its shape, not by a pattern, so its texts are here.
fn shouting_texts(lang: Lang) -> (String, String, String) {
    let (why, instead) = match lang {
        Lang::De => (
            "Ganze Sätze in Großbuchstaben werden leicht als Schreien gelesen, auch wenn nur Nachdruck gemeint ist.",
            "Denselben Satz in normaler Schreibweise; ein einzelnes Wort lässt sich **fett** betonen.",
        ),
        Lang::En => (
            "Whole sentences in capitals may read as shouting, even when only emphasis is meant.",
            "The same sentence in normal case; a single word can be stressed in **bold**.",
        ),
    };
    (why.to_owned(), instead.to_owned(), "shouting.capitals".to_owned())
}

/// Heat is the strongest unquoted finding; two mild ones together are heated.
fn heat(findings: &[Finding]) -> u8 {
    let own = || findings.iter().filter(|f| !f.quoted);
    let strongest = own().map(|f| f.severity).max().unwrap_or(0);
    let mild = own().filter(|f| f.severity == 1).count();
    if strongest == 1 && mild >= 2 { 2 } else { strongest }
}

/// 1 − Π(1 − w): each finding leaves less doubt. Weights 0.5, 0.75, 0.93 put one finding of each severity into its own band.
fn score(findings: &[Finding]) -> f32 {
    let doubt: f32 = findings
        .iter()
        .filter(|f| !f.quoted)
        .map(|f| match f.severity {
            1 => 0.5,
            2 => 0.25,
            _ => 0.07,
        })
        .product();
    if findings.iter().all(|f| f.quoted) { 0.0 } else { 1.0 - doubt }
}
