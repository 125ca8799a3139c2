//! What is done to an account, or would be.

use std::{collections::BTreeMap, fmt};

/// A difference between what is and what is to be.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Change {
    kind: Kind,
    what: String,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Create,
    Set,
    Remove,
}

impl Change {
    /// Something is not there yet.
    pub fn create(what: impl Into<String>) -> Self {
        Self { kind: Kind::Create, what: what.into() }
    }

    /// Something is not as it is to be.
    pub fn set(what: impl Into<String>) -> Self {
        Self { kind: Kind::Set, what: what.into() }
    }

    /// Something is not to be there.
    pub fn remove(what: impl Into<String>) -> Self {
        Self { kind: Kind::Remove, what: what.into() }
    }

    /// As a thing that is done: `created role shop`.
    pub fn done(&self) -> String {
        let verb = match self.kind {
            Kind::Create => "created",
            Kind::Set => "set",
            Kind::Remove => "removed",
        };
        format!("{verb} {}", self.what)
    }

    /// A value that was another one.
    pub fn value(what: &str, from: impl fmt::Display, to: impl fmt::Display) -> Self {
        Self::set(format!("{what} {from} -> {to}"))
    }
}

/// As a thing to do: `create role shop`.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = match self.kind {
            Kind::Create => "create",
            Kind::Set => "set",
            Kind::Remove => "remove",
        };
        write!(f, "{verb} {}", self.what)
    }
}

/// Whether what is due is done.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mode {
    /// It is done.
    Apply,
    /// It is only shown.
    DryRun,
}

/// The changes of one place, in order.
#[derive(Clone, Debug)]
pub struct Changes {
    mode: Mode,
    list: Vec<Change>,
}

impl Changes {
    /// None so far.
    pub fn new(mode: Mode) -> Self {
        Self { mode, list: Vec::new() }
    }

    /// Notes that something is due, and says whether it is to be done.
    pub(crate) fn due(&mut self, change: Change) -> bool {
        self.list.push(change);
        self.mode == Mode::Apply
    }

    /// Whether what is due is done.
    pub(crate) fn applied(&self) -> bool {
        self.mode == Mode::Apply
    }

    /// All of them.
    pub fn list(&self) -> &[Change] {
        &self.list
    }
}

/// As a list of things to do; `unchanged` if there are none.
impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.list.is_empty() {
            return f.write_str("unchanged");
        }
        let texts: Vec<_> = self.list.iter().map(Change::to_string).collect();
        f.write_str(&texts.join(", "))
    }
}

/// A change of a value that may be absent.
pub(crate) fn optional<T: fmt::Display + PartialEq>(
    what: &str,
    is: Option<T>,
    wanted: Option<T>,
) -> Option<Change> {
    match (is, wanted) {
        (is, wanted) if is == wanted => None,
        (Some(is), Some(wanted)) => Some(Change::value(what, is, wanted)),
        (None, Some(wanted)) => Some(Change::set(format!("{what} to {wanted}"))),
        (_, None) => Some(Change::remove(what)),
    }
}

/// Whether all that is wanted is there. Tags that others put there stay.
pub(crate) fn has_tags(is: &BTreeMap<String, String>, wanted: &BTreeMap<String, String>) -> bool {
    wanted.iter().all(|(key, value)| is.get(key) == Some(value))
}
