//! The timeline: added to, never rewritten.

use ruhepol::case::{CaseNumber, Change, Entry, Status};
use ruhepol::store::case::get;
use ruhepol::store::entry::{append, newest};

use super::{ANNA, Fresh, TEAM, in_read, in_write, on_both_engines, open};

on_both_engines!(
    entries_come_back_newest_first,
    an_entry_needs_a_case,
    what_was_recorded_cannot_be_removed_or_moved,
    what_somebody_wrote_is_in_no_error,
);

fn line(at: i64, what: Change) -> Entry {
    Entry { at, actor: Some(ANNA), what }
}

async fn entries_come_back_newest_first(db: Fresh) {
    let written = [
        line(1, Change::Opened { title: "Fall".to_owned() }),
        Entry { at: 1, actor: None, what: Change::Status { from: Status::New, to: Status::Open } },
        line(1, Change::Note { text: "„Zitat“ 👍".to_owned() }),
        line(0, Change::Owner { from: None, to: Some(ANNA) }),
    ];
    let expected = written.clone();
    in_write!(db.store, c => {
        let case = open(c, TEAM, "Fall").await?;
        for entry in &written {
            append(c, TEAM, case.number, entry).await?;
        }
        Ok(())
    })
    .unwrap();
    let read = in_read!(db.store, c => newest(c, TEAM, CaseNumber(1), 25).await).unwrap();
    assert_eq!(
        read,
        expected.iter().rev().cloned().collect::<Vec<_>>(),
        "in the order written, whatever the clock said"
    );
    let two = in_read!(db.store, c => newest(c, TEAM, CaseNumber(1), 2).await).unwrap();
    assert_eq!(two, read[..2]);
}

async fn an_entry_needs_a_case(db: Fresh) {
    let lost = line(1, Change::Note { text: "verloren".to_owned() });
    in_write!(db.store, c => append(c, TEAM, CaseNumber(5), &lost).await).unwrap_err();
}

async fn what_was_recorded_cannot_be_removed_or_moved(db: Fresh) {
    in_write!(db.store, c => {
        let case = open(c, TEAM, "Fall").await?;
        append(c, TEAM, case.number, &line(1, Change::Note { text: "Beweis".to_owned() })).await
    })
    .unwrap();
    for forbidden in [
        "delete from entry",
        "update entry set at = at + 1",
        "update entry set seq = seq + 1",
        "update entry set kind = 'opened'",
        "update entry set case_number = 2",
        "update entry set guild_id = 2",
    ] {
        let refused = db.behind(forbidden).await.unwrap_err().to_string();
        assert!(refused.contains("only ever added"), "{forbidden}: {refused}");
    }
    if !db.is_sqlite() {
        db.behind("truncate entry").await.unwrap_err();
    }
    assert_eq!(in_read!(db.store, c => newest(c, TEAM, CaseNumber(1), 25).await).unwrap().len(), 1);
    // Erasing a person is allowed, and leaves the line standing.
    db.behind(r#"update entry set actor = null, body = '{"kind":"note","text":""}'"#).await.unwrap();
    let erased = in_read!(db.store, c => newest(c, TEAM, CaseNumber(1), 25).await).unwrap();
    assert_eq!(erased, [Entry { at: 1, actor: None, what: Change::Note { text: String::new() } }]);
}

async fn what_somebody_wrote_is_in_no_error(db: Fresh) {
    in_write!(db.store, c => {
        let case = open(c, TEAM, "Fall").await?;
        append(c, TEAM, case.number, &line(1, Change::Note { text: "harmlos".to_owned() })).await
    })
    .unwrap();
    db.behind(r#"update entry set body = '{"kind":"not","text":"Passwort 4711"}'"#).await.unwrap();
    let unreadable = in_read!(db.store, c => newest(c, TEAM, CaseNumber(1), 25).await).unwrap_err();
    let (said, inside) = (unreadable.to_string(), format!("{unreadable:?}"));
    assert!(said.contains("entry.body") && said.contains("entry 1") && said.contains("note"), "{said}");
    db.behind(r#"update case_file set tags = '["Passwort", 4711]'"#).await.unwrap();
    let unreadable = in_read!(db.store, c => get(c, TEAM, CaseNumber(1)).await).unwrap_err();
    let (too, inside_too) = (unreadable.to_string(), format!("{unreadable:?}"));
    assert!(too.contains("case_file.tags") && too.contains("case 1"), "{too}");
    for text in [said, inside, too, inside_too] {
        assert!(!text.contains("Passwort") && !text.contains("4711"), "{text}");
    }
}
