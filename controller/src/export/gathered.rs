//! A distribution that comes in parts.

use engine::stats::Latency;

/// So many parts are kept as they came, a few hundred values each; open for more to be added, one
/// would take 100 kB and more.
const MOST: usize = 16;

/// Parts of a distribution.
#[derive(Clone, Debug, Default)]
pub(super) struct Gathered(Vec<Latency>);

impl Gathered {
    /// Adds a part.
    pub(super) fn add(&mut self, part: Latency) {
        self.0.push(part);
        if self.0.len() >= MOST {
            self.0 = vec![self.merged().pack().unpack()];
        }
    }

    /// All of it.
    pub(super) fn merged(&self) -> Latency {
        let mut all = Latency::default();
        self.0.iter().for_each(|part| all.merge(part));
        all
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        // Open distributions are large, and slow without optimisation.
        #![proptest_config(ProptestConfig::with_cases(8))]

        #[test]
        fn nothing_is_lost(micros in prop::collection::vec(0_u64..100_000_000, 0..50)) {
            let (mut gathered, mut all) = (Gathered::default(), Latency::default());
            for micros in micros {
                let mut part = Latency::default();
                part.record(Duration::from_micros(micros));
                all.merge(&part);
                gathered.add(part);
                prop_assert!(gathered.0.len() <= MOST);
            }
            prop_assert_eq!(gathered.merged(), all);
        }
    }
}
