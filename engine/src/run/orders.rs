//! What running jobs are told.

use serde::{Deserialize, Serialize};

use crate::curve::Change;

/// What running jobs are told: each time all of it, so that nobody misses anything.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Orders {
    /// Whether they go on.
    pub signal: Signal,
    /// How the load was changed since the test was planned, one change after the other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
}

/// Whether a job goes on; the strongest that it was told counts.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// Go on.
    #[default]
    Run,
    /// Begin nothing new, let requests in flight end within the stop timeout.
    Stop,
    /// End now; requests in flight are counted as cut off.
    Abort,
}

impl Orders {
    /// Takes in what was said elsewhere, if that is more: a stronger signal, or further changes.
    /// Tells whether it was.
    pub fn heed(&mut self, other: &Self) -> bool {
        let stronger = other.signal > self.signal;
        if stronger {
            self.signal = other.signal;
        }
        let longer = other.changes.len() > self.changes.len();
        if longer {
            self.changes.clone_from(&other.changes);
        }
        stronger || longer
    }
}

impl From<Signal> for Orders {
    fn from(signal: Signal) -> Self {
        Self { signal, changes: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{clients::Clients, hatch_rate::HatchRate};

    fn orders(signal: Signal, changes: u32) -> Orders {
        let change = |number| Change {
            at: Duration::from_secs(u64::from(number)),
            clients: Clients::try_new(number).unwrap(),
            hatch_rate: HatchRate::try_new(1.0).unwrap(),
        };
        Orders { signal, changes: (1..=changes).map(change).collect() }
    }

    #[test]
    fn an_order_is_never_taken_back() {
        let mut heard = Orders::default();
        for (told, is_new, now) in [
            (orders(Signal::Run, 0), false, orders(Signal::Run, 0)),
            (orders(Signal::Run, 2), true, orders(Signal::Run, 2)),
            (orders(Signal::Run, 1), false, orders(Signal::Run, 2)),
            (orders(Signal::Abort, 0), true, orders(Signal::Abort, 2)),
            (orders(Signal::Stop, 3), true, orders(Signal::Abort, 3)),
        ] {
            assert_eq!((heard.heed(&told), &heard), (is_new, &now), "{told:?}");
        }
    }
}
