//! From matches to an assessment: who is meant, what is quoted, what is louder or softer than its words.
//!
//! Invariant: heat is decided by unquoted findings alone.

use super::fold::Folded;
use super::glyphs::SOFT;
use super::judge::{Found, signals};
use super::learn::{self, Reading};
use super::rulebook::{Rule, Swap};
use super::scan::{Book, Hit, MOST_HITS, sentence};
use super::{Assessment, Category, Finding, quote, shout};
use crate::locale::Lang;
use std::borrow::Cow;
use std::cmp::Reverse;
use std::ops::Range;
use unicode_segmentation::GraphemeCursor;

/// How far from a finding, in folded bytes, the word is looked for that says whom it is aimed at.
const NEAR: usize = 48;

/// A finding before offsets are counted.
struct Draft<'a> {
    span: Range<usize>,
    category: Category,
    severity: u8,
    quoted: bool,
    rule: Option<&'a Rule>,
    /// The heads found it and cannot tell what kind of heat it is.
    unsure: bool,
    instead: String,
    /// What `instead` takes over of the writer's own words.
    words: Option<Range<usize>>,
}

/// Reads one message with one language's rules and heads. `sure`: it is in that language, so that the heads may speak alone.
pub(super) fn weigh(book: &Book, lang: Lang, text: &str, folded: &Folded, sure: bool) -> Assessment {
    let (mut drafts, telling) = drafts(book, text, folded);
    let judge = &book.head.judge;
    let calm = |findings| Assessment { lang, heat: 0, score: 0.0, findings };
    if drafts.is_empty() {
        if !sure {
            return calm(Vec::new());
        }
        // Most messages end here: nothing found, and the heads see nothing either.
        let margins = book.head.margins(&folded.bytes);
        let volume = shout::volume(&folded.bytes);
        let signals = signals(&margins, Found::default(), volume, &folded.bytes);
        if !judge.notes(judge.judge(&signals).0, false, &signals) {
            return calm(Vec::new());
        }
    }
    let quoted = quote::quoted(text);
    mark_quoted(&quoted, &mut drafts);
    say_nothing_sharp_again(book, &mut drafts);
    drop_covered(&mut drafts);
    let own = own_words(book, folded, &quoted, telling);
    let signals = signals(&book.head.margins(&own), found(&drafts), shout::volume(&own), &own);
    let (note, alert) = judge.judge(&signals);
    // What an owner's own rules find stays found; the shipped ones are calibrated together with the heads.
    let trusted = !book.shipped && drafts.iter().any(|d| !d.quoted);
    let ruled = drafts.iter().any(|d| !d.quoted);
    if !judge.notes(note, ruled, &signals) && !trusted {
        drafts.retain(|d| d.quoted);
        return calm(number(book, text, drafts));
    }
    if drafts.iter().all(|d| d.quoted) {
        match learned(book, text, folded, &own) {
            Some(draft) if sure => drafts.push(draft),
            _ => return calm(number(book, text, drafts)),
        }
        drafts.sort_by_key(|d| (d.span.start, d.span.end));
    }
    settle(&mut drafts, alert >= judge.alert_from, trusted);
    let heat = drafts.iter().filter(|d| !d.quoted).map(|d| d.severity).max().unwrap_or(0);
    let sure = note.midpoint(alert).clamp(0.05, 1.0);
    let score = if heat == 3 { sure.max(0.9) } else { sure };
    Assessment { lang, heat, score, findings: number(book, text, drafts) }
}

/// Severities that agree with the decision: an alert has a finding of at least 2, a mere note none.
fn settle(drafts: &mut [Draft], alert: bool, trusted: bool) {
    let own = || |d: &&mut Draft| !d.quoted;
    if !alert {
        if !trusted {
            drafts.iter_mut().filter(own()).for_each(|d| d.severity = d.severity.min(1));
        }
    } else if let Some(strongest) = drafts.iter_mut().filter(own()).max_by_key(|d| d.severity) {
        strongest.severity = strongest.severity.max(2);
    }
}

/// What the rules and the capitals show, and whether the text may tell of others' words.
fn drafts<'a>(book: &'a Book, text: &str, folded: &Folded) -> (Vec<Draft<'a>>, bool) {
    let mut drafts: Vec<Draft> = Vec::new();
    let scan = book.scan(&folded.bytes);
    for hit in scan.hits {
        let severity = aimed(book, &hit, &folded.bytes);
        if severity > 0 {
            drafts.push(draft(book, &hit, severity, text, folded, scan.telling));
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
                unsure: false,
                instead: String::new(),
                words: None,
            });
        }
    }
    (drafts, scan.telling)
}

fn found(drafts: &[Draft]) -> Found {
    let mut found = Found::default();
    for draft in drafts.iter().filter(|d| !d.quoted) {
        found.add(draft.category, draft.severity);
    }
    found
}

/// The folded text without what is quoted or told of somebody else: blanks stand there, so that offsets stay what they are.
fn own_words<'a>(book: &Book, folded: &'a Folded, quoted: &[Range<usize>], telling: bool) -> Cow<'a, [u8]> {
    let mut own = Cow::Borrowed(folded.bytes.as_slice());
    for range in quoted {
        let from = folded.map.partition_point(|&at| (at as usize) < range.start);
        let to = folded.map.partition_point(|&at| (at as usize) < range.end);
        if from < to {
            own.to_mut()[from..to].fill(b' ');
        }
    }
    if let Some(pattern) = book.targets.reported.as_ref().filter(|_| telling) {
        for span in pattern.regex.find_from(&folded.bytes, 0) {
            let told = reported(book, &folded.bytes, &span).unwrap_or_else(|| sentence(&folded.bytes, &span));
            own.to_mut()[told].fill(b' ');
        }
    }
    own
}

/// The part of the sentence around a span that tells what somebody else said: from where that begins, as what stands before it is the
/// writer's own ("der Idiot von Kunde schrieb, dass …"); the whole sentence where it ends with who said it.
fn reported(book: &Book, folded: &[u8], span: &Range<usize>) -> Option<Range<usize>> {
    let around = sentence(folded, span);
    let found = book.targets.reported.as_ref()?.regex.find_from(&folded[around.clone()], 0).next()?;
    let last = around.len().saturating_sub(found.end) <= 3;
    Some(if last { around } else { around.start + found.start..around.end })
}

/// What the heads alone hold against a message: the words that weigh most.
fn learned<'a>(book: &'a Book, text: &str, folded: &Folded, own: &[u8]) -> Option<Draft<'a>> {
    let heaviest = book.head.heaviest(own)?;
    Some(Draft {
        span: original(text, folded, &heaviest.span),
        category: heaviest.category,
        severity: 1,
        quoted: false,
        rule: None,
        unsure: !heaviest.sure,
        instead: String::new(),
        words: None,
    })
}

/// A text as the trainer sees it.
pub(super) fn reading(book: &Book, text: &str) -> Reading {
    let folded = super::fold::fold(text);
    let (mut drafts, telling) = drafts(book, text, &folded);
    let quoted = quote::quoted(text);
    mark_quoted(&quoted, &mut drafts);
    drop_covered(&mut drafts);
    let own = own_words(book, &folded, &quoted, telling).into_owned();
    let volume = shout::volume(&own);
    let parts = learn::collect(&own, &folded.map, book.head.kinds());
    let rules =
        drafts.iter().filter(|d| !d.quoted).map(|d| d.rule.map_or("shouting.capitals", |r| &r.id).to_owned()).collect();
    Reading { found: found(&drafts), volume, parts, own, rules }
}

/// The severity by whom the sentence is about, softened by a smile; 0 drops the finding.
fn aimed(book: &Book, hit: &Hit, folded: &[u8]) -> u8 {
    let rule = &book.rules[hit.rule];
    let whole = sentence(folded, &hit.span);
    let around = &folded[whole.clone()];
    // Whom it is aimed at stands near it: a "you" at the far end of a long sentence is somebody else's.
    let near = &folded[whole.start.max(hit.span.start.saturating_sub(NEAR))..whole.end.min(hit.span.end + NEAR)];
    let severity = match (rule.person, rule.company) {
        (Some(severity), _) if book.targets.person.is_match(near) => severity,
        (_, Some(severity)) if book.targets.company.is_match(near) => severity,
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

fn draft<'a>(book: &'a Book, hit: &Hit, severity: u8, text: &str, folded: &Folded, telling: bool) -> Draft<'a> {
    let rule = &book.rules[hit.rule];
    let span = original(text, folded, &hit.span);
    let template = match &rule.instead_du {
        Some(du) if says_du(&folded.bytes) => du,
        _ => &rule.instead,
    };
    let (instead, words) = fill(template, rule, hit, text, folded);
    let quoted = telling && reported(book, &folded.bytes, &hit.span).is_some_and(|told| told.start <= hit.span.start);
    Draft { span, category: rule.category, severity, quoted, rule: Some(rule), unsure: false, instead, words }
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

/// Puts the writer's own words where the template says `$1`, and says where in the text they stand.
fn fill(template: &str, rule: &Rule, hit: &Hit, text: &str, folded: &Folded) -> (String, Option<Range<usize>>) {
    if !template.contains('$') {
        return (template.to_owned(), None);
    }
    let mut words: Option<Range<usize>> = None;
    let groups = rule.patterns[hit.pattern].regex.groups(&folded.bytes[hit.span.clone()]);
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
        let group = groups.as_ref().and_then(|g| g.get(usize::from(digit - b'0'))?.clone());
        if let Some(group) = group.filter(|g| !g.is_empty()) {
            let span = hit.span.start + group.start..hit.span.start + group.end;
            let own = original(text, folded, &span);
            out.push_str(text[own.clone()].trim());
            words = Some(words.map_or(own.clone(), |so_far| so_far.start.min(own.start)..so_far.end.max(own.end)));
        }
        rest = &rest[at + 2..];
    }
    out.push_str(rest);
    // Where the writer had no such words, no gap stays before the stop.
    (out.replace("  ", " ").replace(" ;", ";"), words)
}

/// A wording that would say another sharp word of the writer again is no calmer one: the category's own phrase stands there then.
fn say_nothing_sharp_again(book: &Book, drafts: &mut [Draft]) {
    for at in 0..drafts.len() {
        let Some(words) = drafts[at].words.clone() else { continue };
        let again = drafts.iter().enumerate().any(|(other, draft)| {
            let span = &draft.span;
            let inside = words.start <= span.start && span.end <= words.end;
            let shouted = draft.category == Category::Shouting && span.start < words.end && words.start < span.end;
            other != at && (inside || shouted)
        });
        if again {
            book.general[drafts[at].category as usize].instead().clone_into(&mut drafts[at].instead);
        }
    }
}

/// The byte range of the original behind a folded span, without the stops and gaps around its words, widened to grapheme borders.
fn original(text: &str, folded: &Folded, span: &Range<usize>) -> Range<usize> {
    let outside = |b: &u8| matches!(b, b' ' | b'\n' | b'.' | b'!' | b'?');
    let body = &folded.bytes[span.clone()];
    let span =
        match (body.iter().position(|b| !outside(b)), body.iter().rposition(|b| !matches!(b, b' ' | b'\n' | b'.'))) {
            (Some(first), Some(last)) if first <= last => span.start + first..span.start + last + 1,
            _ => span.clone(),
        };
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

fn mark_quoted(quoted: &[Range<usize>], drafts: &mut [Draft]) {
    for draft in drafts {
        let next = quoted.partition_point(|q| q.end <= draft.span.start);
        draft.quoted |= quoted
            .get(next)
            .is_some_and(|q| q.start < draft.span.end && q.end >= draft.span.end.min(draft.span.start + 1));
    }
}

/// Of findings over the same words the strongest stays; equals of one category are joined by keeping the longer.
fn drop_covered(drafts: &mut Vec<Draft>) {
    // Of two rules over the very same words the one that can put other words there says more; else the first of the file.
    let puts = |d: &Draft| d.rule.is_some_and(|r| r.swap != Swap::Keep);
    drafts.sort_by_key(|d| (Reverse(d.severity), Reverse(d.span.len()), d.span.start, Reverse(puts(d))));
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
fn number(book: &Book, text: &str, drafts: Vec<Draft>) -> Vec<Finding> {
    let mut at = 0;
    let mut count = 0;
    drafts
        .into_iter()
        .map(|draft| {
            count += text[at..draft.span.start].chars().count();
            at = draft.span.start;
            let end = count + text[draft.span.clone()].chars().count();
            let (why, instead, rule) = if let Some(rule) = draft.rule {
                (rule.why.clone(), draft.instead, rule.id.clone())
            } else {
                let general = &book.general[draft.category as usize];
                book.unsure.as_ref().filter(|_| draft.unsure).unwrap_or(general).texts(draft.category)
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
