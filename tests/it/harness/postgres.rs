//! A private `PostgreSQL` for tests, started by `tests/postgres.sh` from the installed binaries.
//!
//! Every test gets a database of its own. `./test` starts one server for all test processes and names it in
//! `RUHEPOL_TEST_POSTGRES`; without that each test process starts its own, which ends with it. Where no `PostgreSQL` is
//! installed these tests are left out with a notice, and fail if `CI=true`.

use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/postgres.sh");

/// An empty database; dropped with this value.
pub struct Database {
    pub url: String,
    name: String,
    server: String,
}

/// An empty database on the server that the tests of this process share; none if `PostgreSQL` is not installed.
pub async fn database() -> Option<Database> {
    static SHARED: OnceLock<Option<String>> = OnceLock::new();
    let server = SHARED.get_or_init(|| std::env::var("RUHEPOL_TEST_POSTGRES").ok().or_else(start)).clone()?;
    Some(Database::on(server).await)
}

/// A server for one test that stops and starts it.
pub struct Server {
    url: String,
}

impl Server {
    /// Starts one; none if `PostgreSQL` is not installed.
    pub fn start() -> Option<Self> {
        start().map(|url| Self { url })
    }

    /// An empty database on it.
    pub async fn database(&self) -> Database {
        Database::on(self.url.clone()).await
    }

    /// Stops it as a crash would.
    pub fn pause(&self) {
        run(&["pause", &self.url]);
    }

    /// Starts it again at the same address.
    pub fn resume(&self) {
        run(&["resume", &self.url]);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        run(&["stop", &self.url]);
    }
}

impl Database {
    async fn on(server: String) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        tell(&server, format!("create database {name}")).await.expect("a test database can be created");
        let base = server.rsplit_once('/').expect("the URL ends with a database").0;
        Self { url: format!("{base}/{name}"), name, server: server.clone() }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A thread of its own, as this may be dropped inside a runtime. A server that is gone has dropped it already.
        let (server, text) = (self.server.clone(), format!("drop database if exists {} with (force)", self.name));
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            let _ = runtime.block_on(tell(&server, text));
        });
        let _ = dropping.join();
    }
}

async fn tell(server: &str, text: String) -> sqlx::Result<()> {
    let mut connection = PgConnection::connect(server).await?;
    connection.execute(AssertSqlSafe(text)).await?;
    connection.close().await
}

fn start() -> Option<String> {
    let output = Command::new(SCRIPT)
        .args(["start", &std::process::id().to_string()])
        .output()
        .expect("tests/postgres.sh can be run");
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(3) {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "CI=true, but there is no PostgreSQL: {said}");
        eprintln!("LEFT OUT: PostgreSQL is not installed, its tests do nothing");
        return None;
    }
    assert!(output.status.success(), "PostgreSQL did not start: {said}");
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn run(arguments: &[&str]) {
    let output = Command::new(SCRIPT).args(arguments).output().expect("tests/postgres.sh can be run");
    assert!(output.status.success(), "postgres.sh {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}
