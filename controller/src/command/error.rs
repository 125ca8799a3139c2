//! What a command failed with.

use std::io::{self, Write};

use engine::document::Problem;

use crate::{causes::with_causes, config::ConfigError, exit_code::ExitCode, style::Style};

/// Why a command failed, what to do next, and what the shell is told.
#[derive(Debug)]
pub struct Error {
    code: ExitCode,
    message: String,
    problems: Vec<Problem>,
    hint: Option<String>,
}

impl Error {
    /// A failure. The message is a lower-case fragment.
    pub fn new(code: ExitCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), problems: Vec::new(), hint: None }
    }

    /// A failure with all its causes.
    pub fn of(code: ExitCode, error: &dyn std::error::Error) -> Self {
        Self::new(code, with_causes(error))
    }

    /// Something that did not work out, though what was asked for is valid.
    pub fn failed(error: impl std::error::Error) -> Self {
        Self::of(ExitCode::GENERATOR, &error)
    }

    /// With what is wrong in what a person wrote.
    #[must_use]
    pub fn with_problems(self, problems: Vec<Problem>) -> Self {
        Self { problems, ..self }
    }

    /// With what to do next.
    #[must_use]
    pub fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// What the shell is told.
    pub fn code(&self) -> ExitCode {
        self.code
    }

    /// Writes it to the standard error stream, and gives the exit code.
    pub fn report(&self) -> ExitCode {
        let stderr = io::stderr();
        let text = self.render(Style::of(&stderr));
        // If nobody can be told, the exit code still is.
        let _ = stderr.lock().write_all(text.as_bytes());
        self.code
    }

    /// The message, the problems and the hint.
    pub fn render(&self, style: Style) -> String {
        let mut text = format!("{} {}\n", style.error("error:"), self.message);
        let problems = self.problems.iter().map(|problem| format!("\n{problem}\n"));
        text.extend(problems);
        let gap = if self.problems.is_empty() { "" } else { "\n" };
        text.extend(self.hint.iter().map(|hint| format!("{gap}{} {hint}\n", style.hint("hint:"))));
        text
    }
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        let hint = match &error {
            ConfigError::NoRegistry(_) => Some(
                "`load-test init NAME` begins a project here; `--project DIR` names one elsewhere",
            ),
            ConfigError::Unregistered(_) => {
                Some("`load-test list` shows what is registered, `load-test init NAME` adds to it")
            }
            ConfigError::Invalid(_) => None,
        };
        let failure = Self::new(ExitCode::INVALID, error.to_string());
        let failure = failure.with_problems(error.into_problems());
        match hint {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        }
    }
}
