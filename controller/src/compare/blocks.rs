//! How long blocks of a run must be for one to tell nothing about the next.

use super::sample::dot;

/// Fewer blocks than this tell too little about chance.
pub(super) const FEWEST: usize = 20;

/// The most of a correlation that is believed to be left between neighbouring blocks.
const MOST_CORRELATION: f64 = 0.8;

/// How many stretches a block has: as many as can be, so that it remembers little of the one before.
pub(super) fn length(stretches: usize) -> usize {
    (stretches / FEWEST).max(1)
}

/// By how much an interval is to be widened, as neighbouring blocks are still alike; 1 if they are
/// not. `influences` are those of the stretches.
///
/// It is the growth of the standard deviation of a sum whose terms are each correlated with the next
/// like those of an AR(1) process.
pub(super) fn widening(influences: &[f64]) -> f64 {
    let blocks = influences.chunks_exact(length(influences.len()));
    let sums: Vec<f64> = blocks.map(|block| block.iter().sum()).collect();
    let correlation = correlation(&sums).clamp(0.0, MOST_CORRELATION);
    ((1.0 + correlation) / (1.0 - correlation)).sqrt()
}

/// Of each block with the next. Of few blocks, it seems lower than it is by about one in so many.
fn correlation(sums: &[f64]) -> f64 {
    if sums.len() < 2 {
        return 0.0;
    }
    let n = count(sums.len());
    let mean = sums.iter().sum::<f64>() / n;
    let deviations: Vec<f64> = sums.iter().map(|sum| sum - mean).collect();
    let variance = dot(&deviations, &deviations);
    if variance <= 0.0 {
        return 0.0;
    }
    dot(&deviations[1..], &deviations[..deviations.len() - 1]) / variance + 1.0 / n
}

#[expect(clippy::cast_precision_loss, reason = "blocks are few")]
pub(super) fn count(number: usize) -> f64 {
    number as f64
}
