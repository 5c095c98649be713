//! The strings a pattern cannot match without, so that one pass of Aho-Corasick tells which patterns are worth trying.
//!
//! Invariant: whenever the pattern matches somewhere, each returned group has at least one of its strings in the matched text.

use regex_syntax::hir::{Class, Hir, HirKind};
use std::collections::BTreeSet;

type Strings = BTreeSet<Vec<u8>>;

/// Strings of which at least one must occur.
pub type Group = Vec<Vec<u8>>;

/// More strings than this in one group cost more than they save.
const MOST: usize = 64;
/// More groups than this add nothing.
const GROUPS: usize = 2;

/// Longer strings are cut to this many bytes.
const LONGEST: usize = 10;

struct Info {
    /// The pattern matches exactly these strings (look-arounds aside).
    exact: Option<Strings>,
    /// Groups that must occur, where it is not exact.
    groups: Vec<Strings>,
}

/// The required groups of a pattern, the most telling first; empty when nothing is required.
pub fn required(hir: &Hir) -> Vec<Group> {
    let info = walk(hir);
    let mut groups = info.groups;
    groups.extend(info.exact.filter(useful));
    groups.sort_by_key(|g| (std::cmp::Reverse(shortest(g)), g.len()));
    // Short strings occur everywhere: they are only worth watching when there is nothing longer.
    if groups.iter().any(|g| shortest(g) >= 4) {
        groups.retain(|g| shortest(g) >= 4);
    }
    groups.truncate(GROUPS);
    groups.into_iter().map(|g| g.into_iter().map(shortened).collect::<Strings>().into_iter().collect()).collect()
}

/// Where a string occurs, so do its first letters: short ones keep the automaton small, and thus quick to build and to run.
fn shortened(mut literal: Vec<u8>) -> Vec<u8> {
    literal.truncate(LONGEST);
    literal
}

fn shortest(group: &Strings) -> usize {
    group.iter().map(Vec::len).min().unwrap_or(0)
}

fn useful(group: &Strings) -> bool {
    shortest(group) >= 2
}

fn none() -> Info {
    Info { exact: None, groups: Vec::new() }
}

fn exactly(strings: Strings) -> Info {
    Info { exact: Some(strings), groups: Vec::new() }
}

fn walk(hir: &Hir) -> Info {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => exactly(Strings::from([Vec::new()])),
        HirKind::Literal(literal) => exactly(Strings::from([literal.0.to_vec()])),
        HirKind::Class(class) => small_class(class).map_or_else(none, exactly),
        HirKind::Capture(capture) => walk(&capture.sub),
        HirKind::Repetition(repetition) => {
            let inner = walk(&repetition.sub);
            match (repetition.min, repetition.max) {
                (0, Some(1)) => match inner.exact {
                    Some(mut strings) if strings.len() < MOST => {
                        strings.insert(Vec::new());
                        exactly(strings)
                    }
                    _ => none(),
                },
                (0, _) => none(),
                (1, Some(1)) => inner,
                _ => {
                    let mut groups = inner.groups;
                    groups.extend(inner.exact.filter(useful));
                    Info { exact: None, groups }
                }
            }
        }
        HirKind::Concat(parts) => concat(parts),
        HirKind::Alternation(branches) => alternation(branches),
    }
}

fn small_class(class: &Class) -> Option<Strings> {
    let Class::Bytes(class) = class else { return None };
    let count: usize = class.ranges().iter().map(|r| usize::from(r.end() - r.start()) + 1).sum();
    (count <= 6).then(|| class.ranges().iter().flat_map(|r| (r.start()..=r.end()).map(|b| vec![b])).collect())
}

fn concat(parts: &[Hir]) -> Info {
    let mut run = Strings::from([Vec::new()]);
    let mut groups: Vec<Strings> = Vec::new();
    let mut whole = true;
    for part in parts {
        let info = walk(part);
        match info.exact {
            Some(strings) if run.len() * strings.len() <= MOST => {
                run = run
                    .iter()
                    .flat_map(|a| strings.iter().map(move |b| [a.as_slice(), b.as_slice()].concat()))
                    .collect();
            }
            Some(strings) => {
                whole = false;
                groups.extend(Some(std::mem::replace(&mut run, strings)).filter(useful));
            }
            None => {
                whole = false;
                groups.extend(Some(std::mem::replace(&mut run, Strings::from([Vec::new()]))).filter(useful));
                groups.extend(info.groups);
            }
        }
    }
    if whole {
        return exactly(run);
    }
    groups.extend(Some(run).filter(useful));
    Info { exact: None, groups }
}

fn alternation(branches: &[Hir]) -> Info {
    let infos: Vec<Info> = branches.iter().map(walk).collect();
    if infos.iter().all(|i| i.exact.is_some()) {
        let all: Strings = infos.iter().flat_map(|i| i.exact.iter().flatten().cloned()).collect();
        if all.len() <= MOST {
            return exactly(all);
        }
    }
    let mut union = Strings::new();
    for info in infos {
        let mut groups = info.groups;
        groups.extend(info.exact.filter(useful));
        let Some(best) = groups.into_iter().max_by_key(|g| (shortest(g), std::cmp::Reverse(g.len()))) else {
            return none();
        };
        union.extend(best);
    }
    if union.len() > MOST * 8 { none() } else { Info { exact: None, groups: vec![union] } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(pattern: &str) -> Vec<Vec<String>> {
        let hir =
            regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern).expect("a pattern");
        required(&hir)
            .into_iter()
            .map(|g| g.into_iter().map(|s| String::from_utf8(s).expect("ASCII")).collect())
            .collect()
    }

    #[test]
    fn every_part_that_must_occur_becomes_a_group() {
        assert_eq!(
            groups(r"\bsie haben [a-z ]{0,9}(?:niemals|keinen)\b"),
            [vec!["sie haben "], vec!["keinen", "niemals"]]
        );
        assert_eq!(groups(r"sau(?:laden|haufen)"), [vec!["sauhaufen", "sauladen"]]);
    }

    #[test]
    fn what_may_be_missing_is_not_required() {
        assert_eq!(groups(r"(?:na )?toll"), [vec!["na toll", "toll"]]);
        assert!(groups(r"[a-z]+").is_empty());
        assert!(groups(r"idiot|[a-z]{3}").is_empty());
    }
}
