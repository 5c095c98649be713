//! Why not, and what to do instead: one sentence or two, with what was typed handed back.

use super::answer::time;
use super::custom_id::Action;
use super::text::{block, channel, moment, person, plain, role, value};
use super::{list, promise};
use crate::case::{CaseNumber, TitleRefused, UpdateRefused, clean_text};
use crate::chat::{Choice, Embed, File, Message, Row, Select};
use crate::desk::{Refused, Then, WhichTime};
use crate::follow_up::phrase;
use crate::locale::Voice;

/// Most characters of typed text handed back: what a description holds, less the marks of a block.
const HANDED_BACK: usize = 4_080;

/// Discord: characters of an embed's description.
const MAX_DESCRIPTION: usize = 4_096;

/// A refusal as a message, in the language of the person; `typed` is handed back where the refusal itself carries nothing.
pub fn refusal(voice: Voice<'_>, refused: &Refused, typed: Option<&str>) -> Message {
    let (content, own) = match refused {
        Refused::NotInGuild => (voice.say("refused-not-in-guild"), None),
        Refused::NoAgentRole => (voice.say("refused-no-agent-role"), None),
        Refused::NotAgent(agent) => (voice.with("refused-not-agent", &[("role", &role(*agent))]), None),
        Refused::NotManager => (voice.say("refused-not-manager"), None),
        Refused::NotLead(Some(lead)) => (voice.with("refused-not-lead", &[("role", &role(*lead))]), None),
        Refused::NotLead(None) => (voice.say("refused-no-lead-role"), None),
        Refused::CannotListen(id) => (voice.with("refused-cannot-listen", &[("channel", &channel(*id))]), None),
        Refused::TooManyWatched(most) => (voice.with("refused-too-many-watched", &[("most", &most.to_string())]), None),
        Refused::NoSuchCase(typed) => (voice.with("refused-no-such-case", &[("typed", &plain(typed, 100))]), None),
        Refused::ManyCases(named, lines) => {
            let content = voice.with("refused-many-cases", &[("typed", &plain(named, 100))]);
            let mut message = with_typed(voice, content, typed);
            message.embeds.insert(0, Embed { description: list::joined(voice, lines), ..Embed::default() });
            return message;
        }
        Refused::NoCaseHere => (voice.say("refused-no-case-here"), None),
        Refused::Title(TitleRefused::Empty, _) => (voice.say("refused-title-empty"), None),
        Refused::Title(TitleRefused::TooLong { length, most }, typed) => {
            let args = [("length", &*length.to_string()), ("most", &*most.to_string())];
            (voice.with("refused-title-long", &args), Some(typed.as_str()))
        }
        Refused::Update(why, number, typed) => (update(voice, why, *number), typed.as_deref()),
        Refused::ChangedMeanwhile(number) => {
            (voice.with("refused-changed-meanwhile", &[("case", &number.to_string())]), None)
        }
        Refused::NoPlace => (voice.say("refused-no-place"), None),
        Refused::PersonGone(who) => (voice.with("refused-person-gone", &[("who", &person(*who))]), None),
        Refused::PersonNotAgent(who) => (voice.with("refused-person-not-agent", &[("who", &person(*who))]), None),
        Refused::PersonIsBot(who) => (voice.with("refused-person-bot", &[("who", &person(*who))]), None),
        Refused::When { refusal, when: typed, what } => (when(voice, refusal, typed), Some(what.as_str())),
        Refused::WhichTime(which) => return which_time(voice, which),
        Refused::NoText => (voice.say("refused-no-text"), None),
        Refused::TooLong { most, typed } => {
            let length = typed.chars().count().to_string();
            (voice.with("refused-too-long", &[("most", &most.to_string()), ("length", &length)]), Some(typed.as_str()))
        }
        Refused::NoSuchRule(typed) => (voice.with("refused-no-such-rule", &[("typed", &plain(typed, 60))]), None),
        Refused::MessageGone => (voice.say("refused-message-gone"), None),
        Refused::NoSuchFollowUp => (voice.say("refused-no-such-follow-up"), None),
        Refused::FollowUpEnded => (voice.say("refused-follow-up-ended"), None),
        Refused::FollowUpMoved(due) => (voice.with("refused-follow-up-moved", &[("due", &moment(*due))]), None),
        Refused::NoSuchPromise(typed) => {
            (voice.with("refused-no-such-promise", &[("typed", &plain(typed, 100))]), None)
        }
        Refused::ManyPromises(named, found) => {
            let key = if named.is_empty() { "refused-which-promise" } else { "refused-many-promises" };
            let content = voice.with(key, &[("typed", &plain(named, 100))]);
            let mut message = with_typed(voice, content, typed);
            let lines: Vec<String> = found.iter().map(|one| promise::line(voice, one, None, 0)).collect();
            message.embeds.insert(0, Embed { description: lines.join("\n"), ..Embed::default() });
            return message;
        }
        Refused::NoPromiseHere => (voice.say("refused-no-promise-here"), None),
        Refused::HandOverElsewhere => (voice.say("refused-hand-over-elsewhere"), None),
        Refused::OfferOf(who) => (voice.with("refused-offer-of", &[("who", &person(*who))]), None),
        Refused::OfferTaken => (voice.say("refused-offer-taken"), None),
        Refused::OfferGone => (voice.say("refused-offer-gone"), None),
        Refused::AlreadyTheirs(who) => (voice.with("refused-already-theirs", &[("who", &person(*who))]), None),
        Refused::OutOfReach(who, id) => {
            (voice.with("refused-out-of-reach", &[("who", &person(*who)), ("channel", &channel(*id))]), None)
        }
        Refused::BadRepeat(typed) => (voice.with("refused-bad-repeat", &[("typed", &plain(typed, 100))]), None),
        Refused::RepeatElsewhere { typed, first } => {
            let first = voice.say(&format!("weekday-{}", first.to_monday_one_offset()));
            (voice.with("refused-repeat-elsewhere", &[("typed", &plain(typed, 100)), ("first", &first)]), None)
        }
        Refused::BadEscalation(typed) => (voice.with("refused-bad-escalation", &[("typed", &plain(typed, 100))]), None),
        Refused::NoLeadRole => (voice.say("refused-nobody-leads"), None),
        Refused::WakeWithoutCase => (voice.say("refused-wake-without-case"), None),
        Refused::NotYours(who) => (voice.with("refused-not-yours", &[("who", &person(*who))]), None),
        Refused::NoneYours(people) => {
            let people: Vec<String> = people.iter().map(|one| person(*one)).collect();
            (voice.with("refused-none-yours", &[("who", &people.join(", "))]), None)
        }
        Refused::BadZone(typed) => (voice.with("refused-bad-zone", &[("typed", &plain(typed, 60))]), None),
        Refused::BadHours(typed) => (voice.with("refused-bad-hours", &[("typed", &plain(typed, 100))]), None),
        Refused::HoursOverMidnight(typed) => {
            (voice.with("refused-hours-over-midnight", &[("typed", &plain(typed, 100))]), None)
        }
        Refused::BadDays(typed) => (voice.with("refused-bad-days", &[("typed", &plain(typed, 100))]), None),
        Refused::NoSuchHoliday(land) => {
            let land = land.map(|land| voice.say(&format!("land-{}", land.code().to_lowercase())));
            let key = if land.is_some() { "refused-no-such-holiday" } else { "refused-no-land" };
            (voice.with(key, &[("land", &land.unwrap_or_default())]), None)
        }
        Refused::BadLand(typed) => (voice.with("refused-bad-land", &[("typed", &plain(typed, 60))]), None),
        Refused::BadChannel(id) => (voice.with("refused-bad-channel", &[("channel", &channel(*id))]), None),
        Refused::BadRole => (voice.say("refused-bad-role"), None),
        Refused::NothingAsked => (voice.say("refused-nothing-asked"), None),
        Refused::Stale => (voice.say("refused-stale"), None),
        Refused::NoSuchChoice(typed) => (voice.with("refused-no-such-choice", &[("typed", &plain(typed, 60))]), None),
        Refused::EraseOpen(number) => (voice.with("refused-erase-open", &[("case", &number.to_string())]), None),
        Refused::Busy => (voice.say("refused-busy"), None),
        Refused::DatabaseGone => (voice.say("refused-database-gone"), None),
    };
    with_typed(voice, content, own.or(typed))
}

/// Something failed inside; the operator finds it in the log under `id`.
pub fn failure(voice: Voice<'_>, id: &str, typed: Option<&str>) -> Message {
    with_typed(voice, voice.with("internal-error", &[("id", id)]), typed)
}

/// A sentence, and below it what was typed, to copy.
fn with_typed(voice: Voice<'_>, content: String, typed: Option<&str>) -> Message {
    let Some(typed) = typed.filter(|typed| !clean_text(typed).is_empty()) else {
        return Message { content, ..Message::default() };
    };
    let description = block(typed, HANDED_BACK);
    // What the block cannot hold comes whole beside it, and not in part. Discord counts in UTF-16.
    let whole = typed.chars().count() <= HANDED_BACK && description.encode_utf16().count() <= MAX_DESCRIPTION;
    let mut files = Vec::new();
    let mut footer = String::new();
    if !whole {
        files.push(File { name: voice.say("handed-back-file"), bytes: typed.as_bytes().to_vec() });
        footer = voice.say("handed-back-rest");
    }
    let embed = Embed { title: voice.say("handed-back"), description, footer, colour: 0x7a_86_8c, ..Embed::default() };
    Message { content, embeds: vec![embed], files, ..Message::default() }
}

fn update(voice: Voice<'_>, why: &UpdateRefused, number: CaseNumber) -> String {
    let case = number.to_string();
    match why {
        UpdateRefused::Title(TitleRefused::Empty) => voice.say("refused-title-empty"),
        UpdateRefused::Title(TitleRefused::TooLong { length, most }) => {
            voice.with("refused-title-long", &[("length", &length.to_string()), ("most", &most.to_string())])
        }
        UpdateRefused::Move { from, to } => voice.with(
            "refused-move",
            &[
                ("case", &case),
                ("from", &value(voice, "status", from.name())),
                ("to", &value(voice, "status", to.name())),
            ],
        ),
        UpdateRefused::Closed => voice.with("refused-closed", &[("case", &case)]),
        UpdateRefused::NotClosed => voice.with("refused-not-closed", &[("case", &case)]),
        UpdateRefused::NothingNew => voice.with("refused-nothing-new", &[("case", &case)]),
        UpdateRefused::NoText => voice.say("refused-no-text"),
        UpdateRefused::TooManyTags => voice.with("refused-too-many-tags", &[("case", &case)]),
        UpdateRefused::NoSuchMood => voice.say("refused-no-such-mood"),
        UpdateRefused::Owned(owner) => voice.with("refused-owned", &[("case", &case), ("owner", &person(*owner))]),
    }
}

/// Several times were meant: one press takes one of them, and with it everything else that was typed.
fn which_time(voice: Voice<'_>, which: &WhichTime) -> Message {
    let content = when(voice, &phrase::Refusal::Ambiguous(which.readings.clone()), &which.when);
    let action = match which.then {
        Then::Add { case, repeat, wake } => Action::TakeReading(case, repeat, wake),
        Then::Move(promise) => Action::MoveTo(promise),
        Then::Edit(promise) => Action::EditTo(promise),
        Then::Update(number) => Action::UpdateTo(number),
    };
    let offer = |reading| Choice { label: time(voice, reading), value: phrase::choice(reading) };
    let select = Select {
        custom_id: action.encode(),
        placeholder: voice.say("which-time"),
        options: which.readings.iter().map(offer).collect(),
    };
    let message = with_typed(voice, content, Some(&which.what));
    Message { rows: vec![Row::Select(select)], ..message }
}

fn when(voice: Voice<'_>, refusal: &phrase::Refusal, typed: &str) -> String {
    let typed = plain(typed, 100);
    let args = [("typed", typed.as_str())];
    match refusal {
        phrase::Refusal::Ambiguous(readings) => {
            let times: Vec<String> =
                readings.iter().map(|reading| format!("- {}", time(voice, reading))).collect::<Vec<_>>();
            format!("{}\n{}", voice.with("refused-when-ambiguous", &args), times.join("\n"))
        }
        phrase::Refusal::Past => voice.with("refused-when-past", &args),
        phrase::Refusal::TooFar => voice.with("refused-when-far", &args),
        phrase::Refusal::Vague => voice.with("refused-when-vague", &args),
        phrase::Refusal::NoSuchDate => voice.with("refused-when-no-date", &args),
        phrase::Refusal::Contradiction => voice.with("refused-when-contradiction", &args),
        phrase::Refusal::WeekdayContradictsDate { .. } => {
            voice.with("refused-when-weekday", &[("why", &refusal.why(voice.lang))])
        }
        phrase::Refusal::Now => voice.with("refused-when-now", &args),
        phrase::Refusal::TodayBegun { .. } | phrase::Refusal::FirstDayPassed | phrase::Refusal::ThisWeek { .. } => {
            refusal.why(voice.lang)
        }
        phrase::Refusal::Empty => voice.say("refused-when-empty"),
        phrase::Refusal::TooLong | phrase::Refusal::NotUnderstood { .. } => voice.with("refused-when", &args),
    }
}
