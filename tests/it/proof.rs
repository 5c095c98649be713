//! The real process, killed and stopped again and again while it delivers. The ground truth is what people can read at the
//! loopback Discord: nothing lost, nothing doubled, nothing early. The long forms are run by `just prove`.
#![expect(clippy::print_stdout, clippy::cast_precision_loss, reason = "figures are printed, and small enough for it")]

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use ruhepol::case::{Case, CaseNumber, NewCase, open};
use ruhepol::clock::{Stopwatch, VirtualClock};
use ruhepol::follow_up::Terms;
use ruhepol::id::{ChannelId, GuildId, UserId};
use ruhepol::sandbox::{Discord, Options, World, channel, may};
use ruhepol::store::follow_up::NewFollowUp;
use ruhepol::store::{Store, StoreError, case, delivery, follow_up};
use serde_json::Value;

use crate::harness::{id, postgres};

/// Discord's epoch, Unix ms.
const EPOCH: i64 = 1_420_070_400_000;
/// Reminders written in one transaction.
const AT_ONCE: usize = 1_000;

/// Cases of each team, where promises belong to cases.
const CASES: usize = 20;

/// Where the process may die; `:n` is added.
const PLACES: [&str; 4] = ["delivery.claimed", "delivery.sending", "delivery.accepted", "delivery.sent"];

/// A team with one person in it.
#[derive(Debug, Clone, Copy)]
struct Team {
    guild: GuildId,
    person: UserId,
    channel: ChannelId,
    /// Where its cases live. To Discord's limits a thread is a channel like any other.
    places: [ChannelId; CASES],
}

/// A loopback Discord with teams, a database full of promises, and processes that keep them.
struct Stage {
    discord: Discord,
    clock: Arc<VirtualClock>,
    folder: tempfile::TempDir,
    database: String,
    teams: Vec<Team>,
    /// What was promised: the text, its team, and when it is due.
    promised: HashMap<String, (usize, i64)>,
    processes: Vec<Option<Child>>,
    dice: u64,
}

impl Stage {
    async fn new(database: Option<&str>, teams: usize, processes: usize, strict: bool) -> Self {
        let mut world = World::demo();
        let mut made = Vec::new();
        for n in 0..teams {
            let person = world.add_user(&format!("person{n}"), &format!("Person {n}"), "agent", 0);
            let guild = world.add_guild(&format!("Guild {n}"), "de", person, may::EVERYONE, 0);
            world.invite_bot(guild, may::BOT, 0);
            world.add_member(guild, person, &[], 0);
            let home = world.add_channel(guild, channel::TEXT, "general", Vec::new(), 0);
            let places = std::array::from_fn(|n| {
                ChannelId(world.add_channel(guild, channel::TEXT, &format!("case-{n}"), Vec::new(), 0))
            });
            made.push(Team { guild: GuildId(guild), person: UserId(person), channel: ChannelId(home), places });
        }
        let clock = VirtualClock::running();
        let options = Options { port: 0, data: None, clock: Arc::clone(&clock), world, validate: false };
        let discord = Discord::start(options).await.expect("the loopback Discord starts");
        discord.set(|settings| settings.strict_rates = strict);
        let folder = tempfile::tempdir().unwrap();
        let file = format!("sqlite://{}", folder.path().join("r.db").display());
        let database = database.map_or(file, str::to_owned);
        let processes = (0..processes).map(|_| None).collect();
        Self { discord, clock, folder, database, teams: made, promised: HashMap::new(), processes, dice: 7 }
    }

    fn roll(&mut self, sides: u64) -> u64 {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.dice >> 33) % sides
    }

    /// Opens each team's cases, which have their places already and no card.
    async fn open_cases(&self) {
        let store = Store::open(&self.database).await.expect("the database opens");
        let (teams, now) = (self.teams.clone(), self.clock.now_ms());
        store
            .write::<_, StoreError, _>(move |c| {
                Box::pin(async move {
                    for team in &teams {
                        for place in team.places {
                            let number = case::next_number(c, team.guild).await?;
                            case::insert(c, &opened(team, number, place, now), &[]).await?;
                        }
                    }
                    Ok(())
                })
            })
            .await
            .expect("cases are written");
        store.close().await;
    }

    /// Writes promises down before any process runs: `due` gives the team, the case if any, and the time of each.
    async fn promise(&mut self, count: usize, due: impl Fn(usize) -> (usize, Option<CaseNumber>, i64)) {
        let store = Store::open(&self.database).await.expect("the database opens");
        for first in (0..count).step_by(AT_ONCE) {
            let mut some = Vec::new();
            for n in first..count.min(first + AT_ONCE) {
                let (team, case, at) = due(n);
                let what = format!("Versprechen {}", self.promised.len());
                self.promised.insert(what.clone(), (team, at));
                let Team { guild, person, channel, .. } = self.teams[team];
                some.push(NewFollowUp {
                    guild,
                    case,
                    what,
                    creator: person,
                    assignee: person,
                    civil: "2026-11-19T09:00:00".to_owned(),
                    zone: "Europe/Berlin".to_owned(),
                    due_at: at,
                    channel,
                    created_at: self.clock.now_ms(),
                    terms: Terms::default(),
                });
            }
            store
                .write::<_, StoreError, _>(move |c| {
                    Box::pin(async move {
                        for new in &some {
                            let id = follow_up::insert(c, new).await?;
                            delivery::want_reminder(c, new.guild, id, 1, new.due_at, new.case).await?;
                        }
                        Ok(())
                    })
                })
                .await
                .expect("promises are written");
        }
        store.close().await;
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    fn start(&mut self, process: usize, failpoint: Option<&str>) {
        let log = std::fs::File::options().create(true).append(true).open(self.log_file()).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_ruhepol"));
        command
            .arg("run")
            .env("RUHEPOL_DISCORD__TOKEN", self.discord.token())
            .env("RUHEPOL_DISCORD__PROXY", self.discord.base_url())
            .env("RUHEPOL_DATABASE__URL", &self.database)
            .env("RUHEPOL_LOG__LEVEL", "warn")
            .stdout(Stdio::null())
            .stderr(log);
        if let Some(failpoint) = failpoint {
            command.env("RUHEPOL_TEST__FAILPOINT", failpoint);
        }
        self.processes[process] = Some(command.spawn().expect("the binary starts"));
    }

    fn alive(&mut self, process: usize) -> bool {
        self.processes[process].as_mut().is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    /// SIGKILL, if a failpoint has not done it already.
    fn kill(&mut self, process: usize) {
        if let Some(mut child) = self.processes[process].take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    fn signal(&self, process: usize, name: &str) {
        if let Some(child) = &self.processes[process] {
            let sent = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
            assert!(sent.success());
        }
    }

    /// All messages, and when each was sent.
    fn messages(&self) -> impl Iterator<Item = (Value, i64)> {
        let of = |team: &Team| {
            let mut all = self.discord.dms(team.person.0);
            all.extend(team.places.iter().flat_map(|place| self.discord.messages(place.0)));
            all
        };
        self.teams.iter().flat_map(of).map(|message| {
            let sent = (id(&message["id"]) >> 22) as i64 + EPOCH;
            (message, sent)
        })
    }

    /// What can be read of what is asked for: each promise's messages, by when they were sent; how many messages there are.
    fn read(&self) -> (HashMap<&str, Vec<i64>>, usize) {
        let mut shown: HashMap<&str, Vec<i64>> = HashMap::new();
        let mut messages = 0;
        for (message, sent) in self.messages() {
            messages += 1;
            for what in texts(&message) {
                if let Some((what, _)) = self.promised.get_key_value(&what) {
                    shown.entry(what).or_default().push(sent);
                }
            }
        }
        (shown, messages)
    }

    /// Waits until everything can be read, then `rest` longer.
    async fn all_read(&self, patience: Duration, rest: Duration) {
        let watch = Stopwatch::start();
        loop {
            let reading = Stopwatch::start();
            let (shown, _) = self.read();
            if shown.len() == self.promised.len() {
                break;
            }
            assert!(watch.elapsed() < patience, "{} of {}:\n{}", shown.len(), self.promised.len(), self.log());
            // Reading takes from the machine that is measured.
            tokio::time::sleep(Duration::from_millis(500).max(reading.elapsed() * 20)).await;
        }
        tokio::time::sleep(rest).await;
    }

    fn log(&self) -> String {
        let all = std::fs::read_to_string(self.log_file()).unwrap_or_default();
        all.lines().rev().take(30).collect::<Vec<_>>().join("\n")
    }

    /// Everything there once and none early; how late each was, sorted, ms.
    fn judge(&self) -> Vec<i64> {
        let (shown, _) = self.read();
        let mut late = Vec::new();
        for (what, (_, due)) in &self.promised {
            let sent = shown.get(what.as_str()).map(Vec::as_slice).unwrap_or_default();
            assert_eq!(sent.len(), 1, "{what} is there {} times:\n{}", sent.len(), self.log());
            assert!(sent[0] >= *due, "{what} came {} ms early", due - sent[0]);
            late.push(sent[0] - due);
        }
        late.sort_unstable();
        late
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        for process in 0..self.processes.len() {
            self.kill(process);
        }
    }
}

/// The promises a message reminds of: one in bold, or the entries of a list.
fn texts(message: &Value) -> Vec<String> {
    let options = message["components"][0]["components"][0]["options"].as_array();
    if let Some(options) = options {
        let what = |label: &str| label.rsplit(" · ").next().unwrap_or_default().to_owned();
        return options.iter().map(|option| what(option["label"].as_str().unwrap())).collect();
    }
    let content = message["content"].as_str().unwrap();
    content.split("**").nth(1).map(str::to_owned).into_iter().collect()
}

/// An open case in its place.
fn opened(team: &Team, number: CaseNumber, place: ChannelId, now: i64) -> Case {
    let new = NewCase::new(team.guild, "Rechnung", team.channel, team.person);
    let (case, _) = open(new, number, now).unwrap();
    Case { owner: Some(team.person), thread: Some(place), ..case }
}

fn at(sorted: &[i64], share: f64) -> i64 {
    sorted[((sorted.len() - 1) as f64 * share) as usize]
}

fn setting(name: &str, or: usize) -> usize {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(or)
}

/// One process delivers `count` promises to 100 people while it dies `kills` times: half of them at random, half between
/// two named steps. Prints what it found.
async fn survives_kills(engine: &str, database: Option<&str>, count: usize, kills: usize) {
    let mut stage = Stage::new(database, 100, 1, false).await;
    // As long as the deaths take, so that none of them meets an idle process.
    let (now, spread) = (stage.clock.now_ms(), kills as i64 * 1_200);
    stage.promise(count, |n| (n % 100, None, now + n as i64 * spread / count as i64)).await;
    let watch = Stopwatch::start();
    let mut at_places = 0;
    for n in 0..kills {
        let failpoint = (n % 2 == 0).then(|| {
            let place = PLACES[stage.roll(PLACES.len() as u64) as usize];
            format!("{place}:{}", 1 + stage.roll(8))
        });
        stage.start(0, failpoint.as_deref());
        if failpoint.is_some() {
            // However long a busy machine takes to start it, it comes to its steps.
            stage.discord.until(|discord| !discord.bot_online(), Duration::from_secs(1)).await;
            stage.discord.until(ruhepol::sandbox::Discord::bot_online, Duration::from_secs(10)).await;
        }
        let longest = 300 + stage.roll(1_500);
        let born = Stopwatch::start();
        while born.elapsed() < Duration::from_millis(longest) && stage.alive(0) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        at_places += usize::from(!stage.alive(0));
        stage.kill(0);
    }
    stage.start(0, None);
    // A row in doubt is looked for after 60 s and twice the deadline.
    stage.all_read(Duration::from_secs(300 + count as u64 / 15), Duration::from_secs(5)).await;
    let late = stage.judge();
    assert!(kills < 10 || at_places > 0, "no failpoint was reached");
    println!(
        "kills, {engine}: {kills} SIGKILLs ({at_places} between two steps) over {count} deliveries in {:.0} s: 0 lost, 0 \
         doubled, 0 early; lateness p50 {} ms, p99 {} ms",
        watch.elapsed().as_secs_f64(),
        at(&late, 0.5),
        at(&late, 0.99)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_kills_over_five_hundred_deliveries_lose_and_double_nothing_on_sqlite() {
    survives_kills("SQLite", None, 500, 20).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_kills_over_five_hundred_deliveries_lose_and_double_nothing_on_postgres() {
    let Some(database) = postgres::database().await else { return };
    survives_kills("PostgreSQL", Some(&database.url), 500, 20).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes most of an hour; run by `just prove`"]
async fn a_thousand_kills_over_fifty_thousand_deliveries_on_sqlite() {
    survives_kills("SQLite", None, setting("PROVE_DELIVERIES", 50_000), setting("PROVE_KILLS", 1_000)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes most of an hour; run by `just prove`"]
async fn a_thousand_kills_over_fifty_thousand_deliveries_on_postgres() {
    let Some(database) = postgres::database().await else { return };
    let (count, kills) = (setting("PROVE_DELIVERIES", 50_000), setting("PROVE_KILLS", 1_000));
    survives_kills("PostgreSQL", Some(&database.url), count, kills).await;
}

/// Four processes share a database; every few seconds one of them is killed, or stopped for longer than its lease. How late
/// reminders are is how long taking over took.
async fn take_over(seconds: usize) {
    let Some(database) = postgres::database().await else { return };
    let mut stage = Stage::new(Some(&database.url), 20, 4, false).await;
    let (now, count) = (stage.clock.now_ms(), seconds * 5);
    stage.promise(count, |n| (n % 20, None, now + 6_000 + n as i64 * 200)).await;
    for process in 0..4 {
        stage.start(process, None);
    }
    let (watch, mut kills, mut stops) = (Stopwatch::start(), 0, 0);
    while watch.elapsed() < Duration::from_secs(seconds as u64 + 6) {
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        for process in 0..4 {
            if !stage.alive(process) {
                stage.kill(process);
                stage.start(process, None);
            }
        }
        let process = stage.roll(4) as usize;
        if kills <= stops {
            // The next one dies with a row in hand.
            stage.kill(process);
            stage.start(process, Some("delivery.sending:1"));
            kills += 1;
        } else {
            stage.signal(process, "-STOP");
            tokio::time::sleep(Duration::from_millis(if stops % 3 == 0 { 14_000 } else { 2_000 })).await;
            stage.signal(process, "-CONT");
            stops += 1;
        }
    }
    stage.all_read(Duration::from_mins(3), Duration::from_secs(10)).await;
    let late = stage.judge();
    println!(
        "takeover, four processes on one PostgreSQL, {kills} kills and {stops} stops in {seconds} s, {count} deliveries: \
         lateness p50 {} ms, p99 {} ms, longest {} ms; 0 lost, 0 doubled",
        at(&late, 0.5),
        at(&late, 0.99),
        at(&late, 1.0)
    );
    assert!(at(&late, 0.99) <= 15_000, "p99 {} ms", at(&late, 0.99));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_one_of_four_processes_dies_or_stops_the_others_take_over() {
    take_over(16).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes; run by `just prove`"]
async fn when_one_of_four_processes_dies_or_stops_again_and_again_takeover_stays_within_15_s() {
    take_over(setting("PROVE_SECONDS", 300)).await;
}

/// Promises far in the future do not make those that are due now late.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "fills a million promises; run by `just prove`"]
async fn with_a_million_scheduled_and_forty_five_due_a_second_nothing_is_late() {
    let (million, seconds) = (setting("PROVE_SCHEDULED", 1_000_000), setting("PROVE_SECONDS", 60));
    let mut stage = Stage::new(None, 400, 1, false).await;
    let (now, far) = (stage.clock.now_ms(), 30 * 86_400_000);
    stage.promise(million, |n| (n % 400, None, now + far + n as i64)).await;
    stage.promised.clear();
    // Each person once before, so that their direct channels are known: one request a reminder.
    let begin = stage.clock.now_ms() + 5_000;
    stage.promise(400, |n| (n, None, begin + n as i64 * 60)).await;
    let steady = begin + 30_000;
    stage.promise(seconds * 45, |n| (n % 400, None, steady + n as i64 * 1_000 / 45)).await;
    stage.start(0, None);
    stage.promised.retain(|_, (_, due)| *due >= steady);
    // Nobody reads meanwhile.
    let end = steady + seconds as i64 * 1_000;
    tokio::time::sleep(Duration::from_millis((end - stage.clock.now_ms()).max(0).unsigned_abs())).await;
    stage.all_read(Duration::from_secs(120 + seconds as u64), Duration::from_secs(1)).await;
    let late = stage.judge();
    println!(
        "lateness, {million} scheduled, 45 due a second for {seconds} s, SQLite, loopback: p50 {} ms, p99 {} ms, longest {} \
         ms, earliest {} ms",
        at(&late, 0.5),
        at(&late, 0.99),
        at(&late, 1.0),
        late[0]
    );
    assert!(at(&late, 0.99) <= 250, "p99 {} ms", at(&late, 0.99));
}

/// A burst takes as long as Discord's limit makes it, and no team waits for another's crowd.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes; run by `just prove`"]
async fn ten_thousand_due_in_one_second_drain_at_discords_pace_and_fairly() {
    let (count, teams) = (setting("PROVE_DELIVERIES", 10_000), setting("PROVE_TEAMS", 500));
    let mut stage = Stage::new(None, teams, 1, true).await;
    stage.open_cases().await;
    let due = stage.clock.now_ms() + 8_000 + count as i64 / 5;
    // Team by team, as they would be written: the first team's rows are the oldest.
    let of = |n: usize| CaseNumber(1 + (n % CASES) as i64);
    stage.promise(count, |n| (n * teams / count, Some(of(n)), due + (n % 1_000) as i64)).await;
    stage.start(0, None);
    stage.all_read(Duration::from_mins(6), Duration::from_secs(1)).await;
    let late = stage.judge();
    let (shown, messages) = stage.read();
    let mut firsts: HashMap<usize, i64> = HashMap::new();
    for (what, (team, _)) in &stage.promised {
        let first = firsts.entry(*team).or_insert(i64::MAX);
        *first = (*first).min(shown[what.as_str()][0] - due);
    }
    let last_first = firsts.values().max().unwrap();
    let limited = stage.log_lines("discord.limited_everywhere");
    println!(
        "burst, {count} due in one second over {teams} guilds at the loopback's 50 a second: all read after {:.1} s in \
         {messages} messages, no guild's first later than {:.1} s, {limited} limits \
         of the whole bot",
        at(&late, 1.0) as f64 / 1e3,
        *last_first as f64 / 1e3
    );
    assert_eq!(messages, count, "nobody was away, and no two go to one channel, so nothing is bundled");
    assert!(at(&late, 1.0) <= 235_000);
    assert!(*last_first <= 30_000);
    assert_eq!(limited, 0);
}

impl Stage {
    /// Lines of the log that say this.
    fn log_lines(&self, what: &str) -> usize {
        std::fs::read_to_string(self.log_file()).unwrap_or_default().lines().filter(|line| line.contains(what)).count()
    }
}
