//! The bootstrap over time: other runs that might as well have been, made of blocks of this one.

use engine::random::Random;

/// The weights of a run's stretches in each resample.
#[derive(Clone, Debug)]
pub(super) struct Draws {
    columns: usize,
    weights: Vec<f64>,
}

impl Draws {
    /// Draws with replacement: blocks of `length` neighbouring stretches, from anywhere in the run,
    /// whose end is followed by its beginning (the circular block bootstrap).
    pub(super) fn new(columns: usize, length: usize, resamples: usize, seed: u64) -> Self {
        let mut random = Random::of_user(seed, u32::try_from(length).unwrap_or(u32::MAX), 0);
        let mut weights = vec![0.0; columns * resamples];
        for resample in weights.chunks_exact_mut(columns.max(1)) {
            let mut left = columns;
            while left > 0 {
                let start = usize::try_from(random.below(columns as u64)).unwrap_or(0);
                let taken = length.min(left);
                (start..start + taken).for_each(|at| resample[at % columns] += 1.0);
                left -= taken;
            }
        }
        Self { columns, weights }
    }

    /// The weights of each resample.
    pub(super) fn each(&self) -> impl Iterator<Item = &[f64]> {
        self.weights.chunks_exact(self.columns.max(1))
    }
}
