//! Why a secret cannot be had.

use engine::http::TlsError;
use http::StatusCode;
use serde::Deserialize;
use thiserror::Error;

use crate::exchange::ExchangeError;

/// Why a secret cannot be had. Never shows it, nor credentials.
#[derive(Debug, Error)]
pub(super) enum VaultError {
    #[error("no region is known: set AWS_REGION, or name it by its ARN")]
    NoRegion,
    #[error("there are no AWS credentials")]
    NoCredentials,
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("the request could not be made: {0}")]
    Request(#[from] http::Error),
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    #[error("there is none of this name in {0}")]
    Absent(String),
    #[error("not allowed in {region} ({code}){}", kms(*.of_key))]
    Denied { region: String, code: String, of_key: bool },
    #[error("AWS answered {status}{} in {region}", in_brackets(.code))]
    Refused { status: StatusCode, code: String, region: String },
    #[error("something else than its service answered")]
    Unreadable,
    #[error("it is binary, and only a text can be used")]
    Binary,
    #[error("it is no JSON object, so it has no keys")]
    NoObject,
    #[error("it has no key `{0}`")]
    NoKey(String),
    #[error("what it has under its key `{0}` is no text")]
    NoText(String),
    #[error("it is empty")]
    Empty,
}

fn kms(of_key: bool) -> &'static str {
    if of_key { ": the key that encrypts it may not be used (kms:Decrypt)" } else { "" }
}

fn in_brackets(code: &str) -> String {
    if code.is_empty() { String::new() } else { format!(" ({code})") }
}

/// What AWS says of an error.
#[derive(Default, Deserialize)]
struct Said {
    #[serde(default, rename = "__type")]
    kind: String,
    #[serde(default)]
    message: String,
    // Some spell it so, and some have both.
    #[serde(default, rename = "Message")]
    capital: String,
}

impl VaultError {
    /// From an answer, of which only the code is kept: the rest may quote anything.
    pub(super) fn refused(status: StatusCode, body: &[u8], region: &str) -> Self {
        let Said { kind, message, capital } = serde_json::from_slice(body).unwrap_or_default();
        let code = kind.rsplit('#').next().unwrap_or_default();
        let plain = code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let code = if plain { code.to_owned() } else { String::new() };
        let region = region.to_owned();
        match code.as_str() {
            "ResourceNotFoundException" | "ParameterNotFound" | "ParameterVersionNotFound" => {
                Self::Absent(region)
            }
            "AccessDeniedException" | "AccessDenied" => {
                let of_key = (message + &capital).to_ascii_lowercase().contains("kms");
                Self::Denied { region, code, of_key }
            }
            "DecryptionFailure" | "InvalidKeyId" => Self::Denied { region, code, of_key: true },
            _ => Self::Refused { status, code, region },
        }
    }

    /// Whether the same request may succeed a moment later.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::Exchange(ExchangeError::Timeout | ExchangeError::Unreachable(_)) => true,
            Self::Refused { status, code, .. } => {
                let busy = ["ThrottlingException", "Throttling", "TooManyRequestsException"];
                status.is_server_error()
                    || *status == StatusCode::TOO_MANY_REQUESTS
                    || busy.contains(&code.as_str())
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(body: &str) -> (String, bool) {
        let error = VaultError::refused(StatusCode::BAD_REQUEST, body.as_bytes(), "eu-west-1");
        (error.to_string(), error.may_pass())
    }

    #[test]
    fn the_reason_is_told_and_nothing_else() {
        let absent = r#"{"__type": "com.amazonaws.x#ResourceNotFoundException", "Message": "no"}"#;
        assert_eq!(refused(absent), ("there is none of this name in eu-west-1".into(), false));
        let denied = r#"{"__type": "AccessDeniedException", "Message": "not authorized: hunter2"}"#;
        let said = "not allowed in eu-west-1 (AccessDeniedException)";
        assert_eq!(refused(denied), (said.into(), false));
        let key =
            r#"{"__type": "AccessDeniedException", "message": "Access to KMS is not allowed"}"#;
        assert!(refused(key).0.ends_with("(kms:Decrypt)"));
        let busy = r#"{"__type": "ThrottlingException", "message": "Rate exceeded"}"#;
        let said = "AWS answered 400 Bad Request (ThrottlingException) in eu-west-1";
        assert_eq!(refused(busy), (said.into(), true));
        let both = r#"{"__type": "ParameterNotFound", "message": "no", "Message": "no"}"#;
        assert_eq!(refused(both), ("there is none of this name in eu-west-1".into(), false));
        let other = "AWS answered 400 Bad Request in eu-west-1";
        for odd in ["<html>", r#"{"__type": "hunter 2"}"#, "[]"] {
            assert_eq!(refused(odd), (other.into(), false), "{odd}");
        }
    }
}
