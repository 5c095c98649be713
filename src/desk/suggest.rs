//! Live suggestions while somebody types an option: cases by number or words, and the time a phrase would mean.

use jiff::civil::Weekday;
use jiff::{Timestamp, Zoned};

use super::{Caller, Desk, DeskError, promise, rights};
use crate::follow_up::{Calendar, Every, FollowUp, phrase, zones};
use crate::locale::Lang;
use crate::store::case::CaseLine;
use crate::store::tone::RuleName;
use crate::store::{case, profile, search};
use crate::tone::Category;

/// Discord: most suggestions.
const MOST: u32 = 25;

/// What could be meant.
#[derive(Debug, Clone)]
pub enum Suggestions {
    /// These cases.
    Cases(Vec<CaseLine>),
    /// These moments, each with what was assumed.
    Times(Vec<phrase::Reading>),
    /// These time zones, by IANA name.
    Zones(Vec<String>),
    /// These promises, each with its due time on the caller's clock.
    FollowUps(Vec<(FollowUp, Zoned)>),
    /// These rules of repetition, each with the weekday that was typed.
    Repeats(Vec<(Every, Option<Weekday>)>),
    /// These wording rules, each with what it finds and a sentence it finds.
    Rules(Vec<(RuleName, Category, String)>),
}

/// Which option is being typed, and what stands in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Focus {
    /// A case.
    Case(String),
    /// A due time.
    When(String),
    /// A time zone.
    Zone(String),
    /// An open promise.
    FollowUp(String),
    /// How often something repeats.
    Repeat(String),
    /// A wording rule.
    Rule(String),
}

pub(super) async fn suggest(desk: &Desk, caller: &Caller, focus: Focus) -> Result<Suggestions, DeskError> {
    match focus {
        Focus::Case(typed) => cases(desk, caller, typed).await,
        Focus::When(typed) => when(desk, caller, typed).await,
        Focus::FollowUp(typed) => follow_ups(desk, caller, typed).await,
        Focus::Repeat(typed) => Ok(Suggestions::Repeats(Every::suggest(&typed))),
        Focus::Zone(typed) => Ok(Suggestions::Zones(zones::suggest(&typed, MOST as usize))),
        Focus::Rule(typed) => rules(desk, caller, &typed).await,
    }
}

async fn cases(desk: &Desk, caller: &Caller, typed: String) -> Result<Suggestions, DeskError> {
    let caller = caller.clone();
    desk.store
        .read(move |c| {
            Box::pin(async move {
                let guild = rights::agent(c, &caller).await?.guild;
                let typed = typed.trim().trim_start_matches('#');
                let number = typed.parse().ok().filter(|&n: &i64| n > 0);
                let words = if number.is_some() { Vec::new() } else { search::query_words(typed) };
                if number.is_none() && words.is_empty() && !typed.is_empty() {
                    return Ok(Suggestions::Cases(Vec::new()));
                }
                Ok::<_, DeskError>(Suggestions::Cases(case::suggest(c, guild, number, &words, MOST).await?))
            })
        })
        .await
}

async fn follow_ups(desk: &Desk, caller: &Caller, typed: String) -> Result<Suggestions, DeskError> {
    let caller = caller.clone();
    desk.store
        .read(move |c| {
            Box::pin(async move {
                let standing = rights::agent(c, &caller).await?;
                let own = profile::get(c, standing.guild, caller.user).await?.calendar(&standing.settings);
                let here = case::by_thread(c, standing.guild, caller.channel).await?.map(|case| case.number);
                let mut found = promise::candidates(c, &caller, standing.guild).await?;
                found.retain(|one| promise::fits(one, &typed));
                // What belongs to the case at hand comes first, then what is one's own.
                found.sort_by_key(|one| (here.is_none() || one.case != here, one.assignee != caller.user));
                found.truncate(MOST as usize);
                let shown = found.into_iter().map(|one| {
                    let due = own.at(one.due_at);
                    (one, due)
                });
                Ok::<_, DeskError>(Suggestions::FollowUps(shown.collect()))
            })
        })
        .await
}

async fn when(desk: &Desk, caller: &Caller, typed: String) -> Result<Suggestions, DeskError> {
    let asked = caller.clone();
    let own = desk
        .store
        .read(move |c| {
            Box::pin(async move {
                let standing = rights::agent(c, &asked).await?;
                let profile = profile::get(c, standing.guild, asked.user).await?;
                Ok::<_, DeskError>(profile.calendar(&standing.settings))
            })
        })
        .await?;
    if typed.trim().is_empty() {
        return Ok(Suggestions::Times(usual(&own, desk.clock.now(), caller.lang)));
    }
    let readings = match phrase::parse(&typed, &own.context(desk.clock.now(), caller.lang)) {
        Ok(reading) => vec![reading],
        Err(phrase::Refusal::Ambiguous(readings)) => readings,
        Err(_) => Vec::new(),
    };
    Ok(Suggestions::Times(readings.into_iter().take(MOST as usize).collect()))
}

/// Times most people want, while nothing is typed: each when the person is at work.
fn usual(own: &Calendar, now: Timestamp, lang: Lang) -> Vec<phrase::Reading> {
    let context = own.context(now, lang);
    let mut found: Vec<phrase::Reading> = ["in 1 hour", "this afternoon", "tomorrow", "monday"]
        .iter()
        .filter_map(|usual| phrase::parse(usual, &context).ok())
        .map(|reading| {
            let at = own.next_moment(reading.due.timestamp().as_millisecond());
            let due = own.at(at.div_euclid(1000) * 1000);
            phrase::Reading { civil: due.datetime(), due, notes: Vec::new() }
        })
        .collect();
    found.sort_by_key(|reading| reading.due.timestamp());
    found.dedup_by(|later, sooner| later.due == sooner.due);
    found
}

/// Rules of the caller's language first; found by name, or by a sentence they find.
async fn rules(desk: &Desk, caller: &Caller, typed: &str) -> Result<Suggestions, DeskError> {
    rights::standing(desk, caller).await?;
    let rules = desk.rules.now();
    let typed = typed.trim().to_lowercase();
    let hit = |rule: &&crate::tone::Rule| {
        format!("{}:{}", rule.lang.code(), rule.id).contains(&typed)
            || rule.positive.iter().any(|text| text.to_lowercase().contains(&typed))
    };
    let mut found: Vec<_> = rules.iter().filter(hit).collect();
    found.sort_by_key(|rule| rule.lang != caller.lang);
    let worded = found.into_iter().map(|rule| {
        let name = RuleName { lang: rule.lang, id: rule.id.clone() };
        (name, rule.category, rule.positive.first().cloned().unwrap_or_default())
    });
    // What no rule words has a name too, and can be allowed.
    let langs =
        [caller.lang].into_iter().chain(crate::locale::Lang::ALL.into_iter().filter(|&lang| lang != caller.lang));
    let general = langs.flat_map(|lang| crate::tone::Category::ALL.map(|category| (lang, category)));
    let general = general.filter_map(|(lang, category)| {
        let (why, _, id) = rules.general(lang, category);
        let name = RuleName { lang, id };
        name.to_string().contains(&typed).then_some((name, category, why))
    });
    Ok(Suggestions::Rules(worded.chain(general).take(MOST as usize).collect()))
}
