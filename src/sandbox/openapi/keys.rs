//! Keys that Discord's description does not know: it leaves objects open, but Discord does nothing with a key it does not know.
//! Invariant: a key is unknown only if no schema that could be meant at its place knows it.

use serde_json::Value;

use super::document::referred;
use super::reason::{Mismatch, Reason};

/// Notes keys that none of the `schemas` at this place knows.
pub(super) fn unknown_keys(schemas: &[&'static Value], value: &Value, place: &str, found: &mut Vec<Mismatch>) {
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
                    found.push(Mismatch { place: place.clone(), reason: Reason::UnknownKey });
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
