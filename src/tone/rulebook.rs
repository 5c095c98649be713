//! Rules read from `prompts/{de,en}/tone.toml`, checked and compiled.
//!
//! Invariant: a [`Rule`] that exists has patterns that compile, a why, a calmer wording, and at least two examples each way; anything
//! else is refused with file, line and reason before it can judge a single message.

use super::literals::Needed;
use super::matcher::{Matcher, parse};
use super::morphemes::Morphemes;
use super::shelf::{LIMIT, Shelf};
use super::{BrokenRule, Category};
use crate::locale::Lang;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use toml::Spanned;

/// How a calmer version of a draft uses a rule's `instead`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Swap {
    /// It is advice only; the sentence is kept.
    #[default]
    Keep,
    /// It takes the place of the flagged words.
    Span,
    /// It takes the place of the whole sentence.
    Sentence,
    /// The flagged words can simply go.
    Drop,
}

/// One wording rule.
#[derive(Debug)]
pub struct Rule {
    /// Its name, unique in its language, such as `threat.lawyer`.
    pub id: String,
    /// The language it reads.
    pub lang: Lang,
    /// What it finds.
    pub category: Category,
    /// How strong the wording is, 1–3; 0 for a rule that only counts when it is aimed at somebody.
    pub severity: u8,
    /// The severity when the sentence addresses a person.
    pub person: Option<u8>,
    /// The severity when the sentence is about a company, team or service.
    pub company: Option<u8>,
    /// One kind sentence for the writer.
    pub why: String,
    /// A calmer wording; `$1` is what the pattern's first group matched.
    pub instead: String,
    /// The same for a German draft that says du.
    pub instead_du: Option<String>,
    /// What the calmer draft does with it.
    pub swap: Swap,
    /// The practice it embodies, such as `P62`.
    pub practice: String,
    /// Messages it must find.
    pub positive: Vec<String>,
    /// Messages in which it must find nothing.
    pub negative: Vec<String>,
    /// Where it begins in its file, counted from 1.
    pub(super) line: usize,
    pub(super) patterns: Vec<Pattern>,
    /// Drops a finding that overlaps a match.
    pub(super) except: Option<Matcher>,
    /// Drops a finding in whose sentence it matches.
    pub(super) unless: Option<Matcher>,
}

/// One pattern of a rule.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) regex: Matcher,
    /// Strings it cannot match without; the prefilter takes them.
    pub(super) required: Vec<Needed>,
}

/// Who a sentence is about.
#[derive(Debug)]
pub(super) struct Targets {
    pub(super) person: Matcher,
    pub(super) company: Matcher,
    /// A sentence that tells what somebody else said, or speaks about words: its findings count as quoted.
    pub(super) reported: Option<Pattern>,
}

/// What is said about a finding that no rule words: one of the heads, or capitals.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct General {
    why: String,
    instead: String,
}

impl General {
    /// Why, calmer wording, and the id such a finding has.
    pub(super) fn texts(&self, category: Category) -> (String, String, String) {
        let source = if category == Category::Shouting { "capitals" } else { "learned" };
        (self.why.clone(), self.instead.clone(), format!("{}.{source}", category.name()))
    }

    /// The calmer wording.
    pub(super) fn instead(&self) -> &str {
        &self.instead
    }
}

/// The rules of one language, read and checked.
#[derive(Debug)]
pub struct Rulebook {
    /// The language they read.
    pub lang: Lang,
    /// In the order of the file.
    pub rules: Vec<Rule>,
    pub(super) targets: Targets,
    /// By category; one that the file does not give is the shipped one's.
    pub(super) general: BTreeMap<Category, General>,
    /// What is said where the heads hold a sentence against its writer and cannot say what kind of heat it is.
    pub(super) unsure: Option<General>,
    /// Whether these are the rules the heads were calibrated with.
    pub(super) shipped: bool,
    /// What errors call the file.
    pub(super) file: String,
}

impl Rulebook {
    /// Reads a file of rules. `name` is what errors call it.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line.
    pub fn parse(lang: Lang, name: &str, text: &str) -> Result<Self, BrokenRule> {
        read(lang, text, name, true)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    morphemes: BTreeMap<String, Spanned<String>>,
    targets: RawTargets,
    #[serde(default)]
    general: BTreeMap<Category, General>,
    unsure: Option<General>,
    rule: Vec<RawRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTargets {
    person: Spanned<String>,
    company: Spanned<String>,
    reported: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    id: Spanned<String>,
    category: Category,
    severity: u8,
    person: Option<u8>,
    company: Option<u8>,
    patterns: Vec<Spanned<String>>,
    #[serde(default)]
    except: Vec<Spanned<String>>,
    #[serde(default)]
    unless: Vec<Spanned<String>>,
    why: String,
    instead: String,
    instead_du: Option<String>,
    #[serde(default)]
    swap: Swap,
    practice: String,
    positive: Vec<String>,
    negative: Vec<String>,
}

/// Reads one file of rules. `compile`: every pattern is compiled at once, so that one that is too large is refused here.
pub(super) fn read(lang: Lang, text: &str, file: &str, compile: bool) -> Result<Rulebook, BrokenRule> {
    let reader = Reader { text, file, compile, shelf: Arc::new(Shelf::new(LIMIT)) };
    let raw: RawFile =
        toml::from_str(text).map_err(|e| reader.broken(e.span().map_or(0, |s| s.start), e.message().to_owned()))?;
    let morphemes = reader.morphemes(&raw.morphemes)?;
    let targets = Targets {
        person: reader.matcher(&raw.targets.person, &morphemes)?,
        company: reader.matcher(&raw.targets.company, &morphemes)?,
        reported: raw.targets.reported.as_ref().map(|p| reader.pattern(p, &morphemes)).transpose()?,
    };
    let mut rules: Vec<Rule> = Vec::with_capacity(raw.rule.len());
    let (mut line, mut counted) = (1, 0);
    for rule in raw.rule {
        let at = rule.id.span().start;
        if rules.iter().any(|r| r.id == *rule.id.get_ref()) {
            return Err(reader.broken(at, format!("rule {} is there twice", rule.id.get_ref())));
        }
        line += lines(&text.as_bytes()[counted..at]);
        counted = at;
        rules.push(reader.rule(lang, rule, line, &morphemes)?);
    }
    Ok(Rulebook {
        lang,
        rules,
        targets,
        general: raw.general,
        unsure: raw.unsure,
        shipped: !compile,
        file: file.to_owned(),
    })
}

struct Reader<'a> {
    text: &'a str,
    file: &'a str,
    compile: bool,
    /// For all its patterns.
    shelf: Arc<Shelf>,
}

impl Reader<'_> {
    fn broken(&self, at: usize, reason: String) -> BrokenRule {
        BrokenRule { file: self.file.to_owned(), line: self.line(at), reason }
    }

    fn line(&self, at: usize) -> usize {
        1 + lines(&self.text.as_bytes()[..at.min(self.text.len())])
    }

    fn rule(&self, lang: Lang, raw: RawRule, line: usize, morphemes: &Arc<Morphemes>) -> Result<Rule, BrokenRule> {
        let at = raw.id.span().start;
        let id = raw.id.get_ref().clone();
        let refuse = |reason: &str| Err(self.broken(at, format!("rule {id}: {reason}")));
        if id.is_empty()
            || !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'_'))
        {
            return refuse("an id has only lower-case letters, digits, '.', '-' and '_'");
        }
        if [Some(raw.severity), raw.person, raw.company].into_iter().flatten().any(|s| s > 3) {
            return refuse("severity is 0 to 3");
        }
        if raw.severity == 0 && raw.person.unwrap_or(0) == 0 && raw.company.unwrap_or(0) == 0 {
            return refuse("severity 0 for every target finds nothing");
        }
        if raw.patterns.is_empty() {
            return refuse("at least one pattern is needed");
        }
        if raw.positive.len() < 2 || raw.negative.len() < 2 {
            return refuse("at least two positive and two negative examples are needed");
        }
        if raw.why.trim().is_empty() || raw.instead.trim().is_empty() {
            return refuse("why and instead must say something");
        }
        if raw.why.contains('!') {
            return refuse("a why has no exclamation mark");
        }
        if !raw.practice.starts_with('P') || raw.practice[1..].parse::<u16>().is_err() {
            return refuse("practice is a number such as P62");
        }
        let patterns = raw.patterns.iter().map(|p| self.pattern(p, morphemes)).collect::<Result<Vec<_>, _>>()?;
        if self.compile && patterns.iter().any(|p| p.regex.is_match(b"")) {
            return refuse("a pattern matches the empty text");
        }
        Ok(Rule {
            lang,
            category: raw.category,
            severity: raw.severity,
            person: raw.person,
            company: raw.company,
            why: raw.why,
            instead: raw.instead,
            instead_du: raw.instead_du,
            swap: raw.swap,
            practice: raw.practice,
            positive: raw.positive,
            negative: raw.negative,
            line,
            except: self.any_of(&raw.except, morphemes)?,
            unless: self.any_of(&raw.unless, morphemes)?,
            patterns,
            id,
        })
    }

    /// One regex for a list of patterns; each is parsed alone first so that an error names its own line.
    fn any_of(&self, patterns: &[Spanned<String>], morphemes: &Arc<Morphemes>) -> Result<Option<Matcher>, BrokenRule> {
        let Some(first) = patterns.first() else { return Ok(None) };
        let mut parts = Vec::with_capacity(patterns.len());
        for pattern in patterns {
            let source = spell(pattern.get_ref());
            // The embedded ones are read by a test; reading hundreds again would only slow down the start.
            if self.compile {
                let whole = morphemes.written_out(&source);
                whole.and_then(|whole| parse(&whole)).map_err(|e| self.broken(pattern.span().start, e))?;
            }
            parts.push(format!("(?:{source})"));
        }
        self.made(parts.join("|"), morphemes, first.span().start).map(Some)
    }

    fn matcher(&self, pattern: &Spanned<String>, morphemes: &Arc<Morphemes>) -> Result<Matcher, BrokenRule> {
        self.made(spell(pattern.get_ref()), morphemes, pattern.span().start)
    }

    fn made(&self, source: String, morphemes: &Arc<Morphemes>, at: usize) -> Result<Matcher, BrokenRule> {
        let matcher = Matcher::new(source, Arc::clone(morphemes), Arc::clone(&self.shelf));
        if self.compile {
            matcher.check().map_err(|e| self.broken(at, e))?;
        }
        Ok(matcher)
    }

    fn pattern(&self, pattern: &Spanned<String>, morphemes: &Arc<Morphemes>) -> Result<Pattern, BrokenRule> {
        let at = pattern.span().start;
        let source = spell(pattern.get_ref());
        let required = morphemes.required(&source).map_err(|e| self.broken(at, e))?;
        Ok(Pattern { regex: self.made(source, morphemes, at)?, required })
    }

    /// All morphemes, written out and with what each requires.
    fn morphemes(&self, raw: &BTreeMap<String, Spanned<String>>) -> Result<Arc<Morphemes>, BrokenRule> {
        let mut morphemes =
            Morphemes::new(raw.iter().map(|(name, value)| (name.clone(), spell(value.get_ref()))).collect());
        for (name, value) in raw {
            morphemes.settle(name).map_err(|e| self.broken(value.span().start, e))?;
        }
        Ok(Arc::new(morphemes))
    }
}

/// How many lines end in this.
fn lines(text: &[u8]) -> usize {
    text.iter().filter(|&&byte| byte == b'\n').count()
}

/// A pattern is written as people write; text is read folded. So the pattern is folded too, and an apostrophe may be missing.
fn spell(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 8);
    for c in pattern.chars() {
        match c {
            'ä' | 'Ä' => out.push_str("ae"),
            'ö' | 'Ö' => out.push_str("oe"),
            'ü' | 'Ü' => out.push_str("ue"),
            'ß' => out.push_str("ss"),
            '\'' | '’' => out.push_str("'?"),
            '🖕' => out.push_str(r"\x06"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "[morphemes]\nwer = 'du|sie'\n[targets]\nperson='du'\ncompany='firma'\n";

    fn reason(rule: &str) -> (usize, String) {
        let text = format!("{HEAD}[[rule]]\n{rule}");
        let broken = read(Lang::De, &text, "x.toml", true).expect_err("refused");
        (broken.line, broken.reason)
    }

    #[test]
    fn a_broken_pattern_is_refused_with_its_own_line() {
        let rule = "id='a.b'\ncategory='insult'\nseverity=2\npatterns=[\n 'gut',\n 'kaputt(',\n]\nwhy='w'\ninstead='i'\npractice='P62'\npositive=['a','b']\nnegative=['a','b']";
        assert_eq!(reason(rule).0, 12);
    }

    #[test]
    fn an_unknown_morpheme_key_or_category_is_refused() {
        assert!(reason("id='a'\ncategory='insult'\nseverity=2\npatterns=['{wem}']\nwhy='w'\ninstead='i'\npractice='P1'\npositive=['a','b']\nnegative=['a','b']").1.contains("{wem}"));
        assert!(reason("id='a'\ncategory='rude'").1.contains("rude"));
        assert!(reason("id='a'\ncolour='red'").1.contains("colour"));
    }

    #[test]
    fn a_rule_without_examples_is_refused() {
        let (line, reason) = reason(
            "id='a'\ncategory='insult'\nseverity=2\npatterns=['x']\nwhy='w'\ninstead='i'\npractice='P1'\npositive=['a']\nnegative=['a','b']",
        );
        assert_eq!(line, 7);
        assert!(reason.contains("examples"));
    }
}
