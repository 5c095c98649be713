//! A million cases: lists and suggestions as fast as with ten thousand, finding within 50 ms.
//!
//! `cargo test --release --test it -- --ignored --nocapture store::scale` fills both engines and reports;
//! `RUHEPOL_SCALE_TEAMS=1` puts all cases into one team (reported, not asserted: the promise is for teams of 10 000).
#![expect(clippy::print_stdout, reason = "a report for whoever runs it")]
#![expect(clippy::cast_precision_loss, reason = "small numbers")]

use ruhepol::case::View;
use ruhepol::clock::Stopwatch;
use ruhepol::id::{GuildId, UserId};
use ruhepol::store::case::{find, list, suggest};
use ruhepol::store::search;
use sqlx::Connection;

use super::{Fresh, in_read};

/// Cases of one team, as in the promise about finding.
const TEAM_SIZE: usize = 10_000;
const ROUNDS: usize = 4_000;
/// 2026-11-21, Unix ms.
const NOW: i64 = 1_795_000_000_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "fills a million cases; minutes"]
async fn a_million_cases_on_sqlite() {
    let (small, large) = (Fresh::sqlite().await, Fresh::sqlite().await);
    compare(&small, &large).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "fills a million cases; minutes"]
async fn a_million_cases_on_postgres() {
    let (Some(small), Some(large)) = (Fresh::postgres().await, Fresh::postgres().await) else {
        return;
    };
    compare(&small, &large).await;
}

async fn compare(small: &Fresh, large: &Fresh) {
    let teams = setting("RUHEPOL_SCALE_TEAMS", 100);
    let cases = setting("RUHEPOL_SCALE_CASES", 1_000_000);
    fill(small, 1, TEAM_SIZE).await;
    fill(large, teams, cases / teams).await;
    for (what, bound) in [(What::List, true), (What::Suggest, true), (What::Find, false)] {
        // Interleaved, so that a disturbance of the machine meets both.
        let mut times = [Vec::new(), Vec::new()];
        for round in 0..ROUNDS {
            times[0].push(ask(small, 1, what, round).await);
            times[1].push(ask(large, teams, what, round).await);
        }
        let [before, after] = times.map(|times| (percentile(&times, 50), percentile(&times, 99)));
        println!(
            "{:?} {what:?}: {TEAM_SIZE} cases p50 {} us p99 {} us; {cases} cases p50 {} us p99 {} us",
            large.store, before.0, before.1, after.0, after.1
        );
        if teams > 1 {
            assert!(!bound || after.1 <= 2 * before.1, "p99 more than doubled");
            assert!(after.1 <= 50_000, "p99 over 50 ms");
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum What {
    List,
    Suggest,
    Find,
}

/// One question to a team; microseconds from asking to having the answer.
async fn ask(db: &Fresh, teams: usize, what: What, round: usize) -> u64 {
    let mut dice = Dice(round as u64 * 7919 + 1);
    let team = GuildId(1 + dice.below(teams) as u64);
    let me = UserId(100 + dice.below(8) as u64);
    let watch = Stopwatch::start();
    match what {
        What::List => {
            let view = View::ALL[dice.below(View::ALL.len())];
            let page = dice.below(3) as u32;
            let page = in_read!(db.store, c => list(c, team, view, me, NOW, page).await).unwrap();
            assert!(!page.cases.is_empty());
        }
        What::Suggest => {
            let word = dice.word();
            let begun: String = word.chars().take(1 + dice.below(6)).collect();
            let (number, typed) = match dice.below(4) {
                0 => (None, String::new()),
                1 => (Some(1 + dice.below(99) as i64), String::new()),
                _ => (None, begun),
            };
            let words = search::query_words(&typed);
            let lines = in_read!(db.store, c => suggest(c, team, number, &words, 25).await).unwrap();
            assert!(!lines.is_empty(), "{number:?} {typed:?}");
        }
        What::Find => {
            let typed: Vec<String> = (0..=dice.below(3)).map(|_| dice.word()).collect();
            let words = search::query_words(&typed.join(" "));
            in_read!(db.store, c => find(c, team, &words, 25).await).unwrap();
        }
    }
    watch.elapsed().as_micros() as u64
}

pub(super) fn percentile(times: &[u64], percent: usize) -> u64 {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)]
}

fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).ok().map_or(default, |value| value.parse().expect("a number"))
}

/// Repeatable chance (splitmix64).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit as u64) as usize
    }

    /// A word as cases have them: few are common, many are rare (about 4 000 in all).
    pub(super) fn word(&mut self) -> String {
        const STEMS: [&str; 40] = [
            "rechnung",
            "lieferung",
            "vertrag",
            "konto",
            "zahlung",
            "mahnung",
            "kunde",
            "anfrage",
            "termin",
            "rabatt",
            "adresse",
            "paket",
            "gerät",
            "anschluss",
            "störung",
            "passwort",
            "zugang",
            "umzug",
            "kündigung",
            "retoure",
            "garantie",
            "ersatz",
            "gutschrift",
            "angebot",
            "bestellung",
            "versand",
            "filiale",
            "hotline",
            "antwort",
            "frist",
            "schaden",
            "karte",
            "gebühr",
            "tarif",
            "router",
            "signal",
            "beratung",
            "monteur",
            "meldung",
            "fehler",
        ];
        // Squaring twice makes the first ones common.
        let share = self.below(10_000) as f64 / 10_000.0;
        let rank = (share.powi(4) * 4_000.0) as usize;
        let stem = STEMS[rank % STEMS.len()];
        if rank < STEMS.len() { stem.to_owned() } else { format!("{stem}{}", syllables(rank / STEMS.len())) }
    }
}

fn syllables(mut n: usize) -> String {
    const PARTS: [&str; 10] = ["bau", "dorf", "feld", "gut", "haus", "kamp", "land", "mark", "nord", "park"];
    let mut text = String::new();
    while n > 0 {
        text.push_str(PARTS[n % 10]);
        n /= 10;
    }
    text
}

/// Fills teams 1, 2, … with cases, behind the store's back since this is a hundred times faster.
async fn fill(db: &Fresh, teams: usize, size: usize) {
    let watch = Stopwatch::start();
    let mut forms = std::collections::HashMap::<String, Vec<String>>::new();
    for team in 1..=teams {
        let mut dice = Dice(team as u64);
        let (mut cases, mut words, mut promises) = (Vec::new(), Vec::new(), Vec::new());
        for number in 1..=size {
            let title: Vec<String> = (0..4 + dice.below(5)).map(|_| dice.word()).collect();
            let mut found_by: Vec<String> = vec![number.to_string()];
            for word in &title {
                found_by.extend(forms.entry(word.clone()).or_insert_with(|| search::words(word)).iter().cloned());
            }
            found_by.sort();
            found_by.dedup();
            // Most cases are closed, the newest are at work.
            let active = number * 20 > size * 19 || dice.below(100) == 0;
            let status = match (active, dice.below(4)) {
                (false, _) => "closed",
                (true, 0) => "waiting_customer",
                (true, 1) => "waiting_internal",
                (true, _) => "open",
            };
            let owner = (dice.below(4) > 0).then(|| 100 + dice.below(8));
            let mood = dice.below(4);
            cases.push(serde_json::json!([
                number,
                title.join(" "),
                status,
                owner,
                mood,
                u8::from(active),
                format!(" {} ", found_by.join(" "))
            ]));
            if active && dice.below(2) == 0 {
                let due = NOW + (dice.below(200) as i64 - 100) * 3_600_000;
                promises.push(serde_json::json!([number, 100 + dice.below(8), due]));
            }
            words.extend(found_by.into_iter().map(|word| (word, number)));
        }
        words.sort();
        let json = [serde_json::json!(cases), serde_json::json!(words), serde_json::json!(promises)];
        insert(db, team as i64, size as i64, &json.map(|rows| rows.to_string())).await;
    }
    // As autovacuum does; on SQLite the plans must be right without.
    if !db.is_sqlite() {
        db.behind("vacuum analyze").await.unwrap();
    }
    println!("{:?}: {teams} teams of {size} filled in {:?}", db.store, watch.elapsed());
}

async fn insert(db: &Fresh, team: i64, size: i64, json: &[String; 3]) {
    const TEAM: &str = "insert into guild (guild_id, last_number) values ($1, $2)";
    const COLUMNS: &str = "insert into case_file (guild_id, number, title, customer, status, priority, owner, opener,
        mood, tags, home, opened_at, updated_at, version, active, words)";
    const PROMISES: &str = "insert into follow_up (guild_id, case_number, what, creator, assignee, civil, zone, due_at,
        channel, state, created_at, version)";
    if db.is_sqlite() {
        let texts = [
            format!(
                "{COLUMNS} select $1, value->>0, value->>1, 'Kundin', value->>2, 'normal', value->>3, 1, value->>4, '[]',
                 1, 1, 1, 1, value->>5, value->>6 from json_each($2)"
            ),
            "insert into case_word select $1, value->>0, value->>1 from json_each($2)".to_owned(),
            format!(
                "{PROMISES} select $1, value->>0, 'Rückruf', 1, value->>1, '', '', value->>2, 1, 'open', 1, 1
                 from json_each($2)"
            ),
        ];
        let mut connection = sqlx::SqliteConnection::connect(&db.url).await.unwrap();
        let mut work = connection.begin().await.unwrap();
        sqlx::query(TEAM).bind(team).bind(size).execute(&mut *work).await.unwrap();
        for (text, rows) in texts.into_iter().zip(json) {
            sqlx::query(sqlx::AssertSqlSafe(text)).bind(team).bind(rows).execute(&mut *work).await.unwrap();
        }
        work.commit().await.unwrap();
    } else {
        let texts = [
            format!(
                "{COLUMNS} select $1, (v->>0)::bigint, v->>1, 'Kundin', v->>2, 'normal', (v->>3)::bigint, 1,
                 (v->>4)::bigint, '[]', 1, 1, 1, 1, (v->>5)::bigint, v->>6 from json_array_elements($2::json) v"
            ),
            "insert into case_word select $1, v->>0, (v->>1)::bigint from json_array_elements($2::json) v".to_owned(),
            format!(
                "{PROMISES} select $1, (v->>0)::bigint, 'Rückruf', 1, (v->>1)::bigint, '', '', (v->>2)::bigint, 1, 'open',
                 1, 1 from json_array_elements($2::json) v"
            ),
        ];
        let mut connection = sqlx::PgConnection::connect(&db.url).await.unwrap();
        let mut work = connection.begin().await.unwrap();
        sqlx::query(TEAM).bind(team).bind(size).execute(&mut *work).await.unwrap();
        for (text, rows) in texts.into_iter().zip(json) {
            sqlx::query(sqlx::AssertSqlSafe(text)).bind(team).bind(rows).execute(&mut *work).await.unwrap();
        }
        work.commit().await.unwrap();
    }
}
