//! Any bytes, as a moment, a zone and a phrase: `cargo +nightly fuzz run phrase`.
#![no_main]

#[path = "../phrase.rs"]
mod phrase;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| phrase::holds(bytes));
