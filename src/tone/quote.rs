//! Which parts of a message are somebody else's words, or no words at all: quotes, code, forwarded mail.
//!
//! Invariant: the ranges are sorted, do not overlap, and lie on character boundaries. What lies in them is reported as quoted and
//! never attributed to the writer.

use std::ops::Range;

/// Verbs and nouns that say that what follows, or went before, are another's words.
const CUES: [&str; 62] = [
    "schrieb",
    "schreibt",
    "geschrieben",
    "meinte",
    "meint",
    "sagte",
    "sagt",
    "gesagt",
    "zitat",
    "zitier",
    "wörtlich",
    "woertlich",
    "laut ",
    "antwortet",
    "nannte",
    "genannt",
    "nennt",
    "bezeichne",
    "beschimpf",
    "wort ",
    "wörter",
    "begriff",
    "ausdruck",
    "formulierung",
    "satz",
    "betreff",
    "heißt es",
    "hieß es",
    "rief",
    "ruft",
    "brüllt",
    "kunde:",
    "kundin:",
    "mail:",
    "original",
    "filter",
    "floskel",
    "said",
    "says",
    "saying",
    "wrote",
    "writes",
    "quote",
    "told",
    "called",
    "calls",
    "replied",
    "reply was",
    "customer:",
    "client:",
    "user:",
    "the word",
    "the phrase",
    "phrase",
    "wording",
    "subject",
    "their words",
    "verbatim",
    "shouted",
    "yelled",
    "message:",
    "review",
];

/// Speakers whose words stand after a colon without quotation marks.
const SPEAKERS: [&str; 20] = [
    "kunde",
    "kundin",
    "der kunde",
    "die kundin",
    "customer",
    "client",
    "the customer",
    "user",
    "nutzer",
    "nutzerin",
    "anrufer",
    "anruferin",
    "caller",
    "zitat",
    "quote",
    "o-ton",
    "kunde schreibt",
    "kundin schreibt",
    "customer says",
    "customer wrote",
];

/// The quoted parts of a message as byte ranges.
pub fn quoted(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    code(text, &mut found);
    lines(text, &mut found);
    marks(text, &mut found);
    found.sort_by_key(|r| (r.start, r.end));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(found.len());
    for range in found {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// Fenced and inline code.
fn code(text: &str, found: &mut Vec<Range<usize>>) {
    let mut at = 0;
    while let Some(open) = text[at..].find('`').map(|n| at + n) {
        let ticks = text[open..].bytes().take_while(|&b| b == b'`').count();
        let body = open + ticks;
        let fence = &text[open..body];
        match text[body..].find(fence) {
            // Inline code stays on its line; an apostrophe typed as a back-tick finds no partner there.
            Some(n) if ticks >= 3 || !text[body..body + n].contains('\n') => {
                found.push(open..body + n + ticks);
                at = body + n + ticks;
            }
            None if ticks >= 3 => {
                found.push(open..text.len());
                return;
            }
            None if ticks == 1 => return,
            _ => at = body,
        }
    }
}

/// `>` lines, forwarded headers (everything below is another's), and `Kunde: …`.
fn lines(text: &str, found: &mut Vec<Range<usize>>) {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let range = at..at + line.len();
        at = range.end;
        let trimmed = line.trim();
        if trimmed.starts_with(">>> ") || is_forward(trimmed) {
            found.push(range.start..text.len());
            return;
        }
        if trimmed.starts_with('>') {
            found.push(range);
            continue;
        }
        if let Some(colon) = trimmed.find(':').filter(|&n| n <= 24) {
            let speaker = trimmed[..colon].trim().to_lowercase();
            if SPEAKERS.contains(&speaker.as_str()) {
                found.push(range);
            }
        }
    }
}

fn is_forward(line: &str) -> bool {
    if line.len() > 300 {
        return false;
    }
    let header = |names: &[&str]| names.iter().any(|n| line.starts_with(n));
    (line.starts_with("---")
        && (line.contains("Original")
            || line.contains("Ursprüngliche")
            || line.contains("Forwarded")
            || line.contains("Weitergeleitet")))
        || header(&["Von: ", "From: ", "Begin forwarded message"])
        || (line.starts_with("Am ") && line.ends_with("schrieb:"))
        || (line.starts_with("Am ") && line.contains(" schrieb ") && line.ends_with(':'))
        || (line.starts_with("On ") && line.ends_with("wrote:"))
}

/// Passages in quotation marks, where the sentence says that somebody else said them or speaks about the words themselves.
fn marks(text: &str, found: &mut Vec<Range<usize>>) {
    let mut from = 0;
    while let Some((open, opener)) =
        text[from..].char_indices().find(|(_, c)| closers(*c).is_some()).map(|(n, c)| (from + n, c))
    {
        let body = open + opener.len_utf8();
        let closing = closers(opener).unwrap_or_default();
        let line_end = text[body..].find("\n\n").map_or(text.len(), |n| body + n);
        let window = &text[body..floor(text, line_end.min(body + 2_000))];
        let Some((close, closer)) = window.char_indices().find(|(_, c)| closing.contains(*c)) else {
            from = body;
            continue;
        };
        let end = body + close + closer.len_utf8();
        let whole = text[..open].trim().is_empty() && text[end..].trim().is_empty();
        if !whole && cue_near(text, open, end) {
            found.push(open..end);
        }
        from = end;
    }
}

fn cue_near(text: &str, open: usize, end: usize) -> bool {
    let before = text[floor(text, open.saturating_sub(90))..open].to_lowercase();
    let after = text[end..floor(text, (end + 50).min(text.len()))].to_lowercase();
    let before = before.rsplit(['\n']).next().unwrap_or_default();
    let after = after.split(['\n']).next().unwrap_or_default();
    before.trim_end().ends_with(':') || CUES.iter().any(|cue| before.contains(cue) || after.contains(cue))
}

fn floor(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at)
}

fn closers(open: char) -> Option<&'static str> {
    Some(match open {
        '„' => "“”\"",
        '“' => "”“",
        '"' => "\"",
        '«' => "»",
        '»' => "«",
        '‚' => "‘’",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<&str> {
        quoted(text).into_iter().map(|r| &text[r]).collect()
    }

    #[test]
    fn quotes_code_and_forwarded_mail_are_found() {
        assert_eq!(parts("> du Idiot\nStimmt nicht"), ["> du Idiot\n"]);
        assert_eq!(parts("Er schrieb: „Ihr seid Idioten“ und ging"), ["„Ihr seid Idioten“"]);
        assert_eq!(parts("siehe `kill idiot` dort"), ["`kill idiot`"]);
        assert_eq!(parts("bitte\n-----Original Message-----\nyou idiots"), ["-----Original Message-----\nyou idiots"]);
        assert_eq!(parts("Kunde: ihr seid Idioten\nwas tun?"), ["Kunde: ihr seid Idioten\n"]);
        assert_eq!(parts("\"you idiots\" she said"), ["\"you idiots\""]);
    }

    #[test]
    fn scare_quotes_and_a_wholly_quoted_message_are_the_writers_own() {
        assert!(parts("Ihr \"Service\" ist lächerlich").is_empty());
        assert!(parts("\"Sie sind ein Idiot\"").is_empty());
    }
}
