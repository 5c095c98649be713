//! Reading the own corpus and other people's labelled text.

use anyhow::{Context as _, Result};
use ruhepol::tone::Category;
use serde::Deserialize;
use std::ops::Range;
use std::path::Path;

/// A line of the own corpus.
#[derive(Deserialize, Clone)]
pub struct Line {
    pub text: String,
    pub heat: u8,
    #[serde(default)]
    pub trap: bool,
    #[serde(default)]
    findings: Vec<Mark>,
}

#[derive(Deserialize, Clone)]
struct Mark {
    #[serde(rename = "span")]
    words: String,
    category: Category,
    severity: u8,
}

impl Line {
    /// A line without marks.
    pub fn plain(text: &str, heat: u8) -> Self {
        Self { text: text.to_owned(), heat, trap: false, findings: Vec::new() }
    }

    /// What was marked, in bytes.
    pub fn marked(&self) -> impl Iterator<Item = (Range<usize>, Category, u8)> {
        self.findings.iter().filter_map(|f| {
            let at = self.text.find(&f.words)?;
            Some((at..at + f.words.len(), f.category, f.severity))
        })
    }
}

/// A line of other people's text.
#[derive(Deserialize)]
pub struct Foreign {
    pub text: String,
    pub y: Option<u8>,
    pub fine: String,
}

/// All lines of a file.
pub fn lines<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Vec<T>> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let line = |(n, line)| serde_json::from_str(line).with_context(|| format!("{}:{}", path.display(), n + 1));
    text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()).map(line).collect()
}

/// A hash for choosing parts of foreign text.
pub fn lot(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01B3)) >> 17
}
