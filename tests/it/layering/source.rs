//! Reads Rust sources as far as judging them needs: comments gone, text in quotes apart from code, paths spelled out.
//!
//! Invariant: what stands in a comment or in quotes is never taken for code; lines keep their numbers.

use std::path::{Path, PathBuf};

/// A source file.
pub struct Source {
    /// Below the folder of the crate, with `/`, such as `src/case/mod.rs`.
    pub path: String,
    /// The text without comments and with empty quotes.
    code: Vec<char>,
    /// What `code` is made of.
    tokens: Vec<(usize, Token)>,
    /// Where in `code` lines end.
    line_ends: Vec<usize>,
    /// What stood in the quotes, by where in `code` they open.
    literals: Vec<(usize, String)>,
    /// Where in `code` the unit tests begin; the end if there are none.
    tests_from: usize,
}

/// The crate's folder.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below `folder` whose name ends with `ending`, sorted, as path below the crate's folder and content.
pub fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                walk(&path, ending, found);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path);
            }
        }
    }
    let mut paths = Vec::new();
    walk(&root().join(folder), ending, &mut paths);
    paths.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).expect("the file is text");
        let below = path.strip_prefix(root()).expect("it was found below");
        (below.to_string_lossy().replace('\\', "/"), text)
    };
    paths.into_iter().map(read).collect()
}

/// All sources of the program.
pub fn sources() -> Vec<Source> {
    files("src", ".rs").into_iter().map(|(path, text)| Source::read(&path, &text)).collect()
}

impl Source {
    /// Takes a file apart.
    pub fn read(path: &str, text: &str) -> Self {
        let (code, literals) = take_apart(&text.chars().collect::<Vec<_>>());
        let line_ends = (0..code.len()).filter(|at| code[*at] == '\n').collect();
        let (tokens, tests_from) = (tokens(&code), code.len());
        let mut source = Self { path: path.to_owned(), code, tokens, line_ends, literals, tests_from };
        let whole = path.ends_with("/tests.rs") || path.contains("/tests/");
        source.tests_from = if whole { 0 } else { source.unit_tests().unwrap_or(source.code.len()) };
        source
    }

    /// The module at the top of the crate it belongs to: `case` for `src/case/mod.rs`, `chat` for `src/chat.rs`.
    pub fn module(&self) -> &str {
        let below = self.path.strip_prefix("src/").unwrap_or(&self.path);
        below.split('/').next().unwrap_or(below).trim_end_matches(".rs")
    }

    /// Lines before the unit tests.
    pub fn production_lines(&self) -> usize {
        let own = &self.code[..self.tests_from];
        own.split(|character| *character == '\n').count() - usize::from(own.last().is_none_or(|last| *last == '\n'))
    }

    /// Texts in quotes before the unit tests, with their lines.
    pub fn literals(&self) -> impl Iterator<Item = (usize, &str)> {
        let own = self.literals.iter().filter(|(at, _)| *at < self.tests_from);
        own.map(|(at, text)| (self.line(*at), text.as_str()))
    }

    /// Texts in quotes that stand in the first argument of a method of one of these names, with their lines.
    pub fn first_arguments(&self, methods: &[&str]) -> Vec<(usize, &str)> {
        let tokens = &self.tokens;
        let mut found = Vec::new();
        for (index, window) in tokens.windows(3).enumerate() {
            let [(_, Token::Other('.')), (_, Token::Name(name)), (open, Token::Other('('))] = window else { continue };
            if !methods.contains(&name.as_str()) || *open >= self.tests_from {
                continue;
            }
            let mut depth = 0_i32;
            let end = tokens[index + 3..].iter().find(|(_, token)| {
                match token {
                    Token::Other('(' | '[' | '{') => depth += 1,
                    Token::Other(')' | ']' | '}') => depth -= 1,
                    _ => {}
                }
                depth < 0 || (depth == 0 && *token == Token::Other(','))
            });
            let end = end.map_or(self.code.len(), |(at, _)| *at);
            let inside = self.literals.iter().filter(|(at, _)| (*open..end).contains(at));
            found.extend(inside.map(|(at, text)| (self.line(*at), text.as_str())));
        }
        found
    }

    /// Every path of the code that begins at one of `roots` (or, for `crate`, at as many `super` as lead to the top), spelled
    /// out without it: `use crate::{id, store::case::Page}` gives `id` and `store::case::Page`.
    pub fn paths(&self, roots: &[&str]) -> Vec<(usize, String)> {
        let tokens = &self.tokens;
        let below =
            self.path.strip_prefix("src/").unwrap_or_default().trim_end_matches("/mod.rs").trim_end_matches(".rs");
        let depth = below.split('/').count();
        let mut found = Vec::new();
        let mut index = 0;
        while let Some((at, token)) = tokens.get(index) {
            let Token::Name(name) = token else {
                index += 1;
                continue;
            };
            let mut next = index + 1;
            let mut supers = usize::from(name == "super");
            while supers > 0 && is_path(tokens, next) && tokens[next + 2].1 == Token::Name("super".into()) {
                supers += 1;
                next += 3;
            }
            let begins = roots.contains(&name.as_str()) || (roots.contains(&"crate") && supers >= depth);
            if begins && is_path(tokens, next) {
                let mut paths = Vec::new();
                tree(tokens, next + 2, "", &mut paths);
                found.extend(paths.into_iter().map(|path| (self.line(*at), path)));
            }
            index = next;
        }
        found
    }

    /// Every name in the code that is no field or method, with its line.
    pub fn names(&self) -> Vec<(usize, String)> {
        let tokens = &self.tokens;
        let after_dot = |index: usize| index > 0 && tokens[index - 1].1 == Token::Other('.');
        let names = tokens.iter().enumerate().filter_map(|(index, (at, token))| match token {
            Token::Name(name) if !after_dot(index) => Some((self.line(*at), name.clone())),
            _ => None,
        });
        names.collect()
    }

    fn line(&self, at: usize) -> usize {
        self.line_ends.partition_point(|end| *end < at) + 1
    }

    fn unit_tests(&self) -> Option<usize> {
        let tokens = &self.tokens;
        let spelled = |from: usize| {
            let parts = tokens[from..].iter().take(8).map(|(_, token)| match token {
                Token::Name(name) => name.clone(),
                Token::Other(character) => character.to_string(),
            });
            parts.collect::<String>()
        };
        let mut marks = (0..tokens.len()).filter(|index| tokens[*index].1 == Token::Other('#'));
        marks.find(|index| spelled(*index) == "#[cfg(test)]mod").map(|index| tokens[index].0)
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Name(String),
    Other(char),
}

fn tokens(code: &[char]) -> Vec<(usize, Token)> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(character) = code.get(at) {
        if character.is_alphabetic() || *character == '_' {
            let name: String = code[at..].iter().take_while(|c| c.is_alphanumeric() || **c == '_').collect();
            let length = name.chars().count();
            tokens.push((at, Token::Name(name)));
            at += length;
        } else {
            if !character.is_whitespace() {
                tokens.push((at, Token::Other(*character)));
            }
            at += 1;
        }
    }
    tokens
}

/// `::` and something after it.
fn is_path(tokens: &[(usize, Token)], at: usize) -> bool {
    let colon = |index: usize| tokens.get(index).is_some_and(|(_, token)| *token == Token::Other(':'));
    colon(at) && colon(at + 1) && at + 2 < tokens.len()
}

/// Spells a path or tree of `use` out; gives the index behind it.
fn tree(tokens: &[(usize, Token)], mut at: usize, prefix: &str, found: &mut Vec<String>) -> usize {
    match tokens.get(at).map(|(_, token)| token) {
        Some(Token::Name(name)) if name == "self" => {
            found.push(prefix.to_owned());
            at + 1
        }
        Some(Token::Name(name)) => {
            let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}::{name}") };
            if is_path(tokens, at + 1) && tokens[at + 3].1 != Token::Other('<') {
                return tree(tokens, at + 3, &path, found);
            }
            found.push(path);
            at + 1
        }
        Some(Token::Other('{')) => {
            at += 1;
            while let Some((_, token)) = tokens.get(at) {
                match token {
                    Token::Other('}') => return at + 1,
                    Token::Name(name) if name == "as" => at += 2,
                    Token::Other(',') => at += 1,
                    _ => at = tree(tokens, at, prefix, found),
                }
            }
            at
        }
        _ => {
            found.push(format!("{prefix}::*"));
            at + 1
        }
    }
}

/// Code with comments blanked and quotes emptied, and what stood in the quotes.
fn take_apart(text: &[char]) -> (Vec<char>, Vec<(usize, String)>) {
    let (mut code, mut literals) = (Vec::with_capacity(text.len()), Vec::new());
    let mut at = 0;
    let is = |at: usize, wanted: char| text.get(at) == Some(&wanted);
    let lines = |from: usize, to: usize| text[from..to].iter().filter(|c| **c == '\n').copied().collect::<Vec<_>>();
    while let Some(&character) = text.get(at) {
        let word_before = at > 0 && (text[at - 1].is_alphanumeric() || text[at - 1] == '_');
        let end = match character {
            '/' if is(at + 1, '/') => text[at..].iter().position(|c| *c == '\n').map_or(text.len(), |n| at + n),
            '/' if is(at + 1, '*') => end_of_comment(text, at),
            '"' => {
                let end = end_of_quotes(text, at);
                literals.push((code.len(), text[at + 1..end - 1].iter().collect::<String>()));
                code.push('"');
                end
            }
            'r' if !word_before || text[at - 1] == 'b' => {
                let hashes = text[at + 1..].iter().take_while(|c| **c == '#').count();
                if is(at + 1 + hashes, '"') {
                    let open = at + hashes + 2;
                    let end = end_of_raw(text, open, hashes);
                    let close = end.saturating_sub(hashes + 1).max(open);
                    literals.push((code.len(), text[open..close].iter().collect::<String>()));
                    code.push('"');
                    end
                } else {
                    at
                }
            }
            // 'x' and '\n', but not the 'a of a lifetime.
            '\'' if is(at + 1, '\\') => {
                text[at + 3..].iter().position(|c| *c == '\'').map_or(text.len(), |n| at + 4 + n)
            }
            '\'' if is(at + 2, '\'') => at + 3,
            _ => at,
        };
        if end > at {
            code.extend(lines(at, end));
            at = end;
        } else {
            code.push(character);
            at += 1;
        }
    }
    (code, literals)
}

fn end_of_comment(text: &[char], from: usize) -> usize {
    let (mut at, mut depth) = (from, 0);
    while at < text.len() {
        match (text[at], text.get(at + 1)) {
            ('/', Some('*')) => (at, depth) = (at + 2, depth + 1),
            ('*', Some('/')) => (at, depth) = (at + 2, depth - 1),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn end_of_quotes(text: &[char], from: usize) -> usize {
    let mut at = from + 1;
    while at < text.len() && text[at] != '"' {
        at += if text[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(text.len())
}

fn end_of_raw(text: &[char], from: usize, hashes: usize) -> usize {
    let closes =
        |at: usize| text[at] == '"' && text[at + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes;
    (from..text.len()).find(|at| closes(*at)).map_or(text.len(), |at| at + 1 + hashes)
}

#[test]
fn comments_and_quotes_are_no_code() {
    let text = r##"
        //! serenity
        /* sqlx /* nested */ tokio */
        const A: &str = "poise \" sqlx"; // reqwest
        const B: &str = r#"tokio "sqlx" "#;
        const C: (char, char) = ('"', '\'');
        fn f<'a>(x: &'a str) -> &'a str { real(x) }
    "##;
    let source = Source::read("src/a.rs", text);
    let names: Vec<String> = source.names().into_iter().map(|(_, name)| name).collect();
    for hidden in ["serenity", "sqlx", "nested", "tokio", "poise", "reqwest"] {
        assert!(!names.contains(&hidden.to_owned()), "{hidden} in {names:?}");
    }
    assert!(names.contains(&"real".to_owned()), "{names:?}");
    let literals: Vec<(usize, &str)> = source.literals().collect();
    assert_eq!(literals, [(4, "poise \\\" sqlx"), (5, "tokio \"sqlx\" ")]);
}

#[test]
fn paths_are_spelled_out() {
    let text =
        "use crate::{id, store::case::{self, Page as P}};\nfn f() { super::super::desk::act(); crate::view::*; }";
    let paths =
        |path: &str| Source::read(path, text).paths(&["crate"]).into_iter().map(|(_, path)| path).collect::<Vec<_>>();
    assert_eq!(paths("src/a/b.rs"), ["id", "store::case", "store::case::Page", "desk::act", "view::*"]);
    assert_eq!(paths("src/a/b/c.rs"), ["id", "store::case", "store::case::Page", "view::*"]);
}

#[test]
fn what_a_method_is_given_first_is_found() {
    let text = "fn f() { voice.with(if own { \"one\" } else { \"two\" }, &[(\"case\", x)]); other(\"three\"); }";
    let source = Source::read("src/a.rs", text);
    assert_eq!(source.first_arguments(&["with"]), [(1, "one"), (1, "two")]);
}

#[test]
fn unit_tests_are_not_production() {
    let text =
        "fn a() {}\n\n#[cfg(test)]\nfn only_for_tests() {}\n\n#[cfg(test)]\nmod tests { const A: &str = \"x\"; }\n";
    let source = Source::read("src/a.rs", text);
    assert_eq!((source.production_lines(), source.literals().count()), (5, 0));
    assert_eq!(Source::read("src/a/tests.rs", "fn a() {}\n").production_lines(), 0);
}
