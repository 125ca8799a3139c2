//! A transaction in both runs.

use engine::stats::Key;
use serde::Serialize;

use super::{
    curve::Curve,
    figure::Figure,
    metric::Metric,
    pair::{Pair, Resamples},
    superiority::Distance,
    timeline::Timeline,
};

/// A transaction in both runs, or all of them together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// The request's method; empty for all transactions together.
    pub method: String,
    /// Its name; `Aggregated` for all transactions together.
    pub name: String,
    /// In which of the runs it is.
    pub presence: Presence,
    /// Requests in the base and in the other run, failed ones included.
    pub requests: [u64; 2],
    /// Each figure that is compared.
    pub figures: Vec<Figure>,
    /// Where the response times are farthest apart; none if a run has none.
    pub distance: Option<Distance>,
    /// The percentiles of the base and of the other run, to be drawn.
    #[serde(skip)]
    pub curves: [Curve; 2],
}

/// In which of the runs a transaction is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// In both.
    Both,
    /// In the base only.
    Base,
    /// In the other run only.
    Other,
    /// In neither.
    Neither,
}

impl Row {
    /// Compares a transaction, or all of them together if it is none.
    pub(super) fn new(
        timelines: [&Timeline; 2],
        durations: [f64; 2],
        key: Option<&Key>,
        metrics: &[Metric],
        resamples: &Resamples,
    ) -> Self {
        let pair = Pair::new(timelines, durations, key, resamples);
        let samples = [&pair.base, &pair.other];
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
        let requests = samples.map(|sample| sample.requests() as u64);
        let presence = match requests.map(|requests| requests > 0) {
            [true, true] => Presence::Both,
            [true, false] => Presence::Base,
            [false, true] => Presence::Other,
            [false, false] => Presence::Neither,
        };
        let is_in_both = presence == Presence::Both;
        let figures = metrics.iter().filter(|_| is_in_both);
        Self {
            method: key.map_or(String::new(), |key| key.method.clone()),
            name: key.map_or("Aggregated".into(), |key| key.name.clone()),
            presence,
            requests,
            figures: figures.map(|metric| Figure::new(&pair, *metric)).collect(),
            distance: pair.distance(),
            curves: samples.map(Curve::new),
        }
    }

    /// Its figure of a kind.
    pub fn figure(&self, metric: Metric) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.metric == metric)
    }

    /// Whether it is all transactions together.
    pub fn is_overall(&self) -> bool {
        self.method.is_empty() && self.name == "Aggregated"
    }

    /// What it is called: `GET /cart`.
    pub fn title(&self) -> String {
        if self.method.is_empty() {
            self.name.clone()
        } else {
            format!("{} {}", self.method, self.name)
        }
    }
}
