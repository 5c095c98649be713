//! What a run of non-blank characters is: a plain word, something with signs in it, or a thing that is no wording at all.
//!
//! Ids, versions, hashes, addresses and code are never read as words, so that no rule can fire inside them.

/// How a token is folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// ASCII letters only.
    Word,
    /// Letters with anything else; digits between letters are read as letters where `leet_allowed`.
    Mixed {
        /// Whether digits may stand for letters.
        leet_allowed: bool,
    },
    /// A URL, mention, id, version, hash, path or piece of code.
    Placeholder,
}

/// What [`classify`] found.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// How to fold it.
    pub kind: Kind,
    /// Whether it has ASCII letters: then look-alikes are meant as Latin.
    pub latin: bool,
    /// At least two letters, all capitals.
    pub capitals: bool,
}

/// Looks at a token once.
pub fn classify(token: &str) -> Shape {
    let bytes = token.as_bytes();
    let (mut upper, mut lower, mut digits, mut others, mut wide, mut leet_marks) = (0usize, 0, 0, 0, 0, 0);
    for &byte in bytes {
        match byte {
            b'a'..=b'z' => lower += 1,
            b'A'..=b'Z' => upper += 1,
            b'0'..=b'9' => digits += 1,
            b'@' | b'$' => leet_marks += 1,
            0x80.. => wide += 1,
            _ => others += 1,
        }
    }
    let letters = upper + lower;
    let latin = letters > 0;
    let capitals = upper >= 2 && lower == 0 && digits == 0;
    if digits + others + wide + leet_marks == 0 {
        return Shape { kind: Kind::Word, latin, capitals };
    }
    let kind = if (others + digits + leet_marks > 0) && is_reference(bytes, letters, digits, leet_marks) {
        Kind::Placeholder
    } else {
        let swaps = digits + leet_marks;
        Kind::Mixed { leet_allowed: swaps > 0 && letters >= 3 && swaps * 2 <= letters + 1 }
    };
    Shape { kind, latin, capitals: capitals && kind != Kind::Placeholder }
}

/// Whether the token refers to something instead of saying something.
fn is_reference(bytes: &[u8], letters: usize, digits: usize, leet_marks: usize) -> bool {
    let core = trim(bytes);
    let Some(&first) = core.first() else { return false };
    if first == b'@' && core.len() > 1 {
        return true;
    }
    if first == b'<' && matches!(core.get(1), Some(b'@' | b'#' | b':' | b'a' | b't' | b'/' | b'h')) {
        return true;
    }
    if first == b'#' && digits > 0 {
        return true;
    }
    if core.starts_with(b"www.") || has(core, b"://") {
        return true;
    }
    if has(core, b"::") || has(core, b"()") || has(core, b"->") || core.contains(&b'\\') || core.contains(&b'{') {
        return true;
    }
    if core.contains(&b'=') && letters > 0 && core.len() > 2 {
        return true;
    }
    if leet_marks > 0 && letters > 0 {
        let at = core.iter().position(|&b| b == b'@');
        if at.is_some_and(|at| core[at..].contains(&b'.')) {
            return true;
        }
    }
    let slashes = core.split(|&b| b == b'/').count() - 1;
    if letters > 0 && (slashes >= 2 || (slashes == 1 && first == b'/' && core.len() > 1)) {
        return true;
    }
    let inner_underscore =
        core.windows(3).any(|w| w[1] == b'_' && w[0].is_ascii_alphanumeric() && w[2].is_ascii_alphanumeric());
    if inner_underscore && core.windows(2).any(|w| w[0].is_ascii_alphabetic() && w[1].is_ascii_alphabetic()) {
        return true;
    }
    if digits > 0 && letters > 0 {
        let amount = core.iter().take_while(|b| b.is_ascii_digit() || **b == b'.' || **b == b',').count();
        if amount > 0 && core[amount..].iter().all(|b| b.is_ascii_alphabetic() || *b == b'.') {
            return false; // "3x", "24h", "14Tage", "1st"
        }
        let joined = core.iter().any(|b| matches!(b, b'-' | b'.' | b'/' | b':' | b'_' | b'+'));
        let wordlike = core.first().is_some_and(|b| b.is_ascii_alphabetic() || *b >= 0x80) && digits * 2 <= letters + 1;
        return joined || !wordlike;
    }
    false
}

fn has(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|w| w == what)
}

fn trim(bytes: &[u8]) -> &[u8] {
    let opens = |b: &u8| matches!(b, b'(' | b'[' | b'"' | b'\'' | b'*' | b'~' | b'|');
    let closes =
        |b: &u8| matches!(b, b')' | b']' | b'"' | b'\'' | b'*' | b'~' | b'|' | b'.' | b',' | b'!' | b'?' | b':' | b';');
    let start = bytes.iter().position(|b| !opens(b)).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(|b| !closes(b)).map_or(start, |n| n + 1);
    &bytes[start..end.max(start)]
}

/// The letter a digit or sign stands for between letters.
pub fn leet(byte: u8) -> Option<u8> {
    Some(match byte {
        b'0' => b'o',
        b'1' => b'i',
        b'3' => b'e',
        b'4' | b'@' => b'a',
        b'5' | b'$' => b's',
        b'7' => b't',
        _ => return None,
    })
}

/// `:)` and its like.
pub fn is_emoticon(token: &str) -> bool {
    matches!(
        token,
        ":)" | ":-)"
            | ";)"
            | ";-)"
            | ":D"
            | ":-D"
            | "xD"
            | "XD"
            | ":P"
            | ":p"
            | ":))"
            | "^^"
            | "<3"
            | "=)"
            | ":'D"
            | ":]"
    )
}

/// Single letters kept apart by signs inside one token: `i.d.i.o.t`, at least four letters.
pub fn spaced_inside(bytes: &[u8]) -> bool {
    let body = bytes.strip_suffix(b"!").or_else(|| bytes.strip_suffix(b".")).unwrap_or(bytes);
    body.len() >= 7
        && body.len() % 2 == 1
        && body.len() < 80
        && matches!(body[1], b'.' | b'-' | b'_' | b'*' | b'|')
        && body.iter().enumerate().all(|(i, &b)| if i % 2 == 0 { b.is_ascii_alphabetic() } else { b == body[1] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_stay_and_ids_go() {
        for token in ["3x", "24h", "14Tage", "10:30", "12.03.2024", "und/oder", "E-Mail", "1st"] {
            assert_ne!(classify(token).kind, Kind::Placeholder, "{token}");
        }
        for token in [
            "ABC-1234",
            "v1.2.3",
            "a55h013c7",
            "550e8400-e29b-41d4",
            "kill_process",
            "foo::bar()",
            "/usr/bin/die",
            "x@y.de",
        ] {
            assert_eq!(classify(token).kind, Kind::Placeholder, "{token}");
        }
    }
}
