//! PURE. What a process knows of the next minute, and which of it comes next.
//!
//! Invariants: nothing is picked before it is due or while it rests; of a lane only the first that is ready; the team that
//! was served longest ago comes first, so that a crowd of one team's reminders keeps no other waiting. The table is the
//! truth: what is held here is thrown away at every look and only says which rows to try to claim.

use std::collections::{HashMap, HashSet};

use crate::id::GuildId;
use crate::store::bundle::Crowd;
use crate::store::delivery::Coming;

/// Teams remembered before all are forgotten; then the one with the oldest reminder comes first again.
const TEAMS: usize = 50_000;

/// The next minute.
#[derive(Debug, Default)]
pub struct Agenda {
    rows: Vec<Coming>,
    /// Lanes somebody of us went into since the last look.
    entered: HashSet<String>,
    /// When each team was last served, counted in rows.
    served: HashMap<GuildId, u64>,
    turn: u64,
}

/// A row to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pick {
    /// Which.
    pub id: i64,
    /// Others go out together with it: whose team's, which, and due before when.
    pub crowd: Option<(GuildId, Crowd, i64)>,
}

impl Agenda {
    /// Takes what the table says now instead of what was known.
    pub fn look(&mut self, rows: Vec<Coming>) {
        self.rows = rows;
        self.entered.clear();
    }

    /// The next rows to try, at most `most`. `now` is the bot's clock, `real` the lease clock; due before its team's
    /// `missed` and not tried since means that an outage swallowed it. As far as a look reaches it also says what comes due at
    /// once in one channel.
    pub fn pick(&mut self, now: i64, real: i64, missed: impl Fn(GuildId) -> i64, most: usize) -> Vec<Pick> {
        let mut picked = Vec::new();
        if most == 0 || !self.rows.iter().any(|row| row.due_at <= now && row.free_at <= real) {
            return picked;
        }
        let mut closed: HashSet<String> = self.entered.clone();
        closed.extend(self.rows.iter().filter(|row| row.held && row.free_at > real).map(|row| row.lane.clone()));
        let crowds = self.crowds(now, real);
        while picked.len() < most {
            let ready = self
                .rows
                .iter()
                .enumerate()
                .filter(|(_, row)| row.due_at <= now && row.free_at <= real && !closed.contains(&row.lane));
            let served = |guild| self.served.get(&guild).copied().unwrap_or(0);
            let Some((at, _)) = ready.min_by_key(|(_, row)| (served(row.guild), row.due_at, row.id)) else { break };
            let row = self.rows.swap_remove(at);
            self.turn += 1;
            if self.served.len() >= TEAMS {
                self.served.clear();
            }
            self.served.insert(row.guild, self.turn);
            closed.insert(row.lane.clone());
            let missed = missed(row.guild);
            let crowd = match row.loose {
                Some(user) if row.due_at < missed => Some((row.guild, Crowd::Missed(user), missed)),
                _ => channel(&row).filter(|of| crowds.contains(of)).map(|(guild, crowd)| (guild, crowd, now + 1)),
            };
            picked.push(Pick { id: row.id, crowd });
            self.entered.insert(row.lane);
        }
        picked
    }

    /// What is due at once in one channel, as far as a look reaches.
    fn crowds(&self, now: i64, real: i64) -> HashSet<(GuildId, Crowd)> {
        let mut counts = HashMap::new();
        let ready = self.rows.iter().filter(|row| row.due_at <= now && row.free_at <= real);
        ready.filter_map(channel).for_each(|of| *counts.entry(of).or_insert(0) += 1);
        counts.into_iter().filter(|((_, crowd), count)| *count >= crowd.least()).map(|(of, _)| of).collect()
    }

    /// Nothing known could be picked now.
    pub fn is_idle(&self, now: i64, real: i64) -> bool {
        !self.rows.iter().any(|row| row.due_at <= now && row.free_at <= real && !self.entered.contains(&row.lane))
    }

    /// Milliseconds until the next row comes due or is free; none: not as far as known.
    pub fn next_in(&self, now: i64, real: i64) -> Option<i64> {
        let waits = self.rows.iter().filter(|row| !self.entered.contains(&row.lane));
        waits.map(|row| (row.due_at - now).max(row.free_at - real)).filter(|wait| *wait > 0).min()
    }
}

/// The channel a loose reminder goes to first.
fn channel(row: &Coming) -> Option<(GuildId, Crowd)> {
    row.loose.map(|user| (row.guild, row.case.map_or(Crowd::Direct(user), Crowd::Case)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::CaseNumber;
    use crate::id::UserId;

    fn row(id: i64, guild: u64, due_at: i64) -> Coming {
        Coming {
            id,
            guild: GuildId(guild),
            lane: format!("l{id}"),
            due_at,
            free_at: 0,
            held: false,
            loose: None,
            case: None,
        }
    }

    fn ids(picked: &[Pick]) -> Vec<i64> {
        picked.iter().map(|pick| pick.id).collect()
    }

    #[test]
    fn nothing_is_picked_a_millisecond_early_and_everything_is_at_or_after_its_time() {
        let mut agenda = Agenda::default();
        agenda.look(vec![row(1, 1, 100)]);
        assert_eq!(agenda.pick(99, 0, |_| 0, 8), []);
        assert_eq!(agenda.next_in(99, 0), Some(1));
        assert_eq!(ids(&agenda.pick(100, 0, |_| 0, 8)), [1], "due exactly now");
        agenda.look(vec![row(1, 1, 100)]);
        assert_eq!(ids(&agenda.pick(5_000, 0, |_| 0, 8)), [1], "its moment was jumped over");
    }

    #[test]
    fn a_row_that_rests_or_is_held_waits_and_holds_up_its_lane_only_while_held() {
        let mut agenda = Agenda::default();
        let held = Coming { lane: "a".into(), held: true, free_at: 50, ..row(1, 1, 0) };
        let behind = Coming { lane: "a".into(), ..row(2, 1, 0) };
        agenda.look(vec![held.clone(), behind.clone()]);
        assert_eq!(agenda.pick(10, 49, |_| 0, 8), []);
        assert_eq!(agenda.next_in(10, 49), Some(1));
        assert_eq!(ids(&agenda.pick(10, 50, |_| 0, 8)), [1], "its lease has run out");
        agenda.look(vec![Coming { held: false, ..held }, behind]);
        assert_eq!(ids(&agenda.pick(10, 49, |_| 0, 8)), [2], "the other only rests");
    }

    #[test]
    fn of_a_lane_one_goes_at_a_time() {
        let mut agenda = Agenda::default();
        let rows: Vec<Coming> = (1..=3).map(|id| Coming { lane: "a".into(), ..row(id, 1, 0) }).collect();
        agenda.look(rows);
        assert_eq!(ids(&agenda.pick(10, 10, |_| 0, 8)), [1]);
        assert_eq!(agenda.pick(10, 10, |_| 0, 8), [], "until the next look");
        assert_eq!(agenda.next_in(10, 10), None);
    }

    #[test]
    fn the_team_served_longest_ago_comes_first_across_looks() {
        let mut agenda = Agenda::default();
        let crowd = || (1..=500).map(|id| row(id, 1 + (id as u64 - 1) / 100, id)).collect::<Vec<_>>();
        let mut gone = HashSet::new();
        let mut firsts = Vec::new();
        for _ in 0..10 {
            agenda.look(crowd().into_iter().filter(|row| !gone.contains(&row.id)).collect());
            for pick in agenda.pick(1_000, 0, |_| 0, 1) {
                gone.insert(pick.id);
                firsts.push((pick.id - 1) / 100);
            }
        }
        assert_eq!(firsts, [0, 1, 2, 3, 4, 0, 1, 2, 3, 4]);
    }

    #[test]
    fn what_was_missed_says_whose_it_is() {
        let mut agenda = Agenda::default();
        let loose = |id, due_at| Coming { loose: Some(UserId(7)), ..row(id, 1, due_at) };
        agenda.look(vec![loose(1, 10), loose(2, 20), row(3, 2, 10)]);
        let picked = agenda.pick(30, 0, |_| 20, 8);
        let missed: Vec<_> = picked.iter().map(|pick| (pick.id, pick.crowd)).collect();
        assert_eq!(missed, [(1, Some((GuildId(1), Crowd::Missed(UserId(7)), 20))), (3, None), (2, None)]);
    }

    #[test]
    fn three_that_come_due_at_once_in_one_channel_are_a_crowd_and_two_are_none() {
        let loose = |id, case: Option<i64>| Coming {
            loose: Some(UserId(7)),
            case: case.map(CaseNumber),
            lane: case.map_or_else(|| format!("l{id}"), |number| format!("c{number}")),
            ..row(id, 1, 10)
        };
        let crowds = |rows: Vec<Coming>| -> Vec<_> {
            let mut agenda = Agenda::default();
            agenda.look(rows);
            agenda.pick(30, 0, |_| 0, 8).into_iter().map(|pick| pick.crowd).collect()
        };
        let direct = Some((GuildId(1), Crowd::Direct(UserId(7)), 31));
        assert_eq!(crowds((1..=3).map(|id| loose(id, None)).collect()), [direct; 3]);
        assert_eq!(crowds((1..=2).map(|id| loose(id, None)).collect()), [None; 2]);
        let later = Coming { due_at: 31, ..loose(3, None) };
        assert_eq!(crowds(vec![loose(1, None), loose(2, None), later]), [None; 2], "the third is not due yet");
        assert_eq!(crowds(vec![loose(1, None), loose(2, None), loose(3, Some(4))]), [None; 3], "another channel");
        let thread = Some((GuildId(1), Crowd::Case(CaseNumber(4)), 31));
        assert_eq!(crowds((1..=3).map(|id| loose(id, Some(4))).collect()), [thread], "one lane, one at a time");
        let tried = Coming { loose: None, ..loose(3, None) };
        assert_eq!(crowds(vec![loose(1, None), loose(2, None), tried]), [None; 3], "was tried before");
    }
}
