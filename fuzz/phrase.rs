//! What holds for every phrase at every moment in every zone. The fuzzer gives it bytes, the test mutated phrases.

use jiff::tz::{TimeZone, db};
use jiff::{Timestamp, ToSpan as _, Zoned};
use ruhepol::follow_up::Land;
use ruhepol::follow_up::phrase::{Context, Reading, Refusal, find, format, language, parse};
use ruhepol::locale::Lang;

/// How many bytes in front of the text say when and where.
pub const HEAD: usize = 10;

/// Seconds from 1973, when the last zone gave up offsets with seconds, to 2200.
const MOMENTS: std::ops::Range<i64> = 100_000_000..7_258_118_400;

/// Reads the bytes behind the head as a phrase and as a sentence.
pub fn holds(bytes: &[u8]) {
    let Some((head, text)) = bytes.split_at_checked(HEAD) else { return };
    let number = |range: std::ops::Range<usize>| head[range].iter().fold(0_i64, |n, byte| n << 8 | i64::from(*byte));
    let second = MOMENTS.start + number(0..5).rem_euclid(MOMENTS.end - MOMENTS.start);
    let nanosecond = number(5..7) * 15_000;
    let zones = usize::try_from(number(7..9)).expect("two bytes");
    let names: Vec<_> = db().available().collect();
    let zone = TimeZone::get(names[zones % names.len()].as_str()).expect("its name is in the database");
    let now = Timestamp::new(second, i32::try_from(nanosecond).expect("below a second")).expect("a moment before 2200");
    let context = Context { land: Land::ALL.get(usize::from(head[9])).copied(), ..Context::new(now.to_zoned(zone)) };
    phrase(&String::from_utf8_lossy(text), &context);
}

/// One phrase: what it gives is to come and reads back; what is refused is told.
pub fn phrase(text: &str, context: &Context) {
    let read = parse(text, context);
    assert_eq!(read, parse(text, context), "{text:?} at {} is read twice alike", context.now);
    match read {
        Ok(reading) => to_come(text, &reading, context),
        Err(Refusal::Ambiguous(readings)) => {
            assert!(readings.len() > 1, "{text:?}");
            assert!(readings.is_sorted_by(|one, next| one.due < next.due), "{text:?} at {}", context.now);
            for reading in &readings {
                to_come(text, reading, context);
            }
        }
        Err(refusal) => {
            for lang in Lang::ALL {
                assert!(refusal.sentence(lang).chars().count() < 250, "{text:?}");
            }
        }
    }
    language(text);
    if let Some((range, reading)) = find(text, context) {
        assert_eq!(parse(&text[range], context), Ok(reading), "{text:?} at {}", context.now);
    }
}

fn to_come(text: &str, reading: &Reading, context: &Context) {
    let now: &Zoned = &context.now;
    let limit = now.checked_add(5.years().seconds(1)).expect("2205 is within jiff's range");
    let due = &reading.due;
    assert!(*due > *now && *due < limit, "{text:?} at {now}: {due}");
    assert_eq!((due.subsec_nanosecond(), due.time_zone()), (0, now.time_zone()), "{text:?} at {now}");
    let instant = due.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
    assert_eq!(parse(&instant, context).map(|again| again.due).as_ref(), Ok(due), "{text:?} at {now}: {instant}");
    // What comes twice cannot be named without its offset.
    if !now.time_zone().to_ambiguous_zoned(due.datetime()).is_ambiguous() {
        for lang in Lang::ALL {
            let canonical = format(due, lang);
            let again = parse(&canonical, context).map(|again| again.due);
            assert_eq!(again.as_ref(), Ok(due), "{text:?} at {now}: {canonical}");
        }
    }
}
