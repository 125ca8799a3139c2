//! The statuses that are expected.

use std::fmt;

use http::StatusCode;

/// A status, or a class of them, such as 2xx.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ExpectedStatus {
    /// This one.
    Code(StatusCode),
    /// All that begin with this digit.
    Class(u16),
}

impl ExpectedStatus {
    /// 2xx.
    pub const SUCCESS: Self = Self::Class(2);
    /// 3xx.
    pub const REDIRECTION: Self = Self::Class(3);
    /// 4xx.
    pub const CLIENT_ERROR: Self = Self::Class(4);
    /// 5xx.
    pub const SERVER_ERROR: Self = Self::Class(5);

    /// Whether a status is among them.
    pub fn matches(self, status: StatusCode) -> bool {
        match self {
            Self::Code(code) => code == status,
            Self::Class(class) => status.as_u16() / 100 == class,
        }
    }
}

impl From<StatusCode> for ExpectedStatus {
    fn from(code: StatusCode) -> Self {
        Self::Code(code)
    }
}

/// `404`, or `2xx`.
impl fmt::Display for ExpectedStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "{}", code.as_u16()),
            Self::Class(class) => write!(f, "{class}xx"),
        }
    }
}
