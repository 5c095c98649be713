//! Judges requests and answers by Discord's own description of its API, `tests/openapi/discord-openapi.json`.
//!
//! Invariant: no request that Discord's description does not know passes: route, path and query parameters, body, and
//! every key of the body. The documented limits are stricter than the description in places; the loopback Discord checks those.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, Registry, ValidationError, Validator};
use serde_json::{Map, Value, json};

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let text = include_str!("../../openapi/discord-openapi.json");
    serde_json::from_str(text).expect("Discord's description is JSON")
});

static REGISTRY: LazyLock<Registry<'static>> = LazyLock::new(|| {
    let builder = Registry::new().draft(Draft::Draft202012);
    let known = builder.add("urn:discord", &*DOCUMENT).and_then(jsonschema::RegistryBuilder::prepare);
    known.expect("Discord's description can be referred to")
});

/// What is wrong with a request, a sentence each; empty for a good one. `path` begins with `/api/v10/` or goes without,
/// and may carry a query. `body` is the JSON sent, or the `payload_json` of a multipart request.
pub fn violations(method: &str, path: &str, body: Option<&Value>) -> Vec<String> {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let method = method.to_lowercase();
    let Some(operation) = find(&method, bare(path)) else {
        return vec![format!("{} {path}: Discord has no such route", method.to_uppercase())];
    };
    let mut found = Vec::new();
    check_query(&operation, query, &mut found);
    check_body(&method, &operation, body.filter(|body| !body.is_null()), &mut found);
    found.into_iter().map(|text| format!("{} {}: {text}", method.to_uppercase(), operation.template)).collect()
}

/// What is wrong with an answer that had this status; empty for a good one. A route Discord does not have may only be
/// refused.
pub fn answer_violations(method: &str, path: &str, status: u16, answer: &Value) -> Vec<String> {
    let (path, _) = path.split_once('?').unwrap_or((path, ""));
    let Some(operation) = find(&method.to_lowercase(), bare(path)) else {
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
    match &response["content"]["application/json"]["schema"] {
        Value::Null if answer.is_null() => Vec::new(),
        Value::Null => vec![named("a body is not expected here".to_owned())],
        schema if status == 400 && answer["code"] == 50_035 => {
            // Here the description says that codes are numbers; the documentation and Discord itself have words.
            let mut general = answer.clone();
            let errors = general.as_object_mut().and_then(|it| it.remove("errors")).unwrap_or_default();
            let found = validator(schema).iter_errors(&general).map(|error| named(explained(&error))).collect();
            if says_where(&errors) { found } else { vec![named(format!("no field is named: {errors}"))] }
        }
        schema => validator(schema).iter_errors(answer).map(|error| named(explained(&error))).collect(),
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
    let method = method.to_lowercase();
    let operation = find(&method, bare(path)).expect("a route Discord has");
    let schema = &operation.object["requestBody"]["content"]["application/json"]["schema"];
    let validator = validator(schema);
    validator.iter_errors(body).flat_map(|error| wrong_kinds(&error)).collect()
}

fn wrong_kinds(error: &ValidationError<'_>) -> Vec<String> {
    match error.kind() {
        ValidationErrorKind::Type { .. } => vec![format!("{}: {error}", error.instance_path())],
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            let each: Vec<Vec<String>> =
                context.iter().map(|errors| errors.iter().flat_map(wrong_kinds).collect()).collect();
            // Only where no alternative takes this kind of thing.
            if each.iter().all(|kinds| !kinds.is_empty()) { each.concat() } else { Vec::new() }
        }
        _ => Vec::new(),
    }
}

/// What is wrong with an object of one of the description's schemas.
pub fn object_violations(schema: &str, object: &Value) -> Vec<String> {
    let reference = json!({ "$ref": format!("#/components/schemas/{schema}") });
    validator(&reference).iter_errors(object).map(|error| format!("{schema}{}", explained(&error))).collect()
}

fn referred(reference: &str) -> &'static Value {
    let target = reference.strip_prefix('#').and_then(|pointer| DOCUMENT.pointer(pointer));
    target.expect("a reference of the description leads somewhere")
}

/// A documented operation.
struct Operation {
    template: &'static str,
    object: &'static Map<String, Value>,
    /// Parameters of the operation and of its path.
    parameters: Vec<&'static Value>,
}

/// The path below the API's root.
fn bare(path: &str) -> &str {
    let path = path.strip_prefix("/api").unwrap_or(path);
    let versioned = path.strip_prefix("/v").and_then(|rest| rest.split_once('/'));
    match versioned {
        Some((version, _)) if version.bytes().all(|byte| byte.is_ascii_digit()) => &path[version.len() + 2..],
        _ => path,
    }
}

/// The operation whose template fits; of several the one with the most literal parts, as `/users/@me` also fits
/// `/users/{user_id}`.
fn find(method: &str, path: &str) -> Option<Operation> {
    let paths = DOCUMENT["paths"].as_object().expect("the description has paths");
    let fitting = paths.iter().filter_map(|(template, item)| {
        let literals = fits(template, path)?;
        let object = item.get(method)?.as_object()?;
        let listed = [item.get("parameters"), object.get("parameters")];
        let parameters = listed.into_iter().flatten().filter_map(Value::as_array).flatten().collect();
        Some((literals, Operation { template, object, parameters }))
    });
    fitting.max_by_key(|(literals, _)| *literals).map(|(_, operation)| operation)
}

/// How many literal parts a fitting template has.
fn fits(template: &str, path: &str) -> Option<usize> {
    let (wanted, given): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
    if wanted.len() != given.len() {
        return None;
    }
    let mut literals = 0;
    for (wanted, given) in wanted.iter().zip(given) {
        match wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            // Snowflakes, all of them.
            Some(name) if name.ends_with("_id") || name.contains("_id_") => {
                if given.is_empty() || !given.bytes().all(|byte| byte.is_ascii_digit()) {
                    return None;
                }
            }
            Some(_) if given.is_empty() => return None,
            Some(_) => {}
            None if *wanted == given => literals += 1,
            None => return None,
        }
    }
    Some(literals)
}

fn check_query(operation: &Operation, query: &str, found: &mut Vec<String>) {
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let declared = operation.parameters.iter().find(|one| one["in"] == "query" && one["name"] == name);
        let Some(parameter) = declared else {
            found.push(format!("the query parameter `{name}` is not known"));
            continue;
        };
        // In a query everything is text: what reads as a number or truth value may also be one.
        let readings = [Some(json!(value)), serde_json::from_str(value).ok()];
        let validator = validator(&parameter["schema"]);
        if !readings.iter().flatten().any(|reading| validator.is_valid(reading)) {
            found.push(format!("the query parameter `{name}` cannot be `{value}`"));
        }
    }
}

fn check_body(method: &str, operation: &Operation, body: Option<&Value>, found: &mut Vec<String>) {
    let request = operation.object.get("requestBody");
    let schema = request.and_then(|request| request["content"].get("application/json")?.get("schema"));
    match (schema, body) {
        (Some(schema), Some(body)) => {
            let pointer = format!("urn:discord#/paths/{}/{method}/requestBody", escaped(operation.template));
            let reference = json!({ "$ref": format!("{pointer}/content/application~1json/schema") });
            found.extend(validator(&reference).iter_errors(body).map(|error| explained(&error)));
            unknown_keys(&[schema], body, "", found);
        }
        (Some(_), None) if request.is_some_and(|request| request["required"] == true) => {
            found.push("the body is missing".to_owned());
        }
        // serenity puts an empty object where there is nothing to say.
        (None, Some(body)) if request.is_none() && body.as_object().is_none_or(|object| !object.is_empty()) => {
            found.push("a body is not expected here".to_owned());
        }
        _ => {}
    }
}

/// A compiled schema, made once per process.
fn validator(schema: &Value) -> Arc<Validator> {
    static MADE: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let new = || {
        // Schemas of parameters refer to `#/components` of the document they stand in.
        let text = schema.to_string().replace("\"#/", "\"urn:discord#/");
        let schema: Value = serde_json::from_str(&text).expect("it was JSON before");
        let options = jsonschema::options().with_draft(Draft::Draft202012).with_registry(&REGISTRY);
        Arc::new(options.build(&schema).expect("Discord's description holds valid schemas"))
    };
    Arc::clone(made.entry(schema.to_string()).or_insert_with(new))
}

fn escaped(part: &str) -> String {
    // The braces of a template are no URI characters.
    part.replace('~', "~0").replace('/', "~1").replace('{', "%7B").replace('}', "%7D")
}

/// The error with its place; of a union the alternative that was meant, so that the real reason is said.
fn explained(error: &ValidationError<'_>) -> String {
    if let ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } = error.kind() {
        let meant = context.iter().filter(|errors| !errors.is_empty()).min_by_key(|errors| strangeness(errors));
        if let Some(reason) = meant.and_then(|errors| errors.first()) {
            return explained(reason);
        }
    }
    format!("{}: {error}", error.instance_path())
}

/// How little an alternative looks like the one that was meant: wrong in kind comes last, shallow before deep.
fn strangeness(errors: &[ValidationError<'_>]) -> (bool, usize, isize) {
    let other_kind = errors.iter().any(|error| match error.kind() {
        ValidationErrorKind::Enum { .. } | ValidationErrorKind::Constant { .. } => {
            error.instance_path().as_str().ends_with("/type")
        }
        ValidationErrorKind::Type { .. } => error.instance().is_object() || error.instance().is_array(),
        _ => false,
    });
    let depth = errors.iter().map(|error| error.instance_path().as_str().matches('/').count()).max().unwrap_or(0);
    (other_kind, errors.len(), -(depth as isize))
}

/// Keys that none of the `schemas` at this place knows. The description leaves objects open, but Discord does nothing with
/// a key it does not know, so one is a slip.
fn unknown_keys(schemas: &[&'static Value], value: &Value, place: &str, found: &mut Vec<String>) {
    let mut plain = Vec::new();
    for schema in schemas {
        resolve(schema, value, &mut plain);
    }
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                let place = format!("{place}/{key}");
                let mut known: Vec<&Value> = plain.iter().filter_map(|schema| schema["properties"].get(key)).collect();
                if known.is_empty() {
                    let any = plain.iter().filter_map(|schema| schema.get("additionalProperties"));
                    known = any.filter(|schema| **schema != false).collect();
                }
                if known.is_empty() {
                    found.push(format!("{place}: the key is not known"));
                }
                unknown_keys(&known, value, &place, found);
            }
        }
        Value::Array(list) => {
            let items: Vec<&Value> = plain.iter().filter_map(|schema| schema.get("items")).collect();
            for (index, value) in list.iter().enumerate() {
                unknown_keys(&items, value, &format!("{place}/{index}"), found);
            }
        }
        _ => {}
    }
}

/// Follows references and unions down to the schemas that speak about `value` itself.
fn resolve(schema: &'static Value, value: &Value, plain: &mut Vec<&'static Value>) {
    if let Some(reference) = schema["$ref"].as_str() {
        resolve(referred(reference), value, plain);
    }
    plain.push(schema);
    for part in schema["allOf"].as_array().into_iter().flatten() {
        resolve(part, value, plain);
    }
    for union in ["anyOf", "oneOf"] {
        let Some(all) = schema[union].as_array() else { continue };
        let meant: Vec<&Value> = all.iter().filter(|one| could_be(one, value)).collect();
        // Where the value is none of them, the schema itself has said so; then only keys that none knows are news.
        let meant = if meant.is_empty() { all.iter().collect() } else { meant };
        for part in meant {
            resolve(part, value, plain);
        }
    }
}

/// Whether the required keys are there and no fixed value, such as `type`, says otherwise.
fn could_be(schema: &'static Value, value: &Value) -> bool {
    let mut plain = Vec::new();
    resolve(schema, value, &mut plain);
    let Some(object) = value.as_object() else { return true };
    plain.iter().all(|schema| {
        let needed = schema["required"].as_array().into_iter().flatten();
        let complete = needed.filter_map(Value::as_str).all(|key| object.contains_key(key));
        let properties = schema["properties"].as_object().into_iter().flatten();
        let fixed = properties.filter_map(|(key, of)| Some((object.get(key)?, of["enum"].as_array()?)));
        complete && fixed.into_iter().all(|(given, allowed)| allowed.contains(given))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
