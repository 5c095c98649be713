//! Opening: what is refused, and what the refusal tells the person to do.

use ruhepol::store::guild::{meta_get, meta_set};
use ruhepol::store::{OpenError, Store};

use super::{Folder, Fresh, in_read, in_write, on_both_engines};
use crate::harness::postgres;

on_both_engines!(
    a_database_that_a_newer_program_has_changed_is_refused,
    opening_again_keeps_everything,
    checking_a_good_database_changes_nothing,
);

async fn a_database_that_a_newer_program_has_changed_is_refused(db: Fresh) {
    db.store.close().await;
    db.behind(
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         values (9999, 'later', true, '', 0)",
    )
    .await
    .unwrap();
    for refused in [Store::open(&db.url).await.map(drop), Store::check(&db.url).await] {
        let refused = refused.unwrap_err();
        assert!(matches!(refused, OpenError::Newer { found: 9999, known } if known >= 3), "{refused}");
        assert!(refused.to_string().contains("newer program"), "{refused}");
    }
}

async fn opening_again_keeps_everything(db: Fresh) {
    in_write!(db.store, c => meta_set(c, "key", "value").await).unwrap();
    db.store.close().await;
    let again = Store::open(&db.url).await.unwrap();
    assert_eq!(in_read!(again, c => meta_get(c, "key").await).unwrap().as_deref(), Some("value"));
    again.close().await;
}

async fn checking_a_good_database_changes_nothing(db: Fresh) {
    Store::check(&db.url).await.expect("while the bot runs");
    in_write!(db.store, c => meta_set(c, "key", "value").await).unwrap();
    db.store.close().await;
    Store::check(&db.url).await.expect("while it does not");
    if db.is_sqlite() {
        let left: Vec<_> = std::fs::read_dir(&db.folder().0).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert!(left.iter().all(|name| name == "ruhepol.db" || name == "ruhepol.db.lock"), "{left:?}");
    }
}

#[tokio::test]
async fn a_file_in_use_by_another_process_is_refused() {
    let first = Fresh::sqlite().await;
    let refused = Store::open(&first.url).await.unwrap_err();
    assert!(matches!(&refused, OpenError::Locked { path } if path.ends_with("ruhepol.db")), "{refused}");
    assert!(refused.to_string().contains("Stop it"), "{refused}");
    first.store.close().await;
    Store::open(&first.url).await.expect("free again").close().await;
}

#[tokio::test]
async fn a_store_that_is_simply_forgotten_frees_its_file() {
    let folder = Folder::new();
    let store = Store::open(&folder.url()).await.unwrap();
    in_write!(store, c => meta_set(c, "key", "value").await).unwrap();
    drop(store);
    for _ in 0..100 {
        match Store::open(&folder.url()).await {
            Ok(again) => return again.close().await,
            Err(OpenError::Locked { .. }) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
            Err(other) => panic!("{other}"),
        }
    }
    panic!("still locked after two seconds");
}

#[tokio::test]
async fn a_file_that_is_not_there_yet_passes_the_check_and_is_not_made_by_it() {
    let folder = Folder::new();
    Store::check(&folder.url()).await.unwrap();
    assert!(!folder.file().exists());
    let nowhere = format!("sqlite://{}/missing/ruhepol.db", folder.0.display());
    for refused in [Store::check(&nowhere).await, Store::open(&nowhere).await.map(drop)] {
        let refused = refused.unwrap_err();
        assert!(matches!(refused, OpenError::Unreachable { .. }), "{refused}");
        assert!(refused.to_string().contains("missing"), "{refused}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_as_it_is() {
    let folder = Folder::new();
    let text = "This is a letter, not a database. ".repeat(200);
    std::fs::write(folder.file(), &text).unwrap();
    for refused in [Store::check(&folder.url()).await, Store::open(&folder.url()).await.map(drop)] {
        assert!(refused.unwrap_err().to_string().contains("not a database"));
    }
    assert_eq!(std::fs::read_to_string(folder.file()).unwrap(), text);
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_is_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let db = Fresh::sqlite().await;
    in_write!(db.store, c => meta_set(c, "key", "value").await).unwrap();
    for file in ["ruhepol.db", "ruhepol.db-wal"] {
        let mode = std::fs::metadata(db.folder().0.join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[tokio::test]
async fn an_address_nobody_answers_at_is_named_without_its_password() {
    for url in ["postgres://anna:geheim@127.0.0.1:1/ruhepol", "postgres://anna:geheim@127.0.0.1:x/ruhepol"] {
        for refused in [Store::open(url).await.map(drop), Store::check(url).await] {
            let refused = refused.unwrap_err();
            let text = format!("{refused} {refused:?}");
            assert!(text.contains("database.url") || text.contains("Url"), "{text}");
            assert!(!text.contains("geheim"), "{text}");
        }
    }
}

#[tokio::test]
async fn a_database_that_does_not_exist_is_named() {
    let Some(database) = postgres::database().await else {
        return;
    };
    let url = format!("{}_missing", database.url);
    let refused = Store::open(&url).await.unwrap_err();
    assert!(matches!(refused, OpenError::Unreachable { .. }), "{refused}");
    assert!(refused.to_string().contains("_missing"), "{refused}");
}
