//! Why an object was not read or put.

use engine::http::TlsError;
use http::StatusCode;
use thiserror::Error;

use crate::exchange::ExchangeError;

/// Why an object was not read or put. Never shows credentials.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The bucket's name, the region or the endpoint is not usable.
    #[error("`{0}` is no address of a bucket: check its name, the region and the endpoint")]
    Address(String),
    /// No TLS.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// No credentials.
    #[error("there are no credentials for the bucket: {0}")]
    Credentials(String),
    /// The store did not answer.
    #[error("the bucket did not answer in time")]
    Timeout,
    /// The store could not be reached, or hung up.
    #[error("the bucket cannot be reached: {0}")]
    Unreachable(String),
    /// The store said no.
    #[error("the bucket answered {status}{}", in_brackets(.code.as_deref()))]
    Refused {
        /// The status of HTTP.
        status: StatusCode,
        /// What S3 calls it, such as `AccessDenied`.
        code: Option<String>,
    },
    /// The object is larger than what is read.
    #[error("the object is too large to be read")]
    TooLarge,
    /// The request could not be made.
    #[error("the request could not be made: {0}")]
    Request(#[from] http::Error),
    /// The request could not be signed.
    #[error("the request could not be signed: {0}")]
    Signature(String),
}

fn in_brackets(code: Option<&str>) -> String {
    code.map(|code| format!(" ({code})")).unwrap_or_default()
}

impl From<ExchangeError> for StoreError {
    fn from(error: ExchangeError) -> Self {
        match error {
            ExchangeError::Credentials(why) => Self::Credentials(why),
            ExchangeError::Timeout => Self::Timeout,
            ExchangeError::Unreachable(why) => Self::Unreachable(why),
            ExchangeError::TooLarge => Self::TooLarge,
            ExchangeError::Signature(why) => Self::Signature(why),
        }
    }
}

impl StoreError {
    /// From an answer's XML, of which only the code is kept: the rest may quote the request.
    pub(super) fn refused(status: StatusCode, text: &str) -> Self {
        let code = text.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
        let plain = |code: &&str| {
            code.len() <= 64 && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.')
        };
        let code = code.map(|(code, _)| code).filter(plain).map(str::to_owned);
        Self::Refused { status, code }
    }

    /// Whether there is no such object. A bucket that is missing has a code of its own.
    pub(super) fn is_absent(&self) -> bool {
        match self {
            Self::Refused { status: StatusCode::NOT_FOUND, code } => {
                code.as_deref().is_none_or(|code| code == "NoSuchKey")
            }
            _ => false,
        }
    }

    /// Whether the same request may succeed a moment later.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Refused { status, .. } => {
                status.is_server_error()
                    || [StatusCode::CONFLICT, StatusCode::TOO_MANY_REQUESTS].contains(status)
            }
            _ => false,
        }
    }
}
