//! What a person has chosen to see.

use super::{prompt::Prompt, sheet::Order, tab::Tab};

/// What is shown of a view, and what lies over it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Model {
    /// The table.
    pub(super) tab: Tab,
    /// The row that is chosen in each table.
    pub(super) chosen: [usize; Tab::ALL.len()],
    /// How each table is sorted.
    pub(super) orders: [Order; Tab::ALL.len()],
    /// Which charts are shown.
    pub(super) charts: Charts,
    /// What lies over all else.
    pub(super) over: Option<Over>,
    /// What the last key did not do, and why.
    pub(super) said: Option<String>,
    /// How many rows fitted the last drawing.
    pub(super) page: usize,
}

/// Which charts are shown.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Charts {
    /// All, above the table, where there is room for both.
    #[default]
    Beside,
    /// All, instead of the table.
    All,
    /// Users alone.
    Users,
    /// Requests and failures alone.
    Rates,
    /// Response times alone.
    Times,
}

/// What lies over all else, and takes the keys.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Over {
    /// What the keys do.
    Help,
    /// A row in full: headings, and what stands under them; and how many lines it is scrolled.
    Row {
        /// Each heading with its cell.
        cells: Vec<(String, String)>,
        /// How many lines are above the first one.
        scroll: usize,
    },
    /// Whether to stop.
    Stop,
    /// How many users there shall be.
    Users(Prompt),
}

impl Model {
    /// The order of the table that is shown.
    pub(super) fn order(&self) -> Order {
        self.orders[self.tab.index()]
    }

    /// The row that is chosen, of so many.
    pub(super) fn row(&self, rows: usize) -> usize {
        self.chosen[self.tab.index()].min(rows.saturating_sub(1))
    }

    /// The first row to be shown, so that the chosen one is in the middle where that can be.
    pub(super) fn first(&self, rows: usize, page: usize) -> usize {
        self.row(rows).saturating_sub(page / 2).min(rows.saturating_sub(page))
    }
}

impl Charts {
    /// What the next press shows.
    pub(super) fn next(self) -> Self {
        match self {
            Self::Beside => Self::All,
            Self::All => Self::Users,
            Self::Users => Self::Rates,
            Self::Rates => Self::Times,
            Self::Times => Self::Beside,
        }
    }
}
