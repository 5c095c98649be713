//! How requests to Discord end, each way told apart, and what is waited for before one is sent.

use std::sync::Arc;
use std::sync::Mutex;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::clock::Stopwatch;

/// What the tiny server does with a request after having read it.
enum Say {
    Answer(u16, &'static str, &'static str),
    HangUp,
    HalfABody,
}

/// A server that plays a script, one answer for each connection, and keeps what it was sent.
async fn server(script: Vec<Say>) -> (Rest, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let inbox = Arc::new(Mutex::new(Vec::new()));
    let ear = Arc::clone(&inbox);
    tokio::spawn(async move {
        for say in script {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut bytes = Vec::new();
            loop {
                let mut chunk = [0; 4096];
                let n = socket.read(&mut chunk).await.unwrap();
                bytes.extend_from_slice(&chunk[..n]);
                let text = String::from_utf8_lossy(&bytes);
                let Some((head, body)) = text.split_once("\r\n\r\n") else {
                    continue;
                };
                let length = head
                    .lines()
                    .filter_map(|line| line.split_once(": "))
                    .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                    .map_or(0, |(_, length)| length.parse().unwrap());
                if body.len() >= length {
                    break;
                }
            }
            ear.lock().unwrap().push(String::from_utf8(bytes).unwrap());
            let out = match say {
                Say::Answer(status, headers, body) => {
                    let length = body.len();
                    format!(
                        "HTTP/1.1 {status} X\r\n{headers}connection: close\r\ncontent-length: {length}\r\n\r\n{body}"
                    )
                }
                Say::HalfABody => "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"id\":".to_owned(),
                Say::HangUp => continue,
            };
            socket.write_all(out.as_bytes()).await.unwrap();
        }
    });
    (Rest::new(&Road::public(), &"t0ken".to_owned().into(), Some(&base)).unwrap(), inbox)
}

async fn create(rest: &Rest) -> Result<MessageId, ChatError> {
    rest.create_message(ChannelId(5), &Message { content: "hallo".into(), ..Message::default() }, "n1").await
}

#[tokio::test]
async fn a_message_is_sent_with_its_nonce_to_the_proxy_and_with_the_token() {
    let (rest, inbox) = server(vec![Say::Answer(200, "", r#"{"id":"77"}"#)]).await;
    assert_eq!(create(&rest).await, Ok(MessageId(77)));
    let request = inbox.lock().unwrap()[0].clone();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /api/v10/channels/5/messages HTTP/1.1"), "{head}");
    assert!(head.contains("authorization: Bot t0ken") && head.contains("content-type: application/json"), "{head}");
    assert_eq!(head.matches("content-length").count(), 1, "{head}");
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["nonce"], "n1");
    assert_eq!(body["enforce_nonce"], true);
    assert_eq!(body["allowed_mentions"]["parse"], json!([]));
}

#[tokio::test]
async fn every_way_to_fail_is_told_apart() {
    use ChatError::{Gone, Limited, Refused, Unknown};
    let cases = [
        (Say::Answer(500, "", "oops"), Unknown("status 500".into())),
        (Say::Answer(200, "", "not json"), unreadable()),
        (Say::HangUp, Unknown("connection lost".into())),
        (Say::HalfABody, Unknown("connection lost".into())),
        (Say::Answer(404, "", r#"{"code":10003}"#), Gone(10003)),
        (Say::Answer(400, "", r#"{"code":10008}"#), Gone(10008)),
        (Say::Answer(404, "", "<html>not found"), Refused(0)),
        (Say::Answer(404, "", r#"{"message":"404: Not Found","code":0}"#), Refused(0)),
        (Say::Answer(403, "", r#"{"code":50013}"#), Refused(50013)),
        (Say::Answer(403, "", "<html>"), Refused(0)),
        (Say::Answer(401, "", r#"{"code":0}"#), Refused(CODE_UNAUTHORIZED)),
        (Say::Answer(429, "", r#"{"retry_after":1.5,"global":false}"#), Limited(Duration::from_millis(1500))),
    ];
    for (say, expected) in cases {
        let (rest, _) = server(vec![say]).await;
        assert_eq!(create(&rest).await, Err(expected));
    }
}

#[tokio::test]
async fn no_connection_means_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let rest = Rest::new(&Road::public(), &"t".to_owned().into(), Some(&base)).unwrap();
    assert_eq!(create(&rest).await, Err(ChatError::NotSent));
}

#[tokio::test]
async fn after_a_global_429_nothing_is_sent_until_it_is_over() {
    let (rest, inbox) = server(vec![Say::Answer(429, "retry-after: 60\r\nx-ratelimit-global: true\r\n", "")]).await;
    assert_eq!(create(&rest).await, Err(ChatError::Limited(Duration::from_mins(1))));
    let second = rest.unarchive(ChannelId(9)).await;
    assert!(matches!(second, Err(ChatError::Limited(wait)) if wait > Duration::from_secs(50)), "{second:?}");
    assert_eq!(inbox.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn an_empty_bucket_is_waited_for_before_sending() {
    let headers = "x-ratelimit-remaining: 0\r\nx-ratelimit-reset-after: 0.4\r\n";
    let (rest, _) =
        server(vec![Say::Answer(200, headers, r#"{"id":"1"}"#), Say::Answer(200, "", r#"{"id":"2"}"#)]).await;
    create(&rest).await.unwrap();
    let watch = Stopwatch::start();
    create(&rest).await.unwrap();
    assert!(watch.elapsed() >= Duration::from_millis(350), "{:?}", watch.elapsed());
}

#[tokio::test]
async fn messages_come_oldest_first_with_the_marks_of_ours() {
    let page = r#"[{"id":"9","author":{"id":"4"},"content":"Hallo","components":[]},
        {"id":"8","author":{"id":"3"},"components":[{"type":1,"components":[{"type":2,"custom_id":"d:1"}]}]}]"#;
    let (rest, inbox) = server(vec![Say::Answer(200, "", r#"{"id":"3"}"#), Say::Answer(200, "", page)]).await;
    let seen = rest.messages_after(ChannelId(5), MessageId(7)).await.unwrap();
    assert_eq!((seen[0].id, seen[0].mine, &seen[0].custom_ids[..]), (MessageId(8), true, &["d:1".to_owned()][..]));
    assert_eq!((seen[1].mine, seen[1].author, seen[1].text.as_str()), (false, UserId(4), "Hallo"));
    assert!(inbox.lock().unwrap()[1].starts_with("GET /api/v10/channels/5/messages?&after=7&limit=100 "));
}

#[tokio::test]
async fn a_forum_post_gives_its_first_message_and_a_private_thread_none() {
    let post = r#"{"id":"40","type":11,"parent_id":"5","message":{"id":"40"}}"#;
    let thread = r#"{"id":"41","type":12,"parent_id":"5"}"#;
    let (rest, inbox) = server(vec![Say::Answer(201, "", post), Say::Answer(201, "", thread)]).await;
    let kind = ThreadKind::Post(Message { content: "Karte".into(), ..Message::default() });
    assert_eq!(rest.open_thread(ChannelId(5), "n", &kind).await, Ok((ChannelId(40), Some(MessageId(40)))));
    assert_eq!(rest.open_thread(ChannelId(5), "n", &ThreadKind::Private).await, Ok((ChannelId(41), None)));
    assert!(inbox.lock().unwrap()[1].contains(r#""type":12"#));
}

#[test]
fn a_proxy_that_is_no_address_is_refused() {
    let token = "t".to_owned().into();
    assert!(matches!(Rest::new(&Road::public(), &token, Some("localhost")), Err(BuildError::Proxy)));
    assert!(matches!(Rest::new(&Road::public(), &"a\nb".to_owned().into(), None), Err(BuildError::Token)));
}
