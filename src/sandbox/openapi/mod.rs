//! Judges requests, answers and objects by Discord's own description of its API (version 10).
//!
//! It knows nothing of a running server, so that any test of a bot can ask it:
//!
//! ```
//! use ruhepol::sandbox::openapi::{Verdict, judge};
//! use serde_json::{Value, json};
//!
//! let good = judge("POST", "/channels/1/messages", &json!({ "content": "Good morning" }));
//! assert!(good.is_good());
//!
//! let Verdict::Differs { mismatches, .. } = judge("POST", "/channels/1/messages", &json!({ "embeds": [{ "title": 7 }] }))
//! else { panic!("a number is no title") };
//! assert_eq!(mismatches[0].to_string(), "/embeds/0/title: must be of kind null / string");
//!
//! assert_eq!(judge("GET", "/weather", &Value::Null), Verdict::NoSuchRoute);
//! ```
//!
//! Invariant: no request that the description does not know is good: route, path and query parameters, body, and every key of
//! the body. The documented limits are stricter than the description in places; the loopback Discord checks those.
//!
//! The description is embedded packed and without its prose (34 KB), read at the first question, and its schemas are compiled
//! one by one as they are asked for: who asks nothing pays nothing.

mod document;
mod keys;
mod reason;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde::Serialize;
use serde_json::{Value, json};

pub use reason::{Mismatch, Reason};

use document::{Operation, body_pointer, operation, referred, validator};
use keys::unknown_keys;
use reason::explained;

/// What the description says of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// It is as described.
    Matches {
        /// The route, as in `POST /channels/{channel_id}/messages`.
        route: String,
    },
    /// It is not.
    Differs {
        /// The route, as in `POST /channels/{channel_id}/messages`.
        route: String,
        /// What is wrong; never empty.
        mismatches: Vec<Mismatch>,
    },
    /// The description has no such route, or not with this method.
    NoSuchRoute,
}

impl Verdict {
    /// Whether nothing is wrong.
    pub fn is_good(&self) -> bool {
        matches!(self, Self::Matches { .. })
    }

    /// What is wrong, an English sentence each; none where nothing is.
    pub fn sentences(&self) -> Vec<String> {
        match self {
            Self::Matches { .. } => Vec::new(),
            Self::Differs { route, mismatches } => mismatches.iter().map(|it| format!("{route}: {it}")).collect(),
            Self::NoSuchRoute => vec!["Discord has no such route".to_owned()],
        }
    }
}

/// Judges a request. `path` begins with `/api/v10/` or goes without, and may carry a query. `body` is the JSON sent, or the
/// `payload_json` of a multipart request; null where there is none.
pub fn judge(method: &str, path: &str, body: &Value) -> Verdict {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let Some(operation) = operation(method, path) else { return Verdict::NoSuchRoute };
    let mut mismatches = Vec::new();
    check_query(&operation, query, &mut mismatches);
    check_body(method, &operation, body, &mut mismatches);
    let route = format!("{} {}", method.to_uppercase(), operation.template);
    if mismatches.is_empty() { Verdict::Matches { route } } else { Verdict::Differs { route, mismatches } }
}

/// What is wrong with an answer that had this status, an English sentence each. A route Discord does not have may only be
/// refused.
pub fn answer_violations(method: &str, path: &str, status: u16, answer: &Value) -> Vec<String> {
    let (path, _) = path.split_once('?').unwrap_or((path, ""));
    let Some(operation) = operation(method, path) else {
        let refused = (400..500).contains(&status);
        return if refused { Vec::new() } else { vec![format!("{method} {path}: {status} for a route nobody has")] };
    };
    let named = |text: String| format!("answer {status} to {method} {}: {text}", operation.template);
    let responses = &operation.object["responses"];
    let class = format!("{}XX", status / 100);
    let described = responses.get(status.to_string()).or_else(|| responses.get(class));
    let Some(response) = described.map(|it| it["$ref"].as_str().map_or(it, referred)) else {
        return vec![named("this status is not described".to_owned())];
    };
    let against = |schema: &Value, body: &Value| -> Vec<String> {
        validator(schema).iter_errors(body).map(|error| named(explained(&error).to_string())).collect()
    };
    match &response["content"]["application/json"]["schema"] {
        Value::Null if answer.is_null() => Vec::new(),
        Value::Null => vec![named("a body is not expected here".to_owned())],
        schema if status == 400 && answer["code"] == 50_035 => {
            // Here the description says that codes are numbers; the documentation and Discord itself have words.
            let mut general = answer.clone();
            let errors = general.as_object_mut().and_then(|it| it.remove("errors")).unwrap_or_default();
            if says_where(&errors) {
                against(schema, &general)
            } else {
                vec![named(format!("no field is named: {errors}"))]
            }
        }
        schema => against(schema, answer),
    }
}

/// Whether the errors of a form lead to at least one code with a sentence, and to nothing else.
fn says_where(errors: &Value) -> bool {
    let Some(map) = errors.as_object().filter(|map| !map.is_empty()) else { return false };
    map.iter().all(|(key, value)| match key.as_str() {
        "_errors" => value.as_array().is_some_and(|list| {
            !list.is_empty() && list.iter().all(|one| one["code"].is_string() && one["message"].is_string())
        }),
        _ => says_where(value),
    })
}

/// What is wrong in kind with a body: a string where a number belongs, a list where an object does. Lengths, values and
/// unknown keys are not looked at.
pub fn kinds_violated(method: &str, path: &str, body: &Value) -> Vec<String> {
    let Some(operation) = operation(method, path) else { return Verdict::NoSuchRoute.sentences() };
    let schema = &operation.object["requestBody"]["content"]["application/json"]["schema"];
    validator(schema).iter_errors(body).flat_map(|error| wrong_kinds(&error)).collect()
}

fn wrong_kinds(error: &ValidationError<'_>) -> Vec<String> {
    match error.kind() {
        ValidationErrorKind::Type { .. } => vec![explained(error).to_string()],
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            let each: Vec<Vec<String>> =
                context.iter().map(|errors| errors.iter().flat_map(wrong_kinds).collect()).collect();
            // Only where no alternative takes this kind of thing.
            if each.iter().all(|kinds| !kinds.is_empty()) { each.concat() } else { Vec::new() }
        }
        _ => Vec::new(),
    }
}

/// What is wrong with an object of one of the description's schemas, such as `MessageResponse`.
pub fn object_violations(schema: &str, object: &Value) -> Vec<String> {
    let reference = json!({ "$ref": format!("#/components/schemas/{schema}") });
    validator(&reference).iter_errors(object).map(|error| format!("{schema}{}", explained(&error))).collect()
}

/// The embedded description.
pub fn description() -> &'static Value {
    document::whole()
}

fn check_query(operation: &Operation, query: &str, found: &mut Vec<Mismatch>) {
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let place = format!("?{name}");
        let declared = operation.parameters.iter().find(|one| one["in"] == "query" && one["name"] == name);
        let Some(parameter) = declared else {
            found.push(Mismatch { place, reason: Reason::UnknownParameter });
            continue;
        };
        // In a query everything is text: what reads as a number or truth value may also be one.
        let readings = [serde_json::from_str(value).ok(), Some(json!(value))];
        let validator = validator(&parameter["schema"]);
        let refused: Vec<_> = readings.iter().flatten().map(|it| validator.validate(it)).collect();
        if let Some(Err(error)) = refused.first()
            && refused.iter().all(Result::is_err)
        {
            found.push(Mismatch { place, reason: explained(error).reason });
        }
    }
}

fn check_body(method: &str, operation: &Operation, body: &Value, found: &mut Vec<Mismatch>) {
    let whole = |reason| Mismatch { place: String::new(), reason };
    let request = operation.object.get("requestBody");
    let schema = request.and_then(|request| request["content"].get("application/json")?.get("schema"));
    match (schema, body) {
        (Some(_), Value::Null) if request.is_some_and(|request| request["required"] == true) => {
            found.push(whole(Reason::NoBody));
        }
        (_, Value::Null) => {}
        (Some(schema), body) => {
            let reference = json!({ "$ref": body_pointer(method, operation.template) });
            found.extend(validator(&reference).iter_errors(body).map(|error| explained(&error)));
            unknown_keys(&[schema], body, "", found);
        }
        // Some libraries put an empty object where there is nothing to say.
        (None, body) if request.is_none() && body.as_object().is_none_or(|object| !object.is_empty()) => {
            found.push(whole(Reason::UnexpectedBody));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong with a request.
    fn violations(method: &str, path: &str, body: Option<&Value>) -> Vec<String> {
        judge(method, path, body.unwrap_or(&Value::Null)).sentences()
    }

    const MESSAGES: &str = "/api/v10/channels/1234567890/messages";
    const CALLBACK: &str = "/interactions/1/token/callback";

    fn button(custom_id: &str) -> Value {
        json!({ "type": 2, "style": 1, "label": "Claim", "custom_id": custom_id })
    }

    fn message(buttons: &[Value]) -> Value {
        json!({
            "content": "Case 7",
            "nonce": "1-1",
            "enforce_nonce": true,
            "allowed_mentions": { "parse": [], "users": ["1"], "roles": [] },
            "embeds": [{ "title": "7", "color": 255, "fields": [{ "name": "Status", "value": "open", "inline": true }] }],
            "components": [{ "type": 1, "components": buttons }],
        })
    }

    #[track_caller]
    fn fine(method: &str, path: &str, body: &Value) {
        assert_eq!(violations(method, path, Some(body)), Vec::<String>::new());
    }

    #[track_caller]
    fn wrong(method: &str, path: &str, body: &Value, reason: &str) {
        let found = violations(method, path, Some(body));
        assert!(found.iter().any(|text| text.contains(reason)), "{reason:?} is not in {found:#?}");
    }

    #[test]
    fn a_good_message_passes_on_every_route_that_takes_one() {
        let message = message(&[button("r1:claim:7")]);
        fine("POST", MESSAGES, &message);
        fine("POST", "/channels/1/messages", &message);
        fine("PATCH", "/channels/1/messages/2", &json!({ "content": "", "embeds": [], "components": [] }));
        let data = json!({ "content": "Only you see this", "flags": 64, "allowed_mentions": { "parse": [] } });
        fine("POST", "/api/webhooks/1/token?wait=true", &data);
        fine("PATCH", "/webhooks/1/token/messages/@original", &json!({ "content": "Done" }));
    }

    #[test]
    fn every_kind_of_first_answer_passes() {
        fine("POST", CALLBACK, &json!({ "type": 4, "data": { "content": "Hello", "flags": 64 } }));
        fine("POST", CALLBACK, &json!({ "type": 5, "data": { "flags": 64 } }));
        fine("POST", CALLBACK, &json!({ "type": 6 }));
        fine("POST", CALLBACK, &json!({ "type": 7, "data": { "content": "Done", "components": [] } }));
        let choices = json!([{ "name": "7 · Invoice", "name_localizations": null, "value": "7" }]);
        fine("POST", CALLBACK, &json!({ "type": 8, "data": { "choices": choices } }));
        let input = json!({ "type": 4, "custom_id": "text", "style": 2, "label": "Note", "required": true, "max_length": 2000 });
        let row = json!({ "type": 1, "components": [input] });
        fine(
            "POST",
            CALLBACK,
            &json!({ "type": 9, "data": { "custom_id": "r1:n:7", "title": "Note", "components": [row] } }),
        );
    }

    #[test]
    fn commands_with_localisations_pass_and_a_name_too_long_does_not() {
        let choice = json!({ "name": "high", "name_localizations": { "de": "hoch" }, "value": "high" });
        let option = json!({ "type": 3, "name": "priority", "description": "How urgent?", "required": false, "choices": [choice] });
        let open = json!({ "type": 1, "name": "open", "description": "Open a case", "options": [option] });
        let mut case = json!({ "type": 1, "name": "case", "description": "Cases", "options": [open] });
        fine("PUT", "/applications/1/commands", &json!([case, { "type": 3, "name": "Open case" }]));
        case["options"][0]["options"][0]["name"] = json!("p".repeat(33));
        wrong("PUT", "/applications/1/commands", &json!([case]), "/0/options/0/options/0/name");
    }

    #[test]
    fn a_custom_id_that_is_too_long_is_found_in_its_place() {
        let message = message(&[button(&"x".repeat(101))]);
        wrong("POST", MESSAGES, &message, "/components/0/components/0/custom_id");
        wrong("POST", CALLBACK, &json!({ "type": 7, "data": message }), "/data/components/0/components/0/custom_id");
    }

    #[test]
    fn a_key_discord_does_not_know_is_found_at_any_depth() {
        let mut message = message(&[button("a")]);
        message["embeds"][0]["colour"] = json!(255);
        wrong("POST", MESSAGES, &message, "/embeds/0/colour: the key is not known");
        let answer = json!({ "type": 4, "data": { "content": "Hello", "ephemeral": true } });
        wrong("POST", CALLBACK, &answer, "/data/ephemeral: the key is not known");
    }

    #[test]
    fn a_key_of_another_kind_of_component_is_not_known() {
        let mut button = button("a");
        button["options"] = json!([]);
        wrong("POST", MESSAGES, &message(&[button]), "/components/0/components/0/options: the key is not known");
    }

    #[test]
    fn a_missing_field_is_named() {
        wrong("POST", MESSAGES, &message(&[json!({ "type": 2, "label": "Claim", "custom_id": "a" })]), "\"style\"");
        wrong("POST", CALLBACK, &json!({ "type": 9 }), "\"data\"");
        wrong("POST", "/channels/1/threads", &json!({ "type": 12 }), "\"name\"");
    }

    #[test]
    fn localisations_may_have_any_language_as_key() {
        let names = json!({ "de": "fall", "en-US": "case", "en-GB": "case" });
        let command = json!({ "name": "case", "name_localizations": names, "description": "Cases" });
        fine("PUT", "/applications/1/guilds/2/commands", &json!([command]));
    }

    #[test]
    fn a_route_discord_does_not_have_is_a_violation() {
        assert_eq!(violations("GET", "/channels/1/mesages", None).len(), 1);
        assert_eq!(violations("PATCH", "/channels/1/messages", None).len(), 1);
        assert_eq!(violations("GET", "/channels/fälle/messages", None).len(), 1);
        assert_eq!(violations("GET", "/users/@you", None).len(), 1);
    }

    #[test]
    fn requests_without_a_body_pass_and_bodies_must_stand_where_they_belong() {
        let good =
            ["/users/@me", "/users/1", "/gateway/bot", "/guilds/1/roles", "/oauth2/applications/@me", "/channels/1"];
        for path in good {
            assert_eq!(violations("GET", path, None), Vec::<String>::new());
        }
        assert_eq!(violations("PUT", "/channels/1/thread-members/2", None), Vec::<String>::new());
        assert_eq!(violations("POST", MESSAGES, None).len(), 1);
        wrong("DELETE", "/channels/1/messages/2", &json!({ "content": "" }), "not expected");
    }

    #[test]
    fn query_parameters_are_checked_too() {
        assert_eq!(violations("GET", "/channels/1/messages?after=5&limit=100", None), Vec::<String>::new());
        assert_eq!(violations("GET", "/channels/1/messages?limit=101", None).len(), 1);
        assert_eq!(violations("GET", "/channels/1/messages?since=5", None).len(), 1);
        fine("POST", "/interactions/1/token/callback?with_response=true", &json!({ "type": 6 }));
    }
}
