//! The loopback Discord by itself: what any bot may rely on, without the bot that lives here.

mod demonstration;
mod description;
mod durable;
mod figures;
mod gateway;
mod guest;
mod rest;
mod rights;

use serde_json::Value;

/// Somebody at the page: asks the control routes.
#[derive(Clone)]
pub struct Page {
    base: String,
    client: reqwest::Client,
}

impl Page {
    /// At the server of this address.
    pub fn at(base: &str) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { base: format!("{base}/_sandbox"), client }
    }

    /// The answer to a question, whatever its status.
    pub async fn get(&self, path: &str) -> Value {
        let asked = self.client.get(format!("{}/{path}", self.base)).send().await.unwrap();
        asked.json().await.unwrap()
    }

    /// The answer to a request; none if the server died over it.
    pub async fn try_post(&self, path: &str, body: &Value) -> Option<Value> {
        let request = self.client.post(format!("{}/{path}", self.base)).body(body.to_string());
        request.send().await.ok()?.json().await.ok()
    }

    /// The answer to a request, whatever its status.
    pub async fn post(&self, path: &str, body: &Value) -> Value {
        self.try_post(path, body).await.unwrap_or_else(|| panic!("no answer to {path}"))
    }
}

/// The id of a person in an answer of `/world`.
pub fn person(world: &Value, name: &str) -> String {
    named(&world["users"], "global_name", name)
}

/// The id of a channel of the first guild in an answer of `/world`.
pub fn channel(world: &Value, name: &str) -> String {
    named(&world["guilds"][0]["channels"], "name", name)
}

fn named(list: &Value, key: &str, name: &str) -> String {
    let found = list.as_array().unwrap().iter().find(|it| it[key] == name);
    found.unwrap_or_else(|| panic!("no {name}"))["id"].as_str().unwrap().to_owned()
}
