//! The tables of the full screen, one at a time.

use super::{sheet::Sheet, threshold};
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
    /// What the run is held to.
    Thresholds,
}

/// All of them, in the order of their keys.
static TABS: [Tab; Tab::ALL.len()] = Tab::ALL;

impl Tab {
    /// All of them, in the order of their keys.
    pub(super) const ALL: [Self; 7] = [
        Self::Statistics,
        Self::Failures,
        Self::Exceptions,
        Self::Regions,
        Self::Generators,
        Self::Log,
        Self::Thresholds,
    ];

    /// Those that a view has: thresholds only if there are any.
    pub(super) fn of(view: &View) -> &'static [Self] {
        let without = TABS.len() - 1;
        if view.thresholds.is_empty() { &TABS[..without] } else { &TABS }
    }

    /// Its place among all of them.
    pub(super) fn index(self) -> usize {
        Self::ALL.iter().position(|tab| *tab == self).unwrap_or_default()
    }

    /// The next one that a view has, or the one before; around the ends.
    pub(super) fn turned(self, forward: bool, view: &View) -> Self {
        let tabs = Self::of(view);
        let by = if forward { 1 } else { tabs.len() - 1 };
        tabs[(self.index() + by) % tabs.len()]
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
            Self::Thresholds => ("Thresholds", "Limits"),
        }
    }

    /// How many entries it has that a person should know of without looking.
    pub(super) fn count(self, view: &View) -> usize {
        match self {
            Self::Failures => view.failures.len() + view.more_failures,
            Self::Exceptions => view.exceptions.len() + view.more_exceptions,
            Self::Log => view.notes.len(),
            Self::Thresholds => threshold::crossed(view),
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
            Self::Thresholds => threshold::sheet(view),
        }
    }
}
