//! Locust's four CSV files, whoever wrote them.

use std::{collections::BTreeMap, path::Path};

/// The kinds of files, as they are named.
pub(crate) const KINDS: [&str; 4] = ["stats", "stats_history", "failures", "exceptions"];

/// The percentiles, as their columns are named.
pub(crate) const PERCENTILES: [(f64, &str); 11] = [
    (50.0, "50%"),
    (66.0, "66%"),
    (75.0, "75%"),
    (80.0, "80%"),
    (90.0, "90%"),
    (95.0, "95%"),
    (98.0, "98%"),
    (99.0, "99%"),
    (99.9, "99.9%"),
    (99.99, "99.99%"),
    (100.0, "100%"),
];

/// The files of a run, by kind.
pub(crate) struct Sheets(BTreeMap<&'static str, Sheet>);

pub(crate) struct Sheet {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Row>,
}

/// A row, by column.
#[derive(Debug)]
pub(crate) struct Row(BTreeMap<String, String>);

impl Sheets {
    /// Reads `<folder>/<prefix>_<kind>.csv`.
    pub(crate) fn read(folder: &Path, prefix: &str) -> Self {
        Self(
            KINDS
                .map(|kind| (kind, Sheet::read(&folder.join(format!("{prefix}_{kind}.csv")))))
                .into(),
        )
    }

    pub(crate) fn of(&self, kind: &str) -> &Sheet {
        &self.0[kind]
    }
}

impl Sheet {
    fn read(path: &Path) -> Self {
        let mut reader = csv::Reader::from_path(path).unwrap();
        let rows: Result<Vec<_>, _> = reader.deserialize().collect();
        let header = reader.headers().unwrap().iter().map(str::to_owned).collect();
        Self { header, rows: rows.unwrap().into_iter().map(Row).collect() }
    }

    /// The cells of some columns, row by row.
    pub(crate) fn cells(&self, columns: &[&str]) -> Vec<Vec<&str>> {
        let mut cells = Vec::new();
        for row in &self.rows {
            cells.push(columns.iter().map(|column| row.text(column)).collect());
        }
        cells
    }
}

impl Row {
    pub(crate) fn text(&self, column: &str) -> &str {
        &self.0[column]
    }

    pub(crate) fn number(&self, column: &str) -> f64 {
        let text = self.text(column);
        text.parse().unwrap_or_else(|_| panic!("{column}: {text}"))
    }
    pub(crate) fn whole(&self, column: &str) -> u64 {
        let text = self.text(column);
        text.parse().unwrap_or_else(|_| panic!("{column}: {text}"))
    }
}
