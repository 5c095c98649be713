//! What `/profile` answers, and working hours in words.

use super::text;
use crate::chat::{Embed, Message};
use crate::desk::ProfileReport;
use crate::follow_up::Calendar;
use crate::follow_up::working_hours::Hours;
use crate::locale::Voice;

/// Edge colour.
const COLOUR: u32 = 0x2f_7f_79;

pub(super) fn profile(voice: Voice<'_>, report: &ProfileReport) -> Message {
    let (profile, calendar) = (&report.profile, &report.calendar);
    let as_team =
        |value: String, own: bool| if own { value } else { voice.with("profile-as-team", &[("value", &value)]) };
    let lang = profile
        .lang
        .map_or_else(|| voice.say("profile-lang-client"), |lang| voice.say(&format!("language-{}", lang.code())));
    let lines = [
        ("profile-zone", as_team(calendar.zone_name().to_owned(), profile.zone.is_some())),
        ("profile-hours", as_team(hours(voice, &calendar.hours), profile.hours.is_some())),
        ("profile-lang", lang),
        ("profile-holidays", holidays(voice, calendar)),
        ("profile-digest", voice.say(if profile.digest { "switch-on" } else { "switch-off" })),
    ];
    let set: Vec<String> = lines.iter().map(|(key, value)| format!("{}: {value}", voice.say(key))).collect();
    Message {
        embeds: vec![Embed {
            title: voice.say(if report.changed { "profile-saved" } else { "profile-title" }),
            description: format!("{}\n\n{}", set.join("\n"), voice.say("profile-what-for")),
            colour: COLOUR,
            ..Embed::default()
        }],
        ..Message::default()
    }
}

fn holidays(voice: Voice<'_>, calendar: &Calendar) -> String {
    let Some(land) = calendar.land else { return voice.say("profile-no-holidays") };
    let land = voice.say(&format!("land-{}", land.code().to_lowercase()));
    match calendar.municipal.name() {
        "none" => land,
        name => format!("{land}, {}", text::value(voice, "municipal", name)),
    }
}

/// „Mo–Do 09:00–17:00, Fr 09:00–13:00“: days with the same hours together.
pub(super) fn hours(voice: Voice<'_>, hours: &Hours) -> String {
    let day = |index: usize| voice.say(&format!("short-day-{}", index + 1));
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    let mut parts = Vec::new();
    let mut at = 0;
    while at < 7 {
        let spans = hours.spans(at);
        let mut end = at;
        while end + 1 < 7 && hours.spans(end + 1) == spans {
            end += 1;
        }
        if !spans.is_empty() {
            let days = match end - at {
                0 => day(at),
                1 => format!("{}, {}", day(at), day(end)),
                _ => format!("{}–{}", day(at), day(end)),
            };
            let spans: Vec<String> =
                spans.iter().map(|(start, end)| format!("{}–{}", clock(*start), clock(*end))).collect();
            parts.push(format!("{days} {}", spans.join(" + ")));
        }
        at = end + 1;
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::follow_up::timetable;
    use crate::locale::{Lang, Texts};

    #[test]
    fn days_with_the_same_hours_are_named_together() {
        let texts = Texts::embedded();
        let read = |text: &str| hours(texts.voice(Lang::De), &timetable::hours(text, &Hours::default()).unwrap());
        assert_eq!(read("9-17"), "Mo–Fr 09:00–17:00");
        assert_eq!(read("Mo-Do 9-12 13-17, Fr 9-13"), "Mo–Do 09:00–12:00 + 13:00–17:00, Fr 09:00–13:00");
        assert_eq!(read("Mo, Di, Sa 10-14"), "Mo, Di 10:00–14:00, Sa 10:00–14:00");
    }
}
