//! Finds where the rules of one language match in folded text.
//!
//! Invariant: the result does not depend on the prefilter; it only decides which patterns are worth trying. Long text is read in
//! pieces cut at sentence ends, so that time grows with length and never with its square.

use super::Category;
use super::head::Head;
use super::literals::{GROUPS, Literal, Needed};
use super::rulebook::{General, Rule, Rulebook, Targets};
use super::sieve::Sieve;
use std::collections::BTreeMap;
use std::ops::Range;

/// Longest piece read at once, in folded bytes.
const PIECE: usize = 600;
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
    /// The text where the heads cannot tell the category.
    pub(super) unsure: Option<General>,
    /// Whether these are the rules the heads were calibrated with.
    pub(super) shipped: bool,
    /// The strings patterns wait for, with the pattern and the bit of the group a string belongs to. The pattern that tells of others'
    /// words comes last, behind those of the rules.
    sieve: Sieve,
    patterns: Vec<Waiting>,
    /// The bits of the pattern that tells of others' words, where there is one.
    telling: Option<u8>,
    /// Patterns that require nothing.
    always: Vec<u16>,
}

/// A pattern and what it waits for.
#[derive(Debug, Default)]
struct Waiting {
    rule: u16,
    /// Its place in the rule.
    pattern: u16,
    /// The bits that are set when all its groups occurred.
    all: u8,
    /// For each group how many bytes of a match may stand before it.
    before: [u16; GROUPS],
}

impl Waiting {
    fn new(groups: Vec<Needed>, number: u16, literals: &mut Vec<(Literal, u16, u8)>) -> Self {
        let mut waiting = Self { before: [u16::MAX; GROUPS], ..Self::default() };
        for (bit, needed) in groups.into_iter().enumerate() {
            waiting.all |= 1 << bit;
            waiting.before[bit] = needed.before.and_then(|n| u16::try_from(n).ok()).unwrap_or(u16::MAX);
            literals.extend(needed.group.into_iter().map(|literal| (literal, number, 1 << bit)));
        }
        waiting
    }
}

/// What has been seen of what a pattern waits for.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    bits: u8,
    /// No match begins before this byte of the piece.
    from: u16,
    /// None begins behind this one, where the last string of the first group stands.
    last: u16,
}

/// What the rules found in one message.
#[derive(Debug, Default)]
pub struct Scan {
    /// All matches, exceptions already taken away; those of one piece of the text in the order of the file.
    pub hits: Vec<Hit>,
    /// Whether it may tell of others' words; where not, it surely does not.
    pub telling: bool,
}

impl Book {
    /// `general` must have a text for every category; what the book does not say is said with it and with `unsure`.
    pub(super) fn new(
        book: Rulebook,
        head: Head,
        general: &BTreeMap<Category, General>,
        unsure: Option<General>,
    ) -> Self {
        let Rulebook { mut rules, mut targets, shipped, .. } = book;
        let unsure = book.unsure.or(unsure);
        let general = Category::ALL
            .iter()
            .filter_map(|category| book.general.get(category).or_else(|| general.get(category)).cloned())
            .collect();
        let mut literals: Vec<(Literal, u16, u8)> = Vec::new();
        let mut patterns = Vec::new();
        let mut always = Vec::new();
        for (r, rule) in rules.iter_mut().enumerate() {
            for (p, pattern) in rule.patterns.iter_mut().enumerate() {
                let number = patterns.len() as u16;
                let waiting = Waiting::new(std::mem::take(&mut pattern.required), number, &mut literals);
                if waiting.all == 0 {
                    always.push(number);
                }
                patterns.push(Waiting { rule: r as u16, pattern: p as u16, ..waiting });
            }
        }
        let telling = targets.reported.as_mut().map(|pattern| std::mem::take(&mut pattern.required));
        let telling = telling.map(|groups| Waiting::new(groups, patterns.len() as u16, &mut literals).all);
        Self { rules, targets, head, general, unsure, shipped, sieve: Sieve::new(literals), patterns, telling, always }
    }

    /// Reads one message.
    pub fn scan(&self, folded: &[u8]) -> Scan {
        let mut scan = Scan::default();
        let mut seen = vec![Seen::default(); self.patterns.len() + 1];
        let mut from = 0;
        while from < folded.len() && scan.hits.len() < MOST_HITS {
            let piece = from..cut(folded, from);
            if from > 0 {
                seen.fill(Seen::default());
            }
            self.scan_piece(folded, piece.clone(), &mut seen, &mut scan.hits);
            // A telling that begins in one piece and ends in the next would not show.
            let whole = piece.len() == folded.len();
            scan.telling |= self.telling.is_some_and(|all| !whole || seen.last().is_some_and(|seen| seen.bits == all));
            from = piece.end;
        }
        scan
    }

    fn scan_piece(&self, folded: &[u8], piece: Range<usize>, seen: &mut [Seen], hits: &mut Vec<Hit>) {
        let text = &folded[piece.clone()];
        let mut ready: Vec<u16> = Vec::new();
        self.sieve.read(text, |number, bit, at| {
            let seen = &mut seen[usize::from(number)];
            if bit == 1 {
                seen.last = at as u16;
            }
            if seen.bits & bit != 0 {
                return;
            }
            seen.bits |= bit;
            if let Some(waiting) = self.patterns.get(usize::from(number)) {
                let before = waiting.before[bit.trailing_zeros() as usize % GROUPS];
                seen.from = seen.from.max((at as u16).saturating_sub(before));
                if seen.bits == waiting.all {
                    ready.push(number);
                }
            }
        });
        ready.extend(&self.always);
        ready.sort_unstable();
        for &number in &ready {
            let waiting = &self.patterns[usize::from(number)];
            let (rule, pattern) = (usize::from(waiting.rule), usize::from(waiting.pattern));
            let seen = seen[usize::from(number)];
            let last = if waiting.all == 0 { text.len() } else { usize::from(seen.last) };
            for found in self.rules[rule].patterns[pattern].regex.find_in(text, usize::from(seen.from)..=last) {
                let span = piece.start + found.start..piece.start + found.end;
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
        rule.unless.as_ref().is_some_and(|r| r.is_match(text))
            || rule.except.as_ref().is_some_and(|r| {
                r.find_from(text, 0).any(|m| around.start + m.start < span.end && span.start < around.start + m.end)
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
    fn what_is_found_is_what_trying_every_pattern_would_find() {
        let rules = crate::tone::Rules::embedded();
        for book in [&rules.german, &rules.english] {
            // Texts of rules far apart in the file follow each other, so that strings of one stand before the match of another.
            let texts: Vec<&String> = book.rules.iter().flat_map(|rule| &rule.positive).step_by(25).collect();
            let joined = |(n, text): (usize, &&String)| {
                let far = texts[(n + texts.len() / 2) % texts.len()];
                crate::tone::fold::fold(&format!("{text} {far}")).bytes
            };
            let mut texts: Vec<Vec<u8>> = texts.iter().enumerate().map(joined).collect();
            texts.retain(|text| text.len() <= PIECE);
            let mut all = vec![Vec::new(); texts.len()];
            for (r, rule) in book.rules.iter().enumerate() {
                for (p, pattern) in rule.patterns.iter().enumerate() {
                    for (text, all) in texts.iter().zip(&mut all) {
                        let spans = pattern.regex.find_from(text, 0).filter(|s| !s.is_empty());
                        all.extend(spans.filter(|s| !book.excused(r, text, s)).map(|s| (r, p, s)));
                    }
                }
            }
            for (text, all) in texts.iter().zip(all) {
                let hits = book.scan(text).hits.into_iter();
                let found: Vec<_> = hits.map(|hit| (hit.rule, hit.pattern, hit.span)).collect();
                assert_eq!(found, all, "{}", String::from_utf8_lossy(text));
            }
        }
    }

    #[test]
    fn nearly_every_pattern_waits_for_words() {
        let rules = crate::tone::Rules::embedded();
        for book in [&rules.german, &rules.english] {
            let idle: Vec<&str> = book
                .always
                .iter()
                .map(|&n| book.rules[usize::from(book.patterns[usize::from(n)].rule)].id.as_str())
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
