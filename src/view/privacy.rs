//! What is kept about somebody, in words, and the question before it is erased.

use super::custom_id::Action;
use super::text::headline;
use crate::case::Case;
use crate::chat::{Button, Does, Embed, File, Look, Message, Row};
use crate::locale::Voice;
use crate::store::privacy::Holdings;

/// Edge colour.
const COLOUR: u32 = 0x2f_7f_79;
/// Most case numbers written out.
const NAMED: usize = 20;

pub(super) fn held(voice: Voice<'_>, held: &Holdings) -> Message {
    let mut lines = Vec::new();
    if !held.customer_of.is_empty() {
        let mut cases: Vec<String> = held.customer_of.iter().take(NAMED).map(ToString::to_string).collect();
        if held.customer_of.len() > NAMED {
            cases.push("…".to_owned());
        }
        lines.push(voice.with("privacy-customer", &[("cases", &cases.join(", "))]));
    }
    for (key, count) in [
        ("privacy-owner", held.owner_of),
        ("privacy-entries", held.entries),
        ("privacy-open", held.promises_open),
        ("privacy-ended", held.promises_ended),
    ] {
        if count > 0 {
            lines.push(voice.with(key, &[("n", &count.to_string())]));
        }
    }
    if held.profile {
        lines.push(voice.say("privacy-profile"));
    }
    if lines.is_empty() {
        lines.push(voice.say("privacy-nothing"));
    }
    lines.push(String::new());
    lines.push(voice.say("privacy-never"));
    let embed =
        Embed { title: voice.say("privacy-title"), description: lines.join("\n"), colour: COLOUR, ..Embed::default() };
    Message { embeds: vec![embed], ..Message::default() }
}

pub(super) fn erase_me_asked(voice: Voice<'_>, holdings: &Holdings) -> Message {
    let mut message = held(voice, holdings);
    message.content = voice.say("privacy-erase-asked");
    message.rows = vec![button(voice, Action::EraseMe)];
    message
}

pub(super) fn erase_case_asked(voice: Voice<'_>, case: &Case) -> Message {
    Message {
        content: voice.with("privacy-erase-case-asked", &[("case", &headline(case.number, &case.title))]),
        rows: vec![button(voice, Action::EraseCase(case.number))],
        ..Message::default()
    }
}

pub(super) fn erased(voice: Voice<'_>, left: &Holdings) -> Message {
    let mut lines = vec![voice.say("privacy-erased")];
    if left.owner_of + left.promises_open > 0 {
        let args = [("owner", &*left.owner_of.to_string()), ("open", &*left.promises_open.to_string())];
        lines.push(voice.with("privacy-left", &args));
    }
    lines.push(voice.say("privacy-messages-stay"));
    Message { content: lines.join("\n"), ..Message::default() }
}

pub(super) fn case_erased(voice: Voice<'_>, case: &Case) -> Message {
    let lines =
        [voice.with("privacy-case-erased", &[("case", &case.number.to_string())]), voice.say("privacy-messages-stay")];
    Message { content: lines.join("\n"), ..Message::default() }
}

pub(super) fn exported(voice: Voice<'_>, bytes: &[u8]) -> Message {
    let file = File { name: "ruhepol.json".to_owned(), bytes: bytes.to_vec() };
    Message { content: voice.say("privacy-exported"), files: vec![file], ..Message::default() }
}

fn button(voice: Voice<'_>, action: Action) -> Row {
    let label = voice.say("button-erase");
    Row::Buttons(vec![Button { label, look: Look::Danger, does: Does::Act(action.encode()) }])
}
