//! How long a user waits between its tasks.

use std::time::Duration;

use crate::random::Random;

/// A wait after each task, with Locust's names.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum WaitTime {
    /// No wait.
    #[default]
    None,
    /// The same each time.
    Constant(Duration),
    /// Uniformly distributed.
    Between(Duration, Duration),
    /// So long that tasks begin this far apart; none after a task that took longer.
    ConstantPacing(Duration),
}

impl WaitTime {
    /// The wait after a task that took `task`.
    pub fn after(self, task: Duration, random: &mut Random) -> Duration {
        match self {
            Self::None => Duration::ZERO,
            Self::Constant(wait) => wait,
            Self::Between(least, most) => least + most.saturating_sub(least).mul_f64(random.unit()),
            Self::ConstantPacing(pace) => pace.saturating_sub(task),
        }
    }

    /// What is left of the wait of a user that is found at a random instant. A user that
    /// continues at a cut waits this long, so that all of them together go on as they were.
    ///
    /// Long waits are found more often than short ones: a wait is drawn with a probability in
    /// proportion to its length, and any instant within it is as likely as another.
    pub fn rest(self, random: &mut Random) -> Duration {
        let wait = match self {
            Self::None => Duration::ZERO,
            Self::Constant(wait) | Self::ConstantPacing(wait) => wait,
            Self::Between(least, most) => {
                let (a, b) = (least.as_secs_f64(), most.max(least).as_secs_f64());
                // The inverse of the distribution function of density 2x / (b² - a²).
                let square = a * a + random.unit() * (b * b - a * a);
                Duration::try_from_secs_f64(square.sqrt()).unwrap_or(most)
            }
        };
        wait.mul_f64(random.unit())
    }

    /// The time at which tasks were meant to begin, after one that began `task` ago: known where
    /// the pace is.
    pub fn pace(self) -> Option<Duration> {
        if let Self::ConstantPacing(pace) = self { Some(pace) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn pacing_takes_the_task_off() {
        let mut random = Random::of_user(0, 0, 0);
        let pace = WaitTime::ConstantPacing(2 * SECOND);
        assert_eq!(pace.after(SECOND / 2, &mut random), 3 * SECOND / 2);
        assert_eq!(pace.after(3 * SECOND, &mut random), Duration::ZERO);
    }

    /// A cut must not show: users that are found at an instant and go on with the rest of their
    /// wait begin tasks as often as before, in each tenth of the first wait.
    #[test]
    fn rests_continue_the_load_evenly() {
        let wait = WaitTime::Between(SECOND, 3 * SECOND);
        let users = 200_000_u32;
        let mut begun = [0_u32; 20];
        for user in 0..users {
            let mut random = Random::of_user(7, user, 0);
            let mut at = wait.rest(&mut random);
            while at < 2 * SECOND {
                begun[(at.as_secs_f64() * 10.0) as usize] += 1;
                at += wait.after(Duration::ZERO, &mut random);
            }
        }
        let mean = f64::from(users) / 2.0 / 10.0;
        for begun in begun {
            assert!((f64::from(begun) / mean - 1.0).abs() < 0.05, "{begun} instead of {mean}");
        }
    }
}
