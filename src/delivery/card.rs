//! A case's place and card: the thread is opened once, the card posted once and then edited in place.
//!
//! Invariant: whatever was learnt (the thread's id, the card's id) is committed before the next request, so that a
//! process that dies anywhere repeats nothing. A thread takes no nonce: in doubt we look before opening another.

use std::sync::Arc;

use super::attempt::{Abort, Attempt, BUSY_PAUSE, pass};
use super::book::{Also, Facts};
use super::post::Posted;
use super::protocol::{self, Step, Verdict};
use crate::case::{Case, CaseNumber, thread_name};
use crate::chat::{CODE_ARCHIVED, ChannelKind, ChatError, Message, ThreadKind};
use crate::id::{ChannelId, MessageId};
use crate::store::delivery::Part;
use crate::view;
use crate::view::custom_id::card_of;

/// Rounds of opening, posting and editing before the row is put down: a card deleted and a thread deleted take three.
const ROUNDS: usize = 6;
/// Pause after those, ms.
const ROUNDS_PAUSE: i64 = 2_000;
/// Discord: unknown message.
const UNKNOWN_MESSAGE: u64 = 10_008;

/// A place for a case.
struct Opened {
    thread: ChannelId,
    card: Option<MessageId>,
    /// The card there shows what was wanted when this attempt began.
    fresh: bool,
}

/// Brings the case's card up to date, wherever it stands.
pub(super) async fn deliver(attempt: &mut Attempt) -> Result<(), Abort> {
    let Some(number) = attempt.job.case else {
        return attempt.cancel().await;
    };
    let facts = attempt.facts().await?;
    let Some(mut case) = facts.case.clone() else {
        return attempt.cancel().await;
    };
    attempt.what.clone_from(&case.title);
    if !facts.present {
        return attempt.later(attempt.shared.timing.absent, false).await;
    }
    let mark = move |id: &str| card_of(id) == Some(number);
    for _ in 0..ROUNDS {
        let texts = Arc::clone(&attempt.shared.texts);
        let (lang, next, lost) = (facts.settings.lang, facts.next.as_ref(), &facts.undelivered);
        let card = view::card(&texts, lang, &case, &facts.entries, next, lost);
        let Some(thread) = case.thread else {
            let Some(opened) = open(attempt, &facts, &case, &card).await? else {
                return Ok(());
            };
            (case.thread, case.card) = (Some(opened.thread), opened.card);
            if let (true, Some(id)) = (opened.fresh, opened.card) {
                if let_in(attempt, opened.thread, &case).await? {
                    attempt.sent(id, Also::Place(case.thread, case.card)).await?;
                }
                return Ok(());
            }
            continue;
        };
        if !let_in(attempt, thread, &case).await? {
            return Ok(());
        }
        // What was in doubt may have been an older version of the card: it is edited afterwards.
        let stale = attempt.doubt(Part::Message).is_some();
        let posted = match case.card {
            Some(id) => edit(attempt, thread, id, &card).await?,
            None => attempt.post(thread, &card, Some(&mark)).await?,
        };
        match posted {
            None => return Ok(()),
            Some(Posted::At(id)) if stale && case.card.is_none() => {
                case.card = Some(id);
                attempt.forget_flight();
                attempt.keep(Also::Place(case.thread, case.card)).await?;
            }
            Some(Posted::At(id)) => return attempt.sent(id, Also::Place(Some(thread), Some(id))).await,
            Some(Posted::Gone(UNKNOWN_MESSAGE)) if case.card.is_some() => {
                case.card = None;
                attempt.elsewhere();
                attempt.keep(Also::Place(case.thread, None)).await?;
            }
            Some(Posted::Gone(_)) if !attempt.job.reopened => {
                attempt.job.reopened = true;
                (case.thread, case.card) = (None, None);
                attempt.elsewhere();
                attempt.keep(Also::Place(None, None)).await?;
            }
            Some(Posted::Gone(code) | Posted::Refused(code)) => {
                attempt.note("thread", code);
                return attempt.fail().await;
            }
        }
    }
    attempt.later(ROUNDS_PAUSE, true).await
}

/// Replaces a card, or another message of ours. Idempotent, so nothing needs to be known of earlier tries; none: the row was
/// put down.
pub(super) async fn edit(
    attempt: &mut Attempt,
    thread: ChannelId,
    id: MessageId,
    card: &Message,
) -> Result<Option<Posted>, Abort> {
    let Some(_turn) = attempt.turn(thread).await else {
        return attempt.later(BUSY_PAUSE, false).await.map(|()| None);
    };
    let chat = attempt.chat();
    let mut woken = false;
    loop {
        let Err(error) = attempt.ask(chat.edit_message(thread, id, card)).await? else {
            return Ok(Some(Posted::At(id)));
        };
        match attempt.judge(&error) {
            Verdict::Unarchive if !woken => {
                woken = true;
                if !wake(attempt, thread).await? {
                    return Ok(None);
                }
            }
            Verdict::Unarchive => return Ok(Some(Posted::Refused(CODE_ARCHIVED))),
            Verdict::Gone(code) => return Ok(Some(Posted::Gone(code))),
            Verdict::Refused(code) => return Ok(Some(Posted::Refused(code))),
            passing => return attempt.later_if_transient(passing).await.map(|_| None),
        }
    }
}

/// Takes the thread out of the archive as far as that is possible; false: the row was put down.
async fn wake(attempt: &mut Attempt, thread: ChannelId) -> Result<bool, Abort> {
    let chat = attempt.chat();
    match attempt.ask(chat.unarchive(thread)).await? {
        Ok(()) => Ok(true),
        Err(error) => {
            let verdict = attempt.judge(&error);
            attempt.later_if_transient(verdict).await
        }
    }
}

/// Lets opener and owner in; false: the row was put down. Somebody who cannot be let in does not hold up the card.
async fn let_in(attempt: &mut Attempt, thread: ChannelId, case: &Case) -> Result<bool, Abort> {
    let chat = attempt.chat();
    for user in [Some(case.opener), case.owner].into_iter().flatten() {
        if attempt.job.guests.contains(&user) {
            continue;
        }
        let mut added = attempt.ask(chat.add_to_thread(thread, user)).await?;
        if added == Err(ChatError::Refused(CODE_ARCHIVED)) {
            if !wake(attempt, thread).await? {
                return Ok(false);
            }
            added = attempt.ask(chat.add_to_thread(thread, user)).await?;
        }
        if let Err(error) = added {
            let verdict = attempt.judge(&error);
            if !attempt.later_if_transient(verdict).await? {
                return Ok(false);
            }
            tracing::warn!(delivery.id = attempt.job.id, user.id = %user, %error, "delivery.not_let_in");
        }
        attempt.job.guests.push(user);
    }
    Ok(true)
}

/// Opens a thread or post for the case, or finds the one opened before; none: the row was put down.
async fn open(attempt: &mut Attempt, facts: &Facts, case: &Case, card: &Message) -> Result<Option<Opened>, Abort> {
    if let Some(doubt) = attempt.doubt(Part::Thread) {
        match protocol::resume_thread(Some(doubt), attempt.shared.real.now_ms(), &attempt.shared.timing) {
            Step::Wait(pause) => return attempt.later(pause, false).await.map(|()| None),
            Step::Send | Step::Look => match search(attempt, case.number).await? {
                Search::PutDown => return Ok(None),
                Search::Found(opened) => return store(attempt, opened).await.map(Some),
                Search::Nothing => {}
            },
        }
    }
    attempt.elsewhere();
    let chat = attempt.chat();
    let other = facts.settings.case_channel.filter(|channel| *channel != case.home);
    for home in [Some(case.home), other].into_iter().flatten() {
        let (parent, forum) = match resolve(attempt, home, facts.settings.case_channel).await? {
            Home::At(parent, forum) => (parent, forum),
            Home::PutDown => return Ok(None),
            Home::Unfit(code) => {
                attempt.note("channel", code);
                continue;
            }
        };
        let Some(_turn) = attempt.turn(parent).await else {
            return attempt.later(BUSY_PAUSE, false).await.map(|()| None);
        };
        let name = thread_name(&case.title);
        let kind = if forum { ThreadKind::Post(card.clone()) } else { ThreadKind::Private };
        attempt.job.thread_name = Some(name.clone());
        attempt.begin(Part::Thread, parent).await?;
        let error = match attempt.ask(chat.open_thread(parent, &name, &kind)).await? {
            Ok((thread, card)) => {
                pass!(attempt, "card.thread_opened");
                return store(attempt, Opened { thread, card, fresh: true }).await.map(Some);
            }
            Err(error) => error,
        };
        let verdict = attempt.judge(&error);
        if !matches!(verdict, Verdict::Doubt { .. }) {
            attempt.forget_flight();
        }
        if !attempt.later_if_transient(verdict).await? {
            return Ok(None);
        }
        if let Verdict::Gone(code) | Verdict::Refused(code) = verdict {
            attempt.note("channel", code);
        }
    }
    attempt.fail().await.map(|()| None)
}

/// Commits where the case's thread is.
async fn store(attempt: &mut Attempt, opened: Opened) -> Result<Opened, Abort> {
    attempt.elsewhere();
    attempt.job.guests.clear();
    attempt.keep(Also::Place(Some(opened.thread), opened.card)).await?;
    pass!(attempt, "card.placed");
    Ok(opened)
}

enum Search {
    Found(Opened),
    Nothing,
    PutDown,
}

/// Looks for a thread of the name in flight, made since the first try, that is no other case's.
async fn search(attempt: &mut Attempt, number: CaseNumber) -> Result<Search, Abort> {
    let (Some(parent), Some(name)) = (attempt.job.channel, attempt.job.thread_name.clone()) else {
        return Ok(Search::Nothing);
    };
    let (guild, chat) = (attempt.job.guild, attempt.chat());
    let since = attempt.job.look_from.unwrap_or(attempt.job.created_at) - attempt.shared.timing.look_back;
    let mut threads = match attempt.ask(chat.threads(guild, parent)).await? {
        Ok(threads) => threads,
        Err(error) => {
            let verdict = attempt.judge(&error);
            let about_place = attempt.later_if_transient(verdict).await?;
            return Ok(if about_place { Search::Nothing } else { Search::PutDown });
        }
    };
    // A thread's id is a snowflake like a message's.
    threads.retain(|thread| thread.mine && thread.name == name && MessageId(thread.id.0).sent_ms() >= since);
    threads.sort_by_key(|thread| thread.id);
    for thread in threads {
        let id = thread.id;
        let taken = attempt.shared.book.case_of(guild, id).await?.is_some_and(|other| other != number);
        if taken {
            continue;
        }
        // The first message of a forum post has the post's id.
        let before = MessageId(id.0.saturating_sub(1));
        let seen = match attempt.ask(chat.messages_after(id, before)).await? {
            Ok(seen) => seen,
            Err(error) => {
                let verdict = attempt.judge(&error);
                if !attempt.later_if_transient(verdict).await? {
                    return Ok(Search::PutDown);
                }
                continue;
            }
        };
        let (card, _) = protocol::ours(&seen, |id| card_of(id) == Some(number));
        let (others, _) = protocol::ours(&seen, |id| card_of(id).is_some_and(|other| other != number));
        if others.is_none() {
            return Ok(Search::Found(Opened { thread: id, card, fresh: false }));
        }
    }
    Ok(Search::Nothing)
}

enum Home {
    At(ChannelId, bool),
    Unfit(u64),
    PutDown,
}

/// Finds out whether threads go into `home` itself, as private threads or forum posts, or into the channel it hangs on.
///
/// In a forum that everybody can read, everybody reads the cases too: only the team may choose that, as `chosen`.
async fn resolve(attempt: &mut Attempt, home: ChannelId, chosen: Option<ChannelId>) -> Result<Home, Abort> {
    // Who may read a forum changes, so that of one nobody chose is asked each time.
    if let Some((parent, forum)) = attempt.shared.homes.get(&home)
        && (!forum || chosen == Some(parent))
    {
        return Ok(Home::At(parent, forum));
    }
    let (mut channel, chat) = (home, attempt.chat());
    // A thread hangs on a channel, and that on nothing we could use.
    for _ in 0..2 {
        match attempt.ask(chat.channel(channel)).await? {
            Ok(info) => match (info.kind, info.parent) {
                (ChannelKind::Text | ChannelKind::Forum, _) => {
                    let forum = info.kind == ChannelKind::Forum;
                    if forum && info.public && chosen != Some(channel) {
                        tracing::warn!(delivery.id = attempt.job.id, channel.id = %channel, "delivery.public_forum");
                        return Ok(Home::Unfit(0));
                    }
                    attempt.shared.homes.put(home, (channel, forum));
                    return Ok(Home::At(channel, forum));
                }
                (ChannelKind::Thread, Some(parent)) => channel = parent,
                _ => return Ok(Home::Unfit(0)),
            },
            Err(error) => return Ok(attempt.barred(&error).await?.map_or(Home::PutDown, Home::Unfit)),
        }
    }
    Ok(Home::Unfit(0))
}
