//! The life of a promise as a team lives it: read in one's own zone, kept out of one's evenings, moved, handed over, ended.

use serde_json::{Value, json};

use crate::harness::{SOON, Town, button, id};

pub const HOUR_MS: i64 = 3_600_000;

/// The last message in a channel, once there are `count`.
pub async fn newest(town: &Town, channel: u64, count: usize) -> Value {
    let there = |discord: &ruhepol::sandbox::Discord| discord.messages(channel).len() >= count;
    assert!(town.discord.until(there, SOON).await, "{count} messages in {channel}");
    let messages = town.discord.messages(channel);
    assert_eq!(messages.len(), count, "{:#?}", messages.iter().map(|m| town.read(m)).collect::<Vec<_>>());
    messages.into_iter().next_back().unwrap()
}

/// What was answered, as a message with its controls.
pub async fn message_of(town: &Town, answer: &ruhepol::sandbox::Answer) -> Value {
    match &answer.message {
        Some(message) => message.clone(),
        None => town.discord.final_answer(answer.interaction, SOON).await.expect("an answer"),
    }
}

pub async fn add(town: &Town, user: &str, channel: u64, options: &[(&str, Value)]) -> Value {
    let answer = town.raw(user, "de", channel, "followup add", options).await;
    message_of(town, &answer).await
}

pub fn plain(text: &str) -> String {
    text.replace('\u{2060}', "")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_profile_is_shown_set_and_kept_over_a_restart_in_both_languages() {
    let mut town = Town::new().await;
    let told = town.slash("Anna", "fälle", "profile", &[]).await;
    insta::assert_snapshot!(told);
    let set = [
        ("timezone", json!("europe/lisbon")),
        ("hours", json!("Mo–Do 8–16, Fr 8–12")),
        ("language", json!("en")),
        ("digest", json!("off")),
    ];
    let told = town.slash("Anna", "fälle", "profile", &set).await;
    assert!(told.starts_with("Profil gespeichert"), "the language holds from the next answer on: {told}");
    town.restart().await;
    let told = town.slash("Anna", "fälle", "profile", &[]).await;
    insta::assert_snapshot!(told);
    let ben = town.slash_en("Ben", "fälle", "profile", &[]).await;
    assert!(ben.contains("Europe/Berlin (as in the team)"), "{ben}");
    let back = [("timezone", json!("team")), ("hours", json!("team")), ("language", json!("client"))];
    let told = town.slash("Anna", "fälle", "profile", &back).await;
    assert!(told.contains("Europe/Berlin (as in the team)") && told.contains("Mon–Fri 09:00–17:00"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_profile_that_cannot_be_is_refused_with_an_example() {
    let town = Town::new().await;
    for (option, typed, german, english) in [
        (
            "timezone",
            "Europa/Berlin",
            "Die Zeitzone „Europa/Berlin“ kenne ich nicht. Beispiele: Europe/Berlin",
            "I do not know the time zone",
        ),
        (
            "hours",
            "immer",
            "Die Arbeitszeit „immer“ verstehe ich nicht. Beispiele: „9–17 Uhr“",
            "I do not understand the working hours",
        ),
        ("hours", "17-9", "„17-9“ geht über Mitternacht.", "\"17-9\" goes past midnight."),
        ("days", "neulich", "Die Arbeitstage „neulich“ verstehe ich nicht.", "I do not understand the working days"),
        (
            "holidays",
            "augsburg",
            "Für das Team ist noch kein Bundesland festgelegt.",
            "No Land is set for the team yet.",
        ),
    ] {
        let told = town.slash("Anna", "fälle", "profile", &[(option, json!(typed))]).await;
        assert!(told.starts_with(german), "{told}");
        let told = town.slash_en("Anna", "fälle", "profile", &[(option, json!(typed))]).await;
        assert!(told.starts_with(english), "{told}");
    }
    town.slash("Admin", "fälle", "setup", &[("land", json!("NW"))]).await;
    let told = town.slash("Anna", "fälle", "profile", &[("holidays", json!("augsburg"))]).await;
    assert!(told.starts_with("Diesen Feiertag gibt es in Nordrhein-Westfalen nicht."), "{told}");
    town.slash("Admin", "fälle", "setup", &[("land", json!("BY"))]).await;
    let told = town.slash("Anna", "fälle", "profile", &[("holidays", json!("augsburg"))]).await;
    assert!(told.contains("Feiertage: Bayern, Augsburg"), "{told}");
    let told = town.slash("Kim", "support", "profile", &[]).await;
    assert!(told.starts_with("Dafür brauchst du die Rolle @Team"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn zones_are_offered_while_typing() {
    let town = Town::new().await;
    let offered = crate::cases::suggest(&town, "Anna", "profile", "timezone", "Wien").await;
    assert_eq!(offered, ["Europe/Vienna"]);
    let offered = crate::cases::suggest(&town, "Admin", "setup", "timezone", "berl").await;
    assert_eq!(offered[0], "Europe/Berlin");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_typed_time_is_read_in_the_typists_zone_and_kept_outside_the_assignees_hours_with_a_warning() {
    let town = Town::new().await;
    town.slash("Anna", "fälle", "profile", &[("timezone", json!("America/New_York"))]).await;
    town.slash("Ben", "fälle", "profile", &[("hours", json!("10-16"))]).await;
    let ben = json!(town.user("Ben").to_string());
    let options = [("what", json!("Anrufen")), ("when", json!("morgen 9 Uhr")), ("who", ben.clone())];
    let told = town.slash("Anna", "fälle", "followup add", &options).await;
    assert!(told.contains("Fri 2026-11-20 14:00") && !told.contains("außerhalb"), "nine in New York: {told}");
    let options = [("what", json!("Anrufen")), ("when", json!("morgen 11 Uhr")), ("who", ben)];
    let told = town.slash("Anna", "fälle", "followup add", &options).await;
    assert!(
        told.contains("Fri 2026-11-20 16:00")
            && told.contains("außerhalb der Arbeitszeit von @Ben (Mo–Fr 10:00–16:00, Europe/Berlin)"),
        "{told}"
    );
    let own = [("what", json!("Anrufen")), ("when", json!("Saturday 10:00"))];
    let told = town.slash_en("Ben", "fälle", "followup add", &own).await;
    assert!(told.contains("outside your working hours (Mon–Fri 10:00–16:00, Europe/Berlin)"), "{told}");
    town.slash("Admin", "fälle", "setup", &[("land", json!("NW"))]).await;
    let own = [("what", json!("Anrufen")), ("when", json!("25.12. um 11"))];
    let told = town.slash("Ben", "fälle", "followup add", &own).await;
    assert!(told.contains("Da ist Feiertag: 1. Weihnachtstag."), "{told}");
    // Kept all the same: it comes on Saturday at ten.
    town.clock.advance_ms(48 * HOUR_MS + 60_000);
    let dm = town.discord.dm(town.user("Ben"));
    town.message_saying(dm, "Anrufen").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bare_day_is_the_start_of_the_typists_own_day() {
    let town = Town::new().await;
    town.slash("Anna", "fälle", "profile", &[("hours", json!("7-15"))]).await;
    let told = town.slash("Anna", "fälle", "followup add", &[("what", json!("x")), ("when", json!("morgen"))]).await;
    assert!(told.contains("Fri 2026-11-20 06:00") && !told.contains("außerhalb"), "seven in Berlin: {told}");
    let offered = crate::cases::suggest(&town, "Anna", "followup add", "when", "morgen").await;
    assert_eq!(offered, ["Freitag, 20. November 2026, 07:00 Uhr (CET)"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_direct_message_speaks_the_language_its_reader_set() {
    let town = Town::new().await;
    town.slash("Anna", "fälle", "profile", &[("language", json!("en"))]).await;
    town.slash("Anna", "fälle", "followup add", &[("what", json!("Holiday form")), ("when", json!("in 30 min"))]).await;
    town.clock.advance_ms(HOUR_MS / 2);
    let dm = town.discord.dm(town.user("Anna"));
    town.message_saying(dm, "it is time: **Holiday form**").await;
}
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reminders_buttons_move_it_and_say_when_it_comes_again_after_a_restart_too() {
    let mut town = Town::new().await;
    let thread = town.opened("Gutschrift").await;
    add(&town, "Anna", thread, &[("what", json!("Prüfen")), ("when", json!("in 1 Stunde"))]).await;
    town.clock.advance_ms(HOUR_MS);
    let reminder = newest(&town, thread, 2).await;
    assert!(
        town.read(&reminder).ends_with("[Erledigt] [+1 Std.] [Morgen] [Nächsten Montag] [Zeit wählen …]\n[Übergeben]"),
        "{}",
        town.read(&reminder)
    );
    town.restart().await;
    let moved = town.press("Anna", "de", &reminder, "Morgen").await;
    let told = plain(&town.told(&moved).await);
    assert!(told.starts_with("Verschoben von @Anna: Prüfen") && told.contains("Fri 2026-11-20 08:00"), "{told}");
    assert!(!told.contains("außerhalb"), "nine in Berlin is working time: {told}");
    // The same press again is harmless: the message shows what holds, a changed client hears it.
    let again = button(&reminder, "Morgen").unwrap();
    let forged = town.discord.forge(town.user("Anna"), "de", thread, id(&reminder["id"]), &again, &[]).await;
    assert!(town.told(&forged).await.starts_with("Das wurde inzwischen verschoben."));
    town.clock.advance_ms(22 * HOUR_MS);
    let reminder = newest(&town, thread, 3).await;
    let moved = town.press("Anna", "de", &reminder, "Nächsten Montag").await;
    let told = plain(&town.told(&moved).await);
    assert!(told.contains("Mon 2026-11-23 08:00"), "{told}");
    town.clock.advance_ms(72 * HOUR_MS);
    let reminder = newest(&town, thread, 4).await;
    let form = town.press("Anna", "de", &reminder, "Zeit wählen …").await;
    let picked = town.submit("Anna", "de", thread, &form, &[("when", "Samstag 10 Uhr")]).await;
    let told = plain(&town.told(&picked).await);
    assert!(told.contains("Sat 2026-11-28 09:00") && told.contains("außerhalb der Arbeitszeit von @Anna"), "{told}");
    let shown = town.discord.message(thread, id(&reminder["id"])).unwrap();
    assert!(town.read(&shown).starts_with("Verschoben von @Anna"), "the reminder itself shows it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picked_time_that_cannot_be_comes_back_with_an_example() {
    let town = Town::new().await;
    let thread = town.opened("Gutschrift").await;
    add(&town, "Anna", thread, &[("what", json!("Prüfen")), ("when", json!("in 1 Stunde"))]).await;
    town.clock.advance_ms(HOUR_MS);
    let reminder = newest(&town, thread, 2).await;
    for (locale, typed, expected) in [
        ("de", "irgendwann", "„irgendwann“ ist mir zu ungenau."),
        ("de", "gestern", "„gestern“ ist schon vorbei."),
        ("en-GB", "in 10 years", "\"in 10 years\" is more than five years away."),
        ("en-GB", "blue", "I do not understand the time \"blue\". Examples:"),
    ] {
        let form = town.press("Anna", locale, &reminder, "Zeit wählen …").await;
        let picked = town.submit("Anna", locale, thread, &form, &[("when", typed)]).await;
        let told = town.told(&picked).await;
        assert!(told.starts_with(expected), "{told}");
    }
    let shown = town.discord.message(thread, id(&reminder["id"])).unwrap();
    assert!(town.read(&shown).contains("jetzt ist dran"), "nothing has changed");
    // Somebody else is told so before the form, not after typing.
    let refused = town.press("Ben", "de", &reminder, "Zeit wählen …").await;
    assert!(town.told(&refused).await.starts_with("Darum kümmert sich @Anna."));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn done_by_command_keeps_the_outcome_as_an_entry_and_tells_its_creator() {
    let mut town = Town::new().await;
    let thread = town.opened("Gutschrift").await;
    let ben = json!(town.user("Ben").to_string());
    add(
        &town,
        "Anna",
        thread,
        &[("what", json!("Gutschrift prüfen @everyone")), ("when", json!("morgen")), ("who", ben)],
    )
    .await;
    let told =
        town.slash_in("Ben", "de", thread, "followup done", &[("outcome", json!("Ist angewiesen <@&1> @here"))]).await;
    let told = plain(&told);
    assert!(
        told.starts_with("Erledigt von @Ben: Gutschrift prüfen") && told.contains("Ergebnis: Ist angewiesen"),
        "{told}"
    );
    let word = newest(&town, thread, 2).await;
    assert!(
        plain(&town.read(&word)).starts_with("@Anna, @Ben hat das erledigt: **Gutschrift prüfen @everyone**"),
        "{}",
        town.read(&word)
    );
    let sent =
        town.discord.requests().into_iter().rfind(|r| r.body["content"].to_string().contains("hat das erledigt"));
    let pings = sent.unwrap().pings;
    assert!(!pings.everyone && pings.roles.is_empty() && pings.users.len() == 1, "{pings:?}");
    let card = town.card_saying(thread, "nachgefasst: Gutschrift prüfen").await;
    assert!(town.read(&card).contains("Ist angewiesen"), "{}", town.read(&card));
    town.restart().await;
    let told = town.slash_in("Ben", "de", thread, "followup done", &[]).await;
    assert_eq!(told, "Hier ist nichts offen. `/nachfassen liste` zeigt, was es sonst gibt.");
    // Without a case the word is a direct message.
    let ben = json!(town.user("Ben").to_string());
    let fälle = town.channel("fälle");
    add(&town, "Anna", fälle, &[("what", json!("Urlaub eintragen")), ("when", json!("morgen")), ("who", ben)]).await;
    let told = town
        .slash_en("Ben", "fälle", "followup cancel", &[("followup", json!("urlaub")), ("reason", json!("verschoben"))])
        .await;
    assert!(told.starts_with("Taken back by @Ben: Urlaub eintragen\nReason: verschoben"), "{told}");
    let dm = town.discord.dm(town.user("Anna"));
    town.message_saying(dm, "@Ben hat das zurückgenommen: **Urlaub eintragen**").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_ends_their_own_promise_is_told_nothing_twice() {
    let town = Town::new().await;
    let thread = town.opened("Gutschrift").await;
    add(&town, "Anna", thread, &[("what", json!("Prüfen")), ("when", json!("morgen"))]).await;
    town.slash_in("Anna", "de", thread, "followup done", &[]).await;
    town.card_saying(thread, "nachgefasst: Prüfen").await;
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    assert_eq!(town.discord.messages(thread).len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promise_is_named_by_number_case_or_words_and_offered_while_typing() {
    let town = Town::new().await;
    let thread = town.opened("Gutschrift").await;
    let fälle = town.channel("fälle");
    add(&town, "Anna", thread, &[("what", json!("Beleg anfordern")), ("when", json!("morgen"))]).await;
    add(&town, "Anna", fälle, &[("what", json!("Beleg ablegen")), ("when", json!("Freitag 14:30"))]).await;
    add(&town, "Ben", fälle, &[("what", json!("Bens Beleg")), ("when", json!("Freitag 15 Uhr"))]).await;
    let offered = crate::cases::suggest(&town, "Anna", "followup done", "followup", "beleg").await;
    assert_eq!(
        offered,
        [
            "#1 · Beleg anfordern – Freitag, 20. November 2026, 09:00 Uhr (CET)",
            "Beleg ablegen – Freitag, 20. November 2026, 14:30 Uhr (CET)"
        ]
    );
    assert_eq!(crate::cases::suggest(&town, "Clara", "followup done", "followup", "beleg").await.len(), 3, "the lead");
    let snooze = async |which: &str, when: &str| {
        let options = [("when", json!(when)), ("followup", json!(which))];
        plain(&town.slash("Anna", "fälle", "followup snooze", &options).await)
    };
    assert!(snooze("#1", "Montag 10 Uhr").await.starts_with("Verschoben von @Anna: Beleg anfordern"));
    // The case's first answer has a number of its own, so this is not the second.
    assert!(snooze("3", "Montag 11 Uhr").await.starts_with("Verschoben von @Anna: Beleg ablegen"));
    let several = snooze("beleg", "Montag 12 Uhr").await;
    assert!(
        several.starts_with("Zu „beleg“ passt mehreres.") && several.contains("`2` #1 · Beleg anfordern"),
        "{several}"
    );
    assert!(snooze("4", "Montag").await.starts_with("Darum kümmert sich @Ben."));
    assert!(snooze("99", "Montag").await.starts_with("Ein offenes Nachfassen „99“ finde ich nicht."));
    assert!(snooze("gibt es nicht", "Montag").await.starts_with("Ein offenes Nachfassen „gibt es nicht“"));
    let long = snooze(&"x".repeat(5_900), "Montag").await;
    assert!(long.starts_with("Ein offenes Nachfassen „xxx"), "{long}");
    let which = town.slash_en("Anna", "fälle", "followup done", &[]).await;
    assert!(which.starts_with("Several are open here. Please give the number"), "{which}");
    town.slash("Anna", "fälle", "followup done", &[("followup", json!("2"))]).await;
    assert!(snooze("2", "Montag").await.starts_with("Das ist schon erledigt oder zurückgenommen."));
    // Another team's numbers do not exist.
    let there = town.discord.world().channel("büro");
    let told = town.slash_in("Dora", "de", there, "followup done", &[("followup", json!("1"))]).await;
    assert!(told.starts_with("Ein offenes Nachfassen „1“ finde ich nicht."), "{told}");
    let kim = town.slash("Kim", "support", "followup done", &[("followup", json!("1"))]).await;
    assert!(kim.starts_with("Dafür brauchst du die Rolle @Team"), "{kim}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_offers_change_and_undo_and_both_outlive_a_restart() {
    let mut town = Town::new().await;
    let thread = town.opened("Gutschrift").await;
    let answer = add(&town, "Anna", thread, &[("what", json!("Prüfen")), ("when", json!("morgen 9 Uhr"))]).await;
    assert!(town.read(&answer).ends_with("[Ändern] [Rückgängig]"), "{}", town.read(&answer));
    town.restart().await;
    let form = town.press("Anna", "de", &answer, "Ändern").await;
    let modal = form.modal.clone().unwrap().to_string();
    assert!(modal.contains("Prüfen") && modal.contains("Freitag, 20.11.2026, 09:00 Uhr"), "{modal}");
    // Only the text changes; the time stays as it was.
    let changed = town.submit("Anna", "de", thread, &form, &[("what", "Beleg prüfen")]).await;
    let answer = message_of(&town, &changed).await;
    let told = plain(&town.read(&answer));
    assert!(told.contains("Beleg prüfen") && told.contains("Fri 2026-11-20 08:00"), "{told}");
    let form = town.press("Anna", "en-GB", &answer, "Ändern").await;
    let changed = town.submit("Anna", "en-GB", thread, &form, &[("when", "monday 10am")]).await;
    let answer = message_of(&town, &changed).await;
    assert!(town.read(&answer).contains("Mon 2026-11-23 09:00"), "{}", town.read(&answer));
    let form = town.press("Anna", "de", &answer, "Change").await;
    let refused = town.submit("Anna", "de", thread, &form, &[("what", "  "), ("when", "morgen")]).await;
    assert!(town.told(&refused).await.starts_with("Da steht noch nichts."));
    let form = town.press("Anna", "de", &answer, "Change").await;
    let refused = town.submit("Anna", "de", thread, &form, &[("what", "Diesen Text behalten"), ("when", "blau")]).await;
    let told = town.told(&refused).await;
    assert!(told.starts_with("Die Zeit „blau“ verstehe ich nicht.") && told.contains("Diesen Text behalten"), "{told}");
    let undone = town.press("Anna", "de", &answer, "Undo").await;
    assert!(town.told(&undone).await.starts_with("Zurückgenommen von @Anna: Beleg prüfen"));
    let undo = button(&answer, "Undo").unwrap();
    let again = town.discord.forge(town.user("Anna"), "de", thread, id(&answer["id"]), &undo, &[]).await;
    assert!(town.told(&again).await.starts_with("Das ist schon erledigt oder zurückgenommen."));
    town.card_saying(thread, "zurückgenommen: Beleg prüfen").await;
    town.clock.advance_ms(120 * HOUR_MS);
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    assert_eq!(town.discord.messages(thread).len(), 1, "what is undone reminds nobody");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn handing_over_asks_for_a_colleague_who_can_see_the_case_and_reminds_them_from_then_on() {
    let mut town = Town::new().await;
    let thread = town.opened("Gutschrift").await;
    add(&town, "Anna", thread, &[("what", json!("Prüfen")), ("when", json!("in 1 Stunde"))]).await;
    town.clock.advance_ms(HOUR_MS);
    let reminder = newest(&town, thread, 2).await;
    let stranger = town.press("Ben", "de", &reminder, "Übergeben").await;
    assert!(town.told(&stranger).await.starts_with("Darum kümmert sich @Anna."));
    town.restart().await;
    let offered = message_of(&town, &town.press("Anna", "de", &reminder, "Übergeben").await).await;
    let list = offered["components"][0]["components"][0]["custom_id"].as_str().unwrap().to_owned();
    let choose = async |town: &Town, who: u64| {
        let (channel, message) = (id(&offered["channel_id"]), id(&offered["id"]));
        let answer = town.discord.press(town.user("Anna"), "de", channel, message, &list, &[&who.to_string()]).await;
        plain(&town.told(&answer).await)
    };
    assert!(choose(&town, town.user("Kim")).await.starts_with("@Kim hat nicht die Rolle des Teams."));
    assert!(choose(&town, town.discord.world().bot()).await.contains("ist ein Programm"));
    assert!(choose(&town, town.user("Dora")).await.starts_with("@Dora ist nicht auf diesem Server."));
    assert!(choose(&town, town.user("Anna")).await.starts_with("Darum kümmert sich @Anna schon."));
    let told = choose(&town, town.user("Ben")).await;
    assert!(told.starts_with("Übergeben an @Ben: Prüfen"), "{told}");
    // It was due already: Ben is reminded at once.
    let again = newest(&town, thread, 3).await;
    assert!(town.read(&again).starts_with("@Ben, jetzt ist dran: **Prüfen**"), "{}", town.read(&again));
    town.card_saying(thread, "übergeben an @Ben: Prüfen").await;
    let done = town.press("Ben", "de", &again, "Erledigt").await;
    assert!(town.told(&done).await.starts_with("Erledigt von @Ben"));
    town.message_saying(thread, "@Anna, @Ben hat das erledigt").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_direct_message_a_promise_is_handed_over_to_a_colleague_chosen_by_name() {
    let mut town = Town::new().await;
    let (anna, fälle) = (town.user("Anna"), town.channel("fälle"));
    let remind = async |town: &Town, what: &str| {
        add(town, "Anna", fälle, &[("what", json!(what)), ("when", json!("in 1 Stunde"))]).await;
        town.clock.advance_ms(HOUR_MS);
        town.message_saying(town.discord.dm(anna), &format!("jetzt ist dran: **{what}**")).await
    };
    let alone = remind(&town, "Niemand sonst").await;
    let refused = town.press("Anna", "de", &alone, "Übergeben").await;
    assert!(town.told(&refused).await.starts_with("Übergeben geht auf dem Server"), "nobody is known yet");
    for who in ["Ben", "Clara"] {
        add(&town, who, fälle, &[("what", json!("Eigenes")), ("when", json!("in 10 Tagen"))]).await;
    }
    let due = remind(&town, "Urlaub eintragen").await;
    town.restart().await;
    let offered = message_of(&town, &town.press("Anna", "en-GB", &due, "Übergeben").await).await;
    let text = town.read(&offered);
    assert!(text.contains("had to do with cases or follow-ups of late") && text.ends_with("(Clara)(Ben)"), "{text}");
    let list = offered["components"][0]["components"][0]["custom_id"].as_str().unwrap().to_owned();
    let choose = async |town: &Town, who: u64| {
        let (channel, message) = (id(&offered["channel_id"]), id(&offered["id"]));
        let answer = town.discord.press(anna, "de", channel, message, &list, &[&who.to_string()]).await;
        plain(&town.told(&answer).await)
    };
    // Who has left meanwhile is not given anything.
    town.arm(json!({ "kind": "user_left", "user_id": town.user("Clara").to_string() }));
    assert!(choose(&town, town.user("Clara")).await.starts_with("@Clara ist nicht auf diesem Server."));
    let told = choose(&town, town.user("Ben")).await;
    assert!(told.starts_with("Übergeben an @Ben: Urlaub eintragen"), "{told}");
    town.message_saying(town.discord.dm(town.user("Ben")), "jetzt ist dran: **Urlaub eintragen**").await;
    town.message_saying(town.discord.dm(anna), "Inzwischen geändert: Urlaub eintragen – @Ben").await;
    let again = remind(&town, "Noch etwas").await;
    let offered = message_of(&town, &town.press("Anna", "de", &again, "Übergeben").await).await;
    assert!(town.read(&offered).ends_with("(Ben)"), "without who has left: {}", town.read(&offered));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_who_cannot_see_the_case_is_named_before_and_not_after() {
    let town = Town::new().await;
    // The lead's channel is closed to agents without that role.
    let closed = town.channel("leitung").to_string();
    town.slash("Admin", "fälle", "setup", &[("case_channel", json!(closed))]).await;
    town.slash("Clara", "leitung", "case open", &[("title", json!("Vertraulich"))]).await;
    let ben = json!(town.user("Ben").to_string());
    let options = [("what", json!("Anrufen")), ("when", json!("morgen")), ("case", json!("1")), ("who", ben)];
    let told = town.slash("Clara", "leitung", "followup add", &options).await;
    assert!(told.starts_with("@Ben kann #leitung nicht sehen"), "{told}");
    let told = town.slash_en("Clara", "leitung", "followup add", &options).await;
    assert!(told.starts_with("@Ben cannot see #leitung"), "{told}");
    let clara = json!(town.user("Clara").to_string());
    let options = [("what", json!("Anrufen")), ("when", json!("morgen")), ("case", json!("1")), ("who", clara)];
    let told = town.slash("Admin", "leitung", "followup add", &options).await;
    assert!(told.contains("@Clara bekommt"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_life_of_a_promise_is_the_same_on_postgres() {
    let Some(mut town) = Town::on_postgres().await else { return };
    let thread = town.opened("Auf PostgreSQL").await;
    let ben = json!(town.user("Ben").to_string());
    let options = [
        ("what", json!("Bericht")),
        ("when", json!("in 1 Stunde")),
        ("who", ben),
        ("repeat", json!("täglich")),
        ("escalate", json!("3 Tage")),
        ("wake", json!("on")),
    ];
    add(&town, "Anna", thread, &options).await;
    town.restart().await;
    town.clock.advance_ms(HOUR_MS);
    let reminder = newest(&town, thread, 2).await;
    let moved = town.press("Ben", "de", &reminder, "+1 Std.").await;
    assert!(plain(&town.told(&moved).await).starts_with("Verschoben von @Ben: Bericht"));
    town.clock.advance_ms(HOUR_MS + 60_000);
    let reminder = newest(&town, thread, 3).await;
    let done = town.slash_in("Ben", "de", thread, "followup done", &[]).await;
    assert!(plain(&done).starts_with("Erledigt von @Ben: Bericht"), "{done}");
    let shown = town.message_saying(thread, "Erledigt von @Ben: Bericht").await;
    assert_eq!(shown["id"], reminder["id"], "its reminder says so, too");
    town.message_saying(thread, "@Anna, @Ben hat das erledigt").await;
    let list = town.slash_in("Ben", "de", thread, "followup list", &[]).await;
    assert!(list.contains("Fri 2026-11-20 10:00") && list.contains("täglich"), "{list}");
    let told = town.slash("Ben", "fälle", "followup cancel", &[]).await;
    assert!(plain(&told).starts_with("Zurückgenommen von @Ben: Bericht"), "{told}");
}
