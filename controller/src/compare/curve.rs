//! All percentiles of a distribution, as a line.

use super::{
    metric::{Metric, Percentile},
    sample::Sample,
};

/// Points of a line: percentiles, 0 to 100, and the response times there, milliseconds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curve(Vec<(f64, f64)>);

/// Points for each halving of what is beyond.
const PER_HALVING: i32 = 8;

impl Curve {
    /// Up to the percentile that a single request is beyond: where the distance to 100 % halves,
    /// there are as many points again, as `HdrHistogram` draws percentiles.
    pub(super) fn new(sample: &Sample) -> Self {
        let (count, weights) = (sample.count(), sample.unweighed());
        let beyond = (1..400).map(|step| 0.5_f64.powf(f64::from(step) / f64::from(PER_HALVING)));
        let points = beyond.take_while(|beyond| beyond * count >= 1.0).filter_map(|beyond| {
            let percentile = 100.0 * (1.0 - beyond);
            let metric = Metric::Percentile(Percentile::try_new(percentile).ok()?);
            Some((percentile, sample.figure(metric, &weights)? / 1000.0))
        });
        Self(points.collect())
    }

    /// The points, ascending.
    pub fn points(&self) -> &[(f64, f64)] {
        &self.0
    }
}
