//! Figures of the real process under load. Long, so ignored: `just prove` runs them in release and keeps what they print.
//! The load generator is thin: the loopback Discord with its checks switched off.
#![expect(clippy::print_stdout, clippy::cast_precision_loss, reason = "figures are printed, and small enough for it")]

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use ruhepol::clock::VirtualClock;
use ruhepol::sandbox::{AnswerKind, Discord, Options, World, may};
use serde_json::json;

/// The process on a folder of its own, ended with this value.
struct Running {
    process: Child,
    folder: tempfile::TempDir,
}

impl Running {
    fn start(discord: &Discord, message_content: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let process = Command::new(env!("CARGO_BIN_EXE_ruhepol"))
            .arg("run")
            .env("RUHEPOL_DISCORD__TOKEN", discord.token())
            .env("RUHEPOL_DISCORD__PROXY", discord.base_url())
            .env("RUHEPOL_DISCORD__MESSAGE_CONTENT", message_content.to_string())
            .env("RUHEPOL_DATABASE__URL", format!("sqlite://{}", folder.path().join("r.db").display()))
            .env("RUHEPOL_LOG__LEVEL", "info,ruhepol::delivery=warn")
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("the binary starts");
        Self { process, folder }
    }

    async fn ready(&self) {
        for _ in 0..2_000 {
            if std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default().contains("gateway.ready") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("never ready");
    }

    /// Resident memory, MB.
    fn resident(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn discord(world: World) -> Discord {
    let options = Options { port: 0, data: None, clock: VirtualClock::running(), world, validate: false };
    Discord::start(options).await.expect("the loopback Discord starts")
}

/// Sends `count` commands at `rate` a second, four in five reading; acknowledgement times sorted, and how many had none.
async fn commands(discord: &Discord, count: usize, rate: f64) -> (Vec<Duration>, usize) {
    let (anna, channel) = (discord.world().user("Anna"), discord.world().channel("fälle"));
    let mut ticks = tokio::time::interval(Duration::from_secs_f64(10.0 / rate));
    let mut running = tokio::task::JoinSet::new();
    for n in 0..count {
        if n % 10 == 0 {
            ticks.tick().await;
        }
        let discord = discord.clone();
        running.spawn(async move {
            let case = (n % 50 + 1).to_string();
            let (sub, options) = match n % 5 {
                0 => {
                    ("update", json!([{ "name": "case", "value": case }, { "name": "tag", "value": format!("t{n}") }]))
                }
                1 | 2 => ("show", json!([{ "name": "case", "value": case }])),
                3 => ("list", json!([{ "name": "view", "value": "all" }])),
                _ => ("find", json!([{ "name": "query", "value": "Rechnung" }])),
            };
            let options = json!([{ "name": sub, "type": 1, "options": options }]);
            let answer = discord.command(anna, "de", channel, "case", options, None).await;
            (answer.ack, answer.kind == AnswerKind::Failed)
        });
    }
    let all = running.join_all().await;
    let failed = all.iter().filter(|(_, failed)| *failed).count();
    let mut times: Vec<Duration> = all.into_iter().filter(|(_, failed)| !failed).map(|(ack, _)| ack).collect();
    times.sort();
    (times, failed)
}

fn at(times: &[Duration], share: f64) -> f64 {
    times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3
}

fn report(load: &str, times: &[Duration], failed: usize) {
    let (median, high, longest) = (at(times, 0.5), at(times, 0.99), at(times, 1.0));
    println!(
        "acknowledgement, {load}: p50 {median:.1} ms, p99 {high:.1} ms, longest {longest:.1} ms, unanswered {failed}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes; run by `just prove`"]
async fn every_command_is_acknowledged_in_time_under_load() {
    let discord = discord(World::demo()).await;
    let bot = Running::start(&discord, false);
    bot.ready().await;
    let (admin, channel) = (discord.world().user("Admin"), discord.world().channel("fälle"));
    let setup = json!([
        { "name": "agent_role", "value": discord.world().role("Team").to_string() },
        { "name": "case_channel", "value": channel.to_string() },
    ]);
    discord.command(admin, "de", channel, "setup", setup, None).await;
    for n in 0..50 {
        let options =
            json!([{ "name": "open", "type": 1, "options": [{ "name": "title", "value": format!("Rechnung {n}") }] }]);
        discord.command(admin, "de", channel, "case", options, None).await;
    }
    let (times, failed) = commands(&discord, 10_000, 200.0).await;
    report("200 commands/s, 10,000", &times, failed);
    assert_eq!(failed, 0, "none unanswered");
    assert!(at(&times, 1.0) < 1_000.0, "none above a second");
    let (times, failed) = commands(&discord, 20_000, 2_000.0).await;
    report("2,000 commands/s, 20,000", &times, failed);
    assert_eq!(failed, 0, "answered or refused within 3 s");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes; run by `just prove`"]
async fn start_and_memory_stay_small_with_a_thousand_guilds() {
    let mut world = World::demo();
    for n in 0..1_000 {
        let owner = world.add_user(&format!("owner{n}"), &format!("Owner {n}"), "admin", 0);
        let guild = world.add_guild(&format!("Guild {n}"), "de", owner, may::EVERYONE, 0);
        world.invite_bot(guild, may::BOT, 0);
        world.add_member(guild, owner, &[], 0);
        world.add_channel(guild, ruhepol::sandbox::channel::TEXT, "general", Vec::new(), 0);
    }
    let discord = discord(world).await;
    discord.set(|settings| settings.message_content = true);
    let watch = ruhepol::clock::Stopwatch::start();
    let bot = Running::start(&discord, true);
    bot.ready().await;
    println!("start to commands registered, 1,000 guilds, loopback: {:.0} ms", watch.elapsed().as_secs_f64() * 1e3);
    let (kim, support) = (discord.world().user("Kim"), discord.world().channel("support"));
    for n in 0..10_000 {
        discord.say(kim, support, &format!("Nachricht {n}: Guten Tag, wann kommt mein Paket an?")).await;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let resident = bot.resident();
    println!("resident after 1,000 guilds and 10,000 messages: {resident:.1} MB");
    assert!(resident > 1.0, "the process is there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures; run by `just prove`"]
async fn the_cold_start_with_one_guild() {
    let mut times = Vec::new();
    for _ in 0..5 {
        let discord = discord(World::demo()).await;
        let watch = ruhepol::clock::Stopwatch::start();
        let bot = Running::start(&discord, false);
        bot.ready().await;
        times.push(watch.elapsed());
        drop(bot);
        discord.stop().await;
    }
    times.sort();
    println!("cold start to commands registered, new database, loopback: median {:.0} ms", at(&times, 0.5));
    assert_eq!(times.len(), 5);
}
