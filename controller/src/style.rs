//! Emphasis on a terminal, and none anywhere else.

use std::{env, io::IsTerminal};

/// Whether text is emphasised.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Style {
    /// Plain text, for files and pipes.
    #[default]
    Plain,
    /// With a terminal's escapes.
    Coloured,
}

impl Style {
    /// What suits a stream: colour on a terminal, unless `NO_COLOR` is set.
    pub fn of(stream: &impl IsTerminal) -> Self {
        let refused = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        if stream.is_terminal() && !refused { Self::Coloured } else { Self::Plain }
    }

    /// Important.
    pub fn bold(self, text: &str) -> String {
        self.escaped("1", text)
    }

    /// Less important.
    pub fn dim(self, text: &str) -> String {
        self.escaped("2", text)
    }

    /// Wrong.
    pub fn error(self, text: &str) -> String {
        self.escaped("1;31", text)
    }

    /// Perhaps wrong.
    pub fn warning(self, text: &str) -> String {
        self.escaped("1;33", text)
    }

    /// As it should be.
    pub fn good(self, text: &str) -> String {
        self.escaped("32", text)
    }

    /// Good to know.
    pub fn hint(self, text: &str) -> String {
        self.escaped("1;36", text)
    }

    fn escaped(self, code: &str, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Coloured => format!("\x1b[{code}m{text}\x1b[0m"),
        }
    }
}
