//! The tables of the full screen, one at a time.

use super::sheet::Sheet;
use crate::view::View;

/// A table.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Tab {
    /// What was measured of each transaction.
    #[default]
    Statistics,
    /// Why requests failed.
    Failures,
    /// What went wrong in tasks.
    Exceptions,
    /// What was measured from each region.
    Regions,
    /// How generators fare.
    Generators,
    /// What happened.
    Log,
}

impl Tab {
    /// All of them, in the order of their keys.
    pub(super) const ALL: [Self; 6] = [
        Self::Statistics,
        Self::Failures,
        Self::Exceptions,
        Self::Regions,
        Self::Generators,
        Self::Log,
    ];

    /// Its place among all of them.
    pub(super) fn index(self) -> usize {
        Self::ALL.iter().position(|tab| *tab == self).unwrap_or_default()
    }

    /// The one that is so many places further, around the end.
    pub(super) fn turned(self, by: usize) -> Self {
        Self::ALL[(self.index() + by) % Self::ALL.len()]
    }

    /// Its title, and one for narrow terminals.
    pub(super) fn titles(self) -> (&'static str, &'static str) {
        match self {
            Self::Statistics => ("Statistics", "Stats"),
            Self::Failures => ("Failures", "Fails"),
            Self::Exceptions => ("Exceptions", "Exc"),
            Self::Regions => ("Regions", "Regions"),
            Self::Generators => ("Generators", "Gen"),
            Self::Log => ("Log", "Log"),
        }
    }

    /// How many entries it has that a person should know of without looking.
    pub(super) fn count(self, view: &View) -> usize {
        match self {
            Self::Failures => view.failures.len() + view.more_failures,
            Self::Exceptions => view.exceptions.len() + view.more_exceptions,
            Self::Log => view.notes.len(),
            Self::Statistics | Self::Regions | Self::Generators => 0,
        }
    }

    /// What it shows.
    pub(super) fn sheet(self, view: &View) -> Sheet {
        match self {
            Self::Statistics => super::statistics::sheet(view),
            Self::Failures => super::trouble::failures(view),
            Self::Exceptions => super::trouble::exceptions(view),
            Self::Regions => super::region::sheet(view),
            Self::Generators => super::generator::sheet(view),
            Self::Log => super::log::sheet(view),
        }
    }
}
