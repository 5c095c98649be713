//! What the bot asked and what it got, for the inspector and for tests.
//! Invariant: tokens never get in here; the last [`KEPT`] requests are kept, breaches of limits are kept all.

use std::collections::VecDeque;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

/// Requests kept.
const KEPT: usize = 2_000;

/// Who a message really notifies, after `allowed_mentions` and permissions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Pings {
    /// `@everyone` or `@here`.
    pub everyone: bool,
    /// Ids of users.
    pub users: Vec<String>,
    /// Ids of roles.
    pub roles: Vec<String>,
}

/// One REST call of the bot.
#[derive(Debug, Clone, Serialize)]
pub struct Request {
    /// Counts up from 1.
    pub n: u64,
    /// Virtual time, ISO 8601.
    pub at: String,
    /// HTTP method.
    pub method: String,
    /// Path and query, without `/api/v10`, tokens replaced by `TOKEN`.
    pub path: String,
    /// HTTP status; 0 if no answer was given.
    pub status: u16,
    /// For interaction callbacks: milliseconds of real time since the interaction was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ack_ms: Option<u64>,
    /// JSON body.
    pub body: Value,
    /// JSON answer.
    pub response: Value,
    /// Limits broken; empty is fine.
    pub verdicts: Vec<String>,
    /// Who was notified.
    pub pings: Pings,
}

impl Request {
    /// What Discord's own description says of it. The first question reads the description.
    pub fn judge(&self) -> super::openapi::Verdict {
        super::openapi::judge(&self.method, &self.path, &self.body)
    }
}

/// The log.
#[derive(Debug, Default)]
pub struct Log {
    on: bool,
    count: u64,
    kept: VecDeque<Request>,
    violations: Vec<String>,
    /// Set while a request is handled.
    pub pings: Pings,
    /// Set while a callback is handled.
    pub ack: Option<Duration>,
}

impl Log {
    /// A log; off, it only counts.
    pub fn new(on: bool) -> Self {
        Self { on, ..Self::default() }
    }

    /// Whether limits are checked and requests kept.
    pub fn is_on(&self) -> bool {
        self.on
    }

    /// Keeps a request; gives it its number and the pings and latency noted meanwhile.
    pub fn keep(&mut self, mut request: Request) {
        self.count += 1;
        let (pings, ack) = (std::mem::take(&mut self.pings), self.ack.take());
        if !self.on {
            return;
        }
        request.n = self.count;
        request.pings = pings;
        request.ack_ms = ack.map(|ack| ack.as_millis() as u64);
        let place = format!("{} {}", request.method, request.path);
        self.violations.extend(request.verdicts.iter().map(|verdict| format!("{place}: {verdict}")));
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(request);
    }

    /// Requests after number `n`, oldest first.
    pub fn after(&self, n: u64) -> impl Iterator<Item = &Request> {
        self.kept.iter().filter(move |request| request.n > n)
    }

    /// Every breach so far, with the request it came from.
    pub fn violations(&self) -> &[String] {
        &self.violations
    }
}
