//! The embedded description of Discord's API: that it is Discord's own, only shorter, and that the inspector judges by it.
//!
//! `cargo test --test it -- --ignored ship_the_description` packs `tests/openapi/discord-openapi.json` anew.

use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use ruhepol::sandbox::openapi;
use serde_json::{Map, Value, json};

use super::Page;
use super::guest::Place;

/// What is said for people, or about things that no body and no parameter holds.
const PROSE: &[&str] = &[
    "contentEncoding",
    "description",
    "externalDocs",
    "headers",
    "operationId",
    "security",
    "securitySchemes",
    "servers",
    "summary",
    "tags",
    "title",
];
/// Where keys are names, which may be any of the words above.
const NAMED: &[&str] = &["parameters", "paths", "properties", "responses", "schemas"];

/// A description without its prose; what is judged by it stays.
fn trimmed(whole: &Value) -> Value {
    fn walk(value: &Value, names: bool) -> Value {
        match value {
            Value::Object(object) => {
                let kept = object.iter().filter(|(key, _)| names || !(PROSE.contains(&key.as_str()) || is_form(key)));
                let each = kept.map(|(key, value)| (key.clone(), walk(value, !names && NAMED.contains(&key.as_str()))));
                Value::Object(each.collect::<Map<_, _>>())
            }
            Value::Array(list) => Value::Array(list.iter().map(|one| walk(one, false)).collect()),
            plain => plain.clone(),
        }
    }
    walk(whole, false)
}

/// Forms carry the same body as JSON does, as one of their parts.
fn is_form(key: &str) -> bool {
    matches!(key, "multipart/form-data" | "application/x-www-form-urlencoded")
}

fn at(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn original() -> Value {
    serde_json::from_slice(&std::fs::read(at("tests/openapi/discord-openapi.json")).unwrap()).unwrap()
}

const SHIPPED: &str = "assets/openapi/discord-openapi.json.gz";

#[test]
fn the_shipped_description_is_discords_without_its_prose() {
    let mut text = String::new();
    GzDecoder::new(std::fs::File::open(at(SHIPPED)).unwrap()).read_to_string(&mut text).unwrap();
    let shipped: Value = serde_json::from_str(&text).unwrap();
    assert!(shipped == trimmed(&original()), "pack it anew; the top of this file says how");
    assert!(*openapi::description() == shipped, "what is embedded is what is shipped");
    let licence = |folder: &str| std::fs::read_to_string(at(folder).join("LICENSE")).unwrap();
    let terms = |text: String| text.split_once("MIT License").map(|(_, terms)| terms.to_owned()).unwrap();
    assert_eq!(terms(licence("assets/openapi")), terms(licence("tests/openapi")), "its licence goes with it");
}

#[test]
#[ignore = "writes assets/openapi/discord-openapi.json.gz; for a new edition of the description"]
fn ship_the_description() {
    let file = std::fs::File::create(at(SHIPPED)).unwrap();
    let mut packed = GzEncoder::new(file, Compression::best());
    serde_json::to_writer(&mut packed, &trimmed(&original())).unwrap();
    packed.finish().unwrap();
}

/// The inspector's lines, oldest first.
async fn inspector(place: &Place) -> Vec<Value> {
    let lines = Page::at(&place.discord.base_url()).get("requests").await;
    lines.as_array().cloned().unwrap()
}

#[tokio::test]
async fn the_inspector_says_what_discords_description_says_of_each_request() {
    let place = Place::new().await;
    let route = format!("POST /channels/{}/messages", place.channel("support"));
    place.ask(&route, &json!({ "content": "Guten Morgen", "allowed_mentions": { "parse": [] } })).await;
    let long = json!({ "embeds": [{ "title": "x".repeat(257) }], "colour": 1 });
    place.ask(&route, &long).await;
    place.ask("GET /weather/today", &Value::Null).await;
    place.ask(&format!("GET /channels/{}/messages?limit=101", place.channel("support")), &Value::Null).await;

    let lines = inspector(&place).await;
    let said: Vec<&Value> = lines.iter().map(|line| &line["openapi"]).collect();
    let messages = "/channels/{channel_id}/messages";
    assert_eq!(
        said,
        [
            &json!({ "verdict": "matches", "route": format!("POST {messages}") }),
            &json!({ "verdict": "differs", "route": format!("POST {messages}"), "mismatches": [
                { "place": "/embeds/0/title", "code": "too_long", "value": 256 },
                { "place": "/colour", "code": "unknown_key" },
            ] }),
            &json!({ "verdict": "no_such_route" }),
            &json!({ "verdict": "differs", "route": format!("GET {messages}"), "mismatches": [
                { "place": "?limit", "code": "too_large", "value": "100" },
            ] }),
        ]
    );
    assert_eq!(lines[0]["body"]["content"], "Guten Morgen", "beside what was asked");
    assert!(lines[1]["verdicts"][0].as_str().unwrap().contains("embeds.0.title"), "and the documented limits");
}
