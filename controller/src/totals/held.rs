//! A distribution of times that takes little room while nothing is added to it.

use engine::stats::{Latency, PackedLatency};

/// A [`Latency`], open or packed. An open one takes 100 kB and more, a packed one some.
#[derive(Clone, Debug)]
pub(super) enum Held {
    /// Ready to be added to.
    Open(Latency),
    /// In little room.
    Packed(PackedLatency),
}

impl Default for Held {
    fn default() -> Self {
        Self::Open(Latency::default())
    }
}

impl Held {
    /// Adds what `other` counted.
    pub(super) fn merge(&mut self, other: &Latency) {
        if let Self::Packed(_) = self {
            *self = Self::Open(self.latency());
        }
        if let Self::Open(latency) = self {
            latency.merge(other);
        }
    }

    /// Gives the memory back.
    pub(super) fn pack(&mut self) {
        if let Self::Open(latency) = self {
            *self = Self::Packed(latency.pack());
        }
    }

    /// What it holds.
    pub(super) fn latency(&self) -> Latency {
        match self {
            Self::Open(latency) => latency.clone(),
            Self::Packed(packed) => packed.unpack(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn packing_loses_nothing() {
        let mut other = Latency::default();
        other.record(Duration::from_micros(12_345));
        let mut held = Held::default();
        held.pack();
        held.merge(&other);
        held.pack();
        assert!(matches!(held, Held::Packed(_)));
        assert_eq!(held.latency(), other);
    }
}
