//! Why an invocation gave no answer, and whether it may have begun.

use std::{error::Error, fmt, io};

use aws_smithy_runtime_api::{client::result::SdkError, http::Response};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::causes::with_causes;

/// What is to be done about it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Failure {
    /// It surely did not begin, and may later.
    Busy(String),
    /// It surely did not begin, as nobody was reached, and may later.
    Unreachable(String),
    /// It surely did not begin, and will not.
    Refused(String),
    /// Nobody knows.
    Unknown(String),
}

/// Too many at once, or not ready yet.
const BUSY: [&str; 7] = [
    "TooManyRequestsException",
    "ThrottlingException",
    "EC2ThrottledException",
    "ENILimitReachedException",
    "ResourceNotReadyException",
    "ResourceConflictException",
    "SubnetIPAddressLimitReachedException",
];

/// What keeps a function from being set up.
const SET_UP: [&str; 7] = ["EC2", "EFS", "ENI", "KMS", "InvalidRuntime", "InvalidZip", "SnapStart"];

impl Failure {
    /// Judges a call's error.
    pub(super) fn of<E>(error: &SdkError<E, Response>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        match error {
            SdkError::ConstructionFailure(_) => Self::Refused(with_causes(error)),
            SdkError::DispatchFailure(failure) if failure.is_user() || no_credentials(error) => {
                Self::Refused(with_causes(error))
            }
            SdkError::DispatchFailure(_) if not_connected(error) => {
                Self::Unreachable(with_causes(error))
            }
            SdkError::ServiceError(service) => {
                let status = service.raw().status().as_u16();
                let code = service.err().code().unwrap_or_default();
                let message = service.err().message().unwrap_or("no reason given");
                Self::of_service(status, code, &format!("{code}: {message}"))
            }
            _ => Self::Unknown(with_causes(error)),
        }
    }

    fn of_service(status: u16, code: &str, text: &str) -> Self {
        if BUSY.contains(&code) || status == 429 {
            Self::Busy(text.into())
        } else if status < 500 || SET_UP.iter().any(|prefix| code.starts_with(prefix)) {
            Self::Refused(text.into())
        } else {
            Self::Unknown(text.into())
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Busy(text)
        | Self::Unreachable(text)
        | Self::Refused(text)
        | Self::Unknown(text)) = self;
        f.write_str(text)
    }
}

/// Whether an error or any of its causes is such.
fn any(error: &(dyn Error + 'static), is: impl Fn(&(dyn Error + 'static)) -> bool) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if is(error) {
            return true;
        }
        next = error.source();
    }
    false
}

fn no_credentials(error: &(dyn Error + 'static)) -> bool {
    use aws_credential_types::provider::error::CredentialsError;
    any(error, <dyn Error>::is::<CredentialsError>)
}

/// What is said where no connection was made, also for want of descriptors.
const NOT_CONNECTED: [&str; 4] =
    ["dns error", "tcp open error", "tcp connect error", "HTTP connect"];

/// Whether no byte can have reached the other side.
fn not_connected(error: &(dyn Error + 'static)) -> bool {
    let unreachable = |error: &io::Error| {
        matches!(
            error.kind(),
            io::ErrorKind::ConnectionRefused
                | io::ErrorKind::HostUnreachable
                | io::ErrorKind::NetworkUnreachable
                | io::ErrorKind::AddrNotAvailable
        )
    };
    any(error, |error| {
        let text = error.to_string();
        error.downcast_ref::<io::Error>().is_some_and(unreachable)
            || NOT_CONNECTED.iter().any(|t| text.contains(t))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_surely_did_not_begin_is_told_from_what_may_have() {
        let judge = |status, code: &str| match Failure::of_service(status, code, "") {
            Failure::Busy(_) => "busy",
            Failure::Unreachable(_) => "unreachable",
            Failure::Refused(_) => "refused",
            Failure::Unknown(_) => "unknown",
        };
        assert_eq!(judge(429, "TooManyRequestsException"), "busy");
        assert_eq!(judge(409, "ResourceConflictException"), "busy");
        assert_eq!(judge(502, "ENILimitReachedException"), "busy");
        assert_eq!(judge(502, "EC2AccessDeniedException"), "refused");
        assert_eq!(judge(403, "AccessDeniedException"), "refused");
        assert_eq!(judge(404, "ResourceNotFoundException"), "refused");
        assert_eq!(judge(500, "ServiceException"), "unknown");
        assert_eq!(judge(503, ""), "unknown");
    }
}
