//! Messages that nobody meant to write: mutated, endless, invisible. The same check runs in `fuzz/`.

#[path = "../../fuzz/check.rs"]
mod check;

use ruhepol::clock::Stopwatch;
use ruhepol::tone::Rules;
use std::sync::LazyLock;
use std::time::Duration;

static RULES: LazyLock<Rules> = LazyLock::new(Rules::embedded);

/// A fixed sequence of numbers (xorshift64*), so that a failure comes again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % limit
    }
}

/// What mutations put in: quotes and their ends, code, marks, invisible letters, foreign ones, broken bytes.
const SPLINTERS: [&[u8]; 24] = [
    "„".as_bytes(),
    "“".as_bytes(),
    b"\"",
    b"\n> ",
    b"```",
    b"`",
    b"\n",
    b"i d i o t ",
    b"IDIOT ",
    b"!!!",
    b"?!",
    "🤬".as_bytes(),
    "👩‍👩‍👧".as_bytes(),
    "e\u{301}".as_bytes(),
    "\u{202E}".as_bytes(),
    "\u{200D}".as_bytes(),
    "\u{FE0F}".as_bytes(),
    "о".as_bytes(),
    "ﷺ".as_bytes(),
    b"\xFF",
    b"\xF0\x9F",
    b"\x00",
    b"{\"text\":\"",
    b"\\ud800",
];

#[test]
fn mutated_lines_of_the_corpus_keep_every_promise() {
    let corpora = [include_str!("../../assets/corpus/de.jsonl"), include_str!("../../assets/corpus/en.jsonl")];
    let lines: Vec<&str> = corpora.iter().flat_map(|c| c.lines()).collect();
    let mut dice = Dice(0x5EED);
    for _ in 0..1_500 {
        let mut bytes = lines[dice.below(lines.len())].as_bytes().to_vec();
        if dice.below(3) == 0 {
            bytes.extend(lines[dice.below(lines.len())].as_bytes());
        }
        for _ in 0..dice.below(12) {
            let at = dice.below(bytes.len() + 1);
            match dice.below(4) {
                0 => bytes.truncate(at.max(1)),
                1 if at < bytes.len() => bytes[at] = dice.below(256) as u8,
                _ => {
                    let splinter = SPLINTERS[dice.below(SPLINTERS.len())];
                    bytes.splice(at..at, splinter.iter().copied());
                }
            }
        }
        check::check(&RULES, &bytes);
    }
}

#[test]
fn endless_and_invisible_messages_are_answered() {
    let words = "Ihr seid Idioten und WARUM ANTWORTET NIEMAND „sagte er“ 🤬 ";
    let messages = [
        String::new(),
        "🤬🖕😡".repeat(200),
        format!("e{}", "\u{301}".repeat(100_000)),
        "\u{200B}\u{202E}\u{FEFF}".repeat(30_000),
        "idiоt ΙDIΟΤ іdіоt ".repeat(500),
        "a".repeat(300_000),
        "i d i o t ".repeat(5_000),
        "„".repeat(20_000),
        "`".repeat(20_000),
        "\n> ".repeat(20_000),
        words.repeat(2_000),
    ];
    for message in messages {
        let found = RULES.assess(&message, None);
        assert!(found.findings.len() <= 201, "{}", found.findings.len());
        let _ = RULES.calmer(&message, &found);
    }
}

#[test]
fn ten_megabytes_are_read_in_bounded_time() {
    // An unoptimised build reads a fifth of it, and on a busy machine.
    let times = if cfg!(debug_assertions) { 23_000 } else { 115_000 };
    let message =
        "Warum dauert das so lange? Ihr seid alle unfähig. This is ridiculous and you know it!!! ".repeat(times);
    let stopwatch = Stopwatch::start();
    let found = RULES.assess(&message, None);
    assert!(found.heat > 0);
    assert!(stopwatch.elapsed() < Duration::from_mins(1), "{:?}", stopwatch.elapsed());
}
