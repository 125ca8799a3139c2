//! The columns of flat tables.

use super::{Moment, Row};
use crate::report::PERCENTILES;

/// What a column holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// Texts, as they are.
    Text,
    /// Counts.
    Count,
    /// Milliseconds.
    Time,
}

/// A column's value of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value<'a> {
    /// Of a [`Kind::Text`].
    Text(&'a str),
    /// Of a [`Kind::Count`].
    Count(u64),
    /// Of a [`Kind::Time`]; none if nothing was measured.
    Time(Option<f64>),
}

/// The columns before the percentiles.
const LEADING: [(&str, Kind); 13] = [
    ("run", Kind::Text),
    ("test", Kind::Text),
    ("second", Kind::Count),
    ("epoch_s", Kind::Count),
    ("region", Kind::Text),
    ("method", Kind::Text),
    ("name", Kind::Text),
    ("requests", Kind::Count),
    ("failures", Kind::Count),
    ("bytes", Kind::Count),
    ("mean_ms", Kind::Time),
    ("min_ms", Kind::Time),
    ("max_ms", Kind::Time),
];

/// The columns, by name.
pub(super) fn columns() -> impl Iterator<Item = (String, Kind)> {
    let percentiles =
        PERCENTILES.iter().map(|(_, name)| (format!("p{}_ms", name.replace('.', "_")), Kind::Time));
    LEADING.into_iter().map(|(name, kind)| (name.to_owned(), kind)).chain(percentiles)
}

/// A row's values, one for each column.
pub(super) fn values<'a>(moment: &'a Moment, row: &'a Row) -> impl Iterator<Item = Value<'a>> {
    let leading = [
        Value::Text(&moment.run.id),
        Value::Text(&moment.run.test),
        Value::Count(moment.second.into()),
        Value::Count(moment.epoch_s()),
        Value::Text(&row.region),
        Value::Text(&row.method),
        Value::Text(&row.name),
        Value::Count(row.requests),
        Value::Count(row.failures),
        Value::Count(row.bytes),
        Value::Time(row.times.mean_ms),
        Value::Time(row.times.min_ms),
        Value::Time(row.times.max_ms),
    ];
    let percentiles = row.times.percentiles_ms.values();
    let percentiles = (0..PERCENTILES.len()).map(|at| Value::Time(percentiles.get(at).copied()));
    leading.into_iter().chain(percentiles)
}
