//! Application commands, global and of a guild.
//! Invariant: a command is known by type and name; writing the same again keeps its id and version.

use serde_json::{Value, json};

use super::super::errors::{ApiError, NOT_FOUND, UNKNOWN_APPLICATION, UNKNOWN_COMMAND, UNKNOWN_GUILD, invalid};
use super::super::events::Audience;
use super::super::limits;
use super::super::state::State;
use super::super::table::Table;
use super::{Call, Outcome, Reply, access, id, within_limits};

fn known(state: &State, guild: Option<u64>) -> Result<&Table<Value>, ApiError> {
    match guild {
        None => Ok(&state.world.commands),
        Some(guild) => Ok(&state.world.guilds.get(&guild).ok_or(UNKNOWN_GUILD)?.commands),
    }
}

fn set(state: &mut State, guild: Option<u64>) -> Result<&mut Table<Value>, ApiError> {
    match guild {
        None => Ok(&mut state.world.commands),
        Some(guild) => Ok(&mut state.world.guilds.get_mut(guild).ok_or(UNKNOWN_GUILD)?.commands),
    }
}

/// Routes of `applications/{app}/commands` and `applications/{app}/guilds/{guild}/commands`.
pub fn route(state: &mut State, method: &str, parts: &[&str], call: &Call) -> Outcome {
    if id(parts[1])? != state.world.bot {
        return Err(UNKNOWN_APPLICATION);
    }
    let (guild, rest) = match &parts[2..] {
        ["commands", rest @ ..] => (None, rest),
        ["guilds", guild, "commands", rest @ ..] => (Some(access::guild(state, guild)?.id), rest),
        _ => return Err(NOT_FOUND),
    };
    let localised = call.asks("with_localizations");
    match (method, rest) {
        ("GET", []) => Ok(Reply::json(known(state, guild)?.values().map(|it| listed(it, localised)).collect())),
        ("PUT", []) => replace_all(state, guild, &call.body),
        ("POST", []) => {
            check_one(state, &call.body)?;
            let before = known(state, guild)?.len();
            let made = write(state, guild, &call.body)?;
            tell(state);
            let fresh = known(state, guild)?.len() > before;
            Ok(if fresh { Reply::created(made) } else { Reply::json(made) })
        }
        ("GET", ["permissions"]) if guild.is_some() => Ok(Reply::json(json!([]))),
        ("GET", [which]) => Ok(Reply::json(known(state, guild)?.get(&id(which)?).ok_or(UNKNOWN_COMMAND)?.clone())),
        ("PATCH", [which]) => {
            let which = id(which)?;
            let mut changed = known(state, guild)?.get(&which).ok_or(UNKNOWN_COMMAND)?.clone();
            super::super::shape::merge(&mut changed, call.body.clone());
            check_one(state, &changed)?;
            changed["version"] = json!(state.id().to_string());
            set(state, guild)?.insert(which, changed.clone());
            tell(state);
            Ok(Reply::json(changed))
        }
        ("DELETE", [which]) => {
            set(state, guild)?.remove(id(which)?).ok_or(UNKNOWN_COMMAND)?;
            tell(state);
            Ok(Reply::empty())
        }
        _ => Err(NOT_FOUND),
    }
}

fn listed(command: &Value, localised: bool) -> Value {
    let mut out = command.clone();
    if let (false, Value::Object(map)) = (localised, &mut out) {
        map.remove("name_localizations");
        map.remove("description_localizations");
    }
    out
}

fn check_one(state: &State, body: &Value) -> Result<(), ApiError> {
    // Paths of one command carry no index.
    within_limits(state, |check| limits::commands(check, std::slice::from_ref(body))).map_err(|mut error| {
        for breach in &mut error.breaches {
            let rest = breach.path.strip_prefix('0').unwrap_or(&breach.path);
            breach.path = rest.trim_start_matches('.').to_owned();
        }
        error
    })
}

fn replace_all(state: &mut State, guild: Option<u64>, body: &Value) -> Outcome {
    let Value::Array(list) = body else {
        return Err(invalid("", "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType"));
    };
    within_limits(state, |check| limits::commands(check, list))?;
    let mut kept = Vec::new();
    for command in list {
        kept.push(write(state, guild, command)?);
    }
    let ids: Vec<u64> = kept.iter().filter_map(|it| it["id"].as_str()?.parse().ok()).collect();
    set(state, guild)?.retain(|id| ids.contains(&id));
    tell(state);
    Ok(Reply::json(Value::Array(kept)))
}

fn write(state: &mut State, guild: Option<u64>, body: &Value) -> Result<Value, ApiError> {
    let kind = body["type"].as_u64().unwrap_or(1);
    let old = known(state, guild)?.values().find(|it| it["type"] == kind && it["name"] == body["name"]).cloned();
    let mut command = json!({
        "application_id": state.world.bot.to_string(), "type": kind, "name": body["name"],
        "description": body["description"].as_str().unwrap_or_default(),
        "name_localizations": body["name_localizations"], "description_localizations": body["description_localizations"],
        "default_member_permissions": body["default_member_permissions"], "nsfw": body["nsfw"].as_bool().unwrap_or(false),
        "dm_permission": body["dm_permission"].as_bool().unwrap_or(true),
        "contexts": body["contexts"], "integration_types": body.get("integration_types").filter(|list| list.is_array()).cloned().unwrap_or(json!([0])),
    });
    if let Value::Number(bits) = &body["default_member_permissions"] {
        command["default_member_permissions"] = json!(bits.to_string());
    }
    if let Some(options) = body["options"].as_array().filter(|list| !list.is_empty()) {
        command["options"] = options.iter().map(settled).collect();
    }
    if let Some(guild) = guild {
        command["guild_id"] = json!(guild.to_string());
    }
    // The id stays; the version moves only with the content.
    let (id, version) = match &old {
        Some(old) => {
            let same = command.as_object().into_iter().flatten().all(|(key, value)| old[key] == *value);
            let version = if same { old["version"].clone() } else { json!(state.id().to_string()) };
            (old["id"].clone(), version)
        }
        None => (json!(state.id().to_string()), json!(state.id().to_string())),
    };
    let number = super::id(id.as_str().unwrap_or_default())?;
    command["id"] = id;
    command["version"] = version;
    set(state, guild)?.insert(number, command.clone());
    Ok(command)
}

/// An option as it comes back: without what was empty, and without what its type does not have.
fn settled(option: &Value) -> Value {
    let kind = option["type"].as_u64().unwrap_or(3);
    let belongs = |key: &str| match key {
        "options" => kind <= 2,
        "required" => kind > 2,
        "choices" | "autocomplete" => matches!(kind, 3 | 4 | 10),
        "channel_types" => kind == 7,
        "min_length" | "max_length" => kind == 3,
        "min_value" | "max_value" => matches!(kind, 4 | 10),
        _ => true,
    };
    let empty = |value: &Value| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    let mut out = option.clone();
    if let Value::Object(map) = &mut out {
        map.retain(|key, value| belongs(key) && !empty(value));
        if let Some(Value::Array(inner)) = map.get_mut("options") {
            for it in inner {
                *it = settled(it);
            }
        }
    }
    out
}

fn tell(state: &mut State) {
    let data = json!({"commands": super::super::view::all_commands(&state.world)});
    state.tell(Audience::All, "COMMANDS", &data);
}
