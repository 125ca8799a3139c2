//! What is wrong with what a person wrote, and where.

use std::{cell::RefCell, fmt, sync::Arc};

/// Where text came from: a file, or a part of the command line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Source {
    name: Arc<str>,
    text: Option<Arc<str>>,
}

/// A line and column of a source, both from 1; 0 where a source has no lines.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Place {
    source: Source,
    line: u64,
    column: u64,
}

/// One thing that is wrong.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Problem {
    place: Place,
    key: String,
    message: String,
    /// Whether its line is shown.
    is_quoted: bool,
}

/// All that was found wrong; shared by the readers of one configuration.
#[derive(Debug, Default)]
pub struct Problems(RefCell<Vec<Problem>>);

impl Source {
    /// A file; its text is kept to show the line of a problem.
    pub fn file(name: &str, text: &str) -> Self {
        Self { name: name.into(), text: Some(text.into()) }
    }

    /// Something without lines, such as `--clients`.
    pub fn option(name: &str) -> Self {
        Self { name: name.into(), text: None }
    }

    /// A place in it.
    pub fn at(&self, line: u64, column: u64) -> Place {
        Place { source: self.clone(), line, column }
    }

    /// The file's or option's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn line(&self, line: u64) -> Option<&str> {
        let index = usize::try_from(line.checked_sub(1)?).ok()?;
        self.text.as_deref()?.lines().nth(index)
    }
}

impl Place {
    /// Whether it is a line of a file, and not an option of the command line.
    pub fn is_written(&self) -> bool {
        self.line > 0
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source.name)?;
        if self.line > 0 { write!(f, ":{}:{}", self.line, self.column) } else { Ok(()) }
    }
}

impl Problem {
    /// A problem with the value of a dotted key; an empty key speaks of the whole.
    pub fn new(place: &Place, key: &str, message: impl Into<String>) -> Self {
        Self { place: place.clone(), key: key.into(), message: message.into(), is_quoted: true }
    }

    /// The same, without the line: a secret may stand in it.
    #[must_use]
    pub fn unquoted(self) -> Self {
        Self { is_quoted: false, ..self }
    }
}

/// The place, the key, what was found and expected; then the line with a mark under it.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.place)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.message)?;
        if !self.is_quoted {
            return Ok(());
        }
        let Some(line) = self.place.source.line(self.place.line) else { return Ok(()) };
        let number = self.place.line.to_string();
        let before = usize::try_from(self.place.column.saturating_sub(1)).unwrap_or(0);
        let margin: String =
            line.chars().take(before).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
        write!(f, "\n  {number} | {line}\n  {} | {margin}^", " ".repeat(number.len()))
    }
}

impl Problems {
    /// Notes a problem, unless it is known: what is read in several ways is wrong in all of them.
    pub fn add(&self, problem: Problem) {
        let mut problems = self.0.borrow_mut();
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }

    /// How many were noted.
    pub fn count(&self) -> usize {
        self.0.borrow().len()
    }

    /// Whether none was noted.
    pub fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// The value, if nothing was noted until now.
    ///
    /// # Errors
    ///
    /// All problems: source by source as they were found, and within one from its top down.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Vec<Problem>> {
        let mut problems = self.0.into_inner();
        let mut sources: Vec<Source> = Vec::new();
        for problem in &problems {
            if !sources.contains(&problem.place.source) {
                sources.push(problem.place.source.clone());
            }
        }
        problems.sort_by_key(|Problem { place, .. }| {
            let source = sources.iter().position(|source| *source == place.source);
            (source, place.line, place.column)
        });
        match value {
            Some(value) if problems.is_empty() => Ok(value),
            _ => Err(problems),
        }
    }
}
