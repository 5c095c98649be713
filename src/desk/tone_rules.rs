//! `/tone rules`: everything that is flagged and why, for everybody on the team (P85): no surprises.

use super::{Caller, Desk, DeskError, Outcome, Reply, rights};
use crate::locale::Lang;
use crate::store::tone::{self as kept, Allowed, RuleName};
use crate::tone::Category;

/// Rules on one page.
const ON_A_PAGE: usize = 5;
/// Counters are only shown in teams where this many take part, and from this count on: a number must not point at anybody.
const MOST_PRIVATE: i64 = 5;
const LEAST_SHOWN: i64 = 10;

/// A page of rules.
#[derive(Debug, Clone)]
pub struct RulesPage {
    /// The language the rules read.
    pub lang: Lang,
    /// What they find.
    pub category: Category,
    /// Counted from 0.
    pub page: u32,
    /// How many there are.
    pub pages: u32,
    /// How many rules of each category there are in this language.
    pub overview: Vec<(Category, usize)>,
    /// This page's.
    pub rules: Vec<RuleShown>,
}

/// One rule, as people read it.
#[derive(Debug, Clone)]
pub struct RuleShown {
    /// Its name.
    pub id: String,
    /// A sentence it finds.
    pub example: String,
    /// Why.
    pub why: String,
    /// What to say instead.
    pub instead: String,
    /// The practice it embodies.
    pub practice: String,
    /// Allowed for the reader or the team.
    pub allowed: Vec<Allowed>,
    /// How often it found something here, where that may be shown.
    pub count: Option<i64>,
}

pub(super) async fn rules(
    desk: &Desk,
    caller: &Caller,
    lang: Option<Lang>,
    category: Option<Category>,
    page: u32,
) -> Outcome {
    let (who, rules) = (caller.clone(), desk.rules.now());
    let (allowed, counts) = desk
        .store
        .read(move |c| {
            Box::pin(async move {
                let guild = rights::agent(c, &who).await?.guild;
                let shown = kept::wishing(c, guild).await? >= MOST_PRIVATE;
                let counts = if shown { kept::counts(c, guild, LEAST_SHOWN).await? } else { Vec::new() };
                Ok::<_, DeskError>((kept::allowed(c, guild, who.user).await?, counts))
            })
        })
        .await?;
    let lang = lang.unwrap_or(caller.lang);
    let of = |category: Category| rules.iter().filter(move |rule| rule.lang == lang && rule.category == category);
    let overview: Vec<(Category, usize)> =
        Category::ALL.into_iter().map(|category| (category, of(category).count())).collect();
    let category = category.unwrap_or(Category::Insult);
    let pages = of(category).count().div_ceil(ON_A_PAGE).max(1);
    let page = (page as usize).min(pages - 1);
    let shown = of(category).skip(page * ON_A_PAGE).take(ON_A_PAGE).map(|rule| {
        let name = RuleName { lang, id: rule.id.clone() };
        RuleShown {
            id: rule.id.clone(),
            example: rule.positive.first().cloned().unwrap_or_default(),
            why: rule.why.clone(),
            instead: rule.instead.clone(),
            practice: rule.practice.clone(),
            allowed: allowed.iter().filter(|one| one.rule == name).cloned().collect(),
            count: counts.iter().find(|(rule, _)| *rule == name).map(|(_, n)| *n),
        }
    });
    let rules = shown.collect();
    Ok(Reply::ToneRules(Box::new(RulesPage {
        lang,
        category,
        page: page as u32,
        pages: pages as u32,
        overview,
        rules,
    })))
}
