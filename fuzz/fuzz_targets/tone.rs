//! Any bytes, as a message and as a line: `cargo +nightly fuzz run tone`.
#![no_main]

#[path = "../check.rs"]
mod check;

use libfuzzer_sys::fuzz_target;
use ruhepol::tone::Rules;
use std::sync::LazyLock;

static RULES: LazyLock<Rules> = LazyLock::new(Rules::embedded);

fuzz_target!(|bytes: &[u8]| check::check(&RULES, bytes));
