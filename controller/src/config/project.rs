//! The directory that holds `config/`, and reading the files below it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use engine::{
    document::{Node, Problem, Source, parse},
    secret::{MASK, is_secret_name},
};

/// How environment variables are looked up.
pub type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The directory that holds `config/`; paths in the configuration are relative to it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Project {
    root: PathBuf,
}

impl Project {
    /// The project in a directory; an empty path is the current directory.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Where a path of the project is.
    pub fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.root.join(path)
    }

    /// Reads a file's tree.
    pub(super) fn node(&self, path: impl AsRef<Path>) -> Result<Node, Problem> {
        read_node(&self.path(path))
    }

    /// Reads a file's tree, if the file is there.
    pub(super) fn node_if_any(&self, path: &str) -> Result<Option<Node>, Problem> {
        if self.path(path).exists() { self.node(path).map(Some) } else { Ok(None) }
    }

    /// The names of the `.yml` files in `config/`, without their ending, sorted.
    pub(super) fn config_names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path("config")).into_iter().flatten().flatten();
        let names = entries
            .filter_map(|entry| Some(entry.file_name().to_str()?.strip_suffix(".yml")?.to_owned()));
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }
}

/// Reads a file's tree. Messages show its lines without what looks like a secret.
pub(super) fn read_node(path: &Path) -> Result<Node, Problem> {
    let text = read_text(path)?;
    let source = Source::file(&path.display().to_string(), &without_secrets(&text));
    parse(&source, &text)
}

/// Reads a file's text.
pub(super) fn read_text(path: &Path) -> Result<String, Problem> {
    fs::read_to_string(path).map_err(|error| {
        let place = Source::option(&path.display().to_string()).at(0, 0);
        Problem::new(&place, "", format!("cannot be read: {}", reason(&error)))
    })
}

/// What an operating system's error says, without its number.
pub(crate) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".into(),
        io::ErrorKind::InvalidData => "it is not text in UTF-8".into(),
        _ => error.to_string(),
    }
}

/// The text with values masked under keys that name secrets, line by line.
fn without_secrets(text: &str) -> String {
    let mut secret_below = None;
    let masked = text.lines().map(|line| {
        let indent = line.len() - line.trim_start().len();
        if secret_below.is_some_and(|above| line.trim().is_empty() || indent > above) {
            return format!("{}{MASK}", &line[..indent]);
        }
        secret_below = is_secret_name(line).then_some(indent);
        match line.split_once(':') {
            Some((key, _)) if secret_below.is_some() => format!("{key}: {MASK}"),
            _ => line.to_owned(),
        }
    });
    masked.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::without_secrets;

    #[test]
    fn lines_are_shown_without_secrets() {
        let text = "host: a\npasswords:\n  - one\n  - two\ntoken: x # y\n{a: 1, token: 2}\nb: 3";
        let shown = "host: a\npasswords: ***\n  ***\n  ***\ntoken: ***\n{a: ***\nb: 3";
        assert_eq!(without_secrets(text), shown);
    }
}
