//! What the services answer.

use listeners::Reference;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::VaultError;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SecretValue {
    secret_string: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Found {
    parameter: Parameter,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parameter {
    value: String,
}

/// The secret in an answer. Errors repeat nothing of it.
pub(super) fn secret(reference: &Reference, body: &[u8]) -> Result<String, VaultError> {
    let secret = match reference {
        Reference::SecretsManager { key, .. } => {
            let value: SecretValue =
                serde_json::from_slice(body).map_err(|_| VaultError::Unreadable)?;
            let text = value.secret_string.ok_or(VaultError::Binary)?;
            match key {
                Some(key) => part(&text, key)?,
                None => text,
            }
        }
        Reference::Parameter { .. } => {
            let found: Found = serde_json::from_slice(body).map_err(|_| VaultError::Unreadable)?;
            found.parameter.value
        }
    };
    if secret.trim().is_empty() { Err(VaultError::Empty) } else { Ok(secret) }
}

/// What a JSON object has under a key.
fn part(text: &str, key: &str) -> Result<String, VaultError> {
    let object: Map<_, _> = serde_json::from_str(text).map_err(|_| VaultError::NoObject)?;
    match object.get(key) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Number(number)) => Ok(number.to_string()),
        Some(_) => Err(VaultError::NoText(key.to_owned())),
        None => Err(VaultError::NoKey(key.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of_secret(value: &Value, key: Option<&str>) -> Result<String, String> {
        let reference = Reference::SecretsManager { id: "a".into(), key: key.map(str::to_owned) };
        secret(&reference, value.to_string().as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_secret_is_a_text_or_a_part_of_an_object() {
        let text = json!({"Name": "a", "SecretString": "hunter2"});
        assert_eq!(of_secret(&text, None).as_deref(), Ok("hunter2"));
        let object = json!({"SecretString": r#"{"token": "hunter2", "pin": 1234}"#});
        assert_eq!(of_secret(&object, Some("token")).as_deref(), Ok("hunter2"));
        assert_eq!(of_secret(&object, Some("pin")).as_deref(), Ok("1234"));
    }

    #[test]
    fn what_is_wrong_is_told_without_what_is_there() {
        let bad = [
            (json!({"SecretString": "hunter2"}), Some("token"), "it is no JSON object"),
            (json!({"SecretString": r#"{"hunter2": 1}"#}), Some("token"), "it has no key `token`"),
            (json!({"SecretString": r#"{"token": ["hunter2"]}"#}), Some("token"), "key `token`"),
            (json!({"SecretBinary": "aHVudGVyMg=="}), None, "it is binary"),
            (json!({"SecretString": " "}), None, "it is empty"),
            (json!("hunter2"), None, "something else"),
        ];
        for (value, key, expected) in bad {
            let error = of_secret(&value, key).unwrap_err();
            assert!(error.contains(expected) && !error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn a_parameter_is_a_text() {
        let reference = Reference::Parameter { name: "/a".into() };
        let body = json!({"Parameter": {"Name": "/a", "Type": "SecureString", "Value": "hunter2"}});
        assert_eq!(
            secret(&reference, body.to_string().as_bytes()).ok().as_deref(),
            Some("hunter2")
        );
    }
}
