//! What people type, made fit to keep and to show: titles, notes and names of threads.
//!
//! Invisible and direction-changing characters go, everything a person can see stays: emoji, right-to-left text, markdown.

use unicode_segmentation::UnicodeSegmentation;

/// Longest title, in graphemes: fits an embed title and a line of a list.
pub const MAX_TITLE: usize = 100;
/// Longest title in scalars, so that a hundred family emoji still fit Discord's 256.
const MAX_TITLE_SCALARS: usize = 200;
/// Longest note or resolution, in scalars; a modal's field holds no more.
pub const MAX_TEXT: usize = 4_000;
/// Discord: most characters in a thread's name.
const MAX_THREAD_NAME: usize = 100;

/// Why a title cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are named in the message")]
pub enum TitleRefused {
    /// Nothing visible in it.
    #[error("the title is empty")]
    Empty,
    /// Too long: its length, and the most that fits, both in graphemes or (for long emoji) both in scalars.
    #[error("the title is too long ({length}, most {most})")]
    TooLong { length: usize, most: usize },
}

/// One line, white space folded, nothing invisible.
pub fn clean_title(typed: &str) -> Result<String, TitleRefused> {
    let title = visible(typed).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
    let length = title.graphemes(true).count();
    if !title.chars().any(is_visible) {
        Err(TitleRefused::Empty)
    } else if length > MAX_TITLE {
        Err(TitleRefused::TooLong { length, most: MAX_TITLE })
    } else if title.chars().count() > MAX_TITLE_SCALARS {
        Err(TitleRefused::TooLong { length: title.chars().count(), most: MAX_TITLE_SCALARS })
    } else {
        Ok(title)
    }
}

/// Many lines, trimmed, at most [`MAX_TEXT`] scalars, nothing invisible.
pub fn clean_text(typed: &str) -> String {
    let kept: String = visible(typed).take(MAX_TEXT).collect();
    kept.trim().to_owned()
}

fn visible(typed: &str) -> impl Iterator<Item = char> {
    typed.chars().filter(|&c| !is_hidden(c))
}

/// The name of a case's thread. Numbers and statuses stay out of it, as renaming is limited to two in ten minutes.
pub fn thread_name(title: &str) -> String {
    // Discord refuses the sequence 1488 in any name.
    let name = title.replace("1488", "14-88");
    clip(&name, MAX_THREAD_NAME)
}

/// At most `max` scalars, cut between graphemes, with an ellipsis where something was cut.
pub fn clip(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut left = max.saturating_sub(1);
    for grapheme in text.graphemes(true) {
        let size = grapheme.chars().count();
        if size > left {
            break;
        }
        left -= size;
        kept.push_str(grapheme);
    }
    let mut kept = kept.trim_end().to_owned();
    if max > 0 {
        kept.push('…');
    }
    kept
}

/// Controls other than line breaks, and the characters that reorder or hide text (a title must not spoof another).
fn is_hidden(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}' | '\u{180E}')
        || matches!(c, '\u{E0000}'..='\u{E001F}')
}

/// Something a reader can see by itself; joiners, marks and selectors alone are not.
fn is_visible(c: char) -> bool {
    !c.is_whitespace()
        && !matches!(c, '\u{200C}'..='\u{200F}' | '\u{FE00}'..='\u{FE0F}' | '\u{0300}'..='\u{036F}' | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{2800}' | '\u{FFA0}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emoji_and_right_to_left_titles_stay_as_they_are() {
        assert_eq!(clean_title("🔥🔥").unwrap(), "🔥🔥");
        assert_eq!(clean_title(" فاتورة  خاطئة ").unwrap(), "فاتورة خاطئة");
    }

    #[test]
    fn titles_nobody_could_see_are_empty() {
        for typed in ["", "   ", "\u{200b}\u{200b}", "\u{202e}", "\u{3164}", "\n\t"] {
            assert_eq!(clean_title(typed), Err(TitleRefused::Empty), "{typed:?}");
        }
    }

    #[test]
    fn length_is_counted_in_graphemes() {
        let family = "👨‍👩‍👧";
        assert!(clean_title(&family.repeat(40)).is_ok());
        assert_eq!(clean_title(&"ä".repeat(100)).unwrap().chars().count(), 100);
        assert_eq!(clean_title(&"ä".repeat(101)), Err(TitleRefused::TooLong { length: 101, most: 100 }));
    }

    #[test]
    fn direction_overrides_are_removed() {
        assert_eq!(clean_title("abc\u{202e}def").unwrap(), "abcdef");
    }

    #[test]
    fn clipping_never_cuts_a_grapheme() {
        let clipped = clip(&"👨‍👩‍👧".repeat(30), 100);
        assert!(clipped.chars().count() <= 100 && clipped.ends_with('…'));
        assert!(clipped.trim_end_matches('…').graphemes(true).all(|g| g == "👨‍👩‍👧"));
        assert_eq!(clip("kurz", 100), "kurz");
    }

    #[test]
    fn thread_names_hold_nothing_discord_refuses() {
        assert_eq!(thread_name("Rechnung 1488"), "Rechnung 14-88");
        assert!(thread_name(&"x".repeat(180)).chars().count() <= 100);
    }
}
