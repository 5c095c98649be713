//! What people do: write, react, use commands, press buttons, send modals.
//! Invariant: people can do only what Discord's own client would let them do; everything else is refused before the bot hears of it.

use serde_json::{Map, Value, json};

use super::interactions::{AUTOCOMPLETE, COMMAND, COMPONENT, MODAL, Spec};
use super::message::{self, Draft};
use super::permissions::{self, ADMINISTRATOR, SEND_MESSAGES, USE_APPLICATION_COMMANDS, VIEW_CHANNEL};
use super::rest::id as snowflake;
use super::shape;
use super::state::State;
use super::world::{DM, Message, World};

/// A person writes a message.
pub fn say(
    state: &mut State,
    user: u64,
    channel: u64,
    content: &str,
    reply_to: Option<u64>,
) -> Result<Message, String> {
    let place = state.world.channels.get(&channel).ok_or("there is no such channel")?;
    if !place.holds_messages() || permissions::in_channel(&state.world, place, user) & SEND_MESSAGES == 0 {
        return Err("this user may not write here".to_owned());
    }
    if content.chars().count() > 2_000 {
        return Err("a message has at most 2000 characters".to_owned());
    }
    if let Some(thread) = place.thread.as_ref().filter(|thread| thread.archived) {
        if thread.locked {
            return Err("this thread is locked".to_owned());
        }
        super::rest::set_archived(state, channel, false);
    }
    let mut body = json!({"content": content});
    if let Some(target) = reply_to {
        body["message_reference"] = json!({"message_id": target.to_string()});
    }
    let draft =
        Draft { channel, author: user, kind: 0, id: None, body: &body, files: &[], only_for: None, interaction: None };
    let written = message::post(state, draft).map_err(|error| error.message.to_owned())?;
    // A person's message is no doing of the bot: its pings do not belong into the request log.
    state.log.pings = super::log::Pings::default();
    super::rest::joined_by_message(state, channel, user, &written.body);
    Ok(written)
}

/// A command as a person sends it.
pub struct Invocation<'a> {
    /// Who.
    pub user: u64,
    /// Their client's language.
    pub locale: &'a str,
    /// Where.
    pub channel: u64,
    /// Canonical name.
    pub name: &'a str,
    /// 1 slash, 2 user menu, 3 message menu; none: whatever is registered.
    pub kind: Option<u64>,
    /// `[{name, value?, options?, focused?}]`; types are filled in from the registration.
    pub options: &'a Value,
    /// User or message of a menu.
    pub target: Option<u64>,
}

fn registered<'w>(world: &'w World, what: &Invocation<'_>) -> Option<&'w Value> {
    let of_guild = world.guild_of(what.channel).into_iter().flat_map(|guild| guild.commands.values());
    let mut all = of_guild.chain(world.commands.values());
    all.find(|it| it["name"] == what.name && what.kind.is_none_or(|kind| it["type"] == kind))
}

/// Builds the interaction of a command, or of its autocomplete.
pub fn command(state: &State, what: &Invocation<'_>, autocomplete: bool) -> Result<Spec, String> {
    let world = &state.world;
    let known = registered(world, what).ok_or_else(|| format!("no command {:?} is registered", what.name))?;
    let channel = world.channels.get(&what.channel).ok_or("there is no such channel")?;
    let bits = permissions::in_channel(world, channel, what.user);
    if bits & USE_APPLICATION_COMMANDS == 0 {
        return Err("this user may not use commands here".to_owned());
    }
    let direct = channel.kind == DM;
    let contexts = known["contexts"].as_array();
    let here = u8::from(direct);
    let shown = contexts.map_or(!direct || known["dm_permission"] != false, |list| list.iter().any(|it| *it == here));
    if !shown {
        return Err("this command is not offered here".to_owned());
    }
    let needs = known["default_member_permissions"].as_str().and_then(|bits| bits.parse::<u64>().ok());
    if let Some(needs) = needs.filter(|_| !direct && bits & ADMINISTRATOR == 0) {
        // "0" means administrators only.
        if needs == 0 || bits & needs != needs {
            return Err("this user is not shown the command".to_owned());
        }
    }
    let mut resolved = Map::new();
    let options = match what.options {
        Value::Array(given) => typed(world, what, &known["options"], given, autocomplete, &mut resolved)?,
        _ => typed(world, what, &known["options"], &[], autocomplete, &mut resolved)?,
    };
    let kind = known["type"].as_u64().unwrap_or(1);
    let mut data = json!({"id": known["id"], "name": known["name"], "type": kind});
    if kind == 1 {
        data["options"] = json!(options);
    } else {
        let target = what.target.ok_or("a menu command needs a target")?;
        if kind == 2 {
            resolve(world, what, 6, target, &mut resolved)?;
        } else {
            let message = message::find(world, what.channel, target).ok_or("there is no such message")?;
            resolved.insert("messages".to_owned(), json!({target.to_string(): shape::message(message, world.bot)}));
        }
        data["target_id"] = json!(target.to_string());
    }
    if let Some(guild) = known.get("guild_id") {
        data["guild_id"] = guild.clone();
    }
    if !resolved.is_empty() {
        data["resolved"] = Value::Object(resolved);
    }
    Ok(Spec {
        kind: if autocomplete { AUTOCOMPLETE } else { COMMAND },
        user: what.user,
        locale: what.locale.to_owned(),
        channel: what.channel,
        data,
        message: None,
        answer_kind: if kind == 1 { 20 } else { 23 },
        opened_by: None,
        forged: false,
    })
}

/// Checks given options against the registered ones and fills in their types.
fn typed(
    world: &World,
    what: &Invocation<'_>,
    known: &Value,
    given: &[Value],
    autocomplete: bool,
    resolved: &mut Map<String, Value>,
) -> Result<Vec<Value>, String> {
    let known = known.as_array().map_or(&[][..], Vec::as_slice);
    let mut out = Vec::new();
    for option in given {
        let name = option["name"].as_str().unwrap_or_default();
        let definition = known.iter().find(|it| it["name"] == name).ok_or_else(|| format!("no option {name:?}"))?;
        let kind = definition["type"].as_u64().unwrap_or(3);
        let mut typed_option = json!({"name": name, "type": kind});
        if kind <= 2 {
            let inner = option["options"].as_array().map_or(&[][..], Vec::as_slice);
            typed_option["options"] = json!(typed(world, what, &definition["options"], inner, autocomplete, resolved)?);
        } else if option["focused"] == true {
            typed_option["focused"] = json!(true);
            typed_option["value"] = match &option["value"] {
                Value::String(text) => json!(text),
                Value::Null => json!(""),
                other => json!(other.to_string()),
            };
        } else {
            let value = &option["value"];
            fits(definition, kind, value).map_err(|why| format!("option {name:?}: {why}"))?;
            if let 6..=9 = kind {
                let target =
                    snowflake(value.as_str().unwrap_or_default()).map_err(|_| format!("option {name:?}: no id"))?;
                resolve(world, what, kind, target, resolved)?;
            }
            typed_option["value"] = value.clone();
        }
        out.push(typed_option);
    }
    let subcommands = known.iter().any(|it| it["type"].as_u64().is_some_and(|kind| kind <= 2));
    if subcommands && out.len() != 1 {
        return Err("exactly one subcommand must be chosen".to_owned());
    }
    let missing =
        known.iter().find(|it| it["required"] == true && !out.iter().any(|given| given["name"] == it["name"]));
    match missing.filter(|_| !autocomplete) {
        Some(missing) => Err(format!("option {} is required", missing["name"])),
        None => Ok(out),
    }
}

fn fits(definition: &Value, kind: u64, value: &Value) -> Result<(), String> {
    let right = match kind {
        3 | 6..=9 | 11 => value.is_string(),
        4 => value.is_i64() || value.is_u64(),
        5 => value.is_boolean(),
        10 => value.is_number(),
        _ => false,
    };
    if !right {
        return Err(format!("{value} is not of type {kind}"));
    }
    let choices = definition["choices"].as_array().filter(|list| !list.is_empty());
    if choices.is_some_and(|list| !list.iter().any(|choice| choice["value"] == *value)) {
        return Err(format!("{value} is none of the choices"));
    }
    if let Some(text) = value.as_str().filter(|_| kind == 3) {
        let length = text.chars().count() as u64;
        let (least, most) =
            (definition["min_length"].as_u64().unwrap_or(0), definition["max_length"].as_u64().unwrap_or(6_000));
        if length < least || length > most {
            return Err(format!("must have {least} to {most} characters"));
        }
    }
    if let Some(number) = value.as_f64() {
        let low = definition["min_value"].as_f64().is_some_and(|least| number < least);
        let high = definition["max_value"].as_f64().is_some_and(|most| number > most);
        if low || high {
            return Err("is out of range".to_owned());
        }
    }
    Ok(())
}

/// Adds the object behind an id to `resolved`.
fn resolve(
    world: &World,
    what: &Invocation<'_>,
    kind: u64,
    id: u64,
    resolved: &mut Map<String, Value>,
) -> Result<(), String> {
    let mut put = |group: &str, value: Value| {
        let map = resolved.entry(group.to_owned()).or_insert_with(shape::object);
        map[id.to_string()] = value;
    };
    let guild = world.guild_of(what.channel);
    if let Some(role) = guild.and_then(|guild| guild.roles.get(&id)).filter(|_| matches!(kind, 8 | 9)) {
        put("roles", guild.map(|guild| shape::role(guild, role, world.bot)).unwrap_or_default());
        return Ok(());
    }
    if let Some(channel) = world.channels.get(&id).filter(|_| kind == 7) {
        if permissions::in_channel(world, channel, what.user) & VIEW_CHANNEL == 0 {
            return Err("this user does not see that channel".to_owned());
        }
        put("channels", shape::interaction_channel(world, channel, what.user));
        return Ok(());
    }
    if let Some(user) = world.users.get(&id).filter(|_| matches!(kind, 6 | 9)) {
        put("users", shape::user(world, user));
        if let Some(guild) = guild
            && let Some(member) = guild.members.get(&id)
        {
            let mut member = shape::partial_member(member);
            member["permissions"] = shape::bits(permissions::in_guild(guild, id));
            put("members", member);
        }
        return Ok(());
    }
    Err(format!("there is nothing with the id {id} for an option of type {kind}"))
}

/// Every component of a message or modal, rows opened.
fn cells(components: &Value) -> Vec<&Value> {
    let mut found = Vec::new();
    for it in components.as_array().into_iter().flatten() {
        found.push(it);
        found.extend(cells(&it["components"]));
        found.extend(it.get("component"));
    }
    found
}

/// Builds the interaction of a button or select; `forged` skips the check that it is really there.
#[expect(clippy::too_many_arguments, reason = "a press has that many sides; a struct would only rename them")]
pub fn press(
    state: &State,
    user: u64,
    locale: &str,
    channel: u64,
    message: u64,
    custom_id: &str,
    values: &[String],
    forged: bool,
) -> Result<Spec, String> {
    let world = &state.world;
    let found = message::find(world, channel, message).ok_or("there is no such message")?;
    if found.only_for.is_some_and(|owner| owner != user) {
        return Err("this user does not see the message".to_owned());
    }
    let cell = cells(&found.body["components"]).into_iter().find(|it| it["custom_id"] == custom_id);
    let kind = match cell {
        Some(cell) if cell["disabled"] == true && !forged => return Err("this component is disabled".to_owned()),
        Some(cell) => cell["type"].as_u64().unwrap_or(2),
        None if forged => 2,
        None => return Err(format!("the message has no component {custom_id:?}")),
    };
    let mut data = json!({"custom_id": custom_id, "component_type": kind});
    if kind != 2 {
        if let Some(cell) = cell.filter(|_| kind == 3) {
            let known =
                |value: &String| cell["options"].as_array().into_iter().flatten().any(|it| it["value"] == *value);
            if !forged && !values.iter().all(known) {
                return Err("this option is not in the list".to_owned());
            }
        }
        data["values"] = json!(values);
        let what = Invocation { user, locale, channel, name: "", kind: None, options: &Value::Null, target: None };
        let mut resolved = Map::new();
        // Selects of users 5, roles 6, both 7, channels 8 are options of types 6, 8, 9, 7.
        let option = [(5, 6), (6, 8), (7, 9), (8, 7)].iter().find(|(select, _)| *select == kind);
        for value in values.iter().filter_map(|value| value.parse().ok()) {
            if let Some((_, option)) = option {
                resolve(world, &what, *option, value, &mut resolved)?;
            }
        }
        if !resolved.is_empty() {
            data["resolved"] = Value::Object(resolved);
        }
    }
    let locale = locale.to_owned();
    let message = Some(message);
    Ok(Spec { kind: COMPONENT, user, locale, channel, data, message, answer_kind: 0, opened_by: None, forged })
}

/// Builds the interaction of a modal with its fields filled in; absent fields keep what was prefilled.
pub fn submit(
    user: u64,
    locale: &str,
    channel: u64,
    modal: &Value,
    fields: &Map<String, Value>,
) -> Result<Spec, String> {
    let inputs = cells(&modal["components"]);
    if let Some(unknown) = fields.keys().find(|key| !inputs.iter().any(|it| it["custom_id"] == key.as_str())) {
        return Err(format!("the modal has no field {unknown:?}"));
    }
    let fill = |cell: &Value| -> Result<Value, String> {
        let name = cell["custom_id"].as_str().unwrap_or_default();
        if cell["type"] != 4 {
            let values = fields.get(name).cloned().unwrap_or_else(|| json!([]));
            return Ok(json!({"type": cell["type"], "id": cell["id"], "custom_id": name, "values": values}));
        }
        let given = fields.get(name).and_then(Value::as_str).or_else(|| cell["value"].as_str()).unwrap_or_default();
        let length = given.chars().count() as u64;
        let (least, most) = (cell["min_length"].as_u64().unwrap_or(0), cell["max_length"].as_u64().unwrap_or(4_000));
        if length == 0 && cell["required"] != false {
            return Err(format!("the field {name:?} is required"));
        }
        if length > 0 && (length < least || length > most) {
            return Err(format!("the field {name:?} must have {least} to {most} characters"));
        }
        Ok(json!({"type": 4, "id": cell["id"], "custom_id": name, "value": given}))
    };
    let mut rows = Vec::new();
    for row in modal["components"].as_array().into_iter().flatten() {
        if row["type"] == 18 {
            rows.push(json!({"type": 18, "id": row["id"], "component": fill(&row["component"])?}));
        } else {
            let cells = row["components"].as_array().into_iter().flatten().map(fill);
            rows.push(json!({"type": 1, "id": row["id"], "components": cells.collect::<Result<Vec<_>, _>>()?}));
        }
    }
    let message = modal["message_id"].as_str().and_then(|id| id.parse().ok());
    let data = json!({"custom_id": modal["custom_id"], "components": rows});
    let (locale, opened_by) = (locale.to_owned(), modal.get("opened_by").cloned());
    Ok(Spec { kind: MODAL, user, locale, channel, data, message, answer_kind: 0, opened_by, forged: false })
}
