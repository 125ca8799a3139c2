//! One thing that was checked of a response.

use std::fmt;

/// One thing that was checked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Check {
    /// What was expected.
    pub expected: String,
    /// What was there instead; none if it was as expected.
    pub actual: Option<String>,
    /// What a report says instead of what was there, where that differs from one response to
    /// the next, or may hold what is nobody's business, as a body does.
    pub reported: Option<&'static str>,
}

impl Check {
    /// A check whose failure quotes what was there.
    pub(super) fn quoting(expected: String, actual: Option<String>) -> Self {
        Self { expected, actual, reported: None }
    }

    /// The reason of failure, if it is one, as reports count it.
    pub fn failure(&self) -> Option<String> {
        let actual = self.actual.as_ref()?;
        Some(match self.reported {
            Some(why) => format!("expected {}, {why}", self.expected),
            None => format!("expected {}, got {actual}", self.expected),
        })
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.actual {
            None => f.write_str(&self.expected),
            Some(actual) => write!(f, "expected {}, got {actual}", self.expected),
        }
    }
}
