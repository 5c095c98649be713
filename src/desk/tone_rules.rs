//! `/tone rules`: everything that is flagged and why, for everybody on the team (P85): no surprises.

use super::{Caller, Desk, DeskError, Outcome, Reply, rights};
use crate::locale::Lang;
use crate::store::tone::{self as kept, Allowed, RuleName};
use crate::tone::{Category, Rule, Rules};

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
    /// A sentence it finds; none where no pattern is behind it: what resembles many examples, or is written in capitals.
    pub example: Option<String>,
    /// Why.
    pub why: String,
    /// What to say instead.
    pub instead: String,
    /// The practice it embodies, if one is named.
    pub practice: Option<String>,
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
    // And what no rule words: nothing is noticed that does not stand here.
    let overview: Vec<(Category, usize)> =
        Category::ALL.into_iter().map(|category| (category, of(category).count() + 1)).collect();
    let category = category.unwrap_or(Category::Insult);
    let pages = (of(category).count() + 1).div_ceil(ON_A_PAGE);
    let page = (page as usize).min(pages - 1);
    let worded = of(category).map(|rule| {
        let example = rule.positive.first().cloned().unwrap_or_default();
        let instead = said_instead(&rules, rule, &example);
        (rule.id.clone(), Some(example), rule.why.clone(), instead, Some(rule.practice.clone()))
    });
    let (why, instead, id) = rules.general(lang, category);
    let all = worded.chain([(id, None, why, instead, None)]);
    let shown = all.skip(page * ON_A_PAGE).take(ON_A_PAGE).map(|(id, example, why, instead, practice)| {
        let name = RuleName { lang, id: id.clone() };
        let allowed = allowed.iter().filter(|one| one.rule == name).cloned().collect();
        let count = counts.iter().find(|(rule, _)| *rule == name).map(|(_, n)| *n);
        RuleShown { id, example, why, instead, practice, allowed, count }
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

/// What a rule suggests for its example: where it takes over the writer's own words, they stand there.
fn said_instead(rules: &Rules, rule: &Rule, example: &str) -> String {
    if !rule.instead.contains('$') {
        return rule.instead.clone();
    }
    let found = rules.assess(example, Some(rule.lang));
    let own = found.findings.into_iter().find(|finding| finding.rule == rule.id);
    own.map_or_else(
        || (1..=9).fold(rule.instead.clone(), |text, n| text.replace(&format!("${n}"), "…")),
        |own| own.instead,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_suggestion_shows_a_sign_only_the_file_knows() {
        let rules = Rules::embedded();
        for rule in rules.iter() {
            let said = said_instead(&rules, rule, &rule.positive[0]);
            assert!(!said.contains('$'), "{}: {said}", rule.id);
        }
    }
}
