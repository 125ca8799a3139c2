//! What AWS's answers to single calls mean.

use std::error::Error as StdError;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_lambda::error::{ProvideErrorMetadata, SdkError};

use crate::error::Error;

/// What AWS says of a failure.
pub(crate) trait Said: ProvideErrorMetadata + StdError + Send + Sync + 'static {}

impl<E: ProvideErrorMetadata + StdError + Send + Sync + 'static> Said for E {}

/// Why a call failed: in `region`, with `action` on `resource`.
pub(crate) fn failed<E>(
    region: &str,
    action: &'static str,
    resource: impl Into<String>,
) -> impl FnOnce(SdkError<E>) -> Error
where
    E: Said,
{
    let resource = resource.into();
    move |error| {
        let region = region.to_owned();
        let status = error.raw_response().map(|answer| answer.status().as_u16());
        let code = match (error.code(), status) {
            (Some(code), _) => code.to_owned(),
            // Whoever answers without a code, such as a proxy, says by its status what it means.
            (None, Some(401 | 403)) => "AccessDenied".to_owned(),
            (None, Some(status)) => format!("HTTP {status}"),
            (None, None) => return unanswered(region, action, &error),
        };
        let message = error.message().unwrap_or("AWS says no more").to_owned();
        match code.as_str() {
            "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => Error::Expired,
            "InvalidClientTokenId"
            | "UnrecognizedClientException"
            | "InvalidAccessKeyId"
            | "SignatureDoesNotMatch"
            | "InvalidSignatureException"
            | "InvalidToken"
            | "OptInRequired"
            | "AuthFailure" => Error::NotAccepted { region, message },
            "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" => {
                Error::Denied { region, action, resource, message }
            }
            _ => Error::Aws { region, action, message: format!("{message} ({code})"), code },
        }
    }
}

/// What it gave, or nothing where AWS says by one of these codes that there is nothing.
#[expect(clippy::result_large_err, reason = "it is what the SDK gives")]
pub(crate) fn if_any<T, E>(
    result: Result<T, SdkError<E>>,
    absent: &[&str],
) -> Result<Option<T>, SdkError<E>>
where
    E: ProvideErrorMetadata,
{
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.code().is_some_and(|code| absent.contains(&code)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether it failed with this code.
pub(crate) fn is<E: ProvideErrorMetadata>(error: &SdkError<E>, code: &str) -> bool {
    error.code() == Some(code)
}

fn unanswered(region: String, action: &'static str, error: &(dyn StdError + 'static)) -> Error {
    let mut messages: Vec<String> = Vec::new();
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(credentials) = error.downcast_ref::<CredentialsError>() {
            return without_credentials(credentials);
        }
        messages.push(error.to_string());
        cause = error.source();
    }
    Error::Unreachable { region, action, message: messages.join(": ") }
}

/// Why there are no credentials.
pub(crate) fn without_credentials(error: &CredentialsError) -> Error {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        message = format!("{message}: {error}");
        cause = error.source();
    }
    // What was signed in to, and is no longer.
    if message.contains("expired") { Error::Expired } else { Error::NoCredentials(message) }
}
