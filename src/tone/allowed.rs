//! An assessment without what somebody deliberately allowed.

use super::{Assessment, Finding};

impl Assessment {
    /// The same without the findings whose rule is allowed, with heat and score to match what is left.
    #[must_use]
    pub fn without(mut self, allowed: impl Fn(&str) -> bool) -> Self {
        let before = self.findings.len();
        self.findings.retain(|finding| !allowed(&finding.rule));
        if self.findings.len() == before {
            return self;
        }
        let own = |finding: &&Finding| !finding.quoted;
        let strongest = self.findings.iter().filter(own).map(|finding| finding.severity).max().unwrap_or(0);
        if strongest == 0 {
            self.score = 0.0;
        }
        // What is left is no hotter than its strongest words, nor than the whole was.
        self.heat = self.heat.min(strongest);
        self
    }
}

#[cfg(test)]
mod tests {
    use crate::locale::Lang;
    use crate::tone::Rules;

    #[test]
    fn what_is_allowed_is_gone_and_what_is_left_decides() {
        let rules = Rules::embedded();
        let text = "Ihr seid echte Trottel. Das ist nicht unser Problem.";
        let all = rules.assess(text, Some(Lang::De));
        assert!(all.heat >= 2 && all.findings.len() >= 2, "{all:?}");
        let insult = all.findings.iter().max_by_key(|finding| finding.severity).expect("one").rule.clone();
        let left = all.clone().without(|rule| rule == insult);
        assert!(left.heat < all.heat && left.findings.iter().all(|finding| finding.rule != insult), "{left:?}");
        let none = all.clone().without(|_| true);
        assert!(none.heat == 0 && none.findings.is_empty() && none.score < f32::EPSILON);
        assert_eq!(all.clone().without(|_| false), all);
    }
}
