//! The one loopback port: REST, gateway, page and control routes, and the tasks that run beside them.
//! Invariant: binds loopback only; a broken connection (`Wire::cut`) never gets a byte of its answer out.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::{Deref, DerefMut};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::connect_info::Connected;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{ConnectInfo, Path, Query, Request, State as Shared};
use axum::http::{Response, header};
use axum::routing::{any, get};
use axum::serve::IncomingStream;
use jiff::fmt::rfc2822::DateTimePrinter;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};

use crate::clock::VirtualClock;

use super::due::NextDue;
use super::state::State;
use super::{StartError, control, gateway, neighbour, page, rest};

/// How often time is let do its work when nobody asks anything.
const TICK: Duration = Duration::from_millis(500);

/// The state while it is held. What was changed is written down when it is let go, before anybody is answered.
pub struct Held<'a>(MutexGuard<'a, State>);

impl Deref for Held<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        &self.0
    }
}

impl DerefMut for Held<'_> {
    fn deref_mut(&mut self) -> &mut State {
        &mut self.0
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.keep();
    }
}

/// What every handler shares.
pub struct Inner {
    state: Mutex<State>,
    /// The bot's token.
    pub token: String,
    /// Where the server listens.
    pub port: u16,
    /// The clock, readable without the lock.
    pub clock: Arc<VirtualClock>,
    /// Who knows what is due next.
    pub due: NextDue,
    changes: Notify,
    stop: watch::Sender<bool>,
}

impl Inner {
    /// A server's shared part.
    pub fn new(state: State, token: String, port: u16) -> Self {
        let clock = Arc::clone(&state.clock);
        Self {
            state: Mutex::new(state),
            token,
            port,
            clock,
            due: NextDue::default(),
            changes: Notify::new(),
            stop: watch::channel(false).0,
        }
    }

    /// The state. Hold it briefly, never across an await.
    pub fn lock(&self) -> Held<'_> {
        // A panic under the lock is a bug of ours, but must not take all later tests down with it.
        Held(self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Wakes whoever waits for a change.
    pub fn changed(&self) {
        self.changes.notify_waiters();
    }

    /// Waits for a change.
    pub async fn change(&self) {
        self.changes.notified().await;
    }

    /// Becomes ready when the server stops.
    pub fn stopped(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }

    /// Sleeps, but not longer than the server runs.
    pub async fn pause(&self, time: Duration) {
        let mut stopped = self.stopped();
        tokio::select! {
            () = tokio::time::sleep(time) => {}
            _ = stopped.changed() => {}
        }
    }

    /// Asks all tasks to end.
    pub fn stop(&self) {
        self.stop.send_replace(true);
        self.lock().pages.close();
    }

    /// `ws://127.0.0.1:PORT/gateway`.
    pub fn gateway_url(&self) -> String {
        format!("ws://127.0.0.1:{}/gateway", self.port)
    }
}

/// The handle by which a connection can be broken.
#[derive(Debug, Clone, Default)]
pub struct Wire(Arc<AtomicBool>);

impl Wire {
    /// Breaks the connection at its next write.
    pub fn cut(&self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// A connection that can be broken.
pub struct Breakable {
    stream: TcpStream,
    wire: Wire,
    all: Wire,
}

impl Breakable {
    fn broken(&self) -> Option<io::Error> {
        let cut = self.wire.0.load(Ordering::SeqCst) || self.all.0.load(Ordering::SeqCst);
        cut.then(|| io::Error::from(io::ErrorKind::ConnectionAborted))
    }
}

impl AsyncRead for Breakable {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.broken() {
            Some(error) => Poll::Ready(Err(error)),
            None => Pin::new(&mut self.stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Breakable {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.broken() {
            Some(error) => Poll::Ready(Err(error)),
            None => Pin::new(&mut self.stream).poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.broken() {
            Some(error) => Poll::Ready(Err(error)),
            None => Pin::new(&mut self.stream).poll_write_vectored(cx, parts),
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// The listening socket.
pub struct Loopback {
    listener: TcpListener,
    /// Breaks every connection: after a stop no idle one may go on talking to a server that is gone.
    pub all: Wire,
}

impl axum::serve::Listener for Loopback {
    type Io = Breakable;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Breakable, SocketAddr) {
        loop {
            match self.listener.accept().await {
                Ok((stream, address)) => {
                    // Small answers must not wait for more to come.
                    let _ = stream.set_nodelay(true);
                    return (Breakable { stream, wire: Wire::default(), all: self.all.clone() }, address);
                }
                Err(error) => {
                    tracing::warn!(%error, "sandbox.accept");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

impl Connected<IncomingStream<'_, Loopback>> for Wire {
    fn connect_info(stream: IncomingStream<'_, Loopback>) -> Self {
        stream.io().wire.clone()
    }
}

/// Binds the port; the address is loopback by construction.
pub async fn bind(port: u16) -> Result<(Loopback, u16), StartError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => {
            StartError::PortTaken { port, holder: neighbour::listening_on(port), free: neighbour::free_port(port) }
        }
        _ => StartError::Io(error),
    })?;
    let address = listener.local_addr().map_err(StartError::Io)?;
    if !address.ip().is_loopback() {
        return Err(StartError::NotLoopback);
    }
    Ok((Loopback { listener, all: Wire::default() }, address.port()))
}

type Handle = Shared<Arc<Inner>>;

async fn api(Shared(inner): Handle, ConnectInfo(wire): ConnectInfo<Wire>, request: Request) -> Response<Body> {
    let path = request.uri().path().trim_start_matches("/api").to_owned();
    // With or without a version.
    let rest = match path.trim_start_matches('/').split_once('/') {
        Some((version, rest)) if version.starts_with('v') && version[1..].parse::<u8>().is_ok() => rest,
        _ => path.as_str(),
    };
    let clock = Arc::clone(&inner.clock);
    let mut response = rest::handle(inner, wire, rest, request).await;
    // Discord tells the time with every answer; here it is the time its ids are made by.
    let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&clock.now()).ok();
    if let Some(date) = date.and_then(|date| date.parse().ok()) {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

async fn connect(
    Shared(inner): Handle,
    Query(query): Query<HashMap<String, String>>,
    upgrade: WebSocketUpgrade,
) -> Response<Body> {
    upgrade.on_upgrade(move |socket| gateway::serve(inner, socket, query))
}

async fn attachment(Shared(inner): Handle, Path((_, id, _)): Path<(u64, u64, String)>) -> Response<Body> {
    page::attachment(&inner.lock().world, id)
}

/// All routes.
pub fn routes(inner: &Arc<Inner>) -> Router {
    Router::new()
        .route("/gateway", get(connect))
        .route("/gateway/", get(connect))
        .route("/attachments/{channel}/{id}/{name}", get(attachment))
        .route("/api/{*path}", any(api))
        .nest("/_sandbox", control::routes())
        .fallback(page::serve)
        .with_state(Arc::clone(inner))
}

/// Runs until the server is asked to stop.
pub async fn run(inner: Arc<Inner>, listener: Loopback) {
    let service = routes(&inner).into_make_service_with_connect_info::<Wire>();
    let mut stopped = inner.stopped();
    let until = async move {
        let _ = stopped.changed().await;
    };
    if let Err(error) = axum::serve(listener, service).with_graceful_shutdown(until).await {
        tracing::error!(%error, "sandbox.serve");
    }
}

/// Lets time pass, until the server stops.
pub async fn keep_ticking(inner: Arc<Inner>) {
    let mut stopped = inner.stopped();
    loop {
        tokio::select! {
            () = tokio::time::sleep(TICK) => {}
            _ = stopped.changed() => return,
        }
        inner.lock().tick();
    }
}
