//! Every answer within Discord's three seconds: at once where it is ready, else a deferral and the answer after it.
//!
//! Invariant: each interaction gets exactly one first answer, and whatever fails ends in a sentence for the person.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use serenity::builder::CreateAttachment;
use serenity::http::Http;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::recent::Recent;
use super::render;
use crate::chat::Message;
use crate::clock::Stopwatch;
use crate::desk::{Caller, Desk, DeskError, Focus, Form, Outcome, Refused, Reply, Wish};
use crate::locale::{Lang, Texts};
use crate::view;

/// After this long without an answer the interaction is deferred; Discord's limit is 3 s.
const DEFER_AFTER: Duration = Duration::from_millis(1_500);
/// A form must be the first answer, so it cannot be deferred.
const FORM_WITHIN: Duration = Duration::from_secs(1);
/// Suggestions later than this are of no use to who types.
const SUGGEST_WITHIN: Duration = Duration::from_millis(1_500);
/// Nobody waits longer than this for the language they set.
const LANGUAGE_WITHIN: Duration = Duration::from_millis(300);
/// Most wishes being fulfilled at once; more wait, but not so long that they miss their first answer.
const AT_ONCE: usize = 256;
const WAIT_AT_MOST: Duration = Duration::from_millis(1_200);

/// Interactions remembered so that a replay is told from a second wish.
const REMEMBERED: usize = 2_048;

/// Pauses after each attempt at a first answer.
const FIRST_AGAIN: [Duration; 4] =
    [Duration::from_millis(100), Duration::from_millis(300), Duration::from_millis(700), Duration::ZERO];
/// Discord: the interaction has its first answer already.
const ALREADY_ANSWERED: isize = 40_060;

/// Discord: callback types.
const MESSAGE: u8 = 4;
const DEFERRED: u8 = 5;
const DEFERRED_UPDATE: u8 = 6;
const UPDATE: u8 = 7;
const CHOICES: u8 = 8;
const FORM: u8 = 9;

/// Where an answer goes.
#[derive(Clone)]
pub(super) struct Ask {
    pub id: serenity::model::id::InteractionId,
    pub token: String,
    pub caller: Caller,
    /// The pressed control's message shows the result itself, instead of a new private message.
    pub in_place: bool,
    /// And others read that message, too.
    pub shared: bool,
}

/// Answers interactions.
pub(super) struct Answers {
    pub http: Arc<Http>,
    pub desk: Desk,
    pub texts: Arc<Texts>,
    places: Arc<Semaphore>,
    /// Tokens live 15 minutes, replays come within seconds.
    taken: Recent,
}

impl Answers {
    pub fn new(http: Arc<Http>, desk: Desk, texts: Arc<Texts>) -> Self {
        Self { http, desk, texts, places: Arc::new(Semaphore::new(AT_ONCE)), taken: Recent::new(REMEMBERED) }
    }

    /// Fulfils a wish and answers, whatever comes of it.
    pub async fn respond(&self, ask: &Ask, wish: Result<Wish, Refused>) {
        if !self.taken.first_time(ask.id.get()) {
            return;
        }
        let since = Stopwatch::start();
        let place = self.place().await;
        let typed = wish.as_ref().ok().and_then(Wish::typed);
        let typed = typed.as_deref();
        let wish = match (wish, place.is_some()) {
            (Ok(wish), true) => wish,
            (Ok(_), false) => return self.first(ask, &self.refuse(ask, &Refused::Busy, typed)).await,
            (Err(refused), _) => return self.first(ask, &self.refuse(ask, &refused, None)).await,
        };
        let form = matches!(wish, Wish::Ask(_));
        let (desk, caller) = (self.desk.clone(), ask.caller.clone());
        // The task is never dropped: what it began in the database it ends, even when nobody waits any more.
        let mut work = tokio::spawn(async move {
            let caller = Caller { lang: language(&desk, &caller).await, ..caller };
            let outcome = desk.act(&caller, wish).await;
            (caller.lang, outcome)
        });
        let left = (if form { FORM_WITHIN } else { DEFER_AFTER }).saturating_sub(since.elapsed());
        match tokio::time::timeout(left, &mut work).await {
            Ok(done) => {
                let (ask, outcome) = flat(ask, done);
                self.first(&ask, &self.shown(&ask, outcome, typed)).await;
            }
            Err(_) if form => self.first(ask, &self.refuse(ask, &Refused::Busy, None)).await,
            Err(_) => {
                self.defer(ask).await;
                let (ask, outcome) = flat(ask, work.await);
                self.later(&ask, &self.shown(&ask, outcome, typed)).await;
            }
        }
        drop(place);
    }

    /// Suggestions for the option being typed; none rather than late.
    pub async fn suggest(&self, ask: &Ask, focus: Option<Focus>) {
        let mut choices = Vec::new();
        if let Some(focus) = focus {
            let (desk, caller) = (self.desk.clone(), ask.caller.clone());
            let work = tokio::spawn(async move {
                let caller = Caller { lang: language(&desk, &caller).await, ..caller };
                desk.suggest(&caller, focus).await.map(|found| (caller.lang, found))
            });
            // Who may not see any gets an empty list; the command itself says why.
            if let Ok(Ok(Ok((lang, found)))) = tokio::time::timeout(SUGGEST_WITHIN, work).await {
                choices = view::choices(self.texts.voice(lang), &found);
            }
        }
        self.callback(ask, json!({ "type": CHOICES, "data": render::choices_json(&choices) }), Vec::new()).await;
    }

    /// Waits until no wish is being fulfilled any more, and lets no new one begin.
    pub async fn drained(&self) {
        let all = u32::try_from(AT_ONCE).expect("a small constant");
        if let Ok(places) = self.places.acquire_many(all).await {
            places.forget();
        }
    }

    async fn place(&self) -> Option<OwnedSemaphorePermit> {
        let wait = Arc::clone(&self.places).acquire_owned();
        tokio::time::timeout(WAIT_AT_MOST, wait).await.ok()?.ok()
    }

    fn shown(&self, ask: &Ask, outcome: Outcome, typed: Option<&str>) -> Shown {
        match outcome {
            Ok(Reply::Form(form)) => Shown::Form(form),
            Ok(reply) => {
                // What stays in the channel speaks the guild's language, a private answer the person's.
                let lang = match &reply {
                    Reply::Checked { lang, .. } => *lang,
                    Reply::FollowUpEnded { lang, .. }
                    | Reply::FollowUpMoved { lang, .. }
                    | Reply::FollowUpRetried { lang, .. }
                        if ask.shared =>
                    {
                        *lang
                    }
                    _ => ask.caller.lang,
                };
                Shown::Message { message: view::answer(self.texts.voice(lang), &reply), in_place: ask.in_place }
            }
            Err(DeskError::Refused(refused)) => self.refuse(ask, &refused, typed),
            Err(DeskError::Internal(reason)) => self.failed(ask, &reason, typed),
        }
    }

    fn refuse(&self, ask: &Ask, refused: &Refused, typed: Option<&str>) -> Shown {
        let message = view::refusal(self.texts.voice(ask.caller.lang), refused, typed);
        Shown::Message { message, in_place: false }
    }

    /// One line in the log, one sentence for the person, and an id that ties them together.
    fn failed(&self, ask: &Ask, reason: &str, typed: Option<&str>) -> Shown {
        let id = ask.id.to_string();
        tracing::error!(error.id = %id, user.id = %ask.caller.user, reason, "a wish failed");
        let message = view::failure(self.texts.voice(ask.caller.lang), &id, typed);
        Shown::Message { message, in_place: false }
    }

    async fn first(&self, ask: &Ask, shown: &Shown) {
        let body = match shown {
            Shown::Form(form) => {
                json!({ "type": FORM, "data": render::modal_json(&view::form(self.voice(ask.caller.lang), form)) })
            }
            Shown::Message { message, in_place: true } => {
                json!({ "type": UPDATE, "data": render::message_json(message) })
            }
            Shown::Message { message, in_place: false } => {
                json!({ "type": MESSAGE, "data": render::answer_json(message, true) })
            }
        };
        self.callback(ask, body, shown.files()).await;
    }

    async fn defer(&self, ask: &Ask) {
        let body = if ask.in_place {
            json!({ "type": DEFERRED_UPDATE })
        } else {
            json!({ "type": DEFERRED, "data": { "flags": 64 } })
        };
        self.callback(ask, body, Vec::new()).await;
    }

    /// The answer after a deferral.
    async fn later(&self, ask: &Ask, shown: &Shown) {
        let Shown::Message { message, in_place } = shown else { return };
        let sent = if ask.in_place && !in_place {
            let body = render::answer_json(message, true);
            self.http.create_followup_message(&ask.token, &body, shown.files()).await.map(drop)
        } else {
            let body = render::message_json(message);
            self.http.edit_original_interaction_response(&ask.token, &body, shown.files()).await.map(drop)
        };
        if let Err(error) = sent {
            tracing::warn!(interaction.id = %ask.id, error.kind = kind(&error), "an answer could not be sent");
        }
    }

    /// A first answer that got lost is given again while there is time: Discord takes only one.
    async fn callback(&self, ask: &Ask, body: Value, files: Vec<CreateAttachment>) {
        for pause in FIRST_AGAIN {
            match self.http.create_interaction_response(ask.id, &ask.token, &body, files.clone()).await {
                Ok(()) => return,
                Err(error) if taken_before(&error) => return,
                Err(error) => {
                    tracing::warn!(interaction.id = %ask.id, error.kind = kind(&error), "a first answer could not be sent");
                    if !worth_again(&error) {
                        return;
                    }
                }
            }
            tokio::time::sleep(pause).await;
        }
    }

    fn voice(&self, lang: Lang) -> crate::locale::Voice<'_> {
        self.texts.voice(lang)
    }
}

/// What a person gets to see.
enum Shown {
    Message { message: Message, in_place: bool },
    Form(Form),
}

/// The language the person set, if the database says so in no time, else that of their client.
async fn language(desk: &Desk, caller: &Caller) -> Lang {
    tokio::time::timeout(LANGUAGE_WITHIN, desk.language(caller)).await.unwrap_or(caller.lang)
}

/// A behaviour that panicked is a failure like any other. The answer is in the language the person set, if they did.
fn flat(ask: &Ask, joined: Result<(Lang, Outcome), tokio::task::JoinError>) -> (Ask, Outcome) {
    let (lang, outcome) = joined.unwrap_or_else(|error| (ask.caller.lang, Err(DeskError::Internal(error.to_string()))));
    (Ask { caller: Caller { lang, ..ask.caller.clone() }, ..ask.clone() }, outcome)
}

impl Shown {
    fn files(&self) -> Vec<CreateAttachment> {
        let Self::Message { message, .. } = self else { return Vec::new() };
        message.files.iter().map(|file| CreateAttachment::bytes(file.bytes.clone(), file.name.clone())).collect()
    }
}

/// The answer before, taken for lost, had arrived.
fn taken_before(error: &serenity::Error) -> bool {
    matches!(error, serenity::Error::Http(serenity::http::HttpError::UnsuccessfulRequest(response))
        if response.error.code == ALREADY_ANSWERED)
}

/// Everything but a refusal of what was said.
fn worth_again(error: &serenity::Error) -> bool {
    match error {
        serenity::Error::Http(serenity::http::HttpError::UnsuccessfulRequest(response)) => {
            response.status_code.is_server_error() || response.status_code.as_u16() == 429
        }
        serenity::Error::Http(_) => true,
        _ => false,
    }
}

/// serenity's errors carry addresses with tokens in them: only their kind is logged.
fn kind(error: &serenity::Error) -> String {
    match error {
        serenity::Error::Http(serenity::http::HttpError::UnsuccessfulRequest(response)) => {
            format!("{} (code {})", response.status_code, response.error.code)
        }
        serenity::Error::Http(serenity::http::HttpError::Request(error)) if error.is_timeout() => "timeout".into(),
        serenity::Error::Http(_) => "no connection".into(),
        serenity::Error::Json(_) => "an answer that is not what Discord documents".into(),
        _ => "other".into(),
    }
}
