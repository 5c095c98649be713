//! The strings a pattern cannot match without, so that one pass over a message tells which patterns are worth trying.
//!
//! Invariant: whenever the pattern matches somewhere, each returned group has at least one of its strings in the matched text.
//!
//! Patterns are read with a single byte in place of each named morpheme: what a morpheme requires is worked out once and not in every
//! pattern that uses it, which is most of what a start used to cost.

use regex_syntax::hir::{Class, Hir, HirKind};

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
const GROUPS: usize = 3;
/// Longer strings are cut to this many bytes: where a string occurs, so do its first letters.
pub const LONGEST: u8 = 8;
/// From this worth on (see [`Literal::worth`]) a string is so rare that shorter ones beside it are not watched.
const TELLING: u32 = 4;

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

    /// How much it tells that the string occurs: a letter little, a sign much, as most messages have none of them.
    fn worth(self) -> u32 {
        let of = |byte: u8| match byte {
            b'*' | 0x01..=0x08 => TELLING,
            b'!' | b'?' | b'#' | b'@' | b'%' | b'$' => 2,
            _ => 1,
        };
        self.bytes.to_le_bytes().into_iter().take(usize::from(self.len)).map(of).sum()
    }
}

/// What a piece of a pattern requires.
#[derive(Debug, Clone)]
pub struct Info {
    /// It matches exactly finitely many strings, which begin with these (look-arounds aside); those shorter than [`LONGEST`] are whole.
    exact: Option<Group>,
    /// Groups that must occur too.
    groups: Vec<Group>,
}

/// The required groups of a pattern, the most telling first; empty when nothing is required.
pub fn required(info: Info) -> Vec<Group> {
    let mut groups = info.groups;
    groups.extend(info.exact.filter(useful));
    groups.sort_by_key(|g| (std::cmp::Reverse(worth(g)), g.len()));
    // Short strings occur everywhere: they are only worth watching when there is nothing longer.
    if groups.iter().any(|g| worth(g) >= TELLING) {
        groups.retain(|g| worth(g) >= TELLING);
    }
    groups.dedup();
    groups.truncate(GROUPS);
    groups
}

fn worth(group: &Group) -> u32 {
    group.iter().map(|s| s.worth()).min().unwrap_or(0)
}

fn useful(group: &Group) -> bool {
    worth(group) >= 2
}

const fn none() -> Info {
    Info { exact: None, groups: Vec::new() }
}

fn exactly(mut strings: Group) -> Info {
    strings.sort_unstable();
    strings.dedup();
    Info { exact: Some(strings), groups: Vec::new() }
}

/// What a parsed pattern requires; `names` are the morphemes its bytes from [`FIRST_NAME`] on stand for.
pub fn info(hir: &Hir, names: &[Info]) -> Info {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => exactly(vec![Literal::EMPTY]),
        HirKind::Literal(literal) => concat(literal.0.iter().map(|&byte| one(byte, names))),
        HirKind::Class(class) => small_class(class, names),
        HirKind::Capture(capture) => info(&capture.sub, names),
        HirKind::Repetition(repetition) => {
            let inner = info(&repetition.sub, names);
            match (repetition.min, repetition.max) {
                (0, Some(1)) => match inner.exact {
                    Some(mut strings) if strings.len() < MOST => {
                        strings.push(Literal::EMPTY);
                        exactly(strings)
                    }
                    _ => none(),
                },
                (0, _) => none(),
                (least, most) => {
                    let least = least.min(u32::from(LONGEST));
                    let mut all = concat((0..least).map(|_| inner.clone()));
                    if most != Some(least) {
                        all.groups.extend(all.exact.take().filter(useful));
                    }
                    all
                }
            }
        }
        HirKind::Concat(parts) => concat(parts.iter().map(|part| info(part, names))),
        HirKind::Alternation(branches) => alternation(branches.iter().map(|branch| info(branch, names)).collect()),
    }
}

fn one(byte: u8, names: &[Info]) -> Info {
    match byte.checked_sub(FIRST_NAME) {
        Some(name) => names.get(usize::from(name)).cloned().unwrap_or_else(none),
        None => Info { exact: Some(vec![Literal::of(byte)]), groups: Vec::new() },
    }
}

fn small_class(class: &Class, names: &[Info]) -> Info {
    let Class::Bytes(class) = class else { return none() };
    let count: usize = class.ranges().iter().map(|r| usize::from(r.end() - r.start()) + 1).sum();
    if count > 6 {
        return none();
    }
    alternation(class.ranges().iter().flat_map(|r| r.start()..=r.end()).map(|byte| one(byte, names)).collect())
}

fn concat(parts: impl Iterator<Item = Info>) -> Info {
    let mut run = vec![Literal::EMPTY];
    let mut groups: Vec<Group> = Vec::new();
    // What all of it begins with, once its first strings are as long as strings get; what follows only adds groups.
    let mut head: Option<Group> = None;
    let mut whole = true;
    for part in parts {
        groups.extend(part.groups);
        let Some(strings) = part.exact else {
            whole = false;
            groups.extend(Some(std::mem::replace(&mut run, vec![Literal::EMPTY])).filter(useful));
            continue;
        };
        if run.iter().all(|s| s.len == LONGEST) && strings != [Literal::EMPTY] {
            let full = std::mem::replace(&mut run, strings);
            head.get_or_insert_with(|| full.clone());
            groups.push(full);
        } else if run.len() * strings.len() <= MOST {
            run = run.iter().flat_map(|a| strings.iter().map(move |b| a.then(*b))).collect();
            run.sort_unstable();
            run.dedup();
        } else {
            whole = false;
            groups.extend(Some(std::mem::replace(&mut run, strings)).filter(useful));
        }
    }
    let exact = head.filter(|_| whole);
    match exact {
        None if whole => Info { exact: Some(run), groups },
        exact => {
            groups.extend(Some(run).filter(useful));
            Info { exact, groups }
        }
    }
}

fn alternation(infos: Vec<Info>) -> Info {
    if infos.iter().all(|i| i.exact.is_some()) {
        let mut all: Group = infos.iter().flat_map(|i| i.exact.iter().flatten().copied()).collect();
        all.sort_unstable();
        all.dedup();
        if all.len() <= MOST {
            return exactly(all);
        }
    }
    let mut union = Group::new();
    for info in infos {
        let mut groups = info.groups;
        groups.extend(info.exact.filter(useful));
        let Some(best) = groups.into_iter().max_by_key(|g| (worth(g), std::cmp::Reverse(g.len()))) else {
            return none();
        };
        union.extend(best);
    }
    union.sort_unstable();
    union.dedup();
    if union.len() > MOST * 8 { none() } else { Info { exact: None, groups: vec![union] } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(pattern: &str) -> Hir {
        regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern).expect("a pattern")
    }

    fn written(groups: Vec<Group>) -> Vec<Vec<String>> {
        let word = |s: Literal| {
            let bytes = s.bytes.to_le_bytes()[..usize::from(s.len)].to_vec();
            String::from_utf8(bytes).expect("ASCII")
        };
        let sorted = |group: Group| {
            let mut words: Vec<String> = group.into_iter().map(word).collect();
            words.sort();
            words
        };
        groups.into_iter().map(sorted).collect()
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
        assert_eq!(of(r"ihr \x80!"), groups(r"ihr (?:idiot|trottel)!"));
        assert_eq!(of(r"(?:\x80|\x81)er"), groups(r"(?:(?:idiot|trottel)|(?:[a-z]*laden))er"));
        assert_eq!(of(r"du \x80?"), groups(r"du (?:idiot|trottel)?"));
    }
}
