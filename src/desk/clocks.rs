//! The clocks that run beside a case, each a promise the bot writes down itself: the first answer (P103), the next update the
//! customer was promised (P25), the check whether the solution held (P97).
//!
//! Invariant: a case has at most one open clock of each kind, changed in the transaction of what starts, moves or ends it.
//!
//! The first answer counts as given when the case waits for the customer, is resolved or closed, or when somebody says so by the
//! warning's button. Taking a case over is no answer, and the customer's own word is none either.

use jiff::ToSpan;

use super::DeskError;
use crate::case::{Case, Change, Priority, Status};
use crate::follow_up::{Calendar, Kind, State, Terms, lead, phrase};
use crate::id::UserId;
use crate::store::follow_up::NewFollowUp;
use crate::store::guild::Settings;
use crate::store::profile::Profile;
use crate::store::{Conn, delivery, digest, follow_up, guild, profile};

/// A new case: the clock until its first answer starts.
pub(super) async fn opened(c: &mut Conn, case: &Case, settings: &Settings) -> Result<(), DeskError> {
    digest::expect(c, case.guild, None, case.opened_at).await?;
    if settings.first_response == 0 {
        return Ok(());
    }
    let team = Profile::default().calendar(settings);
    let urgent = case.priority == Priority::Urgent;
    let lapses = team.lapses(case.opened_at, settings.first_response, urgent);
    // Where nobody is at work in time, the next who is should still know.
    let due = team.warning(case.opened_at, lapses, urgent).unwrap_or_else(|| team.next_moment(lapses));
    let terms = Terms { kind: Kind::FirstResponse, lapses_at: Some(lapses), ..Terms::default() };
    let clock = clock(case, &team, (case.opener, case.owner.unwrap_or(case.opener)), due, terms);
    follow_up::create(c, &clock).await?;
    Ok(())
}

/// What a change of a case does to its clocks, and what its timeline says about that.
pub(super) async fn followed(
    c: &mut Conn,
    before: &Case,
    next: &Case,
    actor: UserId,
) -> Result<Vec<Change>, DeskError> {
    let mut log = Vec::new();
    if next.status != before.status {
        if matches!(next.status, Status::WaitingCustomer | Status::Resolved | Status::Closed) {
            end(c, next, Kind::FirstResponse).await?;
        }
        if before.status == Status::Closed {
            end(c, next, Kind::SuccessCheck).await?;
        }
        if next.status == Status::Closed {
            log.extend(plan_check(c, next, actor).await?);
        }
    }
    if let Some(owner) = next.owner.filter(|_| next.owner != before.owner) {
        digest::expect(c, next.guild, Some(owner), next.updated_at).await?;
        for &kind in Kind::ALL.iter().filter(|kind| **kind != Kind::Promise) {
            if let Some(mut clock) = follow_up::clock(c, next.guild, next.number, kind).await? {
                clock.assignee = owner;
                // Its time stays: the version does, and so does its reminder.
                let version = clock.version;
                follow_up::save(c, &clock, version).await?;
            }
        }
    }
    Ok(log)
}

/// The customer was told when they hear from us next; the time is the one that was said, the reminder comes before.
pub(super) async fn promise_update(
    c: &mut Conn,
    case: &Case,
    said: &phrase::Reading,
    actor: UserId,
    now_ms: i64,
) -> Result<Change, DeskError> {
    let who = case.owner.unwrap_or(actor);
    let theirs = profile::calendar(c, case.guild, who).await?;
    let lapses = said.due.timestamp().as_millisecond();
    let urgent = case.priority == Priority::Urgent;
    // A time a person said is kept, even where that means a reminder out of hours.
    let due = theirs.warning(now_ms, lapses, urgent).unwrap_or_else(|| lapses - lead(now_ms, lapses));
    let terms = Terms { kind: Kind::Update, lapses_at: Some(lapses), ..Terms::default() };
    let new = NewFollowUp { created_at: now_ms, ..clock(case, &theirs, (actor, who), due, terms) };
    let Some(mut clock) = follow_up::clock(c, case.guild, case.number, Kind::Update).await? else {
        let added = follow_up::create(c, &new).await?;
        return Ok(Change::FollowUpAdded { follow_up: added.id.0, what: added.what, due: lapses, assignee: who });
    };
    let version = clock.version;
    (clock.assignee, clock.civil, clock.zone, clock.due_at) = (who, new.civil, new.zone, due);
    clock.terms = new.terms;
    clock.version += 1;
    follow_up::save(c, &clock, version).await?;
    delivery::cancel_reminder(c, clock.guild, clock.id).await?;
    delivery::want_reminder(c, clock.guild, clock.id, clock.version, due, clock.case).await?;
    Ok(Change::FollowUpMoved { follow_up: clock.id.0, what: clock.what, due: lapses })
}

/// Closing starts the check whether the solution held, at a time when whoever was answerable is at work.
async fn plan_check(c: &mut Conn, case: &Case, actor: UserId) -> Result<Option<Change>, DeskError> {
    let settings = guild::settings(c, case.guild).await?;
    if settings.success_check == 0 {
        return Ok(None);
    }
    let who = case.owner.unwrap_or(actor);
    let theirs = profile::get(c, case.guild, who).await?.calendar(&settings);
    let later = theirs.at(case.updated_at).checked_add(i64::from(settings.success_check).days());
    let asked = later.map_or(case.updated_at, |later| later.timestamp().as_millisecond());
    let computed = theirs.computed(asked, false);
    let terms = Terms { kind: Kind::SuccessCheck, ..Terms::default() };
    let new = clock(case, &theirs, (actor, who), computed.due_at, terms);
    let added = follow_up::create(c, &NewFollowUp { created_at: case.updated_at, ..new }).await?;
    Ok(Some(Change::FollowUpAdded { follow_up: added.id.0, what: added.what, due: added.due_at, assignee: who }))
}

fn clock(case: &Case, theirs: &Calendar, who: (UserId, UserId), due_at: i64, terms: Terms) -> NewFollowUp {
    // Whole seconds: what is shown is what holds.
    let due_at = due_at.div_euclid(1000) * 1000;
    NewFollowUp {
        guild: case.guild,
        case: Some(case.number),
        what: terms.kind.own_words(),
        creator: who.0,
        assignee: who.1,
        civil: theirs.civil(due_at),
        zone: theirs.zone_name().to_owned(),
        due_at,
        channel: case.home,
        created_at: case.opened_at,
        terms,
    }
}

/// Ends a clock without a word: what ended it stands in the timeline already.
async fn end(c: &mut Conn, case: &Case, kind: Kind) -> Result<(), DeskError> {
    let Some(clock) = follow_up::clock(c, case.guild, case.number, kind).await? else { return Ok(()) };
    follow_up::end(c, &clock, State::Done, None, case.updated_at).await?;
    Ok(())
}
