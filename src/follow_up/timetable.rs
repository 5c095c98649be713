//! Working hours as people type them, „Mo–Do 9–17, Fr 9–13“ or "Mon-Fri 8:30-12 and 13-17", and as they are kept.
//!
//! Strict like the phrases for times: the whole text is understood or refused, with the part that was not.

use super::working_hours::{Hours, HoursRefusal};

/// The longest text that is read, in scalars.
const MAX_CHARS: usize = 200;

/// Why a text gives no hours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimetableRefusal {
    /// This part is neither a day nor a span of hours.
    #[error("not understood: {0}")]
    NotUnderstood(String),
    /// The hours do not fit together.
    #[error(transparent)]
    Hours(#[from] HoursRefusal),
}

/// Names of the weekdays from Monday, German and English, each with its short forms.
const DAYS: [&[&str]; 7] = [
    &["mo", "mon", "montag", "montags", "monday"],
    &["di", "die", "tu", "tue", "tues", "dienstag", "dienstags", "tuesday"],
    &["mi", "mit", "we", "wed", "mittwoch", "mittwochs", "wednesday"],
    &["do", "don", "th", "thu", "thur", "thurs", "donnerstag", "donnerstags", "thursday"],
    &["fr", "fri", "fre", "freitag", "freitags", "friday"],
    &["sa", "sam", "sat", "samstag", "samstags", "sonnabend", "saturday"],
    &["so", "son", "su", "sun", "sonntag", "sonntags", "sunday"],
];

/// A part of the text: days, or a span of minutes.
enum Part {
    Days([bool; 7]),
    Span(u16, u16),
}

/// Reads hours. Spans without days before them hold on the days of `now`.
pub fn hours(text: &str, now: &Hours) -> Result<Hours, TimetableRefusal> {
    let mut week: [Vec<(u16, u16)>; 7] = Default::default();
    let mut on = now.days();
    let mut spanned = true;
    for part in parts(text)? {
        match part {
            Part::Days(days) if spanned => (on, spanned) = (days, false),
            Part::Days(days) => on.iter_mut().zip(days).for_each(|(on, day)| *on |= day),
            Part::Span(start, end) => {
                spanned = true;
                week.iter_mut().zip(on).filter(|(_, on)| *on).for_each(|(day, _)| day.push((start, end)));
            }
        }
    }
    if !spanned {
        return Err(TimetableRefusal::NotUnderstood(shown(text)));
    }
    Ok(Hours::new(week)?)
}

/// Reads days: „Mo–Do“, "Mon, Wed". They get the hours somebody has now on their first day.
pub fn days(text: &str, now: &Hours) -> Result<Hours, TimetableRefusal> {
    let mut on = [false; 7];
    for part in parts(text)? {
        match part {
            Part::Days(days) => on.iter_mut().zip(days).for_each(|(on, day)| *on |= day),
            Part::Span(..) => return Err(TimetableRefusal::NotUnderstood(shown(text))),
        }
    }
    let usual = now.usual_spans().to_vec();
    let mut week: [Vec<(u16, u16)>; 7] = Default::default();
    for (index, day) in week.iter_mut().enumerate().filter(|(index, _)| on[*index]) {
        let own = now.spans(index);
        *day = if own.is_empty() { usual.clone() } else { own.to_vec() };
    }
    Ok(Hours::new(week)?)
}

fn parts(text: &str) -> Result<Vec<Part>, TimetableRefusal> {
    let unknown = |part: &str| TimetableRefusal::NotUnderstood(shown(part));
    if text.trim().is_empty() || text.chars().count() > MAX_CHARS {
        return Err(unknown(text));
    }
    // "9 – 17", „9 bis 17 Uhr“ and "9-17" are one and the same.
    let mut plain = text.to_lowercase().replace(['–', '—', '−'], "-");
    for to in [" bis ", " to ", " - ", "- ", " -"] {
        plain = plain.replace(to, "-");
    }
    let plain = plain.replace([',', ';', '/', '+', '&', '\n'], " ");
    let filler = |word: &&str| !matches!(*word, "" | "und" | "and" | "uhr" | "von" | "from" | "h");
    let mut parts = Vec::new();
    for word in plain.split_whitespace().map(|word| word.trim_end_matches(['.', ':'])).filter(filler) {
        parts.push(days_of(word).map(Part::Days).or_else(|| span(word)).ok_or_else(|| unknown(word))?);
    }
    if parts.is_empty() { Err(unknown(text)) } else { Ok(parts) }
}

/// Days with a name of their own.
const SETS: [(&[&str], [bool; 7]); 3] = [
    (
        &["werktags", "werktage", "wochentags", "arbeitstage", "weekdays", "weekday", "workdays"],
        [true, true, true, true, true, false, false],
    ),
    (&["wochenende", "wochenends", "weekend", "weekends"], [false, false, false, false, false, true, true]),
    (&["täglich", "taeglich", "daily"], [true; 7]),
];

/// One day, or a range that may go over the weekend's end.
fn days_of(word: &str) -> Option<[bool; 7]> {
    if let Some((_, days)) = SETS.iter().find(|(names, _)| names.contains(&word)) {
        return Some(*days);
    }
    let day = |name: &str| DAYS.iter().position(|names| names.contains(&name.trim_end_matches('.')));
    let (from, to) = match word.split_once('-') {
        Some((from, to)) => (day(from)?, day(to)?),
        None => (day(word)?, day(word)?),
    };
    let mut on = [false; 7];
    let mut at = from;
    loop {
        on[at] = true;
        if at == to {
            return Some(on);
        }
        at = (at + 1) % 7;
    }
}

fn span(word: &str) -> Option<Part> {
    let (start, end) = word.split_once('-')?;
    let (from, to) = (minute(start)?, minute(end)?);
    // "9 to 5" is a day at work: who writes 24 hours writes 17, or 05:00.
    let plain = |text: &str| text.len() == 1 && text.bytes().all(|b| b.is_ascii_digit());
    let afternoon = plain(end) && (5 * 60..12 * 60).contains(&from) && to < from && to > 0;
    Some(Part::Span(from, if afternoon { to + 12 * 60 } else { to }))
}

/// `9`, `09:30`, `9.30`, `9uhr`, `9am`, `5pm`: minutes of the day up to 24:00.
fn minute(text: &str) -> Option<u16> {
    let text = text.trim_end_matches("uhr").trim_end_matches('h');
    let (text, noon) = match (text.strip_suffix("pm"), text.strip_suffix("am")) {
        (Some(rest), _) => (rest, Some(12)),
        (_, Some(rest)) => (rest, Some(0)),
        _ => (text, None),
    };
    let (hour, minute) = text.split_once([':', '.']).unwrap_or((text, "0"));
    let digits = |text: &str| {
        (!text.is_empty() && text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
    };
    let (hour, minute): (u16, u16) = (digits(hour)?, digits(minute)?);
    let hour = match noon {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(plus) => hour % 12 + plus,
        None => hour,
    };
    (minute < 60 && hour * 60 + minute <= 24 * 60).then_some(hour * 60 + minute)
}

fn shown(text: &str) -> String {
    text.trim().chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        match hours(text, &Hours::default()) {
            Ok(hours) => hours.stored(),
            Err(refused) => refused.to_string(),
        }
    }

    #[test]
    fn hours_are_read_in_both_languages_and_many_spellings() {
        let nine_to_five = "540-1020;540-1020;540-1020;540-1020;540-1020;;";
        for text in [
            "9-17",
            "9–17 Uhr",
            "9:00 - 17:00",
            "9 bis 17 Uhr",
            "9am-5pm",
            "9 to 5",
            "9-5",
            "weekdays 9 to 5",
            "werktags 9-17",
            "Mo-Fr 9-17",
            "Mon to Fri 09.00-17.00",
        ] {
            assert_eq!(read(text), nine_to_five, "{text}");
        }
        assert_eq!(
            read("Mo–Do 9–12 und 13–17:30, Fr 9–13"),
            "540-720,780-1050;540-720,780-1050;540-720,780-1050;540-720,780-1050;540-780;;"
        );
        assert_eq!(read("Mon, Wed 10-14"), "600-840;;600-840;;;;");
        assert_eq!(read("Sa-Mo 0-24"), "0-1440;;;;;0-1440;0-1440");
    }

    #[test]
    fn what_is_not_wholly_understood_is_named() {
        for (text, named) in [
            ("", ""),
            ("immer", "immer"),
            ("9-17 meistens", "meistens"),
            ("25-26", "25-26"),
            ("9", "9"),
            ("Mo-Fr", "Mo-Fr"),
            ("Mo-Xy 9-17", "mo-xy"),
        ] {
            let refused = hours(text, &Hours::default()).unwrap_err();
            assert_eq!(refused, TimetableRefusal::NotUnderstood(named.to_owned()), "{text}");
        }
        for night in ["17-9", "22-6", "9-05:00"] {
            assert_eq!(read(night), HoursRefusal::Backwards.to_string(), "{night}");
        }
        assert_eq!(Hours::from_stored(&read("0-6, 22-24")).unwrap().stored(), read("0-6, 22-24"));
        assert_eq!(read("9-12, 11-14"), HoursRefusal::Overlap.to_string());
        assert!(hours(&"9-17 ".repeat(5_000), &Hours::default()).is_err());
    }

    #[test]
    fn new_days_keep_the_hours_somebody_has() {
        let now = hours("Mo-Do 8-16, Fr 8-12", &Hours::default()).unwrap();
        assert_eq!(days("Di–Fr", &now).unwrap().stored(), ";480-960;480-960;480-960;480-720;;");
        assert_eq!(days("Sa", &now).unwrap().stored(), ";;;;;480-960;");
        assert!(days("Mo 9-17", &now).is_err());
    }

    #[test]
    fn kept_hours_read_back_to_the_same() {
        for text in ["9-17", "Mo–Do 9–12 und 13–17:30, Fr 9–13", "So 0-24"] {
            let hours = hours(text, &Hours::default()).unwrap();
            assert_eq!(Hours::from_stored(&hours.stored()), Some(hours));
        }
        for text in ["", "9-17", ";;;;;;", "540-;;;;;;", "x", "540-1020;;;;;;;"] {
            assert_eq!(Hours::from_stored(text), None, "{text}");
        }
    }
}
