//! Refusals as Discord words them: HTTP status, JSON error code, message, and for 50035 the path of each bad field.
//! Invariant: every refusal of the REST side is one of these; nothing is refused with an empty body.

use serde_json::{Map, Value, json};

/// One documented limit that a request breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// Dotted path of the field, as in `embeds.0.title`.
    pub path: String,
    /// Discord's name for the fault, such as `BASE_TYPE_MAX_LENGTH`.
    pub code: &'static str,
    /// The sentence shown.
    pub text: String,
}

impl std::fmt::Display for Breach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} ({})", self.path, self.text, self.code)
    }
}

/// A refused REST call.
#[derive(Debug, Clone)]
pub struct ApiError {
    /// HTTP status.
    pub status: u16,
    /// Discord's JSON error code; 0 for general ones.
    pub code: u32,
    /// Discord's sentence.
    pub message: &'static str,
    /// Only for 50035.
    pub breaches: Vec<Breach>,
}

const fn refusal(status: u16, code: u32, message: &'static str) -> ApiError {
    ApiError { status, code, message, breaches: Vec::new() }
}

/// 401 without a valid token.
pub const UNAUTHORIZED: ApiError = refusal(401, 0, "401: Unauthorized");
/// A route that does not exist.
pub const NOT_FOUND: ApiError = refusal(404, 0, "404: Not Found");
/// A path that exists, but not with this method.
pub const METHOD_NOT_ALLOWED: ApiError = refusal(405, 0, "405: Method Not Allowed");
/// 10002
pub const UNKNOWN_APPLICATION: ApiError = refusal(404, 10_002, "Unknown Application");
/// 10003
pub const UNKNOWN_CHANNEL: ApiError = refusal(404, 10_003, "Unknown Channel");
/// 10004
pub const UNKNOWN_GUILD: ApiError = refusal(404, 10_004, "Unknown Guild");
/// 10007
pub const UNKNOWN_MEMBER: ApiError = refusal(404, 10_007, "Unknown Member");
/// 10008
pub const UNKNOWN_MESSAGE: ApiError = refusal(404, 10_008, "Unknown Message");
/// 10011
pub const UNKNOWN_ROLE: ApiError = refusal(404, 10_011, "Unknown Role");
/// 10013
pub const UNKNOWN_USER: ApiError = refusal(404, 10_013, "Unknown User");
/// 10014
pub const UNKNOWN_EMOJI: ApiError = refusal(400, 10_014, "Unknown Emoji");
/// 10015: what an expired or foreign interaction token answers on the webhook routes.
pub const UNKNOWN_WEBHOOK: ApiError = refusal(404, 10_015, "Unknown Webhook");
/// 10062
pub const UNKNOWN_INTERACTION: ApiError = refusal(404, 10_062, "Unknown interaction");
/// 10063
pub const UNKNOWN_COMMAND: ApiError = refusal(404, 10_063, "Unknown application command");
/// 20028: the third rename of a channel within ten minutes.
pub const RENAMED_TOO_OFTEN: ApiError =
    refusal(429, 20_028, "The write action you are performing on the channel has hit the write rate limit.");
/// 40060
pub const ALREADY_ACKNOWLEDGED: ApiError = refusal(400, 40_060, "Interaction has already been acknowledged.");
/// 50001
pub const MISSING_ACCESS: ApiError = refusal(403, 50_001, "Missing Access");
/// 50005
pub const NOT_THE_AUTHOR: ApiError = refusal(403, 50_005, "Cannot edit a message authored by another user");
/// 50006
pub const EMPTY_MESSAGE: ApiError = refusal(400, 50_006, "Cannot send an empty message");
/// 50007
pub const CANNOT_DM: ApiError = refusal(403, 50_007, "Cannot send messages to this user");
/// 50008
pub const NOT_A_TEXT_CHANNEL: ApiError = refusal(400, 50_008, "Cannot send messages in a non-text channel");
/// 50013
pub const MISSING_PERMISSIONS: ApiError = refusal(403, 50_013, "Missing Permissions");
/// 50024
pub const WRONG_CHANNEL_TYPE: ApiError = refusal(400, 50_024, "Cannot execute action on this channel type");
/// 50027
pub const INVALID_WEBHOOK_TOKEN: ApiError = refusal(401, 50_027, "Invalid Webhook Token");
/// 50083
pub const THREAD_ARCHIVED: ApiError = refusal(400, 50_083, "Thread is archived");
/// 50109
pub const INVALID_JSON: ApiError = refusal(400, 50_109, "The request body contains invalid JSON.");
/// 160004
pub const THREAD_EXISTS: ApiError = refusal(400, 160_004, "A thread has already been created for this message");
/// 160005
pub const THREAD_LOCKED: ApiError = refusal(403, 160_005, "Thread is locked");

/// 50035 with one field.
pub fn invalid(path: &str, code: &'static str, text: impl Into<String>) -> ApiError {
    invalid_form(vec![Breach { path: path.to_owned(), code, text: text.into() }])
}

/// 50035 with all its fields.
pub fn invalid_form(breaches: Vec<Breach>) -> ApiError {
    ApiError { status: 400, code: 50_035, message: "Invalid Form Body", breaches }
}

impl ApiError {
    /// The body as Discord sends it.
    pub fn body(&self) -> Value {
        let mut body = json!({"message": self.message, "code": self.code});
        if self.status == 429 {
            // Ten minutes, the whole window: nobody should wait for this inside a request.
            body["retry_after"] = json!(600.0);
            body["global"] = json!(false);
        }
        if !self.breaches.is_empty() {
            let mut errors = Value::Object(Map::new());
            for breach in &self.breaches {
                let mut at = &mut errors;
                for part in breach.path.split('.').filter(|part| !part.is_empty()) {
                    if !at[part].is_object() {
                        at[part] = json!({});
                    }
                    at = &mut at[part];
                }
                let list = at.as_object_mut().map(|map| map.entry("_errors").or_insert_with(|| json!([])));
                if let Some(Value::Array(list)) = list {
                    list.push(json!({"code": breach.code, "message": breach.text}));
                }
            }
            body["errors"] = errors;
        }
        body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_form_names_the_path_of_the_field() {
        let body = invalid("embeds.0.title", "BASE_TYPE_MAX_LENGTH", "Must be 256 or fewer in length.").body();
        assert_eq!(body["code"], 50_035);
        assert_eq!(body["errors"]["embeds"]["0"]["title"]["_errors"][0]["code"], "BASE_TYPE_MAX_LENGTH");
    }
}
