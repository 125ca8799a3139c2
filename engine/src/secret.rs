//! What must not be shown.

use serde_json::Value;

/// What stands where a secret was.
pub const MASK: &str = "***";

const WORDS: [&str; 9] = [
    "password",
    "passwd",
    "secret",
    "token",
    "authorization",
    "cookie",
    "apikey",
    "credential",
    "subscriptionkey",
];

/// Whether a header, field or variable of this name holds a secret.
///
/// ```
/// # use engine::secret::is_secret_name;
/// assert!(is_secret_name("Ocp-Apim-Subscription-Key"));
/// assert!(is_secret_name("access_token"));
/// assert!(!is_secret_name("Content-Type"));
/// ```
pub fn is_secret_name(name: &str) -> bool {
    let name: String =
        name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    WORDS.iter().any(|word| name.contains(word))
}

/// Replaces every occurrence of the secrets in a text. Secrets of fewer than 4 characters stay,
/// as they would mask what is not meant.
pub fn mask(text: &str, secrets: &[impl AsRef<str>]) -> String {
    let secrets = secrets.iter().map(AsRef::as_ref).filter(|secret| secret.len() >= 4);
    secrets.fold(text.to_owned(), |text, secret| text.replace(secret, MASK))
}

/// The texts in a value of this name that must not be shown: those under keys that name secrets,
/// all of them if the name itself does.
pub fn secrets<'a>(name: &str, value: &'a Value) -> Vec<&'a str> {
    let mut found = Vec::new();
    collect(value, is_secret_name(name), &mut found);
    found
}

fn collect<'a>(value: &'a Value, secret: bool, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) if secret && !text.is_empty() => found.push(text),
        Value::Array(list) => list.iter().for_each(|item| collect(item, secret, found)),
        Value::Object(map) => map.iter().for_each(|(key, item)| {
            collect(item, secret || is_secret_name(key), found);
        }),
        _ => {}
    }
}
