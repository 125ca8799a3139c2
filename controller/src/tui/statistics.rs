//! What was measured of each transaction.

use super::{
    cell::Cell,
    figure::compact,
    sheet::{Row, Sheet},
};
use crate::{
    table::Column,
    view::{self, View},
};

/// The table, with all transactions together below it.
pub(super) fn sheet(view: &View) -> Sheet {
    let columns = vec![
        Column::text("Type"),
        Column::elastic("Name"),
        Column::number("Requests"),
        Column::number("Fails"),
        Column::number("Median"),
        Column::dispensable("p95", 1),
        Column::number("p99"),
        Column::dispensable("Average", 5),
        Column::dispensable("Min", 6),
        Column::dispensable("Max", 4),
        Column::dispensable("Bytes", 7),
        Column::dispensable("req/s", 2),
        Column::dispensable("fails/s", 3),
    ];
    Sheet::new(columns, "no request has ended yet")
        .with(view.transactions.iter().map(row))
        .with_total(view.aggregated.as_ref().filter(|_| !view.transactions.is_empty()).map(row))
}

fn row(row: &view::Row) -> Row {
    let bytes = row.mean_bytes.map_or_else(|| "-".into(), compact);
    let cells = vec![
        Cell::text(&row.method),
        Cell::text(&row.name),
        Cell::count(row.requests),
        Cell::count(row.failures),
        Cell::millis(row.p50_ms),
        Cell::millis(row.p95_ms),
        Cell::millis(row.p99_ms),
        Cell::millis(row.mean_ms),
        Cell::millis(row.min_ms),
        Cell::millis(row.max_ms),
        Cell::worth(bytes, row.mean_bytes.unwrap_or(-1.0)),
        Cell::rate(row.requests_per_s),
        Cell::rate(row.failures_per_s),
    ];
    Row::new(cells, row.failures > 0)
}
