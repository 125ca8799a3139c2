//! Which transactions a threshold is for.

use engine::stats::Key;
use serde::{Deserialize, Serialize};

/// A glob on `METHOD name`, or on the name alone. `*` stands for any text; everything else for
/// itself, as names have `?` and `[` of their own.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Pattern(String);

impl Pattern {
    /// A glob.
    pub fn new(glob: impl Into<String>) -> Self {
        Self(glob.into())
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is for a transaction.
    pub fn matches(&self, Key { method, name }: &Key) -> bool {
        is_match(&self.0, name) || is_match(&self.0, &format!("{method} {name}"))
    }
}

/// Compares piece by piece: the first is the beginning, the last the end, and each between them is
/// where it first comes.
fn is_match(glob: &str, text: &str) -> bool {
    let Some((first, rest)) = glob.split_once('*') else { return glob == text };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    let Some(text) = text.strip_prefix(first).and_then(|text| text.strip_suffix(last)) else {
        return false;
    };
    let found = middle
        .split('*')
        .try_fold(text, |text, piece| text.find(piece).map(|at| &text[at + piece.len()..]));
    found.is_some()
}
