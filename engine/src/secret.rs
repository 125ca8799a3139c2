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

/// What stands where a text was cut short.
pub(crate) const CUT: &str = "..";

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

/// Masks the values of fields whose names say that they are secret, in JSON, also if it is cut
/// short, and in forms (`name=value`).
pub(crate) fn fields_masked(text: &str) -> String {
    pairs_masked(&json_masked(text))
}

fn json_masked(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('"') {
        let end = at + string_end(&rest[at..]);
        let name = &rest[at..end];
        let after = &rest[end..];
        let value = after.trim_start().strip_prefix(':').map(str::trim_start);
        masked.push_str(&rest[..end]);
        rest = after;
        if let Some(value) = value.filter(|value| is_secret_name(name) && !is_null(value)) {
            masked.push_str(&after[..after.len() - value.len()]);
            masked.extend(["\"", MASK, "\""]);
            rest = &value[value_end(value)..];
        }
    }
    masked + rest
}

fn is_null(value: &str) -> bool {
    value.is_empty() || value.starts_with("null")
}

/// Where the string ends with which a text begins: behind its quote, or with the text.
fn string_end(text: &str) -> usize {
    let mut escaped = true;
    let end = text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        // The quote at the beginning ends nothing.
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |at| at + 1)
}

/// Where the value ends with which a text begins, or with the text.
fn value_end(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(byte) = text.as_bytes().get(at) {
        match byte {
            b'"' => at += string_end(&text[at..]) - 1,
            b'{' | b'[' => depth += 1,
            b'}' | b']' | b',' if depth == 0 => return at,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 && matches!(byte, b'"' | b'}' | b']') {
            return at;
        }
    }
    text.len()
}

fn pairs_masked(text: &str) -> String {
    let ends = |c: char| c.is_whitespace() || "&;,\"'<>".contains(c);
    let pairs = text.split_inclusive(ends).map(|pair| match pair.split_once('=') {
        Some((name, value)) if is_secret_name(name) && !value.trim_end_matches(ends).is_empty() => {
            format!("{name}={MASK}{}", &value[value.trim_end_matches(ends).len()..])
        }
        _ => pair.to_owned(),
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_with_telling_names_are_masked_also_where_json_is_cut_short() {
        for (text, masked) in [
            (r#"{"token": "a\"b", "n": 1}"#, r#"{"token": "***", "n": 1}"#),
            (r#"{"apiKey":12,"x":"token"}"#, r#"{"apiKey":"***","x":"token"}"#),
            (r#"{"a":[{"secret":{"x":["y}"]}}],"b":2}"#, r#"{"a":[{"secret":"***"}],"b":2}"#),
            (r#"{"password":null,"x":true}"#, r#"{"password":null,"x":true}"#),
            (r#"{"x":1,"access_token":"abc.."#, r#"{"x":1,"access_token":"***""#),
            (r#"{"token":["a","b.."#, r#"{"token":"***""#),
            (r#"{"token""#, r#"{"token""#),
            (r#"{"token":"#, r#"{"token":"#),
            ("user=a&password=b&c=d", "user=a&password=***&c=d"),
            ("<p>token=abc</p> token= x", "<p>token=***</p> token= x"),
            ("a \" b", "a \" b"),
        ] {
            assert_eq!(fields_masked(text), masked, "{text}");
        }
    }

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
