//! Tables for a terminal.

use crate::{
    shown::{shorten, width},
    style::Style,
};

/// Between two columns.
const GAP: &str = "  ";

/// Of more rows than this, a list's middle is left out.
const MOST_ROWS: usize = 40;

/// The name's column is not made narrower than this; rather, columns are left out.
const NARROWEST: usize = 16;

/// A column.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    heading: String,
    /// Text is set to the left, numbers to the right.
    text: bool,
    /// Gives way first when the table is too wide: its texts are shortened.
    elastic: bool,
    /// Gives way then, the greatest first; 0 never does.
    dispensable: u8,
}

/// Rows of cells under columns.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

impl Column {
    pub(crate) fn text(heading: &str) -> Self {
        Self { heading: heading.into(), text: true, elastic: false, dispensable: 0 }
    }

    pub(crate) fn elastic(heading: &str) -> Self {
        Self { elastic: true, ..Self::text(heading) }
    }

    pub(crate) fn number(heading: &str) -> Self {
        Self { text: false, ..Self::text(heading) }
    }

    pub(crate) fn dispensable(heading: &str, rank: u8) -> Self {
        Self { dispensable: rank, ..Self::number(heading) }
    }

    pub(crate) fn heading(&self) -> &str {
        &self.heading
    }

    pub(crate) fn is_elastic(&self) -> bool {
        self.elastic
    }

    /// Puts a sign beside its heading. So it is one that matters, and never gives way.
    pub(crate) fn mark(&mut self, sign: char) {
        self.heading.push(sign);
        self.dispensable = 0;
    }
}

impl Table {
    pub(crate) fn new(columns: Vec<Column>) -> Self {
        Self { columns, rows: Vec::new() }
    }

    /// Adds a row with a cell for each column. Cells are fit for a terminal already.
    pub(crate) fn push(&mut self, row: Vec<String>) {
        debug_assert_eq!(row.len(), self.columns.len(), "a cell for each column");
        self.rows.push(row);
    }

    /// Its lines, the heading first, none wider than `most` if that can be; and the headings
    /// of the columns that were left out for it.
    pub(crate) fn lines(mut self, most: Option<usize>) -> (Vec<String>, Vec<String>) {
        let most = most.unwrap_or(usize::MAX);
        let all: Vec<_> = self.columns.iter().map(|column| column.heading.clone()).collect();
        while self.least_width() > most {
            let Some(at) = self.most_dispensable() else { break };
            self.columns.remove(at);
            self.rows.iter_mut().for_each(|row| drop(row.remove(at)));
        }
        let widths = self.widths(most);
        let headings: Vec<_> = self.columns.iter().map(|column| column.heading.clone()).collect();
        let left_out = all.into_iter().filter(|heading| !headings.contains(heading)).collect();
        let lines = std::iter::once(&headings).chain(&self.rows);
        (lines.map(|row| self.line(row, &widths)).collect(), left_out)
    }

    /// All of it under a faint heading, each line indented; of a long list the middle is left out.
    pub(crate) fn listed(mut self, style: Style) -> String {
        let left_out = self.rows.len().saturating_sub(MOST_ROWS);
        let middle = MOST_ROWS / 2;
        if left_out > 0 {
            self.rows.drain(middle..middle + left_out);
        }
        let (mut lines, _) = self.lines(None);
        lines[0] = style.dim(&lines[0]);
        if left_out > 0 {
            lines.insert(1 + middle, format!(".. {left_out} more"));
        }
        format!("  {}\n", lines.join("\n  "))
    }

    fn most_dispensable(&self) -> Option<usize> {
        let ranks = self.columns.iter().map(|column| column.dispensable).enumerate();
        let (at, rank) = ranks.max_by_key(|(_, rank)| *rank)?;
        (rank > 0).then_some(at)
    }

    /// How wide each column is when nothing is shortened.
    fn natural(&self) -> Vec<usize> {
        let columns = self.columns.iter().enumerate();
        columns
            .map(|(at, column)| {
                let cells = self.rows.iter().map(|row| width(&row[at]));
                cells.chain([width(&column.heading)]).max().unwrap_or(0)
            })
            .collect()
    }

    fn widths(&self, most: usize) -> Vec<usize> {
        let mut widths = self.natural();
        let excess = total(&widths).saturating_sub(most);
        if let Some(at) = self.columns.iter().position(|column| column.elastic) {
            let narrowest = widths[at].min(NARROWEST);
            widths[at] = widths[at].saturating_sub(excess).max(narrowest);
        }
        widths
    }

    fn least_width(&self) -> usize {
        total(&self.widths(0))
    }

    fn line(&self, row: &[String], widths: &[usize]) -> String {
        let cells = row.iter().zip(widths).zip(&self.columns).map(|((cell, room), column)| {
            let cell = if column.elastic { shorten(cell, *room) } else { cell.clone() };
            let padding = " ".repeat(room.saturating_sub(width(&cell)));
            if column.text { cell + &padding } else { padding + &cell }
        });
        cells.collect::<Vec<_>>().join(GAP).trim_end().into()
    }
}

fn total(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + GAP.len() * widths.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(vec![
            Column::elastic("Name"),
            Column::number("A"),
            Column::dispensable("B", 1),
            Column::dispensable("C", 2),
        ]);
        table.push(["/a/very/long/name/日本", "1", "22", "333"].map(String::from).into());
        table
    }

    #[test]
    fn a_table_fits_its_terminal() {
        for most in 20..60 {
            let (lines, left_out) = table().lines(Some(most));
            assert!(lines.iter().all(|line| width(line) <= most), "{most}: {lines:#?}");
            assert_eq!(left_out.is_empty(), most >= 16 + 3 + 4 + 5);
        }
        assert_eq!(table().lines(Some(20)).1, ["B", "C"]);
        assert!(table().lines(None).0[1].starts_with("/a/very/long/name/日本  1  22  333"));
    }

    #[test]
    fn the_middle_of_a_long_list_is_left_out() {
        let mut table = Table::new(vec![Column::text("n")]);
        (0..100).for_each(|n| table.push(vec![n.to_string()]));
        let text = table.listed(Style::Plain);
        assert!(text.starts_with("  n\n  0\n"), "{text}");
        assert!(text.contains("  19\n  .. 60 more\n  80\n"), "{text}");
    }
}
