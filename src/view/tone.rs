//! What *Check tone* and `/draft` show: each finding marked in its sentence, why, and calmer words; then the whole text,
//! calmer, to copy; and what can be done next.

use super::custom_id::Action;
use super::text::{block, one_line, plain};
use crate::case::clip;
use crate::chat::{Button, Choice, Does, Embed, Look, Message, Row, Select};
use crate::desk::Checked;
use crate::locale::Voice;
use crate::store::tone::RuleName;
use crate::tone::hint::Hint;
use crate::tone::{Assessment, Finding};

/// Findings shown; a text with more is best rewritten as a whole.
const SHOWN: usize = 6;
/// Discord allows 6,000 characters over all embeds: this much for the findings, the rest for the calmer text.
const FINDINGS: usize = 2_000;
const CALMER: usize = 3_600;
/// How much of the sentence is shown on either side of what is marked, in scalars.
const AROUND: usize = 60;

/// Edge colours: calm, and worth a look.
const CALM: u32 = 0x2f_7f_79;
const LOOK: u32 = 0xc0_8a_3e;

pub(super) fn tone(voice: Voice<'_>, checked: &Checked) -> Message {
    let own = own(&checked.assessment);
    let mut embeds = vec![if own.is_empty() { calm(voice, checked) } else { found(voice, checked, &own) }];
    if !own.is_empty()
        && let Some(calmer) = &checked.calmer
    {
        embeds.push(Embed {
            title: voice.say("tone-calmer-title"),
            description: block(calmer, CALMER),
            colour: CALM,
            ..Embed::default()
        });
    }
    Message { content: hints(voice, checked), embeds, rows: rows(voice, checked, &own), ..Message::default() }
}

/// The writer's own findings.
pub(super) fn own(assessment: &Assessment) -> Vec<&Finding> {
    assessment.findings.iter().filter(|finding| !finding.quoted).collect()
}

fn calm(voice: Voice<'_>, checked: &Checked) -> Embed {
    let quoted = !checked.assessment.findings.is_empty();
    let key = if quoted { "tone-only-quoted" } else { "tone-calm" };
    Embed { title: voice.say("tone-calm-title"), description: voice.say(key), colour: CALM, ..Embed::default() }
}

fn found(voice: Voice<'_>, checked: &Checked, own: &[&Finding]) -> Embed {
    let mut description = voice.say(if checked.draft { "tone-intro-draft" } else { "tone-intro" });
    for finding in own.iter().take(SHOWN) {
        let lines = format!("\n\n{}", describe(voice, &checked.text, finding));
        if description.chars().count() + lines.chars().count() > FINDINGS {
            break;
        }
        description.push_str(&lines);
    }
    Embed {
        title: voice.count("tone-title", own.len() as i64, &[]),
        description,
        colour: LOOK,
        footer: voice.say("tone-private"),
        ..Embed::default()
    }
}

fn describe(voice: Voice<'_>, text: &str, finding: &Finding) -> String {
    voice.with(
        "tone-finding",
        &[
            ("words", &marked(text, finding)),
            ("category", &capitalised(&voice.say(&format!("category-{}", finding.category.name())))),
            ("why", &clip(&finding.why, 300)),
            ("instead", &plain(&finding.instead, 300)),
        ],
    )
}

/// A word as it begins a line.
fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect()
}

/// The words of a finding, marked in what stands around them in their line.
pub(super) fn marked(text: &str, finding: &Finding) -> String {
    let all: Vec<char> = text.chars().collect();
    let (start, end) = (finding.start.min(all.len()), finding.end.min(all.len()));
    let line_start = all[..start].iter().rposition(|&c| c == '\n').map_or(0, |at| at + 1);
    let line_end = all[end..].iter().position(|&c| c == '\n').map_or(all.len(), |at| end + at);
    let from = between_words(&all, line_start, start.saturating_sub(AROUND).max(line_start));
    let to = (end + AROUND).min(line_end);
    let to = if to == line_end {
        to
    } else {
        all[end..to].iter().rposition(|c| c.is_whitespace()).map_or(end, |at| end + at)
    };
    let part = |from: usize, to: usize| plain(&one_line(&all[from..to].iter().collect::<String>()), 200);
    let gap = |at: usize| if at > 0 && all.get(at - 1).is_some_and(|c| c.is_whitespace()) { " " } else { "" };
    let opens_gap = all.get(end).is_some_and(|c| c.is_whitespace());
    let (before, after) = (part(from, start), part(end, to));
    format!(
        "{}{before}{}**__{}__**{}{after}{}",
        if from > line_start { "… " } else { "" },
        if before.is_empty() { "" } else { gap(start) },
        part(start, end),
        if opens_gap && !after.is_empty() { " " } else { "" },
        if to < line_end { " …" } else { "" },
    )
}

/// The beginning of the first word from `from` on, or `least`.
fn between_words(all: &[char], least: usize, from: usize) -> usize {
    if from == least {
        return least;
    }
    all[from..].iter().position(|c| c.is_whitespace()).map_or(from, |at| from + at + 1)
}

/// What would do a draft good, and the promise in it: hints, below nobody's name.
fn hints(voice: Voice<'_>, checked: &Checked) -> String {
    let mut lines: Vec<String> = checked.hints.iter().map(|hint| format!("- {}", sentence(voice, hint))).collect();
    if checked.promise.is_some() {
        lines.push(format!("- {}", voice.say("hint-promise")));
    }
    if lines.is_empty() {
        return String::new();
    }
    format!("**{}**\n{}", voice.say("hints-title"), lines.join("\n"))
}

fn sentence(voice: Voice<'_>, hint: &Hint) -> String {
    let with = |key: &str, words: &str| voice.with(key, &[("words", &plain(&one_line(words), 60))]);
    match hint {
        Hint::Acknowledge => voice.say("hint-acknowledge"),
        Hint::Thanks => voice.say("hint-thanks"),
        Hint::Please(words) => with("hint-please", words),
        Hint::Absolute(words) => with("hint-absolute", words),
        Hint::Jargon(words) => with("hint-jargon", words),
        Hint::Emoji => voice.say("hint-emoji"),
    }
}

fn rows(voice: Voice<'_>, checked: &Checked, own: &[&Finding]) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut buttons = Vec::new();
    if let (Some(promised), true) = (checked.promise, checked.guild.is_some()) {
        buttons.push(button(voice, "button-keep-promise", Look::Primary, Action::AskPromise(promised.when)));
    }
    if let (Some(guild), false) = (checked.guild, own.is_empty()) {
        buttons.push(button(voice, "button-pause", Look::Secondary, Action::Pause(guild)));
    }
    if !buttons.is_empty() {
        rows.push(Row::Buttons(buttons));
    }
    if let Some(guild) = checked.guild {
        rows.extend(okay(voice, Action::Okay(guild), &checked.assessment, own));
    }
    rows
}

/// The list of what was found, to say of one that it was okay.
pub(super) fn okay(voice: Voice<'_>, action: Action, assessment: &Assessment, own: &[&Finding]) -> Option<Row> {
    let mut options: Vec<Choice> = Vec::new();
    for finding in own.iter().take(SHOWN) {
        let value = RuleName { lang: assessment.lang, id: finding.rule.clone() }.to_string();
        if value.len() <= 100 && options.iter().all(|option| option.value != value) {
            let category = voice.say(&format!("category-{}", finding.category.name()));
            options.push(Choice { label: format!("{category} ({})", finding.rule), value });
        }
    }
    let select = Select { custom_id: action.encode(), placeholder: voice.say("okay-choose"), options };
    (!select.options.is_empty()).then_some(Row::Select(select))
}

pub(super) fn button(voice: Voice<'_>, key: &str, look: Look, action: Action) -> Button {
    Button { label: voice.say(key), look, does: Does::Act(action.encode()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tone::Category;

    fn finding(text: &str, words: &str) -> Finding {
        let at = text.find(words).unwrap();
        let start = text[..at].chars().count();
        let (why, instead, rule) = (String::new(), String::new(), "x".to_owned());
        let end = start + words.chars().count();
        Finding { start, end, category: Category::Insult, severity: 2, quoted: false, why, instead, rule }
    }

    #[test]
    fn a_finding_begins_like_a_sentence_in_both_languages() {
        let texts = crate::locale::Texts::embedded();
        let mut finding = finding("Na bravo", "bravo");
        finding.category = Category::Condescension;
        for (lang, begins) in
            [(crate::locale::Lang::De, "Von oben herab: "), (crate::locale::Lang::En, "Condescension: ")]
        {
            let said = describe(texts.voice(lang), "Na bravo", &finding);
            assert!(said.contains(&format!("\n{begins}")), "{said}");
        }
    }

    #[test]
    fn words_are_marked_in_what_stands_around_them() {
        let text = "Guten Tag.\nSie sind doch völlig unfähig, sagte er. Punkt.\nGrüße";
        assert_eq!(
            marked(text, &finding(text, "völlig unfähig")),
            "Sie sind doch **__völlig unfähig__**, sagte er. Punkt."
        );
        let long = format!("{} Trottel {}", "wort ".repeat(40), "wort ".repeat(40));
        let shown = marked(&long, &finding(&long, "Trottel"));
        assert!(
            shown.starts_with("… wort") && shown.contains("wort **__Trottel__** wort") && shown.ends_with("wort …"),
            "{shown}"
        );
        assert_eq!(marked("a*b", &finding("a*b", "*")), "a**__\\*__**b");
    }
}
