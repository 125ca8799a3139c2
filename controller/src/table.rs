//! Text in aligned columns.

use crate::style::Style;

/// Rows of cells under headings.
pub struct Table {
    headings: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

/// Of more rows than this the middle is left out.
const MOST_ROWS: usize = 40;

impl Table {
    /// A table without rows. A heading such as `>users` aligns its column to the right.
    pub fn new(headings: impl IntoIterator<Item = &'static str>) -> Self {
        Self { headings: headings.into_iter().collect(), rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The lines, each indented by two spaces and without spaces at its end. Of a long table the
    /// middle is left out.
    pub fn render(&self, style: Style) -> String {
        let names = self.headings.iter().map(|heading| heading.trim_start_matches('>'));
        let heading = self.line(&names.map(str::to_owned).collect::<Vec<_>>());
        let mut lines = vec![style.dim(&heading)];
        let (first, left_out, last) = self.shown();
        lines.extend(first.iter().map(|row| self.line(row)));
        if left_out > 0 {
            lines.push(format!(".. {left_out} more"));
        }
        lines.extend(last.iter().map(|row| self.line(row)));
        format!("  {}\n", lines.join("\n  "))
    }

    /// The first rows, how many are left out, and the last rows.
    fn shown(&self) -> (&[Vec<String>], usize, &[Vec<String>]) {
        let left_out = self.rows.len().saturating_sub(MOST_ROWS);
        let first = if left_out == 0 { self.rows.len() } else { MOST_ROWS / 2 };
        (&self.rows[..first], left_out, &self.rows[first + left_out..])
    }

    fn line(&self, cells: &[String]) -> String {
        let mut line = String::new();
        for (column, cell) in cells.iter().enumerate() {
            let pad = " ".repeat(self.width(column).saturating_sub(cell.chars().count()));
            let right = self.headings.get(column).is_some_and(|h| h.starts_with('>'));
            line += &if right { pad + cell } else { cell.clone() + &pad };
            line += "  ";
        }
        line.trim_end().to_owned()
    }

    fn width(&self, column: usize) -> usize {
        let heading = self.headings.get(column).map_or(0, |h| h.trim_start_matches('>').len());
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).fold(heading, usize::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let mut table = Table::new(["name", ">users"]);
        table.row(["é".into(), "1,000".into()]);
        table.row(["longer".into(), "5".into()]);
        assert_eq!(
            table.render(Style::Plain),
            "  name    users\n  é       1,000\n  longer      5\n"
        );
    }
    #[test]
    fn the_middle_of_a_long_table_is_left_out() {
        let mut table = Table::new(["n"]);
        (0..100).for_each(|n| table.row([n.to_string()]));
        let text = table.render(Style::Plain);
        assert!(text.contains("  19\n  .. 60 more\n  80\n"), "{text}");
    }
}
