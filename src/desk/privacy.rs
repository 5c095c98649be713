//! `/privacy`: what is kept about you, to look at, to take along and to erase; for the lead also what a case says.
//!
//! Everybody may ask about themselves, customers too; nobody about somebody else.

use serde_json::json;

use super::record::{resolve, resolve_locked};
use super::rights::{self, Rank};
use super::{Caller, CaseRef, Desk, DeskError, Outcome, Refused, Reply};
use crate::case::{Case, Status};
use crate::id::{GuildId, UserId};
use crate::store::{Conn, guild, privacy, profile};

/// Most lines taken along; about 2 MB, well below what Discord lets a bot attach.
const LINES: u32 = 10_000;

/// What is wished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrivacyWish {
    /// Say what is kept about me.
    Show,
    /// Give it to me as a file.
    Export,
    /// I want to be erased: say what that means. With a case, the lead wants what it says erased.
    AskErase(Option<CaseRef>),
    /// Erase me. Only from the button under that.
    EraseMe,
    /// Erase what a case says. Only from the button under that.
    EraseCase(CaseRef),
}

pub(super) async fn privacy(desk: &Desk, caller: &Caller, wish: PrivacyWish) -> Outcome {
    let guild = caller.guild.ok_or(Refused::NotInGuild)?;
    let me = caller.user;
    match wish {
        PrivacyWish::Show => show(desk, guild, me).await,
        PrivacyWish::Export => export(desk, guild, me).await,
        PrivacyWish::AskErase(None) => {
            let held = desk.store.read(move |c| Box::pin(async move { privacy::holdings(c, guild, me).await })).await;
            Ok(Reply::EraseMeAsked(held.map_err(DeskError::from)?))
        }
        PrivacyWish::AskErase(Some(which)) => {
            let caller = caller.clone();
            desk.store
                .read(move |c| {
                    Box::pin(async move {
                        let guild = lead(c, &caller).await?;
                        let case = resolve(c, guild, &caller, &which).await?;
                        Ok::<_, DeskError>(Reply::EraseCaseAsked { case: over(case)? })
                    })
                })
                .await
        }
        PrivacyWish::EraseMe => {
            let now_ms = desk.clock.now_ms();
            desk.store
                .write(move |c| {
                    Box::pin(async move {
                        privacy::erase_person(c, guild, me, now_ms).await?;
                        Ok::<_, DeskError>(Reply::Erased(privacy::holdings(c, guild, me).await?))
                    })
                })
                .await
        }
        PrivacyWish::EraseCase(which) => {
            let (caller, now_ms) = (caller.clone(), desk.clock.now_ms());
            desk.store
                .write(move |c| {
                    Box::pin(async move {
                        let guild = lead(c, &caller).await?;
                        let case = over(resolve_locked(c, guild, &caller, &which).await?)?;
                        let lang = guild::settings(c, guild).await?.lang;
                        let placeholder = format!("{} ({})", case.number, erased_word(lang));
                        privacy::erase_case(c, &case, &placeholder, now_ms).await?;
                        Ok::<_, DeskError>(Reply::CaseErased { case })
                    })
                })
                .await
        }
    }
}

async fn show(desk: &Desk, guild: GuildId, me: UserId) -> Outcome {
    desk.store
        .read(move |c| Box::pin(async move { Ok::<_, DeskError>(Reply::Held(privacy::holdings(c, guild, me).await?)) }))
        .await
}

/// A file a program can read; dates are UTC, so that it reads the same anywhere.
async fn export(desk: &Desk, guild: GuildId, me: UserId) -> Outcome {
    desk.store
        .read(move |c| {
            Box::pin(async move {
                let held = privacy::holdings(c, guild, me).await?;
                let lines = privacy::lines(c, guild, me, LINES).await?;
                let at = |ms: i64| jiff::Timestamp::from_millisecond(ms).map(|at| at.to_string()).unwrap_or_default();
                let lines = lines.iter().map(|line| {
                    let what: serde_json::Value = serde_json::from_str(&line.body).unwrap_or_default();
                    json!({ "case": line.case_number, "at": at(line.at), "what": what })
                });
                let own = profile::get(c, guild, me).await?;
                let profile = held.profile.then(|| {
                    json!({
                        "timezone": own.zone,
                        "hours": own.hours.map(|hours| hours.stored()),
                        "language": own.lang.map(crate::locale::Lang::code),
                        "morning_digest": own.digest,
                    })
                });
                let numbers: Vec<i64> = held.customer_of.iter().map(|number| number.0).collect();
                let all = json!({
                    "guild": guild.to_string(),
                    "user": me.to_string(),
                    "customer_of_cases": numbers,
                    "owner_of_cases": held.owner_of,
                    "promises_open": held.promises_open,
                    "promises_ended": held.promises_ended,
                    "profile": profile,
                    "entries": lines.collect::<Vec<_>>(),
                });
                Ok::<_, DeskError>(Reply::Exported(format!("{all:#}").into_bytes()))
            })
        })
        .await
}

/// Refuses everybody below the lead.
async fn lead(c: &mut Conn, caller: &Caller) -> Result<GuildId, DeskError> {
    let standing = rights::agent(c, caller).await?;
    if standing.rank < Rank::Lead {
        Err(Refused::NotLead(standing.settings.lead_role).into())
    } else {
        Ok(standing.guild)
    }
}

/// Only what is over is erased: an open case without words could not be worked on.
fn over(case: Case) -> Result<Case, Refused> {
    if case.status == Status::Closed { Ok(case) } else { Err(Refused::EraseOpen(case.number)) }
}

/// The title of an erased case stays in the data, so it is written once, in the team's language.
const fn erased_word(lang: crate::locale::Lang) -> &'static str {
    match lang {
        crate::locale::Lang::De => "gelöscht",
        crate::locale::Lang::En => "erased",
    }
}
