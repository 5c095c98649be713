//! How much the loopback Discord serves, and how much that is for the clients that judge it. Long, so ignored: `just prove`
//! runs this in release and keeps what it prints.
#![expect(clippy::print_stdout, clippy::cast_precision_loss, reason = "figures are printed, and small enough for it")]

use futures_util::StreamExt as _;
use ruhepol::clock::{Stopwatch, VirtualClock};
use ruhepol::sandbox::{Discord, Options, World};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::guest::{ALL, Place};
use crate::strangers::{Guest, Stranger};

/// REST requests and dispatches a second that are promised.
const REST: f64 = 2_000.0;
const DISPATCHES: f64 = 5_000.0;

/// What the server does in a second, on the other half of this machine.
struct Capacity {
    rest: f64,
    dispatches: f64,
}

async fn capacity(validate: bool) -> Capacity {
    let options = Options { port: 0, data: None, clock: VirtualClock::running(), world: World::demo(), validate };
    let place = Place::of(Discord::start(options).await.expect("the loopback Discord starts"));
    let (rest, dispatches) = (posts(&place, 40_000, 16).await, told(&place, 40_000).await);
    let checks = if validate { "with" } else { "without" };
    println!("loopback Discord, {checks} its checks: {rest:.0} REST requests/s, {dispatches:.0} dispatches/s");
    Capacity { rest, dispatches }
}

/// Messages posted on `connections` connections, bytes in and bytes out, so that the asking costs little.
async fn posts(place: &Place, count: usize, connections: usize) -> f64 {
    let body = json!({ "content": "Guten Tag", "embeds": [{ "title": "t", "description": "d" }] }).to_string();
    let address = place.discord.base_url().trim_start_matches("http://").to_owned();
    let request = format!(
        "POST /api/v10/channels/{}/messages HTTP/1.1\r\nhost: {address}\r\nauthorization: Bot {}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        place.channel("fälle"),
        place.discord.token(),
        body.len()
    );
    let watch = Stopwatch::start();
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..connections {
        let (address, request) = (address.clone(), request.clone());
        asking.spawn(async move {
            let mut stream = TcpStream::connect(address).await.unwrap();
            for _ in 0..count / connections {
                stream.write_all(request.as_bytes()).await.unwrap();
                assert!(answer(&mut stream).await.starts_with("HTTP/1.1 200 "));
            }
        });
    }
    asking.join_all().await;
    count as f64 / watch.elapsed().as_secs_f64()
}

/// One answer with a length, read to its end.
async fn answer(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::with_capacity(2_048);
    loop {
        let mut chunk = [0; 4_096];
        let read = stream.read(&mut chunk).await.unwrap();
        assert_ne!(read, 0, "the connection is kept");
        bytes.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
        if length.is_some_and(|length| body.len() >= length) {
            return text.into_owned();
        }
    }
}

/// Messages of people until the last of them has arrived at a client that only counts.
async fn told(place: &Place, count: usize) -> f64 {
    let mut socket = place.connect(ALL).await;
    socket.caught_up().await;
    let (discord, kim, support) = (place.discord.clone(), place.user("Kim"), place.channel("support"));
    let watch = Stopwatch::start();
    let saying = tokio::spawn(async move {
        for _ in 0..count {
            discord.say(kim, support, "Guten Tag, wann kommt mein Paket an?").await;
        }
    });
    let mut stream = socket.into_stream();
    for _ in 0..count {
        assert!(stream.next().await.unwrap().unwrap().is_text());
    }
    saying.await.unwrap();
    count as f64 / watch.elapsed().as_secs_f64()
}

/// What a client does in a second: messages sent as fast as it will (discord.js holds itself to 50), messages heard as fast
/// as it can.
async fn appetite(stranger: Stranger, capacity: &Capacity) {
    let options =
        Options { port: 0, data: None, clock: VirtualClock::running(), world: World::demo(), validate: false };
    let discord = Discord::start(options).await.expect("the loopback Discord starts");
    let Some(guest) = Guest::at(&discord, stranger).await else { return };
    let (anna, cases) = (discord.world().user("Anna"), discord.world().channel("fälle"));
    discord.say(anna, cases, "send 500").await;
    let sent = guest.saw("sent", |_| true).await;
    for n in 1..5_000 {
        discord.say(anna, cases, &format!("flood {n}")).await;
    }
    discord.say(anna, cases, "flood end").await;
    let heard = guest.saw("flood", |_| true).await;
    assert_eq!((sent["count"].as_u64(), heard["count"].as_u64()), (Some(500), Some(5_000)));
    let rate = |said: &serde_json::Value| said["count"].as_f64().unwrap() / said["ms"].as_f64().unwrap() * 1e3;
    let (rest, dispatches) = (rate(&sent), rate(&heard));
    println!(
        "{stranger:?} itself: {rest:.0} REST requests/s (the server does {:.0} times that), {dispatches:.0} dispatches/s ({:.1} times)",
        capacity.rest / rest,
        capacity.dispatches / dispatches
    );
    drop(guest);
    discord.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures; run by `just prove`"]
async fn the_server_is_faster_than_its_clients() {
    let checked = capacity(true).await;
    let bare = capacity(false).await;
    for stranger in [Stranger::DiscordJs, Stranger::DiscordPy, Stranger::Hikari] {
        appetite(stranger, &bare).await;
    }
    assert!(checked.rest >= REST && checked.dispatches >= DISPATCHES, "less than promised");
}
