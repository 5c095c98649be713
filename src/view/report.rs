//! A team's numbers: a few lines and a small chart of causes.

use super::text::{ago, value};
use crate::chat::{Embed, Field, Message};
use crate::locale::Voice;
use crate::report::{Numbers, Range, bar};

/// Edge colour.
const COLOUR: u32 = 0x2f_7f_79;
/// Length of the longest bar, and the space for names, in characters.
const BAR: usize = 12;
const NAME: usize = 24;
/// Most causes shown; the rest is summed up.
const CAUSES: usize = 8;

pub(super) fn report(voice: Voice<'_>, range: Range, numbers: &Numbers) -> Message {
    let n = |count: i64| count.to_string();
    let mut cases = vec![
        voice.with("report-volume", &[("opened", &n(numbers.opened)), ("closed", &n(numbers.closed))]),
        voice.with(
            "report-active",
            &[("active", &n(numbers.active)), ("unassigned", &n(numbers.unassigned)), ("hot", &n(numbers.hot))],
        ),
    ];
    if let (Some(oldest), Some(median)) = (numbers.oldest, numbers.median) {
        cases.push(voice.with("report-ages", &[("oldest", &ago(oldest)), ("median", &ago(median))]));
    }
    let promises = voice.with(
        "report-promises",
        &[
            ("kept", &n(numbers.kept)),
            ("late", &n(numbers.kept_late)),
            ("overdue", &n(numbers.overdue)),
            ("cancelled", &n(numbers.cancelled)),
        ],
    );
    let mut fields =
        vec![field(voice.say("report-cases"), cases.join("\n")), field(voice.say("report-promises-title"), promises)];
    if !numbers.causes.is_empty() {
        fields.push(field(voice.say("report-causes"), causes(voice, numbers)));
    }
    let embed = Embed {
        title: voice.with("report-title", &[("range", &value(voice, "range", range.name()))]),
        colour: COLOUR,
        fields,
        footer: voice.say("report-footer"),
        ..Embed::default()
    };
    Message { embeds: vec![embed], ..Message::default() }
}

fn field(name: String, value: String) -> Field {
    Field { name, value, inline: false }
}

fn causes(voice: Voice<'_>, numbers: &Numbers) -> String {
    let most = numbers.causes.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let line = |name: &str, count: i64| format!("{name:<NAME$} {:<BAR$} {count}", bar(count, most, BAR));
    let (shown, rest) = numbers.causes.split_at(numbers.causes.len().min(CAUSES));
    let mut lines: Vec<String> = shown
        .iter()
        .map(|(cause, count)| {
            let name = cause.map_or_else(|| voice.say("report-no-cause"), |cause| value(voice, "cause", cause.name()));
            line(&crate::case::clip(&name, NAME), *count)
        })
        .collect();
    if !rest.is_empty() {
        lines.push(line(&voice.say("report-other-causes"), rest.iter().map(|(_, count)| count).sum()));
    }
    format!("```\n{}\n```", lines.join("\n"))
}
