//! The description itself: `assets/openapi/discord-openapi.json.gz`, its operations and its schemas, compiled when first asked for.
//! Invariant: nothing of it is read before the first question, and each schema is compiled once per process.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use flate2::read::GzDecoder;
use jsonschema::{Draft, Registry, Validator};
use serde_json::{Map, Value};

/// Discord's description without its prose; a test compares it with the original in `tests/openapi`.
const PACKED: &[u8] = include_bytes!("../../../assets/openapi/discord-openapi.json.gz");

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let read = serde_json::from_reader(std::io::BufReader::new(GzDecoder::new(PACKED)));
    read.expect("what is embedded is packed JSON, as a test proves")
});

static REGISTRY: LazyLock<Registry<'static>> = LazyLock::new(|| {
    let builder = Registry::new().draft(Draft::Draft202012);
    let known = builder.add("urn:discord", &*DOCUMENT).and_then(jsonschema::RegistryBuilder::prepare);
    known.expect("Discord's description can be referred to")
});

/// The description as it is embedded, unpacked.
pub(super) fn whole() -> &'static Value {
    &DOCUMENT
}

/// What a reference within the description leads to.
pub(super) fn referred(reference: &str) -> &'static Value {
    let target = reference.strip_prefix('#').and_then(|pointer| DOCUMENT.pointer(pointer));
    target.expect("a reference of the description leads somewhere")
}

/// A documented operation.
pub(super) struct Operation {
    /// The path with names in braces.
    pub template: &'static str,
    /// What is said about it.
    pub object: &'static Map<String, Value>,
    /// Parameters of the operation and of its path.
    pub parameters: Vec<&'static Value>,
}

/// The operation a request is one of; `path` goes without its query, and with or without `/api/v10`.
pub(super) fn operation(method: &str, path: &str) -> Option<Operation> {
    find(&method.to_lowercase(), bare(path))
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

/// Where the schema of an operation's body stands.
pub(super) fn body_pointer(method: &str, template: &str) -> String {
    format!(
        "urn:discord#/paths/{}/{}/requestBody/content/application~1json/schema",
        escaped(template),
        method.to_lowercase()
    )
}

fn escaped(part: &str) -> String {
    // The braces of a template are no URI characters.
    part.replace('~', "~0").replace('/', "~1").replace('{', "%7B").replace('}', "%7D")
}

/// A compiled schema.
pub(super) fn validator(schema: &Value) -> Arc<Validator> {
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
