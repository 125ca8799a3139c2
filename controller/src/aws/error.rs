//! What AWS did not do.

use std::{error::Error as _, fmt};

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::{client::result::SdkError, http::Response};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// What AWS did not do, and what to do about it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AwsError {
    action: String,
    code: Option<String>,
    message: String,
    hint: Option<String>,
}

impl AwsError {
    pub(super) fn new(action: &str, message: impl Into<String>) -> Self {
        Self { action: action.into(), code: None, message: message.into(), hint: None }
    }

    pub(super) fn no_credentials() -> Self {
        let hint = "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in \
                    with `aws sso login`";
        let error = Self::new("sign in to AWS", "there are no credentials");
        Self { hint: Some(hint.into()), ..error }
    }

    pub(super) fn credentials(error: &CredentialsError) -> Self {
        match error {
            CredentialsError::CredentialsNotLoaded(_) => Self::no_credentials(),
            _ => Self { message: chain(error), ..Self::no_credentials() },
        }
    }

    /// What a call failed with. `action` is its name in policies, such as `lambda:InvokeFunction`.
    pub fn of<E>(action: &str, error: &SdkError<E, Response>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let mut source = error.source();
        while let Some(inner) = source {
            if let Some(credentials) = inner.downcast_ref::<CredentialsError>() {
                return Self::credentials(credentials);
            }
            source = inner.source();
        }
        let code = error.code().map(str::to_owned);
        let status = error.raw_response().map(|answer| answer.status().as_u16());
        let message = match (error.code(), error.message(), status) {
            (Some(code), Some(message), _) => format!("{code}: {message}"),
            (Some(code), None, _) => code.to_owned(),
            // Whoever answers without a code, such as a proxy, is not AWS.
            (None, _, Some(status)) => format!("HTTP {status}, without a word from AWS"),
            (None, _, None) => chain(error),
        };
        let hint = code.as_deref().and_then(|code| hint(code, action));
        Self { action: action.into(), code, message, hint }
    }

    /// AWS's own name for what is wrong.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Whether it is not allowed.
    pub fn is_denied(&self) -> bool {
        self.code().is_some_and(is_denied)
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

/// An error with its causes, each in its own words.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

fn is_denied(code: &str) -> bool {
    ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation"].contains(&code)
}

fn hint(code: &str, action: &str) -> Option<String> {
    let expired = ["ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId"];
    let unknown = ["UnrecognizedClientException", "InvalidSignatureException"];
    if is_denied(code) {
        let policy = "`prepare-lambda --print-policy` prints what is needed";
        Some(format!("the policy of this user or role must allow `{action}`; {policy}"))
    } else if expired.contains(&code) {
        Some("the credentials have expired or are not valid: sign in again".into())
    } else if unknown.contains(&code) {
        let region =
            "the credentials are not valid here, or the region is not enabled in the account";
        Some(region.into())
    } else {
        None
    }
}

impl fmt::Display for AwsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {}: {}", self.action, self.message)
    }
}

impl std::error::Error for AwsError {}
