//! The settings of production: `discord.com` by its name, over TLS, with serenity's own rate limiter and no proxy.
//!
//! Only two things differ from a real run. The name leads to this machine, to a front that ends TLS and hands on to the
//! loopback Discord, and the only certificate authority trusted is the test's. The gateway's address is what `GET /gateway`
//! says, and that is a plain one on loopback: serenity's gateway trusts a list of authorities that is compiled in.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use ruhepol::discord::Road;
use ruhepol::sandbox::Discord;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::harness::{SOON, Town, id};

/// Ends TLS for `discord.com` and hands on to a loopback Discord.
struct Front {
    address: SocketAddr,
    authority: reqwest::Certificate,
    /// Connections whose TLS came about.
    came: Arc<AtomicUsize>,
}

impl Front {
    async fn of(discord: &Discord) -> Self {
        let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let key = rcgen::KeyPair::generate().unwrap();
        let authority = params.self_signed(&key).unwrap();
        let issuer = rcgen::Issuer::new(params, key);
        let own = rcgen::KeyPair::generate().unwrap();
        let leaf =
            rcgen::CertificateParams::new(vec!["discord.com".to_owned()]).unwrap().signed_by(&own, &issuer).unwrap();
        let secret = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(own.serialize_der()));
        let config =
            ServerConfig::builder_with_provider(Arc::new(tokio_rustls::rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(vec![leaf.der().clone()], secret)
                .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let behind = discord.base_url().trim_start_matches("http://").to_owned();
        let came = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&came);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, behind, count) = (acceptor.clone(), behind.clone(), Arc::clone(&count));
                tokio::spawn(async move {
                    let Ok(mut client) = acceptor.accept(stream).await else { return };
                    count.fetch_add(1, Ordering::SeqCst);
                    let mut server = TcpStream::connect(behind).await.expect("the loopback Discord listens");
                    // Either side may end it, as on any connection.
                    let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
                });
            }
        });
        let authority = reqwest::Certificate::from_der(authority.der()).unwrap();
        Self { address, authority, came }
    }

    /// Where `discord.com` is this front, and only its authority is trusted.
    fn road(&self) -> Road {
        let (address, authority) = (self.address, self.authority.clone());
        Road::through(move || {
            reqwest::Client::builder()
                .no_proxy()
                .https_only(true)
                .resolve("discord.com", address)
                .tls_built_in_root_certs(false)
                .add_root_certificate(authority.clone())
        })
    }

    fn came(&self) -> usize {
        self.came.load(Ordering::SeqCst)
    }
}

async fn town() -> (Town, Front) {
    let discord = Town::discord().await;
    let front = Front::of(&discord).await;
    (Town::pinned(discord, front.road()).await, front)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_at_discord_com_works_and_others_are_not_trusted() {
    let (town, front) = town().await;
    let thread = town.opened("Über TLS").await;
    let options = [("what", json!("Melden")), ("when", json!("in 1 Stunde"))];
    town.slash_in("Anna", "de", thread, "followup add", &options).await;
    town.clock.advance_ms(3_600_000);
    town.message_saying(thread, "Melden").await;
    assert!(front.came() > 0, "it went over TLS");
    // Without the test's authority nobody talks to this front: certificates are looked at.
    let came = front.came();
    let public = reqwest::Client::builder().no_proxy().resolve("discord.com", front.address).build().unwrap();
    let refused = public.get("https://discord.com/api/v10/gateway").send().await.unwrap_err();
    assert!(refused.is_connect(), "{refused:?}");
    assert_eq!(front.came(), came);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_429_delays_everything_and_loses_and_doubles_nothing() {
    const CASES: usize = 8;
    let (town, _front) = town().await;
    town.discord.set(|settings| settings.strict_rates = true);
    for (route, count) in [("/threads", 4), ("POST /channels", 8), ("PATCH /channels", 3), ("/thread-members", 2)] {
        town.arm(json!({ "kind": "429", "route": route, "count": count, "retry_after": 0.3 }));
    }
    let cases = town.channel("fälle");
    let users = ["Anna", "Ben", "Clara"];
    for n in 0..CASES {
        if n % 3 == 0 {
            town.arm(json!({ "kind": "429", "route": "callback", "retry_after": 0.2 }));
        }
        let title = json!(format!("Sturm {n}"));
        let told = town.slash(users[n % 3], "fälle", "case open", &[("title", title)]).await;
        assert!(told.contains(&format!("Sturm {n}")), "{told}");
    }
    for n in 1..=CASES {
        let what = format!("Anruf {n}.");
        let options = [("what", json!(what)), ("when", json!("in 1 Stunde")), ("case", json!(n.to_string()))];
        town.slash("Anna", "fälle", "followup add", &options).await;
    }
    let cards = town.cards(CASES).await;
    town.arm(json!({ "kind": "429", "route": "POST /channels", "global": true, "retry_after": 2.0 }));
    town.arm(json!({ "kind": "429", "route": "POST /channels", "count": 6, "retry_after": 0.3 }));
    town.clock.advance_ms(3_600_000);
    let all = |discord: &Discord| cards.iter().all(|card| discord.messages(id(&card["channel_id"])).len() >= 2);
    assert!(town.discord.until(all, 4 * SOON).await, "every reminder comes");
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(town.discord.threads(cases).len(), CASES);
    for card in &cards {
        assert_eq!(town.discord.messages(id(&card["channel_id"])).len(), 2, "one card and one reminder");
    }
    let requests = town.discord.requests();
    assert!(requests.iter().filter(|request| request.status == 429).count() >= 15, "it was a storm");
    let at = |text: &str| text.parse::<Timestamp>().unwrap().as_millisecond();
    let whole = requests.iter().find(|request| request.response["global"] == true).expect("the one for the whole bot");
    let too_soon: Vec<String> = requests
        .iter()
        .filter(|request| {
            request.n > whole.n && !request.path.contains("/callback") && !request.path.starts_with("/webhooks")
        })
        // What was on its way when the answer came could not know.
        .filter(|request| (at(&whole.at) + 150..at(&whole.at) + 1_900).contains(&at(&request.at)))
        .map(|request| format!("{} {}", request.method, request.path))
        .collect();
    assert_eq!(too_soon, Vec::<String>::new(), "two seconds of silence were asked for");
    let kept: Vec<&Value> =
        requests.iter().filter(|request| request.status == 429).map(|request| &request.response).collect();
    assert!(kept.iter().all(|answer| answer["retry_after"].is_number()));
}
