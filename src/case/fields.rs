//! The small closed sets a case's fields take their values from, and the moves between statuses.

/// Defines an enum whose variants have one stable `snake_case` name, used in commands, tables and texts alike.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every value, in the order shown to people.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// Reads a stable name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
pub(crate) use named;

named! {
    /// Where a case stands.
    Status {
        /// Nobody has touched it.
        New = "new",
        /// Being worked on.
        Open = "open",
        /// The customer's move.
        WaitingCustomer = "waiting_customer",
        /// A colleague's move.
        WaitingInternal = "waiting_internal",
        /// Answered; the success check is still to come (P97).
        Resolved = "resolved",
        /// Done.
        Closed = "closed",
    }
}

impl Status {
    /// Whether `/case update status:` may move from here to `to`. new, open and waiting go to each other (never back to
    /// new), to resolved and to closed; resolved goes to closed or open; closed goes nowhere but by reopening.
    pub fn may_become(self, to: Self) -> bool {
        use Status::{Closed, New, Open, Resolved};
        match (self, to) {
            (Closed, _) | (_, New) => false,
            (Resolved, _) => matches!(to, Closed | Open),
            (from, to) => from != to,
        }
    }

    /// Still somebody's work.
    pub const fn is_active(self) -> bool {
        !matches!(self, Self::Resolved | Self::Closed)
    }
}

named! {
    /// How soon a case matters.
    Priority {
        /// When there is time.
        Low = "low",
        /// In turn.
        Normal = "normal",
        /// Before others.
        High = "high",
        /// Now; also outside working hours.
        Urgent = "urgent",
    }
}

named! {
    /// How the customer came to us (P27).
    Via {
        /// A call.
        Phone = "phone",
        /// An e-mail.
        Email = "email",
        /// A chat, here or elsewhere.
        Chat = "chat",
        /// In person.
        InPerson = "in_person",
        /// A letter.
        Letter = "letter",
        /// A social network.
        Social = "social",
        /// Any other way.
        Other = "other",
    }
}

named! {
    /// What kind of conversation partner somebody is in this matter (P1–P11). It picks a guide, it does not judge.
    CustomerType {
        /// Angry, loud (P1).
        Angry = "angry",
        /// Hesitates, asks much (P2, P6).
        Undecided = "undecided",
        /// Expects much (P3).
        Demanding = "demanding",
        /// Talks much (P4).
        Talkative = "talkative",
        /// Doubts (P5).
        Distrustful = "distrustful",
        /// Never satisfied (P8).
        Complaining = "complaining",
        /// Knows better (P9).
        KnowItAll = "know_it_all",
        /// Burnt before (P10).
        Emotional = "emotional",
        /// Wants a steady contact (P11).
        Relational = "relational",
    }
}

named! {
    /// What lies behind a case (P15–P17). Causes are counted, people never.
    Cause {
        /// A misunderstanding.
        Misunderstanding = "misunderstanding",
        /// Different expectations.
        Expectations = "expectations",
        /// Too little information.
        Information = "information",
        /// A delay.
        Delay = "delay",
        /// The quality.
        Quality = "quality",
        /// A change of price.
        Price = "price",
        /// Our rules or procedures (P17).
        Procedure = "procedure",
        /// Different answers on different channels (P17, P29).
        Inconsistent = "inconsistent",
        /// A burden of the customer's own (P16).
        Personal = "personal",
        /// Something else.
        Other = "other",
    }
}

named! {
    /// The lists of `/case list`.
    View {
        /// Owned by the asker, active.
        Mine = "mine",
        /// Active without an owner (P24).
        Unassigned = "unassigned",
        /// Active with a follow-up past due.
        Overdue = "overdue",
        /// Active and heated, mood 2 or more.
        Hot = "hot",
        /// Waiting for a customer or a colleague.
        Waiting = "waiting",
        /// Everything, closed too.
        All = "all",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_move_is_the_one_the_product_describes() {
        use Status::*;
        let active = [New, Open, WaitingCustomer, WaitingInternal];
        for &from in Status::ALL {
            for &to in Status::ALL {
                let expected = match from {
                    _ if to == New || from == to => false,
                    Closed => false,
                    Resolved => to == Closed || to == Open,
                    _ => active.contains(&to) || to == Resolved || to == Closed,
                };
                assert_eq!(from.may_become(to), expected, "{from:?} -> {to:?}");
            }
        }
    }

    #[test]
    fn names_read_back_to_the_same_value() {
        for &status in Status::ALL {
            assert_eq!(Status::from_name(status.name()), Some(status));
        }
        assert_eq!(Status::from_name("offen"), None);
    }
}
