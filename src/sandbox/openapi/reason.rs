//! Why something does not match the description: a place and a reason, which a page can say in any language.
//! Invariant: of a union the alternative that was meant is explained, so that the real reason is said.

use std::fmt;

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde::Serialize;
use serde_json::Value;

/// Longest sentence taken over from the schema library, in characters: it may quote a whole body.
const SENTENCE: usize = 200;

/// One thing that is not as Discord's description has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    /// Where: `/embeds/0/title` in a body, `?limit` in a query, empty for a body as a whole.
    pub place: String,
    /// Why.
    #[serde(flatten)]
    pub reason: Reason,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place.as_str() {
            "" => write!(f, "{}", self.reason),
            place => write!(f, "{place}: {}", self.reason),
        }
    }
}

/// Why something does not match. Serialised as `code` and `value`; [`fmt::Display`] says it in English.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "code", content = "value", rename_all = "snake_case")]
pub enum Reason {
    /// A key that must be there is not.
    Missing(String),
    /// The description has no such key here.
    UnknownKey,
    /// The description has no such query parameter.
    UnknownParameter,
    /// Another kind of value belongs here: `string`, `null / integer`.
    Kind(String),
    /// A text of more than so many characters.
    TooLong(u64),
    /// A text of fewer than so many characters.
    TooShort(u64),
    /// A list of more than so many items.
    TooMany(u64),
    /// A list of fewer than so many items.
    TooFew(u64),
    /// A number above this one.
    TooLarge(String),
    /// A number below this one.
    TooSmall(String),
    /// Not one of these values.
    NotOneOf(String),
    /// Not in this form: a pattern, or the name of a format.
    Form(String),
    /// A list holds something twice.
    Repeated,
    /// A body is needed.
    NoBody,
    /// A body is not expected here.
    UnexpectedBody,
    /// Anything else, in the words of the schema library.
    Other(String),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(key) => write!(f, "\"{key}\" is missing"),
            Self::UnknownKey => f.write_str("the key is not known"),
            Self::UnknownParameter => f.write_str("the query parameter is not known"),
            Self::Kind(kinds) => write!(f, "must be of kind {kinds}"),
            Self::TooLong(limit) => write!(f, "must have at most {limit} characters"),
            Self::TooShort(limit) => write!(f, "must have at least {limit} characters"),
            Self::TooMany(limit) => write!(f, "must have at most {limit} items"),
            Self::TooFew(limit) => write!(f, "must have at least {limit} items"),
            Self::TooLarge(limit) => write!(f, "must be at most {limit}"),
            Self::TooSmall(limit) => write!(f, "must be at least {limit}"),
            Self::NotOneOf(values) => write!(f, "must be one of {values}"),
            Self::Form(form) => write!(f, "must have the form {form}"),
            Self::Repeated => f.write_str("holds something twice"),
            Self::NoBody => f.write_str("the body is missing"),
            Self::UnexpectedBody => f.write_str("a body is not expected here"),
            Self::Other(sentence) => f.write_str(sentence),
        }
    }
}

/// An error of the schema library, with its place.
pub(super) fn explained(error: &ValidationError<'_>) -> Mismatch {
    if let ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } = error.kind() {
        let meant = context.iter().filter(|errors| !errors.is_empty()).min_by_key(|errors| strangeness(errors));
        if let Some(reason) = meant.and_then(|errors| errors.first()) {
            return explained(reason);
        }
    }
    Mismatch { place: error.instance_path().to_string(), reason: reason(error) }
}

fn reason(error: &ValidationError<'_>) -> Reason {
    use ValidationErrorKind as Kind;
    match error.kind() {
        Kind::Required { property } => Reason::Missing(property.as_str().unwrap_or_default().to_owned()),
        Kind::AdditionalProperties { .. } | Kind::UnevaluatedProperties { .. } => Reason::UnknownKey,
        Kind::Type { kind: TypeKind::Single(kind) } => Reason::Kind(kind.to_string()),
        Kind::Type { kind: TypeKind::Multiple(kinds) } => {
            Reason::Kind(kinds.iter().map(|kind| kind.to_string()).collect::<Vec<_>>().join(" / "))
        }
        Kind::MaxLength { limit } => Reason::TooLong(*limit),
        Kind::MinLength { limit } => Reason::TooShort(*limit),
        Kind::MaxItems { limit } => Reason::TooMany(*limit),
        Kind::MinItems { limit } => Reason::TooFew(*limit),
        Kind::Maximum { limit } | Kind::ExclusiveMaximum { limit } => Reason::TooLarge(limit.to_string()),
        Kind::Minimum { limit } | Kind::ExclusiveMinimum { limit } => Reason::TooSmall(limit.to_string()),
        Kind::Constant { expected_value } => Reason::NotOneOf(expected_value.to_string()),
        Kind::Enum { options } => Reason::NotOneOf(listed(options)),
        Kind::Pattern { pattern } => Reason::Form(pattern.clone()),
        Kind::Format { format } => Reason::Form(format.clone()),
        Kind::UniqueItems => Reason::Repeated,
        _ => Reason::Other(error.to_string().chars().take(SENTENCE).collect()),
    }
}

fn listed(options: &Value) -> String {
    let each = options.as_array().into_iter().flatten().map(ToString::to_string);
    each.collect::<Vec<_>>().join(", ").chars().take(SENTENCE).collect()
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
