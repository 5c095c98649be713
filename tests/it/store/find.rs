//! Finding and suggesting; both engines must answer the same.

use ruhepol::case::{Case, Status};
use ruhepol::store::case::{find, save, suggest};
use ruhepol::store::{Store, search};

use super::scale::Dice;
use super::{Fresh, OTHERS, TEAM, in_read, in_write, on_both_engines, open, open_with};

on_both_engines!(
    words_find_cases_in_every_form_newest_first,
    the_last_word_may_be_just_begun,
    a_changed_case_is_found_by_its_new_words_only,
    a_short_beginning_of_very_many_words_still_offers_the_newest,
    long_questions_are_answered_by_their_longest_words,
    suggestions_follow_what_is_typed,
    any_question_is_answered_as_reading_every_case_would,
);

async fn found(store: &Store, typed: &str) -> Vec<i64> {
    let words = search::query_words(typed);
    let lines = in_read!(store, c => find(c, TEAM, &words, 25).await).unwrap();
    lines.iter().map(|line| line.number.0).collect()
}

async fn offered(store: &Store, number: Option<i64>, typed: &str, limit: u32) -> Vec<i64> {
    let words = search::query_words(typed);
    let lines = in_read!(store, c => suggest(c, TEAM, number, &words, limit).await).unwrap();
    lines.iter().map(|line| line.number.0).collect()
}

async fn words_find_cases_in_every_form_newest_first(db: Fresh) {
    in_write!(db.store, c => {
        for title in [
            "Rechnung doppelt",               // 1
            "Zwei Rechnungen fehlen",         // 2
            "Vertrag kündigen",               // 3
            "Invoices for the parties",       // 4
            "Rechnung zum Vertrag",           // 5
            "Große Straße 5, Lieferung",      // 6
            "100% _Rabatt_ \\ 'heute'",       // 7
        ] {
            open(c, TEAM, title).await?;
        }
        open(c, OTHERS, "Rechnung").await
    })
    .unwrap();
    for (typed, expected) in [
        ("Rechnungen", vec![5, 2, 1]),
        ("rechnung", vec![5, 2, 1]),
        ("Verträge", vec![5, 3]),
        ("Rechnung Vertrag", vec![5]),
        ("VERTRÄGE rechnungen", vec![5]),
        ("Kündigung", vec![3]),
        ("kuendigen", vec![3]),
        ("party invoice", vec![4]),
        ("strasse gross", vec![6]),
        ("Rechnung fremd", vec![]),
        ("%", vec![]),
        ("_abatt", vec![]),
        ("rabatt 100", vec![7]),
        ("\\", vec![]),
        ("", vec![]),
        ("#6", vec![6]),
    ] {
        assert_eq!(found(&db.store, typed).await, expected, "{typed:?}");
    }
}

async fn the_last_word_may_be_just_begun(db: Fresh) {
    in_write!(db.store, c => {
        for title in ["Lieferung verspätet", "Lieferschein fehlt", "Der Lieferant, die Rechnung", "Rechnung"] {
            open(c, TEAM, title).await?;
        }
        Ok(())
    })
    .unwrap();
    assert_eq!(found(&db.store, "lief").await, [3, 2, 1]);
    assert_eq!(found(&db.store, "lieferu").await, [1], "half-typed words are not cut down beyond recognition");
    assert_eq!(found(&db.store, "Rechnung lief").await, [3]);
    assert_eq!(found(&db.store, "rech lieferant").await, Vec::<i64>::new(), "only the last one may be just begun");
}

async fn a_changed_case_is_found_by_its_new_words_only(db: Fresh) {
    let case = in_write!(db.store, c => open(c, TEAM, "Rechnung vom Mai").await).unwrap();
    let next = Case { title: "Vertrag vom Mai".to_owned(), version: 2, ..case };
    assert!(in_write!(db.store, c => save(c, &next, 1, &search::words(&next.title)).await).unwrap());
    assert_eq!(found(&db.store, "Rechnung").await, Vec::<i64>::new());
    assert_eq!(found(&db.store, "Mai Vertrag").await, [1]);
}

async fn a_short_beginning_of_very_many_words_still_offers_the_newest(db: Fresh) {
    in_write!(db.store, c => {
        for n in 0..120 {
            open(c, TEAM, &format!("b{n:03}wort")).await?;
        }
        open(c, TEAM, "bzz").await
    })
    .unwrap();
    let hits = found(&db.store, "b").await;
    assert_eq!(hits, (97..=121).rev().collect::<Vec<_>>(), "newest first, though 'b' begins 121 words");
}

async fn long_questions_are_answered_by_their_longest_words(db: Fresh) {
    in_write!(db.store, c => {
        open(c, TEAM, "Der Kunde sagt, dass die Lieferung am Montag nicht vollständig in Köln angekommen war").await?;
        open(c, TEAM, "Lieferung").await
    })
    .unwrap();
    let question = "der kunde sagt dass die lieferung am montag nicht vollständig in köln angekommen war";
    assert_eq!(found(&db.store, question).await, [1]);
}

async fn suggestions_follow_what_is_typed(db: Fresh) {
    in_write!(db.store, c => {
        for n in 1..=120 {
            let title = if n % 2 == 0 { "Rechnung" } else { "Vertrag" };
            open_with(c, TEAM, title, |case| {
                if n > 118 {
                    case.status = Status::Closed;
                }
            })
            .await?;
        }
        Ok(())
    })
    .unwrap();
    assert_eq!(offered(&db.store, None, "", 3).await, [118, 117, 116], "nothing typed: the newest active");
    assert_eq!(offered(&db.store, Some(1), "", 5).await, [1, 120, 119, 118, 117], "the number itself comes first");
    assert_eq!(offered(&db.store, Some(11), "", 25).await[..4], [11, 119, 118, 117]);
    assert_eq!(offered(&db.store, Some(121), "", 25).await, Vec::<i64>::new());
    assert_eq!(offered(&db.store, Some(0), "", 25).await, Vec::<i64>::new());
    assert_eq!(offered(&db.store, Some(i64::MAX), "", 25).await, Vec::<i64>::new());
    assert_eq!(offered(&db.store, None, "rech", 3).await, [120, 118, 116]);
    assert_eq!(
        offered(&db.store, Some(7), "vertrag", 13).await[..],
        [7, 79, 78, 77, 76, 75, 74, 73, 72, 71, 70, 119, 117]
    );
}

async fn any_question_is_answered_as_reading_every_case_would(db: Fresh) {
    let mut dice = Dice(42);
    let titles: Vec<String> =
        (0..400).map(|_| (0..=dice.below(6)).map(|_| dice.word()).collect::<Vec<_>>().join(" ")).collect();
    let stored = titles.clone();
    in_write!(db.store, c => {
        for title in &stored {
            open(c, TEAM, title).await?;
        }
        Ok(())
    })
    .unwrap();
    let indexed: Vec<Vec<String>> = titles.iter().map(|title| search::words(title)).collect();
    let (mut hits, mut full) = (0, 0);
    for _ in 0..300 {
        let mut typed: Vec<String> = (0..=dice.below(3)).map(|_| dice.word()).collect();
        if dice.below(2) == 0 {
            let last = typed.pop().unwrap();
            typed.push(last.chars().take(1 + dice.below(7)).collect());
        }
        let typed = typed.join(" ");
        let words = search::query_words(&typed);
        let expected: Vec<i64> = (1..=400)
            .rev()
            .filter(|number| {
                let case = &indexed[*number as usize - 1];
                let begun = &words.last().unwrap().typed;
                words.iter().enumerate().all(|(place, word)| {
                    let begins = place + 1 == words.len()
                        && (case.iter().any(|form| form.starts_with(begun)) || number.to_string().starts_with(begun));
                    begins || word.forms.iter().any(|form| case.contains(form))
                })
            })
            .take(25)
            .collect();
        hits += usize::from(!expected.is_empty());
        full += usize::from(expected.len() == 25);
        assert_eq!(found(&db.store, &typed).await, expected, "{typed:?}");
    }
    assert!(hits > 100 && full > 20 && hits < 300, "the questions should differ: {hits} with an answer, {full} full");
}
