//! How patiently AWS is asked again.

use std::{iter, time::Duration};

use tokio::time::sleep;

/// Waits that double, up to a longest one, until patience ends.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// The first wait.
    pub first: Duration,
    /// No wait is longer.
    pub longest: Duration,
    /// All waits together.
    pub patience: Duration,
}

impl Default for Pace {
    /// A function in a private network takes minutes to get ready.
    fn default() -> Self {
        Self {
            first: Duration::from_millis(500),
            longest: Duration::from_secs(5),
            patience: Duration::from_mins(6),
        }
    }
}

impl Pace {
    /// The same waits, but not for longer than this.
    #[must_use]
    pub fn at_most(self, patience: Duration) -> Self {
        Self { patience: self.patience.min(patience), ..self }
    }

    /// All waits, in order.
    pub fn waits(self) -> impl Iterator<Item = Duration> {
        let doubling = iter::successors(Some(self.first), move |wait| {
            Some(wait.saturating_mul(2).min(self.longest))
        });
        doubling.scan(Duration::ZERO, move |waited, wait| {
            *waited += wait;
            (*waited <= self.patience).then_some(wait)
        })
    }

    /// Does something again, with waits between, for as long as it fails with what passes by
    /// itself, as `passing` tells.
    ///
    /// # Errors
    ///
    /// The first failure that does not pass, or the last one when patience has ended.
    pub(crate) async fn retry<T, E>(
        self,
        mut attempt: impl AsyncFnMut() -> Result<T, E>,
        passing: impl Fn(&E) -> bool,
    ) -> Result<T, E> {
        let mut waits = self.waits();
        loop {
            match attempt().await {
                Err(error) if passing(&error) => match waits.next() {
                    Some(wait) => sleep(wait).await,
                    None => return Err(error),
                },
                result => return result,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_end() {
        let pace = Pace {
            first: Duration::from_secs(1),
            longest: Duration::from_secs(4),
            patience: Duration::from_secs(16),
        };
        let seconds: Vec<_> = pace.waits().map(|wait| wait.as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 4, 4]);
        assert_eq!(pace.at_most(Duration::ZERO).waits().count(), 0);
    }
}
