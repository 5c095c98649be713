//! The learned tables of one language: two small heads that read the same features, and a table of categories.
//!
//! Invariant: a file that is not exactly what the trainer writes is refused, so that a read row is always inside the table. Scoring
//! allocates nothing.

use super::features::{Sink, walk};
use super::judge::{Judge, NUMBERS};
use super::kinds::{self, Kinds};
use super::table::{self, GROUP, LANES, Rows, WIDTH};
use super::{Category, features};
use crate::locale::Lang;
use std::borrow::Cow;
use std::ops::Range;

/// The four bytes a file begins with; the last one is the version of the format.
const MAGIC: [u8; 4] = *b"RTH3";
/// From this distance to the next category on the likeliest one is named as the reason: three in five are right then, two in five below.
const SURE: f32 = 0.24;
/// A sentence of few features says little: this many more are assumed to be neutral.
const CALM_FEATURES: f32 = 12.0;

/// The heads of one language.
#[derive(Debug)]
pub struct Head {
    kinds: Kinds,
    /// By a listed word's place.
    listed: Vec<Alone>,
    bytes: Cow<'static, [u8]>,
    groups: Range<usize>,
    scale: [f32; LANES],
    bias: [f32; LANES],
    category_buckets: u64,
    category_rows: Range<usize>,
    category_bias: [f32; Category::ALL.len()],
    category_scale: f32,
    /// What is made of margins and rules.
    pub(super) judge: Judge,
}

/// What a text holds most against its writer.
#[derive(Debug)]
pub struct Heaviest {
    /// Folded.
    pub span: Range<usize>,
    /// The likeliest.
    pub category: Category,
    /// Whether it is much likelier than the next.
    pub sure: bool,
}

/// How far a text lies on the heated side of each head.
#[derive(Debug, Clone, Copy)]
pub struct Margins {
    /// Of the whole text.
    pub whole: [f32; LANES],
    /// Of the sentence that lies furthest.
    pub peak: [f32; LANES],
}

/// Weights as the trainer has them, before they are made small.
#[derive(Debug)]
pub struct Weights {
    /// Where each feature stands.
    pub rows: Rows,
    /// A weight for each row, for each head.
    pub lanes: [Vec<f32>; LANES],
    /// Their biases.
    pub bias: [f32; LANES],
    /// One table for each category, all of one length.
    pub categories: Vec<Vec<f32>>,
    /// Their biases.
    pub category_bias: Vec<f32>,
    /// What is made of margins and rules.
    pub judge: Judge,
}

impl Weights {
    /// The file: one byte for each weight.
    pub fn pack(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        let category_buckets = self.categories.first().map_or(0, Vec::len);
        out.extend((self.rows.marks().len() as u32).to_le_bytes());
        out.extend((category_buckets as u32).to_le_bytes());
        let scales = self.lanes.each_ref().map(|lane| widest([lane]));
        let category_scale = widest(&self.categories);
        let numbers = scales.iter().chain(&self.bias).chain(&self.category_bias).chain([&category_scale]);
        for number in numbers.copied().chain(self.judge.numbers()) {
            out.extend(number.to_le_bytes());
        }
        for (group, marks) in self.rows.marks().iter().enumerate() {
            out.extend(marks);
            for (lane, scale) in self.lanes.iter().zip(scales) {
                out.extend(lane[group * WIDTH..][..WIDTH].iter().map(|&weight| small(weight, scale)));
            }
        }
        for bucket in 0..category_buckets {
            out.extend(self.categories.iter().map(|table| small(table[bucket], category_scale)));
        }
        out
    }
}

fn widest<'a>(tables: impl IntoIterator<Item = &'a Vec<f32>>) -> f32 {
    let most = tables.into_iter().flatten().fold(0.0f32, |m, w| m.max(w.abs()));
    if most > 0.0 { most / 127.0 } else { 1.0 }
}

fn small(weight: f32, scale: f32) -> u8 {
    ((weight / scale).round().clamp(-127.0, 127.0) as i8).cast_unsigned()
}

/// The bucket of a feature in a table of this many.
pub fn bucket(hash: u32, buckets: u64) -> usize {
    ((u64::from(hash) * buckets) >> 32) as usize
}

/// What one feature of a text with `features` of them counts.
pub fn share(features: usize) -> f32 {
    1.0 / (features as f32 + CALM_FEATURES).sqrt()
}

impl Head {
    /// Reads a file of the trainer.
    ///
    /// # Errors
    /// One sentence on what is wrong with it.
    pub fn parse(lang: Lang, bytes: Cow<'static, [u8]>) -> Result<Self, String> {
        let mut reader = Reader { bytes: &bytes, at: 0 };
        if reader.take(4)? != MAGIC {
            return Err("these are no heads, or of another version".to_owned());
        }
        let groups = reader.count()?;
        let category_buckets = reader.count()?;
        let scale = reader.numbers()?;
        let bias = reader.numbers()?;
        let category_bias = reader.numbers()?;
        let [category_scale] = reader.numbers()?;
        let judge = Judge::new(&reader.numbers::<NUMBERS>()?);
        let at = reader.at;
        let middle = at + groups * GROUP;
        let end = middle + category_buckets * Category::ALL.len();
        if end != bytes.len() || groups == 0 || category_buckets == 0 {
            return Err(format!("{} bytes where {end} were announced", bytes.len()));
        }
        let kinds = Kinds::new(lang, features::hash);
        let listed = Alone::of(lang, &kinds, bytes[at..middle].as_chunks().0);
        Ok(Self {
            kinds,
            listed,
            groups: at..middle,
            scale,
            bias,
            category_buckets: category_buckets as u64,
            category_rows: middle..end,
            category_bias,
            category_scale,
            judge,
            bytes,
        })
    }

    fn groups(&self) -> &[[u8; GROUP]] {
        self.bytes[self.groups.clone()].as_chunks().0
    }

    fn margin(&self, sum: [i32; LANES], features: usize) -> [f32; LANES] {
        let share = share(features);
        std::array::from_fn(|i| self.bias[i] + self.scale[i] * share * sum[i] as f32)
    }

    /// Reads folded text.
    pub fn margins(&self, folded: &[u8]) -> Margins {
        let mut sums = Sums {
            head: self,
            groups: self.groups(),
            whole: [0; LANES],
            all: 0,
            sentence: [0; LANES],
            here: 0,
            peak: [f32::MIN; LANES],
            waiting: [0; BATCH],
            count: 0,
        };
        walk(folded, &self.kinds, &mut sums);
        let whole = self.margin(sums.whole, sums.all);
        let peak = std::array::from_fn(|i| if sums.all == 0 { whole[i] } else { sums.peak[i] });
        Margins { whole, peak }
    }

    /// The words of the most heated sentence that weigh most; `None` when there is no word.
    pub fn heaviest(&self, folded: &[u8]) -> Option<Heaviest> {
        let mut trace =
            Trace { head: self, words: Vec::new(), first: 0, best: None, categories: [0; Category::ALL.len()] };
        walk(folded, &self.kinds, &mut trace);
        let (_, words, categories) = trace.best?;
        let share = share(trace.words[words.clone()].iter().map(|w| w.features).sum());
        let score = |i: usize| self.category_bias[i] + self.category_scale * share * categories[i] as f32;
        let mut order: [usize; Category::ALL.len()] = std::array::from_fn(|i| i);
        order.sort_by(|&a, &b| score(b).total_cmp(&score(a)));
        Some(Heaviest {
            span: heaviest_run(&trace.words[words]),
            category: Category::ALL[order[0]],
            sure: score(order[0]) - score(order[1]) >= SURE,
        })
    }

    /// Kinds of words of this language.
    pub(super) fn kinds(&self) -> &Kinds {
        &self.kinds
    }
}

/// What a feature weighs for each head; nothing if it has no row.
fn weights(groups: &[[u8; GROUP]], hash: u32) -> [i32; LANES] {
    let group = &groups[table::group(hash, groups.len())];
    let parts: &[[u8; WIDTH]] = group.as_chunks().0;
    let (shift, mask) = table::find(parts[0], hash);
    std::array::from_fn(|lane| {
        let four = u32::from_le_bytes(parts[1 + lane]) & mask;
        i32::from((four >> shift) as i8)
    })
}

/// What a word is for itself, whatever stands beside it.
#[derive(Debug, Clone, Copy, Default)]
struct Alone {
    /// For each head.
    weights: [i16; LANES],
    features: u16,
}

impl Alone {
    /// Every listed word, by its place in the lists.
    fn of(lang: Lang, kinds: &Kinds, groups: &[[u8; GROUP]]) -> Vec<Self> {
        let mut listed = vec![Self::default(); kinds::SLOTS];
        for (kind, word) in kinds::words(lang) {
            let hash = features::hash(word.as_bytes());
            if let Some((place, _)) = kinds.find(hash) {
                let mut sum = Plain { groups, weights: [0; LANES], features: 0 };
                features::alone(word.as_bytes(), hash, u32::from(kind), &mut sum);
                listed[place] =
                    Self { weights: sum.weights.map(|weight| weight as i16), features: sum.features as u16 };
            }
        }
        listed
    }
}

/// Adds feature by feature and knows no word.
struct Plain<'a> {
    groups: &'a [[u8; GROUP]],
    weights: [i32; LANES],
    features: usize,
}

impl Sink for Plain<'_> {
    fn word(&mut self, _: usize, _: usize) {}

    fn feature(&mut self, hash: u32) {
        self.features += 1;
        for (sum, weight) in self.weights.iter_mut().zip(weights(self.groups, hash)) {
            *sum += weight;
        }
    }

    fn sentence(&mut self, _: usize) {}
}

/// So many features are looked up together.
const BATCH: usize = 64;

struct Sums<'a> {
    head: &'a Head,
    groups: &'a [[u8; GROUP]],
    whole: [i32; LANES],
    all: usize,
    sentence: [i32; LANES],
    here: usize,
    peak: [f32; LANES],
    /// Features whose weights are still to be added: many at once, so that one group is fetched while the others are on their way.
    waiting: [u32; BATCH],
    count: usize,
}

impl Sums<'_> {
    fn add_up(&mut self) {
        let mut sums = [0; LANES];
        for &hash in &self.waiting[..self.count] {
            for (sum, weight) in sums.iter_mut().zip(weights(self.groups, hash)) {
                *sum += weight;
            }
        }
        for (sum, more) in self.sentence.iter_mut().zip(sums) {
            *sum += more;
        }
        self.here += self.count;
        self.count = 0;
    }
}

impl Sink for Sums<'_> {
    fn word(&mut self, _: usize, _: usize) {}

    fn feature(&mut self, hash: u32) {
        if self.count == BATCH {
            self.add_up();
        }
        self.waiting[self.count] = hash;
        self.count += 1;
    }

    fn knows(&mut self, place: usize) -> bool {
        let alone = &self.head.listed[place];
        for (sum, &more) in self.sentence.iter_mut().zip(&alone.weights) {
            *sum += i32::from(more);
        }
        self.here += usize::from(alone.features);
        true
    }

    fn sentence(&mut self, _: usize) {
        self.add_up();
        if self.here == 0 {
            return;
        }
        let margin = self.head.margin(self.sentence, self.here);
        for (peak, here) in self.peak.iter_mut().zip(margin) {
            *peak = peak.max(here);
        }
        for (whole, here) in self.whole.iter_mut().zip(self.sentence) {
            *whole += here;
        }
        self.all += self.here;
        self.sentence = [0; LANES];
        self.here = 0;
    }
}

/// A word with what its features weigh.
struct Word {
    span: Range<usize>,
    weight: i32,
    features: usize,
}

/// Margin, words and category sums of a sentence.
type Sentence = (f32, Range<usize>, [i32; Category::ALL.len()]);

struct Trace<'a> {
    head: &'a Head,
    words: Vec<Word>,
    first: usize,
    best: Option<Sentence>,
    categories: [i32; Category::ALL.len()],
}

impl Sink for Trace<'_> {
    fn word(&mut self, start: usize, end: usize) {
        self.words.push(Word { span: start..end, weight: 0, features: 0 });
    }

    fn feature(&mut self, hash: u32) {
        let [weight, _] = weights(self.head.groups(), hash);
        if let Some(word) = self.words.last_mut() {
            word.weight += weight;
            word.features += 1;
        }
        let at = self.head.category_rows.start + bucket(hash, self.head.category_buckets) * Category::ALL.len();
        let row = &self.head.bytes[at..at + Category::ALL.len()];
        for (sum, weight) in self.categories.iter_mut().zip(row) {
            *sum += i32::from(weight.cast_signed());
        }
    }

    fn sentence(&mut self, _: usize) {
        let here = self.first..self.words.len();
        let words = &self.words[here.clone()];
        let features: usize = words.iter().map(|w| w.features).sum();
        if features > 0 {
            let sum: i32 = words.iter().map(|w| w.weight).sum();
            let margin = self.head.margin([sum, 0], features)[0];
            if self.best.as_ref().is_none_or(|b| margin > b.0) {
                self.best = Some((margin, here, self.categories));
            }
        }
        self.first = self.words.len();
        self.categories = [0; Category::ALL.len()];
    }
}

/// The run of words with the greatest weight; the whole sentence where a run is a single word.
fn heaviest_run(words: &[Word]) -> Range<usize> {
    let (mut best, mut best_sum) = (0..words.len(), i32::MIN);
    let (mut start, mut sum) = (0, 0);
    for (i, word) in words.iter().enumerate() {
        if sum <= 0 {
            (start, sum) = (i, 0);
        }
        sum += word.weight;
        if sum > best_sum {
            (best, best_sum) = (start..i + 1, sum);
        }
    }
    if best.len() < 2 {
        best = 0..words.len();
    }
    words[best.start].span.start..words[best.end - 1].span.end
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], String> {
        let part = self.bytes.get(self.at..self.at + count).ok_or("the file ends too early")?;
        self.at += count;
        Ok(part)
    }

    fn count(&mut self) -> Result<usize, String> {
        let bytes = self.take(4)?.first_chunk::<4>().copied().unwrap_or_default();
        let count = u32::from_le_bytes(bytes) as usize;
        if count > 1 << 20 { Err("a table of more than a million rows".to_owned()) } else { Ok(count) }
    }

    fn numbers<const N: usize>(&mut self) -> Result<[f32; N], String> {
        let mut out = [0.0; N];
        for (number, bytes) in out.iter_mut().zip(self.take(4 * N)?.chunks_exact(4)) {
            *number = f32::from_le_bytes(bytes.first_chunk::<4>().copied().unwrap_or_default());
            if !number.is_finite() {
                return Err("a number that is none".to_owned());
            }
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listed_word_weighs_what_its_features_do() {
        for (lang, file, corpus) in [
            (Lang::De, &include_bytes!("../../assets/tone-de.bin")[..], include_str!("../../assets/corpus/de.jsonl")),
            (Lang::En, &include_bytes!("../../assets/tone-en.bin")[..], include_str!("../../assets/corpus/en.jsonl")),
        ] {
            let head = Head::parse(lang, Cow::Borrowed(file)).expect("shipped");
            for line in corpus.lines().step_by(7) {
                let folded = super::super::fold::fold(line).bytes;
                let mut plain = Plain { groups: head.groups(), weights: [0; LANES], features: 0 };
                walk(&folded, &head.kinds, &mut plain);
                let (known, summed) = (head.margins(&folded).whole, head.margin(plain.weights, plain.features));
                assert_eq!(known.map(f32::to_bits), summed.map(f32::to_bits), "{line}");
            }
        }
    }
}
