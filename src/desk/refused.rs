//! Why a wish is not fulfilled, as values: the view has the words for each.

use jiff::civil::Weekday;

use crate::case::{CaseNumber, TitleRefused, UpdateRefused};
use crate::follow_up::{Every, FollowUp, Land, phrase};
use crate::id::{ChannelId, RoleId, UserId};
use crate::store::case::CaseLine;
use crate::view::custom_id::Promise;

/// A wish that lacks only which of several times is meant.
#[derive(Debug, Clone, PartialEq)]
pub struct WhichTime {
    /// The times, the sooner first.
    pub readings: Vec<phrase::Reading>,
    /// The time as typed.
    pub when: String,
    /// What was promised, where it was typed beside the time.
    pub what: String,
    /// What the time is for.
    pub then: Then,
}

/// What one press on the time that is meant does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Then {
    /// Writes a promise down.
    Add {
        /// For which case.
        case: Option<CaseNumber>,
        /// How it repeats.
        repeat: Option<Every>,
        /// It comes due when the customer replies.
        wake: bool,
    },
    /// Moves a promise.
    Move(Promise),
    /// Gives a promise the text beside it, and the time.
    Edit(Promise),
    /// Notes when the customer of a case hears from us next.
    Update(CaseNumber),
}

impl Then {
    /// The refusal, with all it takes to be settled by a press where only the choice between several times is missing.
    pub(super) fn or_refused(self, refusal: phrase::Refusal, when: String, what: String) -> Refused {
        match refusal {
            phrase::Refusal::Ambiguous(readings) => {
                Refused::WhichTime(Box::new(WhichTime { readings, when, what, then: self }))
            }
            refusal => Refused::When { refusal, when, what },
        }
    }
}

/// Why a wish is not fulfilled: shown to the person, in their language, with what to do instead.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields carry the names of the types they hold")]
pub enum Refused {
    /// Only works inside a server.
    #[error("not in a guild")]
    NotInGuild,
    /// No agent role is set yet and the caller does not manage the server.
    #[error("no agent role is set")]
    NoAgentRole,
    /// The caller is not an agent.
    #[error("not an agent")]
    NotAgent(RoleId),
    /// Only somebody who manages the server may.
    #[error("not a manager")]
    NotManager,
    /// Only the lead may; carries their role, if there is one.
    #[error("not the lead")]
    NotLead(Option<RoleId>),
    /// The bot cannot listen there.
    #[error("cannot listen there")]
    CannotListen(ChannelId),
    /// As many channels are watched as can be.
    #[error("too many watched channels")]
    TooManyWatched(usize),
    /// No case of this guild answers to that.
    #[error("no such case")]
    NoSuchCase(String),
    /// Several do.
    #[error("several cases")]
    ManyCases(String, Vec<CaseLine>),
    /// No case was named and this is no case's thread.
    #[error("no case here")]
    NoCaseHere,
    /// A title that cannot be kept, with what was typed.
    #[error("title refused")]
    Title(TitleRefused, String),
    /// The case stays as it is, with typed text to hand back if there was any.
    #[error("update refused")]
    Update(UpdateRefused, CaseNumber, Option<String>),
    /// Somebody else changed it at the same moment.
    #[error("changed meanwhile")]
    ChangedMeanwhile(CaseNumber),
    /// A case cannot have its thread in this kind of channel.
    #[error("no place for a case")]
    NoPlace,
    /// The person is not in the guild.
    #[error("person not here")]
    PersonGone(UserId),
    /// The person is no agent.
    #[error("person is no agent")]
    PersonNotAgent(UserId),
    /// The person is a program.
    #[error("person is a bot")]
    PersonIsBot(UserId),
    /// The time is not understood, with what was typed: the time and the promise.
    #[error("time refused")]
    When { refusal: phrase::Refusal, when: String, what: String },
    /// The time can be read in several ways; the rest was fine.
    #[error("several times")]
    WhichTime(Box<WhichTime>),
    /// A promise without text.
    #[error("no text")]
    NoText,
    /// Too long, with the most that fits.
    #[error("too long")]
    TooLong { most: usize, typed: String },
    /// No rule has that name, as typed.
    #[error("no such rule")]
    NoSuchRule(String),
    /// The message is not there any more, or not the caller's.
    #[error("message gone")]
    MessageGone,
    /// No such promise here.
    #[error("no such follow-up")]
    NoSuchFollowUp,
    /// Already done or taken back.
    #[error("follow-up ended")]
    FollowUpEnded,
    /// The reminder is for an older time of the promise; carries the present one, Unix ms.
    #[error("follow-up moved")]
    FollowUpMoved(i64),
    /// No open promise answers to that, as typed.
    #[error("no such promise")]
    NoSuchPromise(String),
    /// Several do.
    #[error("several promises")]
    ManyPromises(String, Vec<FollowUp>),
    /// None was named and there is none here.
    #[error("no promise here")]
    NoPromiseHere,
    /// In a direct message nobody can be chosen.
    #[error("nobody to choose from here")]
    HandOverElsewhere,
    /// The offer was made to somebody else.
    #[error("an offer to somebody else")]
    OfferOf(UserId),
    /// The offer was taken.
    #[error("offer taken")]
    OfferTaken,
    /// A later offer took its place.
    #[error("offer gone")]
    OfferGone,
    /// They have it already.
    #[error("already theirs")]
    AlreadyTheirs(UserId),
    /// The person cannot see the channel the case's thread hangs on.
    #[error("the person cannot see the channel")]
    OutOfReach(UserId, ChannelId),
    /// A rule for repeating that is none, as typed.
    #[error("no rule for repeating")]
    BadRepeat(String),
    /// It repeats on another weekday than the first time is on.
    #[error("repeats on another weekday")]
    RepeatElsewhere { typed: String, first: Weekday },
    /// A time for escalating that is none, as typed.
    #[error("no time for escalating")]
    BadEscalation(String),
    /// Nobody to escalate to.
    #[error("no lead role is set")]
    NoLeadRole,
    /// Nobody's reply to wait for.
    #[error("waking needs a case")]
    WakeWithoutCase,
    /// It is somebody else's.
    #[error("not yours")]
    NotYours(UserId),
    /// What there is here is other people's.
    #[error("none of them is yours")]
    NoneYours(Vec<UserId>),
    /// A zone name that does not exist.
    #[error("no such zone")]
    BadZone(String),
    /// Working hours that are none, as typed.
    #[error("no working hours")]
    BadHours(String),
    /// Working hours that end before they begin, as typed.
    #[error("hours over midnight")]
    HoursOverMidnight(String),
    /// Working days that are none, as typed.
    #[error("no working days")]
    BadDays(String),
    /// A municipal holiday that the team's Land does not have.
    #[error("no such municipal holiday")]
    NoSuchHoliday(Option<Land>),
    /// A Land that does not exist.
    #[error("no such Land")]
    BadLand(String),
    /// A channel that cannot be what it was chosen for.
    #[error("wrong kind of channel")]
    BadChannel(ChannelId),
    /// Everybody on the server cannot be the team.
    #[error("the role of everybody")]
    BadRole,
    /// `/case update` without anything to change.
    #[error("nothing asked")]
    NothingAsked,
    /// A control this version does not know.
    #[error("stale")]
    Stale,
    /// An option whose value is not one of those offered.
    #[error("no such choice")]
    NoSuchChoice(String),
    /// Too much to do at once.
    #[error("busy")]
    Busy,
    /// Only closed cases are erased.
    #[error("the case is open")]
    EraseOpen(CaseNumber),
    /// The database does not answer.
    #[error("the database does not answer")]
    DatabaseGone,
}
