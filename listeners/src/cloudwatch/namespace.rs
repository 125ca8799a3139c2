//! The name under which CloudWatch keeps metrics together.

use engine::document::{Node, Rejection, Setting};
use serde::{Deserialize, Serialize};

/// The longest that CloudWatch takes.
const LONGEST: usize = 255;

/// The name under which CloudWatch keeps metrics together.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub(super) struct Namespace(String);

impl Namespace {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// What CloudWatch takes. Those that begin with `AWS/` are its own.
    fn try_new(text: &str) -> Option<Self> {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b".-_/#: ".contains(&byte);
        let usable = !text.trim().is_empty() && text.len() <= LONGEST && text.bytes().all(known);
        let free = !text.starts_with(':') && !text.starts_with("AWS/");
        (usable && free).then(|| Self(text.to_owned()))
    }
}

impl Default for Namespace {
    fn default() -> Self {
        Self("LoadTest".into())
    }
}

impl Setting for Namespace {
    const EXPECTED: &'static str = "at most 255 letters, digits, spaces and any of . - _ / # :, \
                                    neither beginning with a colon nor with AWS/";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let text = String::read(node)?;
        Self::try_new(&text).ok_or(Rejection::Unexpected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cloudwatch_does_not_take_is_refused() {
        for good in ["LoadTest", "Team A/Load", "a", &"x".repeat(255)] {
            assert!(Namespace::try_new(good).is_some(), "{good}");
        }
        for bad in ["", "  ", "AWS/Lambda", ":a", "a\nb", "prüfung", "a*", &"x".repeat(256)] {
            assert!(Namespace::try_new(bad).is_none(), "{bad}");
        }
    }
}
