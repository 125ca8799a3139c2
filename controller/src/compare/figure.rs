//! One figure of two runs, and what of its difference is more than chance.

use serde::Serialize;

use super::{
    blocks::{self, FEWEST},
    interval::Interval,
    metric::Metric,
    pair::Pair,
    sample::dot,
};

/// Histograms tell times to about this part.
const RESOLUTION: f64 = 0.001;

/// So many requests have to be slower than a percentile, or it is one of few.
const FEWEST_BEYOND: f64 = 10.0;

/// A figure of two runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// Which.
    pub metric: Metric,
    /// In the base; milliseconds for times. None if nothing was measured.
    pub base: Option<f64>,
    /// In the other run.
    pub other: Option<f64>,
    /// The other minus the base: percent of the base, or percentage points, as `unit` says.
    pub difference: Option<f64>,
    /// In which the true difference lies with 95 % confidence; none if it is too short to tell.
    pub interval: Option<[f64; 2]>,
    /// What `difference` and `interval` are in.
    pub unit: Unit,
    /// The probability to see such a difference where there is none.
    pub p: Option<f64>,
    /// The same for all figures of the comparison together, by Holm.
    pub p_adjusted: Option<f64>,
    /// What to think of it.
    pub finding: Finding,
    /// Why nothing can be told.
    pub reason: Option<String>,
    /// From how many blocks of time the interval comes; in the run that has fewer.
    pub blocks: Option<usize>,
}

/// What a difference is in.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Percent of the base.
    Percent,
    /// Percentage points.
    Points,
}

/// What to think of a difference.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// The other run has more, and that is hardly chance, however many figures are compared.
    Higher,
    /// Likewise less.
    Lower,
    /// The interval excludes no difference, but so do some by chance among so many figures.
    PerhapsHigher,
    /// Likewise less.
    PerhapsLower,
    /// No difference that chance alone would not make.
    Noise,
    /// There is too little to tell.
    TooShort,
}

impl Finding {
    /// Whether it is a difference.
    pub fn is_real(self) -> bool {
        matches!(self, Self::Higher | Self::Lower)
    }

    /// Whether it may be a difference.
    pub fn is_perhaps(self) -> bool {
        matches!(self, Self::PerhapsHigher | Self::PerhapsLower)
    }

    /// Whether the other run has more of it, or less; none if neither is known.
    pub fn is_higher(self) -> Option<bool> {
        match self {
            Self::Higher | Self::PerhapsHigher => Some(true),
            Self::Lower | Self::PerhapsLower => Some(false),
            Self::Noise | Self::TooShort => None,
        }
    }
}

impl Figure {
    /// Compares a figure. What it is worth among others is said by [`Self::adjust`].
    pub(super) fn new(pair: &Pair<'_>, metric: Metric) -> Self {
        let [base, other] = pair.values(metric);
        let unit = if metric.is_relative() { Unit::Percent } else { Unit::Points };
        let scale = if metric.is_time() { 1000.0 } else { 1.0 };
        let difference =
            base.zip(other).map(|(base, other)| metric.on_scale(other) - metric.on_scale(base));
        let difference = difference.filter(|difference| difference.is_finite());
        let mut figure = Self {
            metric,
            base: base.map(|base| base / scale),
            other: other.map(|other| other / scale),
            difference: difference.map(|difference| metric.shown(difference)),
            interval: None,
            unit,
            p: None,
            p_adjusted: None,
            finding: Finding::TooShort,
            reason: lacking(pair, metric),
            blocks: None,
        };
        match difference {
            Some(difference) if figure.reason.is_none() => figure.judge(pair, difference),
            None if figure.reason.is_none() => {
                figure.reason = Some("there is nothing to compare with".into());
            }
            _ => {}
        }
        figure
    }

    fn judge(&mut self, pair: &Pair<'_>, difference: f64) {
        let metric = self.metric;
        // Whether more in the base raises or lowers it.
        let toward = if metric == Metric::Superiority { 1.0 } else { -1.0 };
        let influences = pair.influences(metric);
        let widening = if pair.is_paired {
            let both = influences[1].iter().zip(&influences[0]);
            let moved: Vec<_> = both.map(|(other, base)| other + toward * base).collect();
            [blocks::widening(&moved); 2]
        } else {
            [blocks::widening(&influences[0]), blocks::widening(&influences[1])]
        };
        let [base, other] = [0, 1].map(|side| {
            let moved = deviations(pair, side, metric, &influences[side]);
            moved.map(move |moved| moved * widening[side])
        });
        let deviations = other.zip(base).map(|(other, base)| other + toward * base).collect();
        let number = [&pair.base, &pair.other]
            .map(|sample| sample.filled() / blocks::length(sample.columns()))
            .into_iter()
            .min()
            .unwrap_or(0);
        let (least, resolution) = (least(pair, metric), resolution(pair, metric));
        let interval = Interval::new(difference, deviations, number, least, resolution);
        let Some(interval) = interval else { return };
        let mut ends = [interval.low, interval.high].map(|end| metric.shown(end));
        if !metric.is_relative() {
            let bounds = if metric == Metric::Superiority { 50.0 } else { 100.0 };
            ends = ends.map(|end| end.clamp(-bounds, bounds));
        }
        self.interval = Some(ends);
        self.p = Some(interval.p);
        self.blocks = Some(number);
        self.finding = Finding::Noise;
    }

    /// Says what it is worth: `p_adjusted` is its probability among all figures.
    pub(super) fn adjust(&mut self, p_adjusted: f64, alpha: f64) {
        self.p_adjusted = Some(p_adjusted);
        let is_higher = self.difference > Some(0.0);
        let differs = self.p.is_some_and(|p| p < alpha);
        self.finding = match (p_adjusted < alpha, differs, is_higher) {
            (true, _, true) => Finding::Higher,
            (true, _, false) => Finding::Lower,
            (false, true, true) => Finding::PerhapsHigher,
            (false, true, false) => Finding::PerhapsLower,
            (false, false, _) => Finding::Noise,
        };
    }

    /// Whether more of it is worse, and there is more; or the other way round. None if it does not
    /// differ.
    pub fn is_worse(&self) -> Option<bool> {
        self.finding.is_higher().map(|higher| higher == self.metric.is_worse_when_higher())
    }
}

impl Metric {
    /// On the scale on which it is compared: the difference of logarithms is a ratio.
    fn on_scale(self, value: f64) -> f64 {
        if self.is_relative() { value.ln() } else { value }
    }

    /// A difference on that scale as it is shown: percent, or percentage points.
    fn shown(self, difference: f64) -> f64 {
        100.0 * if self.is_relative() { difference.exp_m1() } else { difference }
    }
}

/// By how much resampling one of the runs moves a figure.
fn deviations<'a>(
    pair: &'a Pair<'_>,
    side: usize,
    metric: Metric,
    influences: &'a [f64],
) -> impl Iterator<Item = f64> + 'a {
    let sample = [&pair.base, &pair.other][side];
    let value = sample.figure(metric, &sample.unweighed()).map(|value| metric.on_scale(value));
    pair.draws()[side].each().map(move |weights| {
        if metric == Metric::Superiority {
            return dot(weights, influences);
        }
        let resampled = sample.figure(metric, weights).map(|value| metric.on_scale(value));
        resampled.zip(value).map_or(f64::NAN, |(resampled, value)| resampled - value)
    })
}

/// Why there is too little to tell; none if there is enough.
fn lacking(pair: &Pair<'_>, metric: Metric) -> Option<String> {
    let samples = [&pair.base, &pair.other];
    let columns = samples.map(super::sample::Sample::columns).into_iter().min()?;
    if columns < FEWEST {
        let stretch = pair.stretch();
        return Some(format!("{columns} x {stretch} s were measured, {FEWEST} are needed"));
    }
    let filled = samples.map(super::sample::Sample::filled).into_iter().min()?;
    if filled < FEWEST {
        let stretch = pair.stretch();
        return Some(format!("requests in only {filled} x {stretch} s, {FEWEST} are needed"));
    }
    let Metric::Percentile(percentile) = metric else { return None };
    let times = samples[0].count().min(samples[1].count());
    let rarer = percentile.part().min(1.0 - percentile.part());
    let needed = (FEWEST_BEYOND / rarer * (1.0 - 1e-9)).ceil();
    (times < needed).then(|| format!("{times} requests, {percentile} needs {needed}"))
}

/// Failures scatter at least as those that have nothing to do with each other. Few or none of them
/// are not none for sure (Agresti and Caffo, 2000).
fn least(pair: &Pair<'_>, metric: Metric) -> f64 {
    if metric != Metric::FailureRatio {
        return 0.0;
    }
    let variance = |failures: f64, requests: f64| {
        let ratio = (failures + 1.0) / (requests + 2.0);
        ratio * (1.0 - ratio) / (requests + 2.0)
    };
    let samples = [&pair.base, &pair.other];
    let sum: f64 = samples.iter().map(|s| variance(s.failures(), s.requests())).sum();
    1.96 * sum.sqrt()
}

/// Differences that the way of measuring makes by itself.
fn resolution(pair: &Pair<'_>, metric: Metric) -> f64 {
    match metric {
        // A request more or less at either end of the run.
        Metric::RequestsPerS => 1.0 / pair.base.requests() + 1.0 / pair.other.requests(),
        Metric::Percentile(_) => RESOLUTION,
        _ => 0.0,
    }
}

/// Which figures are judged together, and what each is worth among them.
pub(super) fn adjust<'a>(figures: impl Iterator<Item = &'a mut Figure>, alpha: f64) -> usize {
    let mut judged: Vec<_> = figures.filter(|figure| figure.p.is_some()).collect();
    let probabilities: Vec<_> = judged.iter().filter_map(|figure| figure.p).collect();
    let adjusted = super::holm::adjusted(&probabilities);
    for (figure, p) in judged.iter_mut().zip(adjusted) {
        figure.adjust(p, alpha);
    }
    judged.len()
}
