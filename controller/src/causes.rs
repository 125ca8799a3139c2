//! An error and what is behind it, in one line.

use std::error::Error;

/// The error and its causes; none of them twice, as some errors name their cause themselves.
pub(crate) fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::io;

    use thiserror::Error;

    use super::*;

    #[derive(Debug, Error)]
    #[error("failed to start: {0}")]
    struct Naming(#[source] io::Error);

    #[derive(Debug, Error)]
    #[error("nothing works")]
    struct Silent(#[source] Naming);

    #[test]
    fn every_cause_is_named_once() {
        let error = Silent(Naming(io::Error::other("no room")));
        assert_eq!(with_causes(&error), "nothing works: failed to start: no room");
    }
}
