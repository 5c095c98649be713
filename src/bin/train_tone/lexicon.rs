//! All features of the training text, and which of them get a row in the table.
//!
//! Invariant: deterministic; a feature is a column of the problems until the table is chosen, then its row.

use super::svm::{self, Problem, Row};
use ruhepol::tone::learn::{self, Rows};
use std::collections::HashMap;

/// How much more a feature of whole words counts than one of letters, while learning.
const WORDS: f32 = 2.0;

fn counts(hash: u32) -> f32 {
    if learn::of_words(hash) { WORDS } else { 1.0 }
}

/// Every feature seen so far, in the order it was first seen.
#[derive(Default)]
pub struct Lexicon {
    columns: HashMap<u32, u32>,
    hashes: Vec<u32>,
}

impl Lexicon {
    /// A text as a row over every feature.
    pub fn row(&mut self, features: impl Iterator<Item = u32> + Clone) -> Row {
        let share = learn::share(features.clone().count());
        summed(features.map(|hash| {
            let column = *self.columns.entry(hash).or_insert_with(|| {
                self.hashes.push(hash);
                self.hashes.len() as u32 - 1
            });
            (column, share * counts(hash))
        }))
    }

    /// A table for the features that weigh most in these problems together.
    pub fn choose<const N: usize>(&self, groups: usize, problems: &[Problem; N]) -> Rows {
        let mut weights = vec![0.0f32; self.hashes.len()];
        for problem in problems {
            let line = svm::learn(problem, self.hashes.len(), 6, 1, |_| true);
            for ((sum, weight), &hash) in weights.iter_mut().zip(&line.weights).zip(&self.hashes) {
                *sum += weight.abs() * counts(hash);
            }
        }
        let mut order: Vec<usize> = (0..weights.len()).filter(|&i| weights[i] > 0.0).collect();
        order.sort_unstable_by(|&a, &b| weights[b].total_cmp(&weights[a]).then(self.hashes[a].cmp(&self.hashes[b])));
        let mut rows = Rows::new(groups);
        let mut free = rows.count();
        for column in order {
            if free == 0 {
                break;
            }
            free -= usize::from(rows.find(self.hashes[column]).is_none() && rows.insert(self.hashes[column]));
        }
        rows
    }

    /// A row over every feature as one over the rows of a table.
    pub fn narrow(&self, rows: &Rows, row: &Row) -> Row {
        summed(row.iter().filter_map(|&(column, value)| Some((rows.find(self.hashes[column as usize])? as u32, value))))
    }
}

/// Weights as the program adds them up: there every feature counts once.
pub fn as_they_count(rows: &Rows, weights: Vec<f32>) -> Vec<f32> {
    let marks = rows.marks().iter().flatten();
    // The mark is the lower part of the hash.
    weights.into_iter().zip(marks).map(|(weight, &mark)| weight * counts(u32::from(mark))).collect()
}

/// A text as a row of buckets, shared by whoever falls into them.
pub fn hashed(features: &[u32], buckets: usize) -> Row {
    let share = learn::share(features.len());
    summed(features.iter().map(|&hash| (learn::bucket(hash, buckets as u64) as u32, share)))
}

/// Sorted, what is there several times added up.
fn summed(features: impl Iterator<Item = (u32, f32)>) -> Row {
    let mut all: Vec<(u32, f32)> = features.collect();
    all.sort_unstable_by_key(|f| f.0);
    let mut row: Row = Vec::with_capacity(all.len());
    for (at, value) in all {
        match row.last_mut() {
            Some(last) if last.0 == at => last.1 += value,
            _ => row.push((at, value)),
        }
    }
    row
}
