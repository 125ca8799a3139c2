//! What was measured from each region.

use super::{
    cell::Cell,
    sheet::{Row, Sheet},
};
use crate::{table::Column, view::View};

/// The table.
pub(super) fn sheet(view: &View) -> Sheet {
    let columns = vec![
        Column::elastic("Region"),
        Column::dispensable("Generators", 4),
        Column::dispensable("Running", 3),
        Column::number("Users"),
        Column::number("Requests"),
        Column::number("Fails"),
        Column::number("Median"),
        Column::dispensable("p95", 2),
        Column::number("p99"),
        Column::dispensable("req/s", 1),
        Column::dispensable("fails/s", 1),
    ];
    let rows = view.regions.iter().map(|region| {
        let cells = vec![
            Cell::text(&region.region),
            Cell::count(region.generators as u64),
            Cell::count(region.running as u64),
            Cell::count(region.users),
            Cell::count(region.requests),
            Cell::count(region.failures),
            Cell::millis(region.p50_ms),
            Cell::millis(region.p95_ms),
            Cell::millis(region.p99_ms),
            Cell::rate(region.requests_per_s),
            Cell::rate(region.failures_per_s),
        ];
        Row::new(cells, region.failures > 0)
    });
    Sheet::new(columns, "nothing has come from any region yet").with(rows)
}
