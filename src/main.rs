//! Arguments, logging, exit code. Everything else is the library's.

use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use ruhepol::app::{self, StartError, signals};
use ruhepol::clock::Clock;
use ruhepol::config::{Config, LogFormat};
use ruhepol::discord::Ended;
use ruhepol::follow_up::Land;
use ruhepol::lines;
use ruhepol::locale::Lang;
use ruhepol::store::OpenError;
use tracing_subscriber::EnvFilter;

/// A calm centre for support teams on Discord: cases, calm wording, promises kept.
///
/// Try it first: `ruhepol sandbox` opens a Discord of its own on a local page, without a token and without
/// configuration. Then give it a token and `ruhepol run` connects it to the real one.
///
/// Results go to stdout, logs to stderr. Exit codes: 0 fine, 1 failed, 2 wrong usage or configuration.
#[derive(Parser)]
#[command(version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Connect to Discord and work until stopped.
    ///
    /// Needs a token: `RUHEPOL_DISCORD__TOKEN`, or `RUHEPOL_DISCORD__TOKEN_FILE` with the path of a file that holds it. Every key
    /// of the configuration can be set by environment in the same way; config.example.toml explains them.
    Run {
        /// Configuration file; the environment has the last word.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Try Ruhepol on a local page, without Discord and without a token.
    ///
    /// Prints the page's address. The conversation and the bot's memory are kept in the data folder and survive restarts.
    /// Listens on this machine only.
    #[cfg(feature = "sandbox")]
    Sandbox {
        /// Port of the page on 127.0.0.1; 0 takes any free one.
        #[arg(long, default_value_t = 4567)]
        port: u16,
        /// Folder for the bot's database and the sandbox's own file.
        #[arg(long, default_value = "./ruhepol-sandbox/", value_name = "DIR")]
        data: PathBuf,
        /// Address to listen on; anything but loopback is refused.
        #[arg(long, default_value = "127.0.0.1", hide = true)]
        bind: std::net::IpAddr,
        /// Play a conversation that shows all three jobs, leave it on the page and go on serving.
        #[arg(long)]
        demo: bool,
        /// Language of the demonstration: de or en.
        #[arg(long, default_value = "de", value_parser = ["de", "en"], requires = "demo")]
        language: String,
    },
    /// Check configuration and database without connecting.
    Check {
        /// Configuration file; the environment has the last word.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Look at wording: lines in, one JSON object a line out.
    ///
    /// A line is plain text, or {"id","text","lang"?}. Out comes {"id","lang","heat","score","findings"} with offsets in Unicode
    /// scalar values. Nothing is stored or sent.
    Tone {
        /// Threads to work with; order is kept. Default: one per core.
        #[arg(long, value_name = "N")]
        threads: Option<usize>,
        /// For people instead of programs: the message with the words marked, why, and calmer words.
        #[arg(long)]
        explain: bool,
        /// Lines carry labels, {"text","heat"} or {"text","y"}: print figures instead of answers.
        ///
        /// Macro-F1 of heat ≥ 1, precision and recall at heat ≥ 2, false alarms per 1,000 calm messages, flagged lines with "trap",
        /// precision by category, messages per second on one core.
        #[arg(long, conflicts_with = "explain")]
        stats: bool,
    },
    /// Read times in words: lines in, one JSON object a line out.
    ///
    /// A line is plain text such as "morgen 9 Uhr" or "in 3 business days", or {"id","text","now"?,"zone"?,"land"?,"lang"?}. Out comes
    /// {"id","due","reading","readings"?,"error"?}; a phrase that can be read in two ways has no due, but readings.
    When {
        /// The time it is, RFC 3339; default is this machine's.
        #[arg(long, value_name = "RFC3339")]
        now: Option<jiff::Timestamp>,
        /// IANA zone in which times are meant.
        #[arg(long, default_value = "Europe/Berlin", value_name = "IANA")]
        zone: String,
        /// German Land whose public holidays are no working days, such as NW.
        #[arg(long, value_name = "LAND")]
        land: Option<String>,
        /// Language of what is said about a phrase, de or en, where the line does not name one; else the phrase's own.
        #[arg(long, value_name = "LANG")]
        lang: Option<String>,
    },
}

/// Exit codes beside 0.
const FAILED: u8 = 1;
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match arguments.command {
        Command::Run { config } => run(config.as_deref()),
        #[cfg(feature = "sandbox")]
        Command::Sandbox { port, data, bind, demo, language } => {
            sandbox(port, data, bind, demo.then(|| Lang::from_code(&language).unwrap_or_default()))
        }
        Command::Check { config } => check(config.as_deref()),
        Command::Tone { threads, explain, stats } => tone(threads, explain, stats),
        Command::When { now, zone, land, lang } => when(now, &zone, land.as_deref(), lang.as_deref()),
    };
    match outcome {
        Ok(code) => code,
        Err((code, message)) => {
            let _ = writeln!(std::io::stderr(), "ruhepol: {message}");
            ExitCode::from(code)
        }
    }
}

/// Done, or an exit code with a sentence.
type Outcome = Result<ExitCode, (u8, String)>;

fn run(file: Option<&Path>) -> Outcome {
    let config = load(file)?;
    log(&config);
    runtime()?.block_on(async {
        let stop = signals::stop_signal().map_err(failed)?;
        ended(app::run(&config, clock()?, stop).await)
    })
}

#[cfg(feature = "sandbox")]
fn sandbox(port: u16, data: PathBuf, bind: std::net::IpAddr, demo: Option<Lang>) -> Outcome {
    if !bind.is_loopback() {
        let reason = format!("--bind {bind}: the sandbox has no passwords, so it listens on 127.0.0.1 only");
        return Err((USAGE, reason));
    }
    log(&Config::default());
    runtime()?.block_on(async {
        let stop = signals::stop_signal().map_err(failed)?;
        let playground = app::playground::Playground { port, data, demo };
        let announce = |url: &str| {
            let mut out = std::io::stdout();
            // A closed stdout is no reason not to serve.
            let _ = writeln!(out, "{url}").and_then(|()| out.flush());
        };
        ended(playground.serve(stop, announce).await)
    })
}

fn check(file: Option<&Path>) -> Outcome {
    let config = load(file)?;
    log(&config);
    runtime()?.block_on(async { app::check(&config).await.map_err(|error| start_error(&error)) })?;
    let _ = writeln!(std::io::stdout(), "Configuration and database are fine.");
    Ok(ExitCode::SUCCESS)
}

/// Bytes that `ruhepol tone` may keep of what was worked out of the rules, for each language.
const ROOM: usize = 32 << 20;

fn tone(threads: Option<usize>, explain: bool, stats: bool) -> Outcome {
    // A command that ends may take more memory than a bot that stays.
    let rules = ruhepol::tone::Rules::embedded().with_room(ROOM);
    let threads = threads.or_else(|| std::thread::available_parallelism().ok().map(usize::from)).unwrap_or(1);
    let input = BufReader::new(std::io::stdin());
    let output = std::io::stdout().lock();
    let fine = if stats {
        lines::stats::run(input, output, &rules)
    } else if explain {
        lines::explain::run(input, output, &rules, &ruhepol::locale::Texts::embedded())
    } else {
        lines::tone::run(input, output, &rules, threads.max(1))
    };
    answered(fine)
}

/// How reading lines ends. Whoever has read enough (`| head`) closes the pipe: nothing failed then.
fn answered(fine: std::io::Result<bool>) -> Outcome {
    match fine {
        Ok(true) => Ok(ExitCode::SUCCESS),
        Ok(false) => Ok(ExitCode::from(FAILED)),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        Err(error) => Err(failed(error)),
    }
}

fn when(now: Option<jiff::Timestamp>, zone: &str, land: Option<&str>, lang: Option<&str>) -> Outcome {
    let now = match now {
        Some(now) => now,
        None => clock()?.now(),
    };
    let no_zone = |_| (USAGE, format!("--zone {zone}: no such zone; examples: Europe/Berlin, Europe/Vienna, UTC"));
    let zone = jiff::tz::TimeZone::get(zone).map_err(no_zone)?;
    let land = match land {
        Some(code) => {
            let known = Land::from_code(code);
            Some(known.ok_or_else(|| (USAGE, format!("--land {code}: no such Land; examples: NW, BY, BE")))?)
        }
        None => None,
    };
    let no_lang = |code| (USAGE, format!("--lang {code}: no such language; there are de and en"));
    let lang = lang.map(|code| Lang::from_code(code).ok_or_else(|| no_lang(code))).transpose()?;
    let defaults = lines::when::Defaults { now, zone, land, lang };
    answered(lines::run_when(BufReader::new(std::io::stdin()), std::io::stdout().lock(), &defaults))
}

fn load(file: Option<&Path>) -> Result<Config, (u8, String)> {
    let environment: Vec<_> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    Config::load(file, &environment).map_err(|error| (USAGE, error.to_string()))
}

fn log(config: &Config) {
    let filter = EnvFilter::try_new(&config.log.level).unwrap_or_else(|_| EnvFilter::new("info"));
    // serenity logs its requests, with tokens in their addresses, at debug.
    let filter = ["serenity=warn", "sqlx=warn", "hyper=warn", "reqwest=warn"].iter().fold(filter, |filter, quiet| {
        match quiet.parse() {
            Ok(directive) => filter.add_directive(directive),
            Err(_) => filter,
        }
    });
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.log.format {
        LogFormat::Json => lines.json().init(),
        LogFormat::Text => lines.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).init(),
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, (u8, String)> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(failed)
}

#[cfg_attr(not(feature = "testing"), expect(clippy::unnecessary_wraps, reason = "only a test's clock can be wrong"))]
fn clock() -> Result<Clock, (u8, String)> {
    #[cfg(feature = "testing")]
    if let Ok(value) = std::env::var("RUHEPOL_TEST__CLOCK") {
        return Clock::for_test(&value).map_err(|reason| (USAGE, format!("RUHEPOL_TEST__CLOCK: {reason}")));
    }
    Ok(Clock::system())
}

fn ended(outcome: Result<Ended, StartError>) -> Outcome {
    match outcome.map_err(|error| start_error(&error))? {
        Ended::Stopped => Ok(ExitCode::SUCCESS),
        Ended::BadToken => Err((
            USAGE,
            "Discord does not accept the token (4004). Copy the present one from the developer portal, section Bot, and set \
             RUHEPOL_DISCORD__TOKEN to it."
                .to_owned(),
        )),
        Ended::IntentNotEnabled => Err((
            USAGE,
            "Discord refuses an intent (4014). Switch on \"Message Content Intent\" in the developer portal, section Bot, or set \
             discord.message_content to false; Ruhepol works without it."
                .to_owned(),
        )),
    }
}

fn start_error(error: &StartError) -> (u8, String) {
    let code = match error {
        StartError::Config(_) | StartError::Store(OpenError::BadUrl { .. }) => USAGE,
        StartError::Store(_) | StartError::Other(_) => FAILED,
    };
    (code, error.to_string())
}

fn failed(error: impl std::fmt::Display) -> (u8, String) {
    (FAILED, error.to_string())
}
