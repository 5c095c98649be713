//! Finds where the rules of one language match in folded text.
//!
//! Invariant: the result does not depend on the prefilter; it only decides which patterns are worth trying. Long text is read in
//! pieces cut at sentence ends, so that time grows with length and never with its square.

use super::Category;
use super::head::Head;
use super::rulebook::{General, Rule, Rulebook, Targets};
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::collections::BTreeMap;
use std::ops::Range;

/// Longest piece read at once, in folded bytes.
const PIECE: usize = 1_500;
/// Most hits reported for one message; more tell nobody anything.
pub const MOST_HITS: usize = 200;

/// One match of one pattern, in folded bytes.
#[derive(Debug, Clone)]
pub struct Hit {
    /// Index into [`Book::rules`].
    pub rule: usize,
    /// Index of the pattern in its rule.
    pub pattern: usize,
    /// The folded span.
    pub span: Range<usize>,
}

/// The rules of one language, ready to read.
#[derive(Debug)]
pub struct Book {
    /// All rules in the order of the file.
    pub rules: Vec<Rule>,
    pub(super) targets: Targets,
    /// The learned tables of the language.
    pub(super) head: Head,
    /// Texts by category, in the order of [`Category::ALL`].
    pub(super) general: Vec<General>,
    /// Whether these are the rules the heads were calibrated with.
    pub(super) shipped: bool,
    automaton: AhoCorasick,
    /// For each literal the patterns that wait for it, with the bit of the group it belongs to.
    waiting: Vec<Vec<(u16, u8)>>,
    /// For each pattern: rule, pattern in the rule, and the bits that must be set.
    patterns: Vec<(u16, u16, u8)>,
    /// Patterns that require nothing.
    always: Vec<u16>,
}

impl Book {
    /// `general` must have a text for every category.
    pub(super) fn new(book: Rulebook, head: Head, general: &BTreeMap<Category, General>) -> Self {
        let Rulebook { mut rules, targets, shipped, .. } = book;
        let general = Category::ALL
            .iter()
            .filter_map(|category| book.general.get(category).or_else(|| general.get(category)).cloned())
            .collect();
        let mut literals: BTreeMap<Vec<u8>, Vec<(u16, u8)>> = BTreeMap::new();
        let mut patterns = Vec::new();
        let mut always = Vec::new();
        for (r, rule) in rules.iter_mut().enumerate() {
            for (p, pattern) in rule.patterns.iter_mut().enumerate() {
                let number = patterns.len() as u16;
                let groups = std::mem::take(&mut pattern.required);
                if groups.is_empty() {
                    always.push(number);
                }
                for (bit, group) in groups.iter().enumerate() {
                    for literal in group {
                        literals.entry(literal.clone()).or_default().push((number, 1 << bit));
                    }
                }
                patterns.push((r as u16, p as u16, ((1u16 << groups.len()) - 1) as u8));
            }
        }
        let (words, waiting): (Vec<_>, Vec<_>) = literals.into_iter().unzip();
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(&words)
            .expect("a few thousand short strings fit an automaton");
        Self { rules, targets, head, general, shipped, automaton, waiting, patterns, always }
    }

    /// All matches, exceptions already taken away, in no particular order.
    pub fn scan(&self, folded: &[u8]) -> Vec<Hit> {
        let mut hits = Vec::new();
        let mut bits = vec![0u8; self.patterns.len()];
        let mut touched: Vec<u16> = Vec::new();
        let mut from = 0;
        while from < folded.len() && hits.len() < MOST_HITS {
            let piece = from..cut(folded, from);
            self.scan_piece(folded, piece.clone(), &mut bits, &mut touched, &mut hits);
            for number in touched.drain(..) {
                bits[usize::from(number)] = 0;
            }
            from = piece.end;
        }
        hits
    }

    fn scan_piece(
        &self,
        folded: &[u8],
        piece: Range<usize>,
        bits: &mut [u8],
        touched: &mut Vec<u16>,
        hits: &mut Vec<Hit>,
    ) {
        let text = &folded[piece.clone()];
        let mut ready: Vec<u16> = Vec::new();
        for found in self.automaton.find_overlapping_iter(text) {
            for &(number, bit) in &self.waiting[found.pattern().as_usize()] {
                let seen = &mut bits[usize::from(number)];
                if *seen & bit != 0 {
                    continue;
                }
                if *seen == 0 {
                    touched.push(number);
                }
                *seen |= bit;
                if *seen == self.patterns[usize::from(number)].2 {
                    ready.push(number);
                }
            }
        }
        for &number in ready.iter().chain(&self.always) {
            let (rule, pattern, _) = self.patterns[usize::from(number)];
            let (rule, pattern) = (usize::from(rule), usize::from(pattern));
            for found in self.rules[rule].patterns[pattern].regex.get().find_iter(text) {
                let span = piece.start + found.start()..piece.start + found.end();
                if !span.is_empty() && !self.excused(rule, folded, &span) {
                    hits.push(Hit { rule, pattern, span });
                }
                if hits.len() >= MOST_HITS {
                    return;
                }
            }
        }
    }

    /// Whether an exception of the rule takes the match away.
    fn excused(&self, rule: usize, folded: &[u8], span: &Range<usize>) -> bool {
        let rule = &self.rules[rule];
        if rule.except.is_none() && rule.unless.is_none() {
            return false;
        }
        let around = sentence(folded, span);
        let text = &folded[around.clone()];
        rule.unless.as_ref().is_some_and(|r| r.get().is_match(text))
            || rule.except.as_ref().is_some_and(|r| {
                r.get()
                    .find_iter(text)
                    .any(|m| around.start + m.start() < span.end && span.start < around.start + m.end())
            })
    }
}

/// Where the piece that starts at `from` ends: the last sentence end, else the last gap, else the limit.
fn cut(folded: &[u8], from: usize) -> usize {
    let limit = from + PIECE;
    if limit >= folded.len() {
        return folded.len();
    }
    let window = &folded[from..limit];
    let end = window
        .iter()
        .rposition(|b| matches!(b, b'\n' | b'!' | b'?'))
        .or_else(|| window.windows(2).rposition(|w| w == b". ").map(|n| n + 1))
        .or_else(|| window.iter().rposition(|&b| b == b' '))
        .unwrap_or(PIECE - 1);
    from + end + 1
}

/// The sentence around a folded span; at most 400 bytes are looked at on either side.
pub fn sentence(folded: &[u8], span: &Range<usize>) -> Range<usize> {
    let ends = |at: usize| match folded[at] {
        b'\n' | b'!' | b'?' => true,
        b'.' => {
            folded.get(at + 1).is_none_or(|b| matches!(b, b' ' | b'\n')) && !(at > 0 && folded[at - 1].is_ascii_digit())
        }
        _ => false,
    };
    let low = span.start.saturating_sub(400);
    let start = (low..span.start).rev().find(|&at| ends(at)).map_or(low, |at| at + 1);
    let high = (span.end + 400).min(folded.len());
    let end = (span.end.max(1) - 1..high).find(|&at| ends(at)).map_or(high, |at| at + 1);
    start..end.max(span.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_ends_at_its_stop_and_not_at_a_date() {
        let text = b"hallo. bis zum 3. mai ist zeit! danke";
        let inner = 15..17;
        assert_eq!(&text[sentence(text, &inner)], b" bis zum 3. mai ist zeit!");
    }

    #[test]
    fn nearly_every_pattern_waits_for_words() {
        let rules = crate::tone::Rules::embedded();
        for book in [&rules.german, &rules.english] {
            let idle: Vec<&str> = book
                .always
                .iter()
                .map(|&n| book.rules[usize::from(book.patterns[usize::from(n)].0)].id.as_str())
                .collect();
            // A single sign, and a word too short to wait for.
            assert!(idle.len() <= 3, "tried on every message: {idle:?}");
        }
    }

    #[test]
    fn long_text_is_cut_where_a_sentence_ends() {
        let text = "das ist ein satz. ".repeat(200);
        let end = cut(text.as_bytes(), 0);
        assert!(end <= PIECE && text[..end].ends_with(". "), "{:?}", &text[end - 4..end]);
        assert_eq!(cut(&[b'x'; 4000], 0), PIECE);
    }
}
