//! Whole worlds from one number: several processes run the very code of production (`Delivery::run`) over a model database
//! and a model Discord, while everything that can go wrong does. Nothing waits for real time; a seed tells the same story
//! every time. The ground truth is the model Discord's log.
//!
//! `RUHEPOL_SEED=n` replays one seed and tells what happens in it; `RUHEPOL_SEEDS=n` sets how many are run.

mod book;
mod discord;
mod story;
mod world;

use story::{Ended, live};
use world::Variant;

/// Seeds in a test of a debug build: about 20 s of one processor.
const IN_DEBUG: u64 = 10_000;
/// Seeds `just prove` runs in a release build.
const PROVED: u64 = 1_000_000;
/// A broken variant must be found within so many seeds.
const TO_FIND: u64 = 2_000;

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Lives through the seeds of one of `of` shares; panics with the first that ends badly.
fn all_is_well(seeds: u64, share: u64, of: u64) -> Ended {
    let mut sum = Ended::default();
    let only = setting("RUHEPOL_SEED");
    let range = only.map_or(0..seeds, |seed| seed..seed + 1);
    for seed in range.filter(|seed| only.is_some() || seed % of == share) {
        let ended = live(seed, Variant::Whole, only.is_some());
        assert!(
            ended.wrong.is_empty(),
            "seed {seed} ended badly; replay it with RUHEPOL_SEED={seed}:\n{}",
            ended.wrong.join("\n")
        );
        sum.add(&ended);
    }
    sum
}

macro_rules! shares {
    ($($name:ident: $share:literal;)+) => {$(
        #[test]
        fn $name() {
            let seeds = setting("RUHEPOL_SEEDS").unwrap_or(IN_DEBUG);
            let sum = all_is_well(seeds, $share, 4);
            assert!(sum.shown > 0, "something was shown");
            let many = seeds >= 1_000 && setting("RUHEPOL_SEED").is_none();
            assert!(!many || (sum.crashes > 0 && sum.pauses > 0 && sum.bundles > 0 && sum.removed > 0), "{sum:?}");
        }
    )+};
}

shares! {
    in_no_world_is_a_promise_lost_doubled_or_early_1_of_4: 0;
    in_no_world_is_a_promise_lost_doubled_or_early_2_of_4: 1;
    in_no_world_is_a_promise_lost_doubled_or_early_3_of_4: 2;
    in_no_world_is_a_promise_lost_doubled_or_early_4_of_4: 3;
}

#[test]
fn a_seed_tells_the_same_story_every_time() {
    for seed in [1, 7, 23] {
        let tell = || live(seed, Variant::Whole, false);
        assert_eq!(tell(), tell(), "seed {seed}");
    }
}

#[test]
#[ignore = "a million seeds; run by `just prove`"]
#[expect(clippy::print_stdout, reason = "figures are printed")]
fn in_a_million_worlds_no_promise_is_lost_doubled_or_early() {
    let seeds = setting("RUHEPOL_SEEDS").unwrap_or(PROVED);
    let watch = crate::clock::Stopwatch::start();
    let halves: Vec<_> = (0..2).map(|half| std::thread::spawn(move || all_is_well(seeds, half, 2))).collect();
    let mut sum = Ended::default();
    for half in halves {
        sum.add(&half.join().expect("no seed ended badly"));
    }
    println!(
        "simulated worlds: {seeds} seeds in {:.0} s, 0 lost, 0 doubled, 0 early; {sum}",
        watch.elapsed().as_secs_f64()
    );
    assert!(sum.shown > 0);
}

/// The first seed in which a broken variant shows, and how.
fn found(variant: Variant) -> String {
    for seed in 0..TO_FIND {
        let ended = live(seed, variant, false);
        if let Some(wrong) = ended.wrong.first() {
            return format!("seed {seed}: {wrong}");
        }
    }
    String::new()
}

macro_rules! broken {
    ($($name:ident: $variant:ident, $shows:literal;)+) => {$(
        #[test]
        fn $name() {
            let found = found(Variant::$variant);
            assert!(found.contains($shows), "no seed of {TO_FIND} shows it: {found:?}");
        }
    )+};
}

broken! {
    without_a_lease_token_something_is_doubled: NoToken, "doubled";
    without_a_nonce_something_is_doubled: NoNonce, "doubled";
    with_a_database_that_forgets_what_it_committed_something_is_doubled: Forgetful, "doubled";
    with_equal_instead_of_at_most_something_is_lost: OnlyEqual, "lost";
    with_a_lease_by_the_wall_clock_or_without_a_look_something_is_doubled: NoLook, "doubled";
}
