//! `ruhepol sandbox --demo`: what the tour shows in five steps, played from beginning to end in both languages.

use std::time::Duration;

use serde_json::Value;

use super::durable::Sandbox;
use super::person;

/// What somebody finds in a place, as one text.
async fn seen(sandbox: &Sandbox, who: &str, place: &str) -> String {
    let world = sandbox.page.get("world").await;
    let id = person(&world, who);
    let world = sandbox.page.get(&format!("world?as={id}")).await;
    let channels = world["guilds"].as_array().into_iter().flatten().flat_map(|it| it["channels"].as_array().unwrap());
    let Some(found) = channels.into_iter().find(|it| it["name"] == place) else { return String::new() };
    let place = found["id"].as_str().unwrap();
    sandbox.page.get(&format!("channels/{place}/messages?as={id}&limit=100")).await.to_string()
}

async fn plays(language: &str, title: &str, steps: &[(&str, &str, &str)]) {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start(folder.path(), &["--demo", "--language", language]).await;
    let (who, place, end) = steps.last().unwrap();
    for _ in 0..120 {
        if seen(&sandbox, who, place).await.contains(end) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    for (who, place, what) in steps {
        let place = if *place == "thread" { title } else { place };
        let text = seen(&sandbox, who, place).await;
        assert!(text.contains(what), "{who} in #{place}: {what:?} is not in {text}");
    }
    assert!(!seen(&sandbox, "Anna", "support").await.contains(end), "what Kim is told is Kim's");
    let requests = sandbox.page.get("requests").await;
    let odd = |it: &&Value| it["openapi"]["verdict"] != "matches" || it["verdicts"] != Value::Array(Vec::new());
    let odd: Vec<&Value> = requests.as_array().unwrap().iter().filter(odd).collect();
    assert!(odd.is_empty() && requests.as_array().unwrap().len() > 20, "{odd:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demonstration_plays_every_step_of_the_tour_in_german() {
    let steps = [
        ("Anna", "thread", "Kim den Stand der Erstattung sagen"),
        ("Anna", "support", "Ruhigere Fassung"),
        ("Anna", "thread", "Erledigt von"),
        ("Clara", "leitung", "Zahlen des Teams"),
        ("Ben", "fälle", "So steht es heute im Team"),
        ("Kim", "support", "Das ist hier über dich gespeichert"),
        ("Kim", "support", "Gelöscht."),
    ];
    plays("de", "Rechnung 4711 doppelt abgebucht", &steps).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demonstration_plays_every_step_of_the_tour_in_english() {
    let steps = [
        ("Anna", "thread", "Tell Kim where the refund stands"),
        ("Anna", "support", "A calmer version"),
        ("Anna", "thread", "Done by"),
        ("Clara", "leitung", "The team’s numbers"),
        ("Ben", "fälle", "This is how the team stands today"),
        ("Kim", "support", "This is kept about you here"),
        ("Kim", "support", "Erased."),
    ];
    plays("en", "Invoice 4711 charged twice", &steps).await;
}
