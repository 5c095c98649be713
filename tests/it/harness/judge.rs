//! Judges a whole conversation by Discord's own description: what the bot asked, what the loopback Discord answered, and
//! what it told through the gateway.
//!
//! Invariant: an answer or event that Discord's clients would not recognise fails the test in which it occurs; an event
//! without a rule here does too. The description has no schema for whole events, only for the things in them.

use ruhepol::sandbox::{Discord, Request, openapi};
use serde_json::{Value, json};

/// Everything wrong with a conversation, a sentence each.
pub fn violations(discord: &Discord) -> Vec<String> {
    let requests = discord.requests();
    let asked = requests.iter().flat_map(|request| {
        let against = request.judge().sentences().into_iter();
        against.map(|text| format!("{} {}: {text}", request.method, request.path)).collect::<Vec<_>>()
    });
    asked.chain(of_the_server(discord)).collect()
}

/// Only what the loopback Discord said.
pub fn of_the_server(discord: &Discord) -> Vec<String> {
    let requests = discord.requests();
    let answered = requests.iter().flat_map(answer);
    answered.chain(discord.dispatches().iter().flat_map(event)).collect()
}

/// What is wrong with an answer. Where the connection broke (status 0) or a server error was asked for, there is none.
fn answer(request: &Request) -> Vec<String> {
    if request.status == 0 || request.status >= 500 {
        return Vec::new();
    }
    openapi::answer_violations(&request.method, &request.path, request.status, &request.response)
}

/// What is wrong with an event of the gateway.
pub fn event(frame: &Value) -> Vec<String> {
    let (name, data) = (frame["t"].as_str().unwrap_or_default(), &frame["d"]);
    let Some(parts) = parts(name, data) else {
        return vec![format!("{name}: there is no rule for this event")];
    };
    let judged = parts.iter().filter(|(_, value)| !value.is_null());
    let found = judged.flat_map(|(schema, value)| openapi::object_violations(schema, value));
    found.map(|text| format!("{name}: {text}")).collect()
}

/// The parts of an event that Discord's description knows, each with the name of its schema.
fn parts<'e>(name: &str, data: &'e Value) -> Option<Vec<(&'static str, &'e Value)>> {
    let each = |schema: &'static str, list: &'e Value| {
        list.as_array().into_iter().flatten().map(move |value| (schema, value)).collect::<Vec<_>>()
    };
    let values = |schema: &'static str, map: &'e Value| {
        map.as_object().into_iter().flatten().map(move |(_, value)| (schema, value)).collect::<Vec<_>>()
    };
    Some(match name {
        "MESSAGE_CREATE" | "MESSAGE_UPDATE" => vec![("MessageResponse", data)],
        "CHANNEL_CREATE" | "CHANNEL_UPDATE" | "CHANNEL_DELETE" => vec![(channel(data), data)],
        "THREAD_CREATE" | "THREAD_UPDATE" => vec![("ThreadResponse", data)],
        "THREAD_MEMBERS_UPDATE" => each("ThreadMemberResponse", &data["added_members"]),
        "GUILD_CREATE" => [
            vec![("GuildResponse", data)],
            each("GuildChannelResponse", &data["channels"]),
            each("ThreadResponse", &data["threads"]),
            each("GuildMemberResponse", &data["members"]),
        ]
        .concat(),
        "GUILD_ROLE_CREATE" | "GUILD_ROLE_UPDATE" => vec![("GuildRoleResponse", &data["role"])],
        "GUILD_MEMBER_ADD" | "GUILD_MEMBER_UPDATE" => vec![("GuildMemberResponse", data)],
        "GUILD_MEMBER_REMOVE" => vec![("UserResponse", &data["user"])],
        "GUILD_MEMBERS_CHUNK" => each("GuildMemberResponse", &data["members"]),
        "READY" => vec![("UserPIIResponse", &data["user"])],
        "MESSAGE_REACTION_ADD" | "MESSAGE_REACTION_REMOVE" => {
            vec![("MessageReactionEmojiResponse", &data["emoji"]), ("GuildMemberResponse", &data["member"])]
        }
        "TYPING_START" => vec![("GuildMemberResponse", &data["member"])],
        "INTERACTION_CREATE" => [
            vec![
                ("GuildMemberResponse", &data["member"]),
                ("UserResponse", &data["user"]),
                ("MessageResponse", &data["message"]),
                (channel(&data["channel"]), &data["channel"]),
            ],
            values("UserResponse", &data["data"]["resolved"]["users"]),
            values("BasicGuildMemberResponse", &data["data"]["resolved"]["members"]),
            values("GuildRoleResponse", &data["data"]["resolved"]["roles"]),
            values("MessageResponse", &data["data"]["resolved"]["messages"]),
        ]
        .concat(),
        // Ids only: the description knows nothing like them.
        "RESUMED"
        | "MESSAGE_DELETE"
        | "MESSAGE_DELETE_BULK"
        | "THREAD_DELETE"
        | "GUILD_DELETE"
        | "GUILD_ROLE_DELETE" => Vec::new(),
        _ => return None,
    })
}

/// The schema of a channel by its type.
fn channel(data: &Value) -> &'static str {
    match data["type"].as_u64() {
        Some(1) => "PrivateChannelResponse",
        Some(10..=12) => "ThreadResponse",
        _ => "GuildChannelResponse",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_that_lacks_what_clients_need_is_found() {
        let user = json!({
            "id": "1", "username": "a", "discriminator": "0", "global_name": null, "avatar": null, "public_flags": 0,
            "flags": 0, "primary_guild": null,
        });
        let event_of = |name: &str, data: Value| event(&json!({ "op": 0, "s": 1, "t": name, "d": data }));
        assert_eq!(event_of("GUILD_MEMBER_REMOVE", json!({ "user": user })), Vec::<String>::new());
        let mut nameless = user;
        nameless["username"] = json!(7);
        assert!(event_of("GUILD_MEMBER_REMOVE", json!({ "user": nameless }))[0].contains("/username"));
        assert!(!event_of("MESSAGE_CREATE", json!({ "id": "1" })).is_empty());
        assert!(event_of("PRESENT_GIVEN", json!({}))[0].contains("no rule"));
    }

    #[test]
    fn an_answer_that_is_not_what_its_route_gives_is_found() {
        let wrong = |status, body: Value| openapi::answer_violations("GET", "/users/1", status, &body);
        assert!(!wrong(200, json!({ "id": "1" })).is_empty());
        assert_eq!(wrong(404, json!({ "code": 10_013, "message": "Unknown User" })), Vec::<String>::new());
        assert!(!wrong(404, json!({ "error": "Unknown User" })).is_empty());
        assert!(!wrong(204, Value::Null).is_empty(), "this route always has something to say");
        let silent = openapi::answer_violations("DELETE", "/channels/1/messages/2", 204, &Value::Null);
        assert_eq!(silent, Vec::<String>::new());
    }
}
