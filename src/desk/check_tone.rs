//! Looking at wording before or after it was sent: privately, without keeping a word of it.

use super::wording::{Reader, rules_of};
use super::{Caller, Desk, DeskError, Outcome, Refused, Reply, rights};
use crate::case::MAX_TEXT;
use crate::follow_up::{Calendar, phrase};
use crate::id::{ChannelId, GuildId, MessageId};
use crate::locale::Lang;
use crate::store::{case, profile, tone as kept};
use crate::tone::Assessment;
use crate::tone::hint::{self, Hint};

/// A case is heated from this mood on.
const HOT: u8 = 2;

/// Wording looked at, for one pair of eyes.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The words.
    pub text: String,
    /// What was found.
    pub assessment: Assessment,
    /// The whole text, calmer, where that is one.
    pub calmer: Option<String>,
    /// It is yet to be sent.
    pub draft: bool,
    /// What would do a draft good.
    pub hints: Vec<Hint>,
    /// A promise in a draft, and when it is due if it says so.
    pub promise: Option<Promised>,
    /// The team it was looked at for; none in direct messages.
    pub guild: Option<GuildId>,
}

/// A promise found in a draft. Only its time goes on, never its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promised {
    /// Civil time in the team's zone as digits, `YYYYMMDDhhmm`; 0 where none was named.
    pub when: i64,
}

pub(super) async fn check_tone(desk: &Desk, caller: &Caller, text: String, draft: bool) -> Outcome {
    if text.trim().is_empty() {
        if caller.guild.is_some() {
            rights::standing(desk, caller).await?;
        }
        return Err(Refused::NoText.into());
    }
    if text.chars().count() > MAX_TEXT {
        return Err(Refused::TooLong { most: MAX_TEXT, typed: text }.into());
    }
    let (calendar, hot) = place(desk, caller).await?;
    let reader = Reader::of(desk, caller.guild, caller.user).await?;
    let mut checked = look(&reader, caller.guild, text, draft);
    if draft {
        let wanted = desk.hints;
        let lang = checked.assessment.lang;
        let about = hint::Draft { text: &checked.text, lang, hot, jargon: wanted.jargon, emoji: wanted.emoji };
        checked.hints = hint::hints(&about);
        checked.promise = calendar.and_then(|calendar| promised(desk, &calendar, &checked.text, lang));
        count(desk, &checked).await;
    }
    Ok(Reply::Tone(Box::new(checked)))
}

/// A message somebody sent, looked at again for its writer: read from where it stands, as nothing of it was kept.
pub(super) async fn calmer_words(
    desk: &Desk,
    caller: &Caller,
    guild: GuildId,
    channel: ChannelId,
    message: MessageId,
) -> Outcome {
    let before = MessageId(message.0.saturating_sub(1));
    let page = desk.chat.messages_after(channel, before).await.unwrap_or_default();
    // Only ever the writer's own words, whatever the button says.
    let own = page.into_iter().find(|seen| seen.id == message && seen.author == caller.user && !seen.text.is_empty());
    let Some(own) = own else { return Err(Refused::MessageGone.into()) };
    let reader = Reader::of(desk, Some(guild), caller.user).await?;
    Ok(Reply::Tone(Box::new(look(&reader, Some(guild), own.text, false))))
}

fn look(reader: &Reader, guild: Option<GuildId>, text: String, draft: bool) -> Checked {
    let assessment = reader.read(&text);
    let calmer = reader.calmer(&text, &assessment);
    Checked { text, assessment, calmer, draft, hints: Vec::new(), promise: None, guild }
}

/// The caller's calendar, and whether this is the thread of a heated case. Who may not work here is refused.
async fn place(desk: &Desk, caller: &Caller) -> Result<(Option<Calendar>, bool), DeskError> {
    if caller.guild.is_none() {
        return Ok((None, false));
    }
    let caller = caller.clone();
    desk.store
        .read(move |c| {
            Box::pin(async move {
                let standing = rights::agent(c, &caller).await?;
                let calendar = profile::get(c, standing.guild, caller.user).await?.calendar(&standing.settings);
                let here = case::by_thread(c, standing.guild, caller.channel).await?;
                Ok::<_, DeskError>((Some(calendar), here.is_some_and(|case| case.mood >= HOT)))
            })
        })
        .await
}

fn promised(desk: &Desk, calendar: &Calendar, text: &str, lang: Lang) -> Option<Promised> {
    let sentence = hint::promise(text, lang)?;
    let found = phrase::find(&sentence, &calendar.context(desk.clock.now(), lang));
    let digits = found.map(|(_, reading)| reading.due.strftime("%Y%m%d%H%M").to_string());
    Some(Promised { when: digits.and_then(|digits| digits.parse().ok()).unwrap_or(0) })
}

/// Counts which rules found something, for the team as a whole. An answer is never kept back for it.
async fn count(desk: &Desk, checked: &Checked) {
    let (Some(guild), rules) = (checked.guild, rules_of(&checked.assessment)) else { return };
    if rules.is_empty() {
        return;
    }
    let counted = desk
        .store
        .write(move |c| Box::pin(async move { Ok::<_, DeskError>(kept::count(c, guild, &rules).await?) }))
        .await;
    if let Err(error) = counted {
        tracing::warn!(guild.id = %guild, %error, "what the rules found could not be counted");
    }
}

/// Which optional hints drafts get.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hints {
    /// Insiders' words (P26).
    pub jargon: bool,
    /// Emoji where a case is heated (P32).
    pub emoji: bool,
}
