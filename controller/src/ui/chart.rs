//! `GET /api/chart`: a part of a run in more detail.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use serde::Deserialize;

use super::{refusal::Refusal, routes::Page};
use crate::view::Chart;

/// The fewest and the most points of a chart.
const POINTS: (usize, usize) = (10, 2_000);

/// Which part: seconds since the test's start, and in how many points at most.
#[derive(Debug, Deserialize)]
pub(super) struct Part {
    #[serde(default)]
    from: f64,
    #[serde(default = "end")]
    to: f64,
    #[serde(default = "points")]
    points: usize,
}

fn end() -> f64 {
    f64::INFINITY
}

fn points() -> usize {
    300
}

pub(super) async fn part(
    State(page): State<Arc<Page>>,
    part: Result<Query<Part>, QueryRejection>,
) -> Result<Json<Chart>, Refusal> {
    let Query(Part { from, to, points }) =
        part.map_err(|error| Refusal::malformed(error.body_text()))?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "they saturate")]
    let seconds = from.floor() as u32..to.ceil() as u32;
    Ok(Json(page.session.board().chart(seconds, points.clamp(POINTS.0, POINTS.1))))
}
