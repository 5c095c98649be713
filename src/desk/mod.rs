//! What the bot does, one file per behaviour: load, decide (pure), save in one transaction, give a [`Reply`] back.
//!
//! Every wish arrives as a [`Wish`] with the [`Caller`] who has it; [`Desk::act`] is the one way in. Each behaviour checks
//! rights inside its own transaction, at the moment of effect.

mod add_follow_up;
mod allow;
mod assign_case;
mod caller;
mod check_tone;
mod clocks;
mod close_case;
mod digest;
mod end_follow_up;
mod find_case;
mod guild;
mod hand_over;
mod haste;
mod hear;
mod list_cases;
mod list_follow_ups;
mod move_follow_up;
mod my_tone;
mod note_case;
mod nudge;
mod offer_follow_up;
mod open_case;
mod pause;
mod places;
mod privacy;
mod profile;
mod promise;
mod record;
mod refused;
mod report;
mod rights;
mod setup;
mod show_case;
mod success_check;
mod suggest;
mod tone_rules;
mod update_case;
mod wake;
mod warm_case;
mod warmth;
mod watch;
mod wording;

pub use crate::store::watch::Watched;
pub use add_follow_up::AddFollowUp;
pub use allow::{Allowance, Preview, Scope};
pub use caller::{Caller, CaseRef, Person};
pub use check_tone::{Checked, Hints, Promised};
pub use haste::Haste;
pub use hear::{Heard, TakenIn};
pub use list_follow_ups::ListFollowUps;
pub use move_follow_up::{MoveNotes, To};
pub use my_tone::MyTone;
pub use nudge::{About, Whisper, Whispering, Word};
pub use open_case::OpenCase;
pub use places::Places;
pub use privacy::PrivacyWish;
pub use profile::{ProfileReport, ProfileWish};
pub use promise::PromiseRef;
pub use refused::{Refused, Then, WhichTime};
pub use setup::{SetupReport, SetupWish};
pub use suggest::{Focus, Suggestions};
pub use tone_rules::{RuleShown, RulesPage};

use std::sync::Arc;

use crate::case::{Case, CaseNumber, Change, Changes, Entry, View};
use crate::chat::{Chat, Right};
use crate::clock::Clock;
use crate::follow_up::{FollowUp, FollowUpId, State};
use crate::id::{ChannelId, GuildId, MessageId, UserId};
use crate::locale::Lang;
use crate::report::{Numbers, Range};
use crate::store::case::{CaseLine, Page};
use crate::store::follow_up::{Line, Lines};
use crate::store::privacy::Holdings;
use crate::store::tone::RuleName;
use crate::store::{Store, StoreError};
use crate::tone;
use crate::view::custom_id::{Promise, PromiseList};

/// Everything people can want.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields carry the names of the types they hold")]
pub enum Wish {
    /// `/case open` and the form behind *Open case*.
    OpenCase(OpenCase),
    /// `/case show`.
    ShowCase(CaseRef),
    /// `/case list`, and turning its pages.
    ListCases { view: View, page: u32 },
    /// `/case find`.
    FindCases { query: String },
    /// `/case update`; an owner is named as a person so that it can be checked, the next update in words.
    UpdateCase { case: CaseRef, changes: Changes, owner: Option<Person>, next_update: Option<String> },
    /// `/case note`.
    NoteCase { case: CaseRef, text: String },
    /// `/case claim`.
    ClaimCase(CaseRef),
    /// `/case assign`.
    AssignCase { case: CaseRef, to: Person },
    /// `/case close`.
    CloseCase { case: CaseRef, resolution: Option<String> },
    /// `/case reopen`.
    ReopenCase(CaseRef),
    /// The card's Status button.
    OfferStatus(CaseNumber),
    /// A form, if its owner may use it.
    Ask(Form),
    /// `/followup add`.
    AddFollowUp(AddFollowUp),
    /// `/followup list`.
    ListFollowUps(ListFollowUps),
    /// One of the list.
    ShowFollowUp(FollowUpId),
    /// `/followup done` and a reminder's Done.
    EndFollowUp { which: PromiseRef, outcome: Option<String> },
    /// `/followup cancel` and Undo.
    CancelFollowUp { which: PromiseRef, reason: Option<String> },
    /// `/followup snooze` and a reminder's times.
    MoveFollowUp { which: PromiseRef, to: To },
    /// The form behind Change.
    EditFollowUp { promise: Promise, what: String, when: String },
    /// Hand over: to whom?
    OfferHandOver(Promise),
    /// To this person.
    HandOver { promise: Promise, to: Person },
    /// To somebody who was chosen by name.
    HandOverTo { promise: Promise, to: UserId },
    /// Send what could not be delivered again.
    RetryFollowUp(Promise),
    /// A success check's answer: did the solution hold?
    AnswerCheck { promise: Promise, satisfied: bool },
    /// A morning's overview: no more of them, or again.
    SwitchMornings { guild: GuildId, on: bool },
    /// A text-less reminder's Show.
    RevealFollowUp(Promise),
    /// *Check tone* and the form behind `/draft`.
    CheckTone { text: String, draft: bool },
    /// `/tone me`; without a switch it only shows.
    MyTone { on: Option<bool> },
    /// `/tone rules`, and turning its pages.
    ToneRules { lang: Option<Lang>, category: Option<tone::Category>, page: u32 },
    /// `/tone allow` and "that was okay": shows what it would change.
    OfferAllowance { guild: Option<GuildId>, rule: String, scope: Option<Scope>, on: bool },
    /// What was offered, decided.
    Allow { guild: GuildId, rule: RuleName, scope: Scope, on: bool },
    /// A word's *Calmer words*: about the writer's own message.
    CalmerWords { guild: GuildId, channel: ChannelId, message: MessageId },
    /// *Wait 10 minutes*, below a checked text or a private word.
    Pause(GuildId),
    /// A word's *Not again today*.
    RestWords(GuildId),
    /// A word's *Switch off*.
    EndWords(GuildId),
    /// `/tone watch`; without a channel it only shows.
    Watch { channel: Option<ChannelId>, on: bool },
    /// `/privacy`.
    Privacy(PrivacyWish),
    /// `/report`.
    Report(Range),
    /// `/help`.
    Help,
    /// `/setup`.
    Setup(SetupWish),
    /// `/profile`.
    Profile(ProfileWish),
}

impl Wish {
    /// The longest text somebody typed for this: handed back where it could not be kept.
    pub fn typed(&self) -> Option<String> {
        match self {
            Self::OpenCase(wish) => Some(wish.title.clone()),
            Self::UpdateCase { changes, .. } => changes.title.clone(),
            Self::CloseCase { resolution, .. } => resolution.clone(),
            Self::AddFollowUp(wish) => Some(wish.what.clone()),
            Self::Profile(wish) => wish.hours.clone(),
            Self::EndFollowUp { outcome: text, .. } | Self::CancelFollowUp { reason: text, .. } => text.clone(),
            Self::EditFollowUp { what, .. } => Some(what.clone()),
            Self::NoteCase { text, .. } | Self::CheckTone { text, draft: true } => Some(text.clone()),
            _ => None,
        }
    }
}

/// A form to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields carry the names of the types they hold")]
pub enum Form {
    /// Open a case from a message.
    OpenCase { channel: ChannelId, message: MessageId, author: Option<UserId>, title: String, customer: String },
    /// A note on a case.
    Note(CaseNumber),
    /// A promise for a case.
    FollowUp(CaseNumber),
    /// A promise for a case that waits for somebody, with a time that makes sense.
    AskAgain { case: CaseNumber, when: String },
    /// A promise somebody just made in a case's thread, due at this time (Unix s), and the delivery that offered it; the desk
    /// fills in how the time is written.
    Remind { case: CaseNumber, due: i64, offer: i64, when: String },
    /// Close a case.
    Close(CaseNumber),
    /// Another time for a promise.
    PickTime(Promise),
    /// A promise's text and time, filled in with what they are.
    EditFollowUp { promise: Promise, what: String, when: String },
    /// A draft to look at.
    Draft,
    /// A promise found in a draft.
    Promise(Promised),
}

/// What came of a wish.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the fields carry the names of the types they hold")]
pub enum Reply {
    /// A new case, and the rights without which its card cannot be placed.
    Opened { case: Case, missing: Vec<Right> },
    /// One case, with its promises whose reminder reached nobody.
    Shown { case: Case, entries: Vec<Entry>, next: Option<FollowUp>, undelivered: Vec<Line> },
    /// A page of a list.
    Listed { view: View, page: u32, lines: Page },
    /// What a search found, newest first.
    Found { query: String, lines: Vec<CaseLine> },
    /// A case with what changed.
    Changed { case: Case, log: Vec<Change> },
    /// The statuses a case may go to.
    StatusOffered { case: Case },
    /// A form.
    Form(Form),
    /// A promise written down.
    FollowUpAdded { follow_up: FollowUp, notes: Box<MoveNotes> },
    /// A success check answered; the reminder shows it, in the guild's language.
    Checked { case: Case, satisfied: bool, by: UserId, lang: Lang },
    /// No more overviews in the morning, or again.
    MorningsSwitched { guild: GuildId, on: bool },
    /// Promises, soonest first.
    FollowUps { lines: Lines, shown: PromiseList, now_ms: i64 },
    /// A promise kept or taken back, and the next one of what repeats; the reminder shows it, in the guild's language.
    FollowUpEnded { follow_up: FollowUp, next: Option<FollowUp>, by: UserId, lang: Lang },
    /// A promise moved; the reminder shows it, in the guild's language.
    FollowUpMoved { follow_up: FollowUp, by: UserId, lang: Lang, notes: Box<MoveNotes> },
    /// To whom shall it be handed over? Among these by name, or else among everybody of the server.
    HandOverOffered { follow_up: FollowUp, promise: Promise, people: Option<Vec<(UserId, String)>> },
    /// A promise that somebody else owes now.
    FollowUpHandedOver { follow_up: FollowUp },
    /// A reminder that is sent once more.
    FollowUpRetried { follow_up: FollowUp, lang: Lang },
    /// A promise with its text, for one reader, and why its reminder reached nobody.
    FollowUpShown { follow_up: FollowUp, case: Option<Case>, promise: Promise, undelivered: Option<String> },
    /// Wording looked at.
    Tone(Box<Checked>),
    /// What is kept of a person for tone.
    MyTone(Box<MyTone>),
    /// What is flagged and why.
    ToneRules(Box<RulesPage>),
    /// What allowing a rule would change.
    AllowanceOffered(Box<Allowance>),
    /// A rule allowed, or no longer.
    AllowanceSet { rule: RuleName, scope: Scope, on: bool },
    /// A pause until then, Unix ms.
    Paused { until: i64 },
    /// No private word before this, Unix ms.
    WordsRest { until: i64 },
    /// No private words any more.
    WordsOff,
    /// The channels in which customers' words are noticed, and whether the bot may read them at all.
    Watched { channels: Vec<ChannelId>, reads_words: bool },
    /// What is kept about the caller.
    Held(Holdings),
    /// The same as a file.
    Exported(Vec<u8>),
    /// What erasing the caller would do.
    EraseMeAsked(Holdings),
    /// What erasing a case would do.
    EraseCaseAsked { case: Case },
    /// Erased, and what is left.
    Erased(Holdings),
    /// What this case said is erased.
    CaseErased { case: Case },
    /// The team's numbers.
    Report { range: Range, numbers: Numbers },
    /// The help page.
    Help { agent: bool },
    /// What is set, what is missing.
    Setup(SetupReport),
    /// What somebody set for themselves.
    Profile(ProfileReport),
}

/// Refused to the person, or failed inside.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// To be shown.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// To be logged once and answered with one fixed sentence.
    #[error("{0}")]
    Internal(String),
}

impl From<StoreError> for DeskError {
    fn from(error: StoreError) -> Self {
        if error.is_unavailable() {
            tracing::error!(%error, "the database does not answer");
            Self::Refused(Refused::DatabaseGone)
        } else {
            Self::Internal(error.to_string())
        }
    }
}

/// What a behaviour gives back.
pub type Outcome = Result<Reply, DeskError>;

/// Everything a behaviour may use.
#[derive(Clone)]
pub struct Desk {
    /// The memory.
    pub store: Store,
    /// The chat platform; behaviours only ask it about channels, effects go through the outbox.
    pub chat: Arc<dyn Chat>,
    /// The time.
    pub clock: Clock,
    /// Whether Discord lets the bot read what people write (the privileged Message Content intent).
    pub reads_words: bool,
    /// The wording rules in use; exchanged as a whole when their files change.
    pub rules: Arc<tone::Live>,
    /// Which optional hints drafts get.
    pub hints: Hints,
    /// Who is being told something right now.
    pub whispering: Arc<Whispering>,
    /// Who answers customers at once right now.
    pub haste: Arc<Haste>,
    /// Channels found in order a short while ago.
    pub places: Arc<Places>,
    /// Called after a commit that left something to deliver: a hint, never the truth.
    pub wake: Arc<dyn Fn() + Send + Sync>,
}

impl Desk {
    /// Fulfils a wish, or says why not.
    pub async fn act(&self, caller: &Caller, wish: Wish) -> Outcome {
        let outcome = match wish {
            Wish::OpenCase(wish) => open_case::open_case(self, caller, wish).await,
            Wish::ShowCase(case) => show_case::show_case(self, caller, case).await,
            Wish::ListCases { view, page } => list_cases::list_cases(self, caller, view, page).await,
            Wish::FindCases { query } => find_case::find_cases(self, caller, query).await,
            Wish::UpdateCase { case, changes, owner, next_update } => {
                update_case::update_case(self, caller, case, changes, owner, next_update).await
            }
            Wish::NoteCase { case, text } => note_case::note_case(self, caller, case, text).await,
            Wish::ClaimCase(case) => assign_case::claim_case(self, caller, case).await,
            Wish::AssignCase { case, to } => assign_case::assign_case(self, caller, case, to).await,
            Wish::CloseCase { case, resolution } => close_case::close_case(self, caller, case, resolution).await,
            Wish::ReopenCase(case) => close_case::reopen_case(self, caller, case).await,
            Wish::OfferStatus(number) => update_case::offer_status(self, caller, number).await,
            Wish::Ask(form) => show_case::ask(self, caller, form).await,
            Wish::AddFollowUp(wish) => add_follow_up::add_follow_up(self, caller, wish).await,
            Wish::ListFollowUps(wish) => list_follow_ups::list_follow_ups(self, caller, wish).await,
            Wish::ShowFollowUp(id) => list_follow_ups::show_follow_up(self, caller, id).await,
            Wish::EndFollowUp { which, outcome } => {
                end_follow_up::end_follow_up(self, caller, which, outcome, State::Done).await
            }
            Wish::CancelFollowUp { which, reason } => {
                end_follow_up::end_follow_up(self, caller, which, reason, State::Cancelled).await
            }
            Wish::MoveFollowUp { which, to } => move_follow_up::move_follow_up(self, caller, which, to).await,
            Wish::EditFollowUp { promise, what, when } => {
                move_follow_up::edit_follow_up(self, caller, promise, what, when).await
            }
            Wish::OfferHandOver(promise) => hand_over::offer(self, caller, promise).await,
            Wish::HandOver { promise, to } => hand_over::hand_over(self, caller, promise, to).await,
            Wish::HandOverTo { promise, to } => hand_over::hand_over_to(self, caller, promise, to).await,
            Wish::RetryFollowUp(promise) => list_follow_ups::retry_follow_up(self, caller, promise).await,
            Wish::RevealFollowUp(promise) => list_follow_ups::reveal_follow_up(self, caller, promise).await,
            Wish::AnswerCheck { promise, satisfied } => {
                success_check::answer_check(self, caller, promise, satisfied).await
            }
            Wish::SwitchMornings { guild, on } => digest::switch_mornings(self, caller, guild, on).await,
            Wish::CheckTone { text, draft } => check_tone::check_tone(self, caller, text, draft).await,
            Wish::MyTone { on } => my_tone::my_tone(self, caller, on).await,
            Wish::ToneRules { lang, category, page } => tone_rules::rules(self, caller, lang, category, page).await,
            Wish::OfferAllowance { guild, rule, scope, on } => {
                allow::offer(self, caller, guild, &rule, scope, on).await
            }
            Wish::Allow { guild, rule, scope, on } => allow::allow(self, caller, guild, rule, scope, on).await,
            Wish::CalmerWords { guild, channel, message } => {
                check_tone::calmer_words(self, caller, guild, channel, message).await
            }
            Wish::Pause(guild) => pause::pause(self, caller, guild).await,
            Wish::RestWords(guild) => my_tone::rest(self, caller, guild).await,
            Wish::EndWords(guild) => my_tone::off(self, caller, guild).await,
            Wish::Watch { channel, on } => watch::watch_channel(self, caller, channel, on).await,
            Wish::Privacy(wish) => privacy::privacy(self, caller, wish).await,
            Wish::Report(range) => report::report(self, caller, range).await,
            Wish::Help => rights::help(self, caller).await,
            Wish::Setup(wish) => setup::setup(self, caller, wish).await,
            Wish::Profile(wish) => profile::profile(self, caller, wish).await,
        };
        if matches!(
            outcome,
            Ok(Reply::Opened { .. }
                | Reply::Changed { .. }
                | Reply::FollowUpAdded { .. }
                | Reply::FollowUpEnded { .. }
                | Reply::FollowUpHandedOver { .. }
                | Reply::FollowUpRetried { .. }
                | Reply::Checked { .. }
                | Reply::FollowUpMoved { .. }
                | Reply::Erased(_)
                | Reply::CaseErased { .. }
                | Reply::Setup(_))
        ) {
            (self.wake)();
        }
        outcome
    }

    /// Suggestions for the option being typed.
    pub async fn suggest(&self, caller: &Caller, focus: Focus) -> Result<Suggestions, DeskError> {
        suggest::suggest(self, caller, focus).await
    }
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Desk")
    }
}
