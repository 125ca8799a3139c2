//! A table with everything in it, of which a terminal shows what fits.

use super::cell::Cell;
use crate::{
    shown::shorten,
    table::{Column, Table},
};

/// In a narrow terminal a text that does not give way is still cut to so many columns.
const NARROWEST: usize = 8;

/// Beside the heading of the column that is sorted by: it rises, it falls.
const SIGNS: [char; 2] = ['▴', '▾'];

/// Rows under columns, in an order that a person may change.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    columns: Vec<Column>,
    rows: Vec<Row>,
    /// What stands below all rows, and is never sorted.
    total: Option<Row>,
    /// What is said instead if there is no row.
    empty: &'static str,
    /// How many rows there are beside these.
    more: usize,
}

/// A row.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// A cell for each column.
    pub(super) cells: Vec<Cell>,
    /// Whether it tells of something wrong.
    pub(super) alarming: bool,
}

/// Which column the rows are sorted by, if not as they came, and whether the other way around.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Order {
    /// A column by its place.
    pub(super) column: Option<usize>,
    /// The last first.
    pub(super) reversed: bool,
}

/// Lines that are as wide as a terminal, each with whether it is alarming.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Lines {
    /// The headings.
    pub(super) heading: String,
    /// The rows.
    pub(super) rows: Vec<(String, bool)>,
    /// What stands below them.
    pub(super) total: Option<(String, bool)>,
}

impl Sheet {
    pub(super) fn new(columns: Vec<Column>, empty: &'static str) -> Self {
        Self { columns, rows: Vec::new(), total: None, empty, more: 0 }
    }

    pub(super) fn with(self, rows: impl IntoIterator<Item = Row>) -> Self {
        Self { rows: rows.into_iter().collect(), ..self }
    }

    pub(super) fn with_total(self, total: Option<Row>) -> Self {
        Self { total, ..self }
    }

    pub(super) fn with_more(self, more: usize) -> Self {
        Self { more, ..self }
    }

    /// How many columns it has.
    pub(super) fn columns(&self) -> usize {
        self.columns.len()
    }

    /// How many rows there are to scroll through.
    pub(super) fn rows(&self) -> usize {
        self.rows.len()
    }

    /// What is to be said of rows that are not there.
    pub(super) fn remark(&self) -> Option<String> {
        match (self.rows.len(), self.more) {
            (0, _) => Some(self.empty.into()),
            (_, 0) => None,
            (_, more) => Some(format!("and {more} more")),
        }
    }

    /// The rows in an order.
    pub(super) fn sorted(mut self, order: Order) -> Self {
        if let Some(column) = order.column.filter(|column| *column < self.columns.len()) {
            self.rows.sort_by(|a, b| a.cells[column].compare(&b.cells[column]));
            let falls = self.rows.first().is_none_or(|row| row.cells[column].is_number());
            let [up, down] = SIGNS;
            self.columns[column].mark(if falls == order.reversed { up } else { down });
        }
        if order.reversed {
            self.rows.reverse();
        }
        self
    }

    /// A row in full: each heading with what stands under it.
    pub(super) fn row(&self, at: usize) -> Vec<(String, String)> {
        let heading = |column: &Column| column.heading().trim_end_matches(SIGNS).to_owned();
        let headings = self.columns.iter().map(heading);
        let cells = self.rows.get(at).into_iter().flat_map(|row| &row.cells);
        headings.zip(cells.map(|cell| cell.text.clone())).collect()
    }

    /// Its lines, at most so wide.
    pub(super) fn lines(&self, width: usize) -> Lines {
        let mut table = Table::new(self.columns.clone());
        let most = (width / 3).max(NARROWEST);
        for row in self.rows.iter().chain(&self.total) {
            let cells = row.cells.iter().zip(&self.columns);
            let cells = cells.map(|(cell, column)| {
                if column.is_elastic() { cell.text.clone() } else { shorten(&cell.text, most) }
            });
            table.push(cells.collect());
        }
        let (lines, _) = table.lines(Some(width));
        let mut lines = lines.into_iter();
        let heading = lines.next().unwrap_or_default();
        let alarming = self.rows.iter().chain(&self.total).map(|row| row.alarming);
        let mut rows: Vec<_> = lines.zip(alarming).collect();
        let total = if self.total.is_some() { rows.pop() } else { None };
        Lines { heading, rows, total }
    }
}

impl Row {
    pub(super) fn new(cells: Vec<Cell>, alarming: bool) -> Self {
        Self { cells, alarming }
    }
}

#[cfg(test)]
mod tests;
