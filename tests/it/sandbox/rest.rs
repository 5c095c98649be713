//! What the loopback Discord refuses, with Discord's own codes, and what its faults do to a request.

use std::time::Duration;

use ruhepol::clock::Stopwatch;
use ruhepol::sandbox::{AnswerKind, Fault, FaultKind, Request, openapi};
use serde_json::{Value, json};

use super::Page;
use super::guest::{ALL, GUILDS, Place, Socket};

const NOBODY: u64 = 4_711;

#[tokio::test]
async fn what_is_not_there_or_not_allowed_is_refused_with_its_code() {
    let place = Place::new().await;
    let (support, forum, lead) = (place.channel("support"), place.channel("fall-forum"), place.channel("leitung"));
    let (kim, guild) = (place.user("Kim"), place.discord.world().guild("Musterfirma Support"));
    let theirs = place.discord.say(kim, support, "von Kim").await;
    place.discord.arm(Fault::new(FaultKind::LosePermission).channel(lead).permission("SEND_MESSAGES"));
    let hello = json!({ "content": "Hallo" });
    let thread = json!({ "name": "n", "type": 11 });
    for (route, body, status, code) in [
        (format!("GET /channels/{NOBODY}"), &Value::Null, 404, 10_003),
        (format!("GET /guilds/{NOBODY}"), &Value::Null, 404, 10_004),
        (format!("GET /guilds/{guild}/members/{NOBODY}"), &Value::Null, 404, 10_007),
        (format!("GET /channels/{support}/messages/{NOBODY}"), &Value::Null, 404, 10_008),
        (format!("GET /users/{NOBODY}"), &Value::Null, 404, 10_013),
        (format!("GET /applications/{NOBODY}/commands"), &Value::Null, 404, 10_002),
        (format!("POST /interactions/{NOBODY}/token/callback"), &json!({ "type": 5 }), 404, 10_062),
        (format!("POST /webhooks/{NOBODY}/token"), &hello, 404, 10_015),
        (format!("PATCH /channels/{support}/messages/{theirs}"), &hello, 403, 50_005),
        (format!("POST /channels/{support}/messages"), &json!({ "content": " " }), 400, 50_006),
        (format!("POST /channels/{forum}/messages"), &hello, 400, 50_008),
        (format!("POST /channels/{lead}/messages"), &hello, 403, 50_013),
        (format!("PATCH /channels/{support}"), &json!({ "name": "neu" }), 403, 50_013),
        (format!("DELETE /channels/{support}/messages/{theirs}"), &Value::Null, 403, 50_013),
        (format!("POST /channels/{support}/messages/{NOBODY}/threads"), &thread, 404, 10_008),
        ("GET /nothing/of/the/kind".to_owned(), &Value::Null, 404, 0),
        (format!("PUT /channels/{support}/messages"), &Value::Null, 404, 0),
    ] {
        assert_eq!(place.refused(&route, body).await, (status, code), "{route}");
    }
    let bare = reqwest::get(format!("{}/api/v10/users/@me", place.discord.base_url())).await.unwrap();
    assert_eq!(bare.status(), 401);
    let broken = place.request(&format!("POST /channels/{support}/messages"), None).body("{").send().await.unwrap();
    assert_eq!(broken.json::<Value>().await.unwrap()["code"], 50_109);
}

#[tokio::test]
async fn a_route_nobody_knows_is_in_the_inspector() {
    let place = Place::new().await;
    place.ask("GET /nothing/of/the/kind?a=b", &Value::Null).await;
    let log = Page::at(&place.discord.base_url()).get("requests?after=0").await;
    let entry = log.as_array().unwrap().last().unwrap();
    assert_eq!((&entry["path"], &entry["status"]), (&json!("/nothing/of/the/kind?a=b"), &json!(404)));
    assert_eq!(entry["verdicts"], json!(["no such route"]));
}

#[tokio::test]
async fn a_bad_body_is_refused_with_the_path_of_each_field() {
    let place = Place::new().await;
    let support = place.channel("support");
    let bot = place.discord.world().bot();
    let button = |more: Value| {
        let mut button = json!({ "type": 2, "style": 1, "label": "L", "custom_id": "c" });
        button.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "components": [{ "type": 1, "components": [button] }] })
    };
    let messages = format!("POST /channels/{support}/messages");
    let commands = format!("PUT /applications/{bot}/commands");
    for (route, body, path) in [
        (&messages, json!({ "content": "x".repeat(2_001) }), "/content"),
        (&messages, json!({ "content": 5 }), "/content"),
        (&messages, json!({ "content": "x", "embeds": {} }), "/embeds"),
        (&messages, json!({ "embeds": ["x"] }), "/embeds/0"),
        (&messages, json!({ "embeds": [{ "title": "x".repeat(257) }] }), "/embeds/0/title"),
        (&messages, json!({ "embeds": [{ "title": "x", "color": "red" }] }), "/embeds/0/color"),
        (&messages, json!({ "embeds": [{ "fields": [{ "name": "n" }] }] }), "/embeds/0/fields/0/value"),
        (&messages, json!({ "embeds": [{ "footer": "x" }] }), "/embeds/0/footer"),
        (&messages, json!({ "content": "x", "components": ["x"] }), "/components/0"),
        (&messages, button(json!({ "custom_id": "c".repeat(101) })), "/components/0/components/0/custom_id"),
        (&messages, button(json!({ "style": "big" })), "/components/0/components/0/style"),
        (&messages, json!({ "content": "x", "allowed_mentions": { "parse": ["all"] } }), "/allowed_mentions/parse/0"),
        (&messages, json!({ "content": "x", "flags": "64" }), "/flags"),
        (&messages, json!({ "content": "x", "message_reference": 7 }), "/message_reference"),
        (&messages, json!("x"), ""),
        (&commands, json!([{ "name": "Groß", "description": "d" }]), "/0/name"),
        (&commands, json!([{ "name": "a" }]), "/0/description"),
        (&commands, json!([5]), "/0"),
        (&"POST /users/@me/channels".to_owned(), json!({ "recipient_id": "kim" }), "/recipient_id"),
        (&format!("POST /channels/{support}/threads"), json!({ "type": 11, "name": 5 }), "/name"),
        (&format!("POST /channels/{support}/threads"), json!({ "type": "private", "name": "n" }), "/type"),
    ] {
        let (status, answer) = place.ask(route, &body).await;
        assert_eq!((status, &answer["code"]), (400, &json!(50_035)), "{route} {body}: {answer}");
        let errors = answer["errors"].pointer(&format!("{path}/_errors"));
        assert!(errors.is_some_and(Value::is_array), "{route} {body}: no {path} in {answer}");
    }
}

/// Every value of a body in turn is replaced by values of other kinds: whatever is taken must come back in Discord's form, and
/// what Discord's description calls wrong in kind must be refused.
#[tokio::test]
async fn no_body_of_the_wrong_kind_is_taken() {
    let place = Place::new().await;
    let support = place.channel("support");
    let bot = place.discord.world().bot();
    let choices = json!([{ "name": "a", "value": "a" }]);
    let option = json!({ "type": 3, "name": "o", "description": "d", "required": true, "choices": choices });
    let group = json!({ "type": 1, "name": "s", "description": "d", "options": [option] });
    let rows = json!([
        { "type": 1, "components": [{ "type": 2, "style": 1, "label": "L", "custom_id": "c", "disabled": false }] },
        { "type": 1, "components": [
            { "type": 3, "custom_id": "s", "placeholder": "p", "options": [{ "label": "l", "value": "v", "default": false }] },
        ] },
    ]);
    let embed = json!({
        "title": "t", "description": "d", "url": "https://example.org", "color": 1, "timestamp": "2026-01-01T00:00:00Z",
        "footer": { "text": "f" }, "author": { "name": "a" }, "fields": [{ "name": "n", "value": "v", "inline": true }],
    });
    let good = [
        (
            format!("POST /channels/{support}/messages"),
            json!({
                "content": "c", "nonce": "n", "tts": false, "flags": 0, "embeds": [embed], "components": rows,
                "allowed_mentions": { "parse": ["users"], "roles": [], "replied_user": false },
            }),
        ),
        (
            format!("POST /applications/{bot}/commands"),
            json!({
                "type": 1, "name": "n", "description": "d", "name_localizations": { "de": "n" }, "options": [group],
                "default_member_permissions": 0, "contexts": [0], "nsfw": false,
            }),
        ),
        (
            format!("POST /channels/{support}/threads"),
            json!({ "name": "n", "type": 11, "auto_archive_duration": 60, "rate_limit_per_user": 0 }),
        ),
    ];
    let mut taken = Vec::new();
    for (route, body) in &good {
        let (status, answer) = place.ask(route, body).await;
        assert!(status < 300, "the good one is taken: {answer}");
        for path in places(body) {
            for wrong in [json!(5), json!("x"), json!([]), json!({}), json!([[]]), json!(true)] {
                let mut body = body.clone();
                *body.pointer_mut(&path).unwrap() = wrong.clone();
                let (status, answer) = place.ask(route, &body).await;
                let (method, path_of) = route.split_once(' ').unwrap();
                let against = openapi::kinds_violated(method, path_of, &body);
                if status < 300 && !against.is_empty() {
                    taken.push(format!("{route} {path} = {wrong}: {}", against[0]));
                }
                assert!(status < 500, "{route} {path} = {wrong}: {answer}");
            }
        }
    }
    assert!(taken.is_empty(), "taken though wrong in kind: {taken:#?}");
}

/// Pointers to everything in a value.
fn places(value: &Value) -> Vec<String> {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(list) => list.iter().enumerate().map(|(n, value)| (n.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    let below = |(key, value): (String, &Value)| places(value).into_iter().map(move |rest| format!("/{key}{rest}"));
    inner.into_iter().flat_map(below).chain([String::new()]).collect()
}

/// Anna uses the command `go`; its interaction as the bot gets it.
async fn used(place: &Place, socket: &mut Socket) -> (u64, String, tokio::task::JoinHandle<AnswerKind>) {
    let (discord, anna, cases) = (place.discord.clone(), place.user("Anna"), place.channel("fälle"));
    let answer = tokio::spawn(async move { discord.command(anna, "de", cases, "go", Value::Null, None).await.kind });
    let event = socket.event("INTERACTION_CREATE").await;
    (event["id"].as_str().unwrap().parse().unwrap(), event["token"].as_str().unwrap().to_owned(), answer)
}

#[tokio::test]
async fn an_interaction_has_one_first_answer_in_three_seconds_and_a_token_for_fifteen_minutes() {
    let place = Place::new().await;
    let bot = place.discord.world().bot();
    place.ask(&format!("PUT /applications/{bot}/commands"), &json!([{ "name": "go", "description": "d" }])).await;
    let mut socket = place.connect(GUILDS).await;
    let (id, token, answer) = used(&place, &mut socket).await;
    let (callback, webhook) = (format!("POST /interactions/{id}/{token}/callback"), format!("/webhooks/{bot}/{token}"));
    let early = place.refused(&format!("POST {webhook}"), &json!({ "content": "zu früh" })).await;
    assert_eq!(early, (404, 10_015), "nothing to follow up on yet");
    // A command has no message to change, and choices are for autocomplete.
    for kind in [6, 7, 8, 77] {
        assert_eq!(place.refused(&callback, &json!({ "type": kind })).await, (400, 50_035), "type {kind}");
    }
    assert_eq!(place.ask(&callback, &json!({ "type": 5, "data": { "flags": 64 } })).await.0, 204);
    assert_eq!(answer.await.unwrap(), AnswerKind::Deferred);
    assert_eq!(place.refused(&callback, &json!({ "type": 5 })).await, (400, 40_060), "answered already");
    let edit = json!({ "content": "fertig" });
    let (status, filled) = place.ask(&format!("PATCH {webhook}/messages/@original"), &edit).await;
    assert_eq!((status, &filled["flags"]), (200, &json!(64)), "{filled}");
    let own = filled["id"].as_str().unwrap();
    let cases = place.channel("fälle");
    let read = place.refused(&format!("GET /channels/{cases}/messages/{own}"), &Value::Null).await;
    assert_eq!(read, (404, 10_008), "an ephemeral message is in no channel");
    place.discord.advance(Duration::from_mins(16));
    let late = place.refused(&format!("PATCH {webhook}/messages/@original"), &edit).await;
    assert_eq!(late, (401, 50_027), "after fifteen minutes");
    let (id, token, answer) = used(&place, &mut socket).await;
    assert_eq!(answer.await.unwrap(), AnswerKind::Failed, "after three seconds");
    let late = place.refused(&format!("POST /interactions/{id}/{token}/callback"), &json!({ "type": 5 })).await;
    assert_eq!(late, (404, 10_062));
}

#[tokio::test]
async fn an_ephemeral_answer_is_seen_and_pressed_by_one_person_only() {
    let place = Place::new().await;
    let bot = place.discord.world().bot();
    let (anna, ben, cases) = (place.user("Anna"), place.user("Ben"), place.channel("fälle"));
    place.ask(&format!("PUT /applications/{bot}/commands"), &json!([{ "name": "go", "description": "d" }])).await;
    let mut socket = place.connect(ALL).await;
    let (id, token, answer) = used(&place, &mut socket).await;
    let row = json!([{ "type": 1, "components": [{ "type": 2, "style": 1, "label": "L", "custom_id": "c" }] }]);
    let data = json!({ "content": "nur für Anna", "flags": 64, "components": row });
    place.ask(&format!("POST /interactions/{id}/{token}/callback"), &json!({ "type": 4, "data": data })).await;
    answer.await.unwrap();
    assert!(!socket.caught_up().await.iter().any(|name| name == "MESSAGE_CREATE"));
    let page = Page::at(&place.discord.base_url());
    for (user, sees) in [(anna, true), (ben, false)] {
        let all = page.get(&format!("channels/{cases}/messages?as={user}")).await;
        assert_eq!(all.to_string().contains("nur für Anna"), sees);
    }
    let message = place.discord.ephemerals(anna)[0]["id"].as_str().unwrap().parse().unwrap();
    let pressed = place.discord.press(ben, "de", cases, message, "c", &[]).await;
    assert_eq!(pressed.kind, AnswerKind::Failed);
}

#[tokio::test]
async fn rules_that_remember_hold() {
    let place = Place::new().await;
    let cases = place.channel("fälle");
    let messages = format!("POST /channels/{cases}/messages");
    // The same nonce within minutes is the same message, and later another.
    let body = json!({ "content": "einmal", "nonce": "n-1", "enforce_nonce": true });
    let first = place.ask(&messages, &body).await.1["id"].clone();
    assert_eq!(place.ask(&messages, &body).await.1["id"], first);
    place.discord.advance(Duration::from_mins(6));
    assert_ne!(place.ask(&messages, &body).await.1["id"], first);
    // A name changes twice in ten minutes.
    let made = place.ask(&format!("POST /channels/{cases}/threads"), &json!({ "name": "t", "type": 12 })).await.1;
    let thread = made["id"].as_str().unwrap();
    for name in ["eins", "zwei"] {
        assert_eq!(place.ask(&format!("PATCH /channels/{thread}"), &json!({ "name": name })).await.0, 200);
    }
    assert_eq!(place.refused(&format!("PATCH /channels/{thread}"), &json!({ "name": "drei" })).await, (429, 20_028));
    // A sleeping thread takes no edits but wakes for a message; a locked one stays shut to people.
    let written = place.ask(&format!("POST /channels/{thread}/messages"), &json!({ "content": "da" })).await.1;
    place.ask(&format!("PATCH /channels/{thread}"), &json!({ "archived": true, "locked": true })).await;
    let edit = format!("PATCH /channels/{thread}/messages/{}", written["id"].as_str().unwrap());
    assert_eq!(place.refused(&edit, &json!({ "content": "neu" })).await, (400, 50_083));
    assert_eq!(place.discord.say(place.user("Anna"), thread.parse().unwrap(), "klopf").await, 0);
    assert_eq!(place.ask(&format!("POST /channels/{thread}/messages"), &json!({ "content": "wach" })).await.0, 200);
    // Closed direct messages, and people the bot shares no guild with.
    let kim = place.user("Kim");
    let dm = format!("POST /channels/{}/messages", place.discord.dm(kim));
    for fault in [FaultKind::DmClosed, FaultKind::DmOpen, FaultKind::UserLeft] {
        place.discord.arm(Fault::new(fault).user(kim));
        let answer = place.ask(&dm, &json!({ "content": "Hallo" })).await;
        match fault {
            FaultKind::DmOpen => assert_eq!(answer.0, 200),
            _ => assert_eq!((answer.0, &answer.1["code"]), (403, &json!(50_007)), "{fault:?}"),
        }
    }
}

#[tokio::test]
async fn limits_of_rate_come_with_their_headers_and_are_enforced_where_asked_for() {
    let place = Place::new().await;
    let support = place.channel("support");
    let route = format!("POST /channels/{support}/messages");
    let send = || place.request(&route, Some(&json!({ "content": "x" }))).send();
    let header = |answer: &reqwest::Response, name: &str| {
        answer.headers().get(name).and_then(|it| it.to_str().ok()?.parse::<f64>().ok())
    };
    place.discord.set(|settings| settings.strict_rates = true);
    for left in [4.0, 3.0, 2.0, 1.0, 0.0] {
        let answer = send().await.unwrap();
        assert_eq!((answer.status().as_u16(), header(&answer, "x-ratelimit-remaining")), (200, Some(left)));
        assert!(header(&answer, "x-ratelimit-reset-after").is_some_and(|seconds| seconds <= 5.0));
        assert!(answer.headers().contains_key("x-ratelimit-bucket"));
    }
    let refused = send().await.unwrap();
    assert_eq!((refused.status().as_u16(), header(&refused, "x-ratelimit-remaining")), (429, Some(0.0)));
    assert!(header(&refused, "retry-after").is_some_and(|seconds| seconds >= 1.0));
    let body: Value = refused.json().await.unwrap();
    assert!(body["retry_after"].as_f64().is_some_and(|seconds| seconds > 0.0) && body["global"] == false, "{body}");
}

#[tokio::test]
async fn a_fault_of_a_request_does_what_it_says_and_no_more() {
    let place = Place::new().await;
    let support = place.channel("support");
    let route = format!("POST /channels/{support}/messages");
    let count = || place.discord.messages(support).len();
    let aimed = |kind| Fault::new(kind).route("POST /channels");
    for (kind, status, done) in [
        (FaultKind::RateLimited, Some(429), 0),
        (FaultKind::ErrorBefore, Some(500), 0),
        (FaultKind::ErrorAfter, Some(500), 1),
        (FaultKind::LoseResponse, None, 1),
    ] {
        let before = count();
        place.discord.arm(aimed(kind).retry_after(2.5));
        let answer = place.request(&route, Some(&json!({ "content": "x" }))).send().await.ok();
        assert_eq!(answer.as_ref().map(|it| it.status().as_u16()), status, "{kind:?}");
        assert_eq!(count() - before, done, "{kind:?}");
        if let (FaultKind::RateLimited, Some(answer)) = (kind, answer) {
            assert_eq!(answer.json::<Value>().await.unwrap()["retry_after"], 2.5);
        }
        assert_eq!(place.ask("GET /users/@me", &Value::Null).await.0, 200, "aimed at one route");
    }
    let before = count();
    place.discord.arm(aimed(FaultKind::Stall));
    let watch = Stopwatch::start();
    let waiting = place.request(&route, Some(&json!({ "content": "x" }))).timeout(Duration::from_millis(400)).send();
    assert!(waiting.await.unwrap_err().is_timeout());
    assert!(watch.elapsed() >= Duration::from_millis(400) && count() == before);
    let unanswered = place.discord.requests().iter().filter(|request: &&Request| request.status == 0).count();
    assert_eq!(unanswered, 2, "the lost and the stalled one");
}

#[tokio::test]
async fn other_pages_of_the_browser_may_not_ask_the_control_routes() {
    let place = Place::new().await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let ask = |name: &'static str, value: &'static str| {
        client.get(format!("{}/_sandbox/world", place.discord.base_url())).header(name, value).send()
    };
    assert_eq!(ask("origin", "https://example.org").await.unwrap().status(), 403);
    assert_eq!(ask("host", "rebound.example.org").await.unwrap().status(), 403);
    assert_eq!(ask("origin", "http://127.0.0.1:4567").await.unwrap().status(), 200);
}
