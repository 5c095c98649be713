//! From what the rules found and what the heads lean to, to two probabilities: worth a note, worth an alert.
//!
//! Invariant: pure arithmetic over a fixed list of signals; the trainer sets the weights and thresholds over the same list.

use super::Category;
use super::head::Margins;
use super::shout::Volume;

/// How many signals there are.
pub const SIGNALS: usize = 33;

/// How many numbers a judge is made of.
pub const NUMBERS: usize = 2 * SIGNALS + 4;

/// Where among the signals the length stands.
const LENGTH: usize = 12;

/// Up to so many words a message is short: there is little to go by in it, and most of what people write all day is short and calm.
const SHORT: f32 = 10.0;

/// What is known about a message, in a fixed order.
pub type Signals = [f32; SIGNALS];

/// Weights and thresholds of the two decisions.
#[derive(Debug, Clone)]
pub struct Judge {
    /// For heat ≥ 1.
    pub note: Signals,
    /// For heat ≥ 2.
    pub alert: Signals,
    /// From this probability on a message in which a rule found something is worth a note.
    pub note_from: f32,
    /// From this probability on the heads may speak where no rule found anything.
    pub alone_from: f32,
    /// The same for a short message.
    pub short_from: f32,
    /// From this probability on it is worth an alert.
    pub alert_from: f32,
}

impl Default for Judge {
    fn default() -> Self {
        Self {
            note: [0.0; SIGNALS],
            alert: [0.0; SIGNALS],
            note_from: 0.5,
            alone_from: 0.5,
            short_from: 0.5,
            alert_from: 0.5,
        }
    }
}

impl Judge {
    /// From the numbers of a file.
    pub fn new(numbers: &[f32; NUMBERS]) -> Self {
        let mut judge = Self::default();
        judge.note.copy_from_slice(&numbers[..SIGNALS]);
        judge.alert.copy_from_slice(&numbers[SIGNALS..2 * SIGNALS]);
        judge.note_from = numbers[2 * SIGNALS];
        judge.alone_from = numbers[2 * SIGNALS + 1];
        judge.short_from = numbers[2 * SIGNALS + 2];
        judge.alert_from = numbers[2 * SIGNALS + 3];
        judge
    }

    /// The numbers for a file.
    pub fn numbers(&self) -> impl Iterator<Item = f32> {
        self.note.into_iter().chain(self.alert).chain([
            self.note_from,
            self.alone_from,
            self.short_from,
            self.alert_from,
        ])
    }

    /// Whether this probability is worth a note. `ruled`: a rule found something too.
    pub fn notes(&self, note: f32, ruled: bool, signals: &Signals) -> bool {
        let short = signals[LENGTH] < (SHORT + 0.5).ln();
        note >= if ruled {
            self.note_from
        } else if short {
            self.short_from
        } else {
            self.alone_from
        }
    }

    /// The probabilities of heat ≥ 1 and heat ≥ 2.
    pub fn judge(&self, signals: &Signals) -> (f32, f32) {
        (chance(&self.note, signals), chance(&self.alert, signals))
    }
}

fn chance(weights: &Signals, signals: &Signals) -> f32 {
    let sum: f32 = weights.iter().zip(signals).map(|(w, s)| w * s).sum();
    1.0 / (1.0 + (-sum).exp())
}

/// What the rules found, as far as it is the writer's own.
#[derive(Debug, Clone, Copy, Default)]
pub struct Found {
    /// Strongest severity.
    pub strongest: u8,
    /// How many.
    pub count: usize,
    /// Which categories, as bits in the order of [`Category::ALL`].
    pub categories: u16,
}

impl Found {
    /// Takes one more finding in.
    pub fn add(&mut self, category: Category, severity: u8) {
        self.strongest = self.strongest.max(severity);
        self.count += 1;
        self.categories |= 1 << category as u16;
    }
}

/// The signals of a message.
pub fn signals(margins: &Margins, found: Found, volume: Volume, folded: &[u8]) -> Signals {
    let flag = |b: bool| f32::from(u8::from(b));
    let m = margins;
    let words = folded.iter().filter(|&&b| b == b' ').count() + 1;
    let mut out = [0.0; SIGNALS];
    out[..15].copy_from_slice(&[
        1.0,
        m.whole[0].clamp(-3.0, 3.0),
        m.peak[0].clamp(-3.0, 3.0),
        m.whole[1].clamp(-3.0, 3.0),
        m.peak[1].clamp(-3.0, 3.0),
        flag(found.strongest >= 1),
        flag(found.strongest >= 2),
        flag(found.strongest >= 3),
        found.count.saturating_sub(1).min(3) as f32,
        flag(volume.marks),
        flag(volume.angry),
        flag(folded.contains(&super::glyphs::SOFT)),
        (words as f32).ln(),
        flag(folded.last() == Some(&b'?')),
        flag(folded.last() == Some(&b'!')),
    ]);
    for (i, category) in Category::ALL.iter().enumerate() {
        out[15 + i] = flag(found.categories & (1 << *category as u16) != 0);
    }
    // Where rules and heads agree, and where they do not.
    out[27] = flag(found.strongest >= 1) * out[2];
    out[28] = flag(found.strongest >= 2) * out[4];
    // Capitals alone are often a key or a habit; with marks, or with words that a rule knows, they are loud.
    let shouts = found.categories & (1 << Category::Shouting as u16) != 0;
    out[31] = flag(shouts && volume.marks);
    out[32] = flag(shouts && found.count > 1);
    out[29] = flag(words <= 4);
    out[30] = flag(words <= 4) * out[2];
    out
}
