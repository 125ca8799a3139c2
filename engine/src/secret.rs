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

/// Collects the texts in a value that must not be shown: those whose keys say so, and all if the
/// value itself is `secret`.
pub(crate) fn collect<'a>(value: &'a Value, secret: bool, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) if secret && !text.is_empty() => found.push(text),
        Value::Array(list) => list.iter().for_each(|item| collect(item, secret, found)),
        Value::Object(map) => {
            for (key, item) in map {
                collect(item, secret || is_secret_name(key), found);
            }
        }
        _ => {}
    }
}

/// What stands where a text was cut short.
const CUT: &str = "..";

/// The least that is masked: less would mask what is not meant.
const SHORTEST: usize = 4;

/// Replaces every occurrence of the secrets in a text, also of their beginnings where the text was
/// cut short: `Bearer abcd..`. Secrets of fewer than 4 characters stay, as they would mask what is
/// not meant.
pub fn mask(text: &str, secrets: &[impl AsRef<str>]) -> String {
    let secrets = secrets.iter().map(AsRef::as_ref).filter(|secret| secret.len() >= SHORTEST);
    secrets.fold(text.to_owned(), |text, secret| {
        let text = text.replace(secret, MASK);
        if text.contains(CUT) { mask_beginnings(&text, secret) } else { text }
    })
}

fn mask_beginnings(text: &str, secret: &str) -> String {
    let lengths = || secret.char_indices().map(|(at, _)| at).rev().filter(|at| *at >= SHORTEST);
    let masked = |part: &str| {
        let before = lengths().find_map(|length| part.strip_suffix(&secret[..length]));
        before.map_or_else(|| part.to_owned(), |before| format!("{before}{MASK}"))
    };
    let mut parts: Vec<_> = text.split(CUT).map(str::to_owned).collect();
    let last = parts.len() - 1;
    parts[..last].iter_mut().for_each(|part| *part = masked(part));
    parts.join(CUT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked_also_where_they_are_cut_short() {
        for (text, masked) in [
            ("it is hidden-ä1, yes", "it is ***, yes"),
            ("got `it is hidden-ä..`, and hid..", "got `it is ***..`, and hid.."),
            ("hidd.. hidden..", "***.. ***.."),
            ("hidden-ä1..hidden", "***..hidden"),
        ] {
            assert_eq!(mask(text, &["hidden-ä1", "abc"]), masked, "{text}");
        }
    }
}
