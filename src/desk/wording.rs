//! Reading words as they land in one team for one person: what was deliberately allowed is not found.

use std::sync::Arc;

use super::{Desk, DeskError};
use crate::id::{GuildId, UserId};
use crate::locale::Lang;
use crate::store::tone::{self as kept, Allowed, RuleName};
use crate::tone::{Assessment, Rules};

/// Rules and what is allowed; for one text after the other.
pub(super) struct Reader {
    pub rules: Arc<Rules>,
    pub allowed: Vec<Allowed>,
}

impl Reader {
    /// A reader with what holds for somebody in a team; in no team nothing is allowed.
    pub async fn of(desk: &Desk, guild: Option<GuildId>, user: UserId) -> Result<Self, DeskError> {
        let allowed = match guild {
            Some(guild) => {
                desk.store
                    .read(move |c| Box::pin(async move { Ok::<_, DeskError>(kept::allowed(c, guild, user).await?) }))
                    .await?
            }
            None => Vec::new(),
        };
        Ok(Self { rules: desk.rules.now(), allowed })
    }

    /// What a text was found to be.
    pub fn read(&self, text: &str) -> Assessment {
        without(self.rules.assess(text, None), &self.allowed)
    }

    /// The whole text in calmer words, where that is one: nothing sharp left in it, nothing left open.
    pub fn calmer(&self, text: &str, assessment: &Assessment) -> Option<String> {
        self.rules.calmer_to_send(text, assessment, |id| is_allowed(&self.allowed, assessment.lang, id))
    }
}

/// An assessment without what is allowed.
pub(super) fn without(assessment: Assessment, allowed: &[Allowed]) -> Assessment {
    let lang = assessment.lang;
    assessment.without(|id| is_allowed(allowed, lang, id))
}

fn is_allowed(allowed: &[Allowed], lang: Lang, id: &str) -> bool {
    allowed.iter().any(|one| one.rule.lang == lang && one.rule.id == id)
}

/// The rules behind the writer's own words, each once.
pub(super) fn rules_of(assessment: &Assessment) -> Vec<RuleName> {
    let mut rules: Vec<RuleName> = Vec::new();
    for finding in assessment.findings.iter().filter(|finding| !finding.quoted) {
        let name = RuleName { lang: assessment.lang, id: finding.rule.clone() };
        if !rules.contains(&name) {
            rules.push(name);
        }
    }
    rules
}
