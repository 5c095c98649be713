//! The draft again, calmer: where a rule can put other words, they stand there; everything else stays as it was written.
//!
//! Invariant: quoted text is never changed, and no sentence is touched that has no finding.

use super::rulebook::Swap;
use super::scan::Book;
use super::{Assessment, Category, Finding};
use crate::locale::Lang;
use std::ops::Range;

/// One change of the text, in bytes.
struct Change {
    span: Range<usize>,
    words: String,
}

pub(super) fn calmer(book: &Book, text: &str, assessment: &Assessment) -> String {
    let mut changes: Vec<Change> = Vec::new();
    let own = || assessment.findings.iter().filter(|f| !f.quoted);
    // Sentences go first: what is replaced as a whole needs no smaller change.
    for finding in own() {
        if swap(book, finding) == Swap::Sentence {
            let span = sentence(text, &bytes(text, finding));
            push(&mut changes, Change { span, words: finding.instead.clone() });
        }
    }
    for finding in own() {
        let span = bytes(text, finding);
        let words = match swap(book, finding) {
            Swap::Span => finding.instead.clone(),
            Swap::Drop => String::new(),
            Swap::Keep if finding.category == Category::Shouting && assessment.lang == Lang::En => {
                unshout(&text[span.clone()])
            }
            Swap::Keep | Swap::Sentence => continue,
        };
        push(&mut changes, Change { span, words });
    }
    changes.sort_by_key(|c| c.span.start);
    apply(text, &changes)
}

fn swap(book: &Book, finding: &Finding) -> Swap {
    book.rules.iter().find(|r| r.id == finding.rule).map_or(Swap::Keep, |r| r.swap)
}

fn push(changes: &mut Vec<Change>, change: Change) {
    let free = changes.iter().all(|c| change.span.end <= c.span.start || c.span.end <= change.span.start);
    let said = !change.words.is_empty() && changes.iter().any(|c| c.words == change.words);
    if free {
        // The same calm sentence twice would sound like a machine: the second one goes.
        changes.push(Change { words: if said { String::new() } else { change.words }, ..change });
    }
}

fn apply(text: &str, changes: &[Change]) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut at = 0;
    for change in changes {
        out.push_str(&text[at..change.span.start]);
        at = change.span.end;
        let opens = out.trim_end().is_empty() || out.trim_end().ends_with(['.', '!', '?']) || out.ends_with('\n');
        if change.words.is_empty() {
            let rest = &text[at..];
            // No double gap, and no gap before a stop, where words went away.
            let trimmed = rest.trim_start_matches([' ', ',']);
            at += rest.len() - trimmed.len();
            if !trimmed.starts_with(|c: char| c.is_alphanumeric()) {
                out.truncate(out.trim_end_matches([' ', ',']).len());
            }
            if opens && let Some(first) = trimmed.chars().next() {
                out.extend(first.to_uppercase());
                at += first.len_utf8();
            }
        } else if opens || text[change.span.clone()].starts_with(char::is_uppercase) {
            let mut chars = change.words.chars();
            out.extend(chars.next().into_iter().flat_map(char::to_uppercase));
            out.push_str(chars.as_str());
        } else {
            out.push_str(&change.words);
        }
    }
    out.push_str(&text[at..]);
    out.trim().to_owned()
}

/// Sentence case for a shouted English run.
fn unshout(words: &str) -> String {
    let lower = words.to_lowercase();
    lower
        .split(' ')
        .map(|w| if w == "i" || w.starts_with("i'") { w.replacen('i', "I", 1) } else { w.to_owned() })
        .collect::<Vec<_>>()
        .join(" ")
}

/// Scalar offsets of a finding to bytes.
fn bytes(text: &str, finding: &Finding) -> Range<usize> {
    let at = |n: usize| text.char_indices().nth(n).map_or(text.len(), |(i, _)| i);
    at(finding.start)..at(finding.end)
}

/// The sentence around a span, with its closing marks.
fn sentence(text: &str, span: &Range<usize>) -> Range<usize> {
    let stops = ['.', '!', '?', '\n'];
    let before = &text[..span.start];
    let start = before.rfind(stops).map_or(0, |n| n + 1);
    let start = start + (before[start..].len() - before[start..].trim_start().len());
    let inside = span.end.saturating_sub(1).max(span.start);
    let inside = text.floor_char_boundary(inside);
    let end = text[inside..].find(stops).map_or(text.len(), |n| inside + n);
    let tail = text[end..].len() - text[end..].trim_start_matches(['.', '!', '?']).len();
    start..(end + tail).max(span.end)
}
