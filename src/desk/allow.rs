//! "That was okay": a rule allowed for one person or for the team, after showing what that changes; and taken back.

use std::sync::LazyLock;

use serde::Deserialize;

use super::rights::{self, Rank};
use super::wording::without;
use super::{Caller, Desk, DeskError, Outcome, Refused, Reply};
use crate::id::GuildId;
use crate::locale::Lang;
use crate::store::tone::{self as kept, Allowed, RuleName};
use crate::tone::{Category, Rules};

/// Samples shown in a preview.
const SAMPLES: usize = 3;

crate::case::named! {
    /// For whom something is allowed.
    Scope {
        /// Only for who says so.
        Me = "me",
        /// For everybody on the team; the lead decides.
        Team = "team",
    }
}

/// What allowing a rule, or taking that back, would change.
#[derive(Debug, Clone)]
pub struct Allowance {
    /// The team.
    pub guild: GuildId,
    /// The rule.
    pub rule: RuleName,
    /// What it finds, where that is known.
    pub category: Option<Category>,
    /// Allowing, or taking back.
    pub on: bool,
    /// For whom it can be decided here and now, and is not yet.
    pub scopes: Vec<Scope>,
    /// It is allowed for everybody on the team.
    pub team_has: bool,
    /// What changes.
    pub preview: Preview,
}

/// What a rule alone decides in the examples that ship with the program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// Examples in which only this rule finds something.
    pub count: usize,
    /// Of these, examples that are meant calmly.
    pub calm: usize,
    /// All examples of the language.
    pub of: usize,
    /// Some of them.
    pub samples: Vec<String>,
}

/// Shows what allowing a rule (or taking that back) would change. `typed` names it: `de:insult.name`, or without the language.
pub(super) async fn offer(
    desk: &Desk,
    caller: &Caller,
    guild: Option<GuildId>,
    typed: &str,
    scope: Option<Scope>,
    on: bool,
) -> Outcome {
    let rules = desk.rules.now();
    let rule = named(&rules, typed, caller.lang).ok_or_else(|| Refused::NoSuchRule(typed.to_owned()))?;
    let (guild, lead) = whose(desk, caller, guild).await?;
    if scope == Some(Scope::Team) && !lead {
        return Err(not_lead(desk, caller).await);
    }
    let user = caller.user;
    let allowed = desk
        .store
        .read(move |c| Box::pin(async move { Ok::<_, DeskError>(kept::allowed(c, guild, user).await?) }))
        .await?;
    let holds = |scope: Scope| allowed.iter().any(|one| one.rule == rule && one.team == (scope == Scope::Team));
    let team_has = holds(Scope::Team);
    // What everybody may, nobody needs for themselves as well.
    let open =
        |wanted: &Scope| (scope.is_none() || scope == Some(*wanted)) && holds(*wanted) != on && !(on && team_has);
    let scopes: Vec<Scope> =
        Scope::ALL.iter().copied().filter(open).filter(|scope| lead || *scope == Scope::Me).collect();
    let category = category_of(&rules, &rule);
    let preview = preview(&rules, &rule, &allowed);
    Ok(Reply::AllowanceOffered(Box::new(Allowance { guild, rule, category, on, scopes, team_has, preview })))
}

/// Allows a rule, or takes that back.
pub(super) async fn allow(
    desk: &Desk,
    caller: &Caller,
    guild: GuildId,
    rule: RuleName,
    scope: Scope,
    on: bool,
) -> Outcome {
    if caller.guild.is_some_and(|here| here != guild) || (caller.guild.is_none() && scope == Scope::Team) {
        return Err(Refused::NotInGuild.into());
    }
    if named(&desk.rules.now(), &rule.to_string(), caller.lang).is_none() {
        return Err(Refused::NoSuchRule(rule.to_string()).into());
    }
    let (caller, name) = (caller.clone(), rule.clone());
    desk.store
        .write(move |c| {
            Box::pin(async move {
                // In direct messages roles cannot be asked; there it is only ever about oneself.
                if caller.guild.is_some() {
                    let standing = rights::agent(c, &caller).await?;
                    if scope == Scope::Team && standing.rank < Rank::Lead {
                        return Err(Refused::NotLead(standing.settings.lead_role).into());
                    }
                }
                let who = (scope == Scope::Me).then_some(caller.user);
                if on {
                    kept::allow(c, guild, who, &name).await?;
                } else {
                    kept::disallow(c, guild, who, &name).await?;
                }
                Ok::<_, DeskError>(())
            })
        })
        .await?;
    Ok(Reply::AllowanceSet { rule, scope, on })
}

/// The team it is about, and whether the caller leads there. In direct messages only the button knows the team.
async fn whose(desk: &Desk, caller: &Caller, guild: Option<GuildId>) -> Result<(GuildId, bool), DeskError> {
    match (caller.guild, guild) {
        (None, Some(guild)) => Ok((guild, false)),
        (Some(here), Some(guild)) if here != guild => Err(Refused::NotInGuild.into()),
        _ => {
            let standing = rights::standing(desk, caller).await?;
            Ok((standing.guild, standing.rank >= Rank::Lead))
        }
    }
}

async fn not_lead(desk: &Desk, caller: &Caller) -> DeskError {
    match rights::standing(desk, caller).await {
        Ok(standing) => Refused::NotLead(standing.settings.lead_role).into(),
        Err(error) => error,
    }
}

/// The rule a person means; without a language the reader's is looked at first.
fn named(rules: &Rules, typed: &str, reader: Lang) -> Option<RuleName> {
    let typed = typed.trim().to_lowercase();
    let exists = |name: &RuleName| category_of(rules, name).is_some();
    if let Some(name) = RuleName::parse(&typed) {
        return Some(name).filter(exists);
    }
    let of = |lang| RuleName { lang, id: typed.clone() };
    let other = if reader == Lang::De { Lang::En } else { Lang::De };
    [of(reader), of(other)].into_iter().find(exists)
}

/// What a rule finds; none if there is no such rule. What is found by shape instead of by a pattern is named after its category.
pub(super) fn category_of(rules: &Rules, name: &RuleName) -> Option<Category> {
    let listed = rules.iter().find(|rule| rule.lang == name.lang && rule.id == name.id).map(|rule| rule.category);
    let by_name = || Category::ALL.into_iter().find(|category| name.id.split('.').any(|part| part == category.name()));
    listed.or_else(|| by_name().filter(|_| BY_SHAPE.iter().any(|mark| name.id.contains(mark))))
}

/// What the names of findings that no pattern made have in them.
const BY_SHAPE: [&str; 2] = ["capitals", "learned"];

fn preview(rules: &Rules, rule: &RuleName, allowed: &[Allowed]) -> Preview {
    let others: Vec<Allowed> = allowed.iter().filter(|one| one.rule != *rule).cloned().collect();
    let mut preview = Preview::default();
    for (text, calm) in examples(rules, rule.lang) {
        preview.of += 1;
        let found = without(rules.assess(text, Some(rule.lang)), &others);
        if found.heat == 0 || found.without(|id| id == rule.id).heat > 0 {
            continue;
        }
        preview.count += 1;
        preview.calm += usize::from(calm);
        if preview.samples.len() < SAMPLES {
            preview.samples.push(text.to_owned());
        }
    }
    preview
}

/// One line of the shipped corpus; what else stands there is the trainer's.
#[derive(Deserialize)]
struct Example {
    text: String,
    heat: u8,
}

static CORPUS: LazyLock<[Vec<Example>; 2]> = LazyLock::new(|| {
    let read = |lines: &str| lines.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    [include_str!("../../assets/corpus/de.jsonl"), include_str!("../../assets/corpus/en.jsonl")].map(read)
});

/// Sentences with whether they are meant calmly: the shipped corpus, and those each rule brings along.
fn examples(rules: &Rules, lang: Lang) -> impl Iterator<Item = (&str, bool)> {
    let shipped = &CORPUS[usize::from(lang == Lang::En)];
    let brought = rules.iter().filter(move |rule| rule.lang == lang).flat_map(|rule| {
        let sharp = rule.positive.iter().map(|text| (text.as_str(), false));
        sharp.chain(rule.negative.iter().map(|text| (text.as_str(), true)))
    });
    shipped.iter().map(|example| (example.text.as_str(), example.heat == 0)).chain(brought)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_known_by_its_name_with_or_without_its_language() {
        let rules = Rules::embedded();
        let german = named(&rules, "insult.name", Lang::De).unwrap();
        assert_eq!(german, RuleName { lang: Lang::De, id: "insult.name".into() });
        assert_eq!(named(&rules, " DE:insult.name", Lang::En), Some(german));
        assert_eq!(named(&rules, "insult.gone", Lang::De), None);
        assert_eq!(named(&rules, "fr:insult.name", Lang::De), None);
        let shouting = named(&rules, "shouting.capitals", Lang::De).unwrap();
        assert_eq!(category_of(&rules, &shouting), Some(Category::Shouting));
    }

    #[test]
    fn the_preview_counts_what_only_this_rule_finds() {
        let rules = Rules::embedded();
        let rule = named(&rules, "de:insult.name", Lang::De).unwrap();
        let seen = preview(&rules, &rule, &[]);
        assert!(seen.of > 2_000, "the corpus was read: {}", seen.of);
        assert!(seen.count >= 2 && seen.count < seen.of && seen.samples.len() >= 2, "{seen:?}");
        // Whether it is allowed already changes nothing about what it decides.
        assert_eq!(preview(&rules, &rule, &[Allowed { rule: rule.clone(), team: true }]), seen);
        let twin = Allowed { rule: named(&rules, "de:insult.idiom", Lang::De).unwrap(), team: false };
        assert!(preview(&rules, &rule, &[twin]).count >= seen.count);
    }
}
