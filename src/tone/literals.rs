//! The strings a pattern cannot match without, so that one pass over a message tells which patterns are worth trying.
//!
//! Invariant: whenever the pattern matches somewhere, each returned group has at least one of its strings in the matched text.
//!
//! Patterns are read with a single byte in place of each named morpheme: what a morpheme requires is worked out once and not in every
//! pattern that uses it, which is most of what a start used to cost.

use regex_syntax::hir::{Class, Hir, HirKind};
use std::sync::LazyLock;

/// The first bytes of a string that must occur, at most eight; the unused ones are 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Literal {
    /// Its bytes, the first one lowest.
    pub bytes: u64,
    /// How many there are.
    pub len: u8,
}

/// Strings of which at least one must occur, sorted.
pub type Group = Vec<Literal>;

/// The byte that stands for the first morpheme; the others follow. Folded text is ASCII, so that no pattern needs these bytes.
pub const FIRST_NAME: u8 = 0x80;

/// More strings than this in one group cost more than they save.
const MOST: usize = 64;
/// More groups than this add nothing.
pub const GROUPS: usize = 3;
/// Longer strings are cut to this many bytes: where a string occurs, so do its first letters.
pub const LONGEST: u8 = 8;
/// From this worth on (see [`Literal::worth`]) a string is so rare that shorter ones beside it are not watched.
const TELLING: u32 = 4;

/// Words that most messages have some of: it costs more to watch for them than it saves.
const COMMON: &str = "and are auch auf bitte can das dem den der die ein eine einen er es for hab habe haben hat have ich ihnen ihr ihre is ist \
    kann man mein mir mit nich nicht noch not nur sich sie so that the this to und uns von was wie wir wird with you your zu";

static COMMON_KEYS: LazyLock<Vec<u64>> = LazyLock::new(|| {
    let key = |word: &str| word.bytes().map(Literal::of).fold(Literal::EMPTY, Literal::then).bytes;
    COMMON.split(' ').map(key).collect()
});

impl Literal {
    const EMPTY: Self = Self { bytes: 0, len: 0 };

    fn of(byte: u8) -> Self {
        Self { bytes: u64::from(byte), len: 1 }
    }

    fn then(self, next: Self) -> Self {
        if self.len >= LONGEST {
            return self;
        }
        Self { bytes: self.bytes | next.bytes << (8 * self.len), len: (self.len + next.len).min(LONGEST) }
    }

    /// Its first bytes.
    pub fn cut(self, len: u8) -> Self {
        Self { bytes: if len == 0 { 0 } else { self.bytes & (u64::MAX >> (64 - 8 * len)) }, len }
    }

    /// Its bytes without the gaps before and behind them.
    fn word(self) -> u64 {
        let mut word = self.bytes;
        while word as u8 == b' ' {
            word >>= 8;
        }
        let last = |word: u64| (word | 1).ilog2() / 8 * 8;
        while word >> last(word) == u64::from(b' ') {
            word &= (1 << last(word)) - 1;
        }
        word
    }

    /// How much it tells that the string occurs: a letter little, a sign much, as most messages have none of them; a word that most
    /// messages have hardly anything.
    fn worth(self) -> u32 {
        if COMMON_KEYS.contains(&self.word()) {
            return 2;
        }
        let of = |byte: u8| match byte {
            b'*' | 0x01..=0x08 => TELLING,
            b'!' | b'?' | b'#' | b'@' | b'%' | b'$' => 2,
            _ => 1,
        };
        self.bytes.to_le_bytes().into_iter().take(usize::from(self.len)).map(of).sum()
    }
}

/// Strings of which one must occur, and at most how many bytes of the match stand before it; `None` where there is no limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needed {
    /// The strings.
    pub group: Group,
    /// Bytes before them.
    pub before: Option<usize>,
}

/// What a piece of a pattern requires.
#[derive(Debug, Clone)]
pub struct Info {
    /// It matches finitely many strings, which begin with these (look-arounds aside); those shorter than [`LONGEST`] are whole.
    exact: Option<Group>,
    /// Groups that must occur too.
    groups: Vec<Needed>,
    /// Most bytes it matches.
    most: Option<usize>,
}

/// The required groups of a pattern, the most telling first; empty when nothing is required.
pub fn required(info: Info) -> Vec<Needed> {
    let mut groups = info.groups;
    groups.extend(info.exact.and_then(|group| needed(group, Some(0))));
    groups.sort_by_cached_key(|g| (std::cmp::Reverse(worth(&g.group)), g.group.len()));
    // Short strings occur everywhere: they are only worth watching when there is nothing longer.
    if groups.iter().any(|g| worth(&g.group) >= TELLING) {
        groups.retain(|g| worth(&g.group) >= TELLING);
    }
    groups.dedup_by(|a, b| a.group == b.group);
    groups.truncate(GROUPS);
    groups
}

fn worth(group: &Group) -> u32 {
    group.iter().map(|s| s.worth()).min().unwrap_or(0)
}

/// A group, where it tells anything.
fn needed(group: Group, before: Option<usize>) -> Option<Needed> {
    (worth(&group) >= 2).then_some(Needed { group, before })
}

const fn none(most: Option<usize>) -> Info {
    Info { exact: None, groups: Vec::new(), most }
}

fn plus(a: Option<usize>, b: Option<usize>) -> Option<usize> {
    Some(a? + b?)
}

/// What a parsed pattern requires; `names` are the morphemes its bytes from [`FIRST_NAME`] on stand for.
pub fn info(hir: &Hir, names: &[Info]) -> Info {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {
            Info { exact: Some(vec![Literal::EMPTY]), groups: Vec::new(), most: Some(0) }
        }
        HirKind::Literal(literal) => {
            let mut all = Row::new();
            for &byte in &literal.0 {
                if byte < FIRST_NAME { all.byte(byte) } else { all.push(one(byte, names)) }
            }
            all.end()
        }
        HirKind::Class(class) => small_class(class),
        HirKind::Capture(capture) => info(&capture.sub, names),
        HirKind::Repetition(repetition) => {
            let inner = info(&repetition.sub, names);
            let most = repetition.max.and_then(|times| Some(inner.most? * times as usize));
            match (repetition.min, repetition.max) {
                (0, Some(1)) => match inner.exact {
                    Some(mut strings) if strings.len() < MOST => {
                        strings.push(Literal::EMPTY);
                        strings.sort_unstable();
                        Info { exact: Some(strings), groups: Vec::new(), most }
                    }
                    _ => none(most),
                },
                (0, _) => none(most),
                (least, times) => {
                    let least = least.min(u32::from(LONGEST));
                    let mut all = concat((0..least).map(|_| inner.clone()));
                    if times != Some(least) {
                        all.groups.extend(all.exact.take().and_then(|group| needed(group, Some(0))));
                    }
                    Info { most, ..all }
                }
            }
        }
        HirKind::Concat(parts) => concat(parts.iter().map(|part| info(part, names))),
        HirKind::Alternation(branches) => alternation(branches.iter().map(|branch| info(branch, names)).collect()),
    }
}

fn one(byte: u8, names: &[Info]) -> Info {
    match byte.checked_sub(FIRST_NAME) {
        Some(name) => names.get(usize::from(name)).cloned().unwrap_or_else(|| none(None)),
        None => Info { exact: Some(vec![Literal::of(byte)]), groups: Vec::new(), most: Some(1) },
    }
}

/// No name is in a class, see [`super::morphemes::Morphemes::required`].
fn small_class(class: &Class) -> Info {
    // The parser makes one of letters beside each other ("(?:e|s)").
    let class = match class {
        Class::Bytes(class) => Some(class.clone()),
        Class::Unicode(class) => class.to_byte_class(),
    };
    let Some(class) = class else { return none(None) };
    let count: usize = class.ranges().iter().map(|r| usize::from(r.end() - r.start()) + 1).sum();
    if count > 6 {
        return none(Some(1));
    }
    alternation(class.ranges().iter().flat_map(|r| r.start()..=r.end()).map(|byte| one(byte, &[])).collect())
}

fn concat(parts: impl Iterator<Item = Info>) -> Info {
    let mut all = Row::new();
    parts.for_each(|part| all.push(part));
    all.end()
}

/// Pieces one behind the other.
struct Row {
    /// What may stand at the end so far; it grows with what follows.
    run: Group,
    /// Most bytes before it.
    run_from: Option<usize>,
    groups: Vec<Needed>,
    /// What all of it begins with, once its first strings are as long as strings get; what follows only adds groups.
    head: Option<Group>,
    /// Whether all pieces were exact, and none too many.
    whole: bool,
    most: Option<usize>,
}

impl Row {
    fn new() -> Self {
        Self {
            run: vec![Literal::EMPTY],
            run_from: Some(0),
            groups: Vec::new(),
            head: None,
            whole: true,
            most: Some(0),
        }
    }

    fn push(&mut self, part: Info) {
        let from = self.most;
        self.most = plus(self.most, part.most);
        self.groups.extend(part.groups.into_iter().map(|g| Needed { before: plus(from, g.before), ..g }));
        if let Some(strings) = part.exact {
            self.exact(&strings, from);
        } else {
            self.whole = false;
            let run = std::mem::replace(&mut self.run, vec![Literal::EMPTY]);
            self.groups.extend(needed(run, self.run_from));
            self.run_from = self.most;
        }
    }

    fn byte(&mut self, byte: u8) {
        let from = self.most;
        self.most = plus(from, Some(1));
        self.exact(&[Literal::of(byte)], from);
    }

    /// One of these strings follows, behind at most so many bytes.
    fn exact(&mut self, strings: &[Literal], from: Option<usize>) {
        let full = self.run.iter().all(|s| s.len == LONGEST) && strings != [Literal::EMPTY];
        if !full && self.run.len() * strings.len() <= MOST {
            if let &[string] = strings {
                self.run.iter_mut().for_each(|s| *s = s.then(string));
            } else {
                self.run = self.run.iter().flat_map(|a| strings.iter().map(|b| a.then(*b))).collect();
            }
            self.run.sort_unstable();
            self.run.dedup();
            return;
        }
        let done = std::mem::replace(&mut self.run, strings.to_vec());
        if full {
            self.head.get_or_insert_with(|| done.clone());
        } else {
            self.whole = false;
        }
        self.groups.extend(needed(done, self.run_from));
        self.run_from = from;
    }

    fn end(mut self) -> Info {
        let exact = self.head.filter(|_| self.whole);
        if exact.is_none() && self.whole {
            return Info { exact: Some(self.run), groups: self.groups, most: self.most };
        }
        self.groups.extend(needed(self.run, self.run_from));
        Info { exact, groups: self.groups, most: self.most }
    }
}

fn alternation(infos: Vec<Info>) -> Info {
    let most = infos.iter().try_fold(0, |most, info| Some(info.most?.max(most)));
    if infos.iter().all(|i| i.exact.is_some()) {
        let mut all: Group = infos.iter().flat_map(|i| i.exact.iter().flatten().copied()).collect();
        all.sort_unstable();
        all.dedup();
        if all.len() <= MOST {
            return Info { exact: Some(all), groups: Vec::new(), most };
        }
    }
    let mut union = Group::new();
    let mut before = Some(0);
    for info in infos {
        let mut groups = info.groups;
        groups.extend(info.exact.and_then(|group| needed(group, Some(0))));
        let Some(best) = groups.into_iter().max_by_key(|g| (worth(&g.group), std::cmp::Reverse(g.group.len()))) else {
            return none(most);
        };
        before = before.zip(best.before).map(|(a, b)| a.max(b));
        union.extend(best.group);
    }
    union.sort_unstable();
    union.dedup();
    if union.len() > MOST * 8 {
        return none(most);
    }
    Info { exact: None, groups: vec![Needed { group: union, before }], most }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(pattern: &str) -> Hir {
        regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern).expect("a pattern")
    }

    fn written(groups: Vec<Needed>) -> Vec<Vec<String>> {
        let word = |s: Literal| {
            let bytes = s.bytes.to_le_bytes()[..usize::from(s.len)].to_vec();
            String::from_utf8(bytes).expect("ASCII")
        };
        let sorted = |group: Group| {
            let mut words: Vec<String> = group.into_iter().map(word).collect();
            words.sort();
            words
        };
        groups.into_iter().map(|needed| sorted(needed.group)).collect()
    }

    fn groups(pattern: &str) -> Vec<Vec<String>> {
        written(required(info(&parsed(pattern), &[])))
    }

    #[test]
    fn every_part_that_must_occur_becomes_a_group() {
        assert_eq!(
            groups(r"\bsie haben [a-z ]{0,9}(?:niemals|keinen)\b"),
            [vec!["sie habe"], vec!["keinen", "niemals"]]
        );
        assert_eq!(groups(r"sau(?:laden|haufen)"), [vec!["sauhaufe", "sauladen"]]);
    }

    #[test]
    fn what_may_be_missing_is_not_required() {
        assert_eq!(groups(r"(?:na )?toll"), [vec!["na toll", "toll"]]);
        assert!(groups(r"[a-z]+").is_empty());
        assert!(groups(r"idiot|[a-z]{3}").is_empty());
    }

    #[test]
    fn how_much_of_a_match_stands_before_a_string_is_known_where_it_is_limited() {
        let before = |pattern: &str| required(info(&parsed(pattern), &[])).first().and_then(|needed| needed.before);
        assert_eq!(before(r"\bidiot"), Some(0));
        assert_eq!(before(r"\b(?:du|ihr)? ?[a-z]{0,4}idiot"), Some(8));
        assert_eq!(before(r"[a-z]*laden"), None);
        assert_eq!(before(r"(?:so ein [a-z]|ein[^a])(?:trottel|depp)"), Some(8));
    }

    #[test]
    fn what_everybody_writes_tells_little() {
        let worth = |text: &str| text.bytes().map(Literal::of).reduce(Literal::then).map(Literal::worth);
        assert_eq!([" sie", "nicht ", " you ", "bitte"].map(worth), [Some(2); 4]);
        assert_eq!(worth("nichts"), Some(6));
        // Where there is something better, nobody waits for it.
        assert_eq!(groups(r"\bihr [a-z]+ frech\b"), [[" frech"]]);
        assert_eq!(groups(r"\bihr [a-z]+ sie\b"), [["ihr "], [" sie"]]);
    }

    #[test]
    fn signs_tell_more_than_letters() {
        assert_eq!(groups(r"\b(?:jetzt|nie)[a-z ]*!{3}"), [["!!!"]]);
        assert_eq!(groups(r"\ba\*{2,}\b"), [["**"]]);
        assert_eq!(groups(r"(?:was|wo)[^.]{2,70}(?:\?{3}|\?!)"), [["?!", "???"]]);
        assert_eq!(groups(r"\x06"), [["\u{6}"]]);
    }

    #[test]
    fn a_morpheme_requires_the_same_by_its_name_as_written_out() {
        let names = [info(&parsed("idiot|trottel"), &[]), info(&parsed("[a-z]*laden"), &[])];
        let of = |pattern: &str| written(required(info(&parsed(pattern), &names)));
        assert_eq!(of(r"ihr (\x80)!"), groups(r"ihr (?:idiot|trottel)!"));
        assert_eq!(of(r"(?:(\x80)|(\x81))er"), groups(r"(?:(?:idiot|trottel)|(?:[a-z]*laden))er"));
        assert_eq!(of(r"du (\x80)?"), groups(r"du (?:idiot|trottel)?"));
    }
}
