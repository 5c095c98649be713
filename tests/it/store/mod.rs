//! The store's conformance suite: every store function, the same scene on both engines.
#![expect(clippy::unwrap_used, reason = "a scene that cannot go on stops there")]

mod agenda;
mod case;
mod concurrency;
mod delivery;
mod entry;
mod find;
mod follow_up;
mod guild;
mod list;
mod load;
mod morning;
mod opening;
mod outage;
mod privacy;
mod profile;
mod report;
mod scale;
mod tone;
mod transaction;
mod watch;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use ruhepol::case::{Case, CaseNumber, NewCase};
use ruhepol::id::{ChannelId, GuildId, UserId};
use ruhepol::store::{self, Conn, Store, StoreError, search};

use crate::harness::postgres::{self, Database};

/// The team of most scenes.
const TEAM: GuildId = GuildId(1_000_000_000_000_000_001);
/// Another team, which must never notice anything.
const OTHERS: GuildId = GuildId(2);
const ANNA: UserId = UserId(11);
const BEN: UserId = UserId(12);

/// Makes a test per engine out of `async fn name(db: Fresh)`.
macro_rules! on_both_engines {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                super::$name(crate::store::Fresh::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                if let Some(fresh) = crate::store::Fresh::postgres().await {
                    super::$name(fresh).await;
                }
            }
        }
    )+};
}
use on_both_engines;

/// `in_write!(store, c => work)`: work in one transaction; refusals are [`StoreError`]s.
macro_rules! in_write {
    ($store:expr, $c:ident => $work:expr) => {
        $store.write::<_, ruhepol::store::StoreError, _>(move |$c| Box::pin(async move { $work })).await
    };
}
use in_write;

/// `in_read!(store, c => work)`.
macro_rules! in_read {
    ($store:expr, $c:ident => $work:expr) => {
        $store.read::<_, ruhepol::store::StoreError, _>(move |$c| Box::pin(async move { $work })).await
    };
}
use in_read;

/// An empty, opened store and what must outlive it.
struct Fresh {
    store: Store,
    url: String,
    home: Home,
}

enum Home {
    Folder(Folder),
    Database(#[expect(dead_code, reason = "only kept until the test ends")] Database),
}

impl Fresh {
    async fn sqlite() -> Self {
        let folder = Folder::new();
        let url = folder.url();
        Self { store: Store::open(&url).await.expect("a new file opens"), url, home: Home::Folder(folder) }
    }

    async fn postgres() -> Option<Self> {
        let database = postgres::database().await?;
        let url = database.url.clone();
        let store = Store::open(&url).await.expect("an empty database opens");
        Some(Self { store, url, home: Home::Database(database) })
    }

    fn is_sqlite(&self) -> bool {
        self.url.starts_with("sqlite")
    }

    fn folder(&self) -> &Folder {
        match &self.home {
            Home::Folder(folder) => folder,
            Home::Database(_) => panic!("only a file has a folder"),
        }
    }

    /// Runs a statement behind the store's back.
    async fn behind(&self, text: &'static str) -> sqlx::Result<()> {
        use sqlx::Connection;
        if self.is_sqlite() {
            let mut connection = sqlx::SqliteConnection::connect(&self.url).await?;
            sqlx::raw_sql(text).execute(&mut connection).await?;
            connection.close().await
        } else {
            let mut connection = sqlx::PgConnection::connect(&self.url).await?;
            sqlx::raw_sql(text).execute(&mut connection).await?;
            connection.close().await
        }
    }
}

/// A temporary folder; removed with this value.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("ruhepol-store-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("a temporary folder");
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("ruhepol.db")
    }

    fn url(&self) -> String {
        format!("sqlite://{}", self.file().display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A plain open case.
fn sample(guild: GuildId, number: CaseNumber, title: &str) -> Case {
    ruhepol::case::open(NewCase::new(guild, title, ChannelId(77), ANNA), number, 1_000).unwrap().0
}

/// Opens a case under the next number, changed by `edit` before it is stored.
async fn open_with(
    c: &mut Conn,
    guild: GuildId,
    title: &str,
    edit: impl FnOnce(&mut Case) + Send,
) -> Result<Case, StoreError> {
    let number = store::case::next_number(c, guild).await?;
    let mut case = sample(guild, number, title);
    edit(&mut case);
    let customer = case.customer.as_deref().unwrap_or_default();
    store::case::insert(c, &case, &search::words(&format!("{} {customer}", case.title))).await?;
    Ok(case)
}

async fn open(c: &mut Conn, guild: GuildId, title: &str) -> Result<Case, StoreError> {
    open_with(c, guild, title, |_| {}).await
}
