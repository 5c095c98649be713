//! A bot without a library: every request and every frame is written out, so that nothing is smoothed over.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use ruhepol::clock::VirtualClock;
use ruhepol::sandbox::{Discord, Options, World};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::harness::judge;

/// Intents by their documented bits.
pub const GUILDS: u64 = 1;
pub const GUILD_MEMBERS: u64 = 1 << 1;
pub const GUILD_MESSAGES: u64 = 1 << 9;
pub const DIRECT_MESSAGES: u64 = 1 << 12;
pub const MESSAGE_CONTENT: u64 = 1 << 15;
pub const ALL: u64 = GUILDS | GUILD_MESSAGES | DIRECT_MESSAGES | MESSAGE_CONTENT;

/// Real time anything may take.
const SOON: Duration = Duration::from_secs(5);

/// A loopback Discord with the demonstration's world. Whatever it says until it is dropped must be what Discord's
/// description knows.
pub struct Place {
    pub discord: Discord,
    client: reqwest::Client,
}

impl Place {
    pub async fn new() -> Self {
        let options =
            Options { port: 0, data: None, clock: VirtualClock::running(), world: World::demo(), validate: true };
        Self::of(Discord::start(options).await.expect("the loopback Discord starts"))
    }

    /// The same around a server that runs already.
    pub fn of(discord: Discord) -> Self {
        Self { discord, client: reqwest::Client::builder().no_proxy().build().unwrap() }
    }

    pub fn user(&self, name: &str) -> u64 {
        self.discord.world().user(name)
    }

    pub fn channel(&self, name: &str) -> u64 {
        self.discord.world().channel(name)
    }

    /// One request of the bot, its body as it stands.
    pub fn request(&self, route: &str, body: Option<&Value>) -> reqwest::RequestBuilder {
        let (method, path) = route.split_once(' ').unwrap();
        let url = format!("{}/api/v10{path}", self.discord.base_url());
        let request = self.client.request(method.parse().unwrap(), url);
        let request = request.header("authorization", format!("Bot {}", self.discord.token()));
        match body {
            Some(body) => request.header("content-type", "application/json").body(body.to_string()),
            None => request,
        }
    }

    /// Status and answer of a request such as `GET /users/@me`.
    pub async fn ask(&self, route: &str, body: &Value) -> (u16, Value) {
        let answer = self.request(route, Some(body).filter(|body| !body.is_null())).send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    /// Status and error code of a request that is refused.
    pub async fn refused(&self, route: &str, body: &Value) -> (u16, u64) {
        let (status, answer) = self.ask(route, body).await;
        assert!(status >= 400, "{route} was taken: {answer}");
        (status, answer["code"].as_u64().unwrap_or_else(|| panic!("{route}: {answer}")))
    }

    /// Connects and identifies.
    pub async fn connect(&self, intents: u64) -> Socket {
        let mut socket = self.socket().await;
        socket.identify(&self.discord.token(), intents).await;
        socket.event("READY").await;
        socket
    }

    /// Only connects.
    pub async fn socket(&self) -> Socket {
        let url = format!("{}/gateway/?v=10&encoding=json", self.discord.base_url().replacen("http", "ws", 1));
        let (stream, _) = tokio_tungstenite::connect_async(url).await.unwrap();
        let mut socket = Socket { stream, seq: 0, session: String::new(), seen: Vec::new() };
        let hello = socket.frame().await.unwrap();
        assert_eq!(hello["op"], 10);
        socket
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let said = judge::of_the_server(&self.discord);
            assert!(said.is_empty(), "against Discord's description: {said:#?}");
        }
    }
}

/// A connection to the gateway.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub seq: u64,
    pub session: String,
    /// Names of all events so far.
    pub seen: Vec<String>,
}

impl Socket {
    pub async fn send(&mut self, frame: &Value) {
        self.send_text(&frame.to_string()).await;
    }

    pub async fn send_text(&mut self, text: &str) {
        self.stream.send(Message::text(text)).await.unwrap();
    }

    pub async fn identify(&mut self, token: &str, intents: u64) {
        self.send(&json!({ "op": 2, "d": { "token": token, "intents": intents, "properties": {} } })).await;
    }

    pub async fn resume(&mut self, token: &str, session: &str, seq: u64) {
        self.send(&json!({ "op": 6, "d": { "token": token, "session_id": session, "seq": seq } })).await;
    }

    /// The next frame, or the code the connection was closed with; 1006 stands for a socket that broke.
    pub async fn frame(&mut self) -> Result<Value, u16> {
        loop {
            let next = tokio::time::timeout(SOON, self.stream.next()).await;
            match next.unwrap_or_else(|_| panic!("nothing came; until now: {:?}", self.seen)) {
                Some(Ok(Message::Text(text))) => {
                    let frame: Value = serde_json::from_str(&text).unwrap();
                    if let Some(seq) = frame["s"].as_u64() {
                        assert_eq!(seq, self.seq + 1, "sequence numbers grow by one");
                        self.seq = seq;
                    }
                    if let Some(name) = frame["t"].as_str() {
                        self.seen.push(name.to_owned());
                    }
                    if frame["t"] == "READY" {
                        frame["d"]["session_id"].as_str().unwrap().clone_into(&mut self.session);
                    }
                    return Ok(frame);
                }
                Some(Ok(Message::Close(frame))) => return Err(frame.map_or(1005, |frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(1006),
            }
        }
    }

    /// Waits for an event; others in between are passed over.
    pub async fn event(&mut self, name: &str) -> Value {
        loop {
            match self.frame().await {
                Ok(frame) if frame["t"] == name => return frame["d"].clone(),
                Ok(_) => {}
                Err(code) => panic!("closed with {code} while waiting for {name}"),
            }
        }
    }

    /// Waits for a frame that is no event.
    pub async fn op(&mut self, op: u64) -> Value {
        loop {
            let frame =
                self.frame().await.unwrap_or_else(|code| panic!("closed with {code} while waiting for op {op}"));
            if frame["op"] == op {
                return frame["d"].clone();
            }
        }
    }

    /// Waits for the end.
    pub async fn closed(&mut self) -> u16 {
        loop {
            if let Err(code) = self.frame().await {
                return code;
            }
        }
    }

    /// Only the connection, to read it without looking.
    pub fn into_stream(self) -> WebSocketStream<MaybeTlsStream<TcpStream>> {
        self.stream
    }

    /// What has come when the answer to a heartbeat is here: whatever was sent before it.
    pub async fn caught_up(&mut self) -> &[String] {
        self.send(&json!({ "op": 1, "d": self.seq })).await;
        self.op(11).await;
        &self.seen
    }
}
