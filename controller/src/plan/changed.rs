//! A plan whose users are changed while it runs.

use std::time::Duration;

use engine::{curve::Change, load::Load};

use super::{Interval, LONGEST_LIFE, LONGEST_WARM_UP, Plan, RESERVE, TooManyUsers};

impl Plan {
    /// The load that was really asked for, after all changes.
    #[must_use]
    pub fn load_changed(&self, changes: &[Change]) -> Load {
        self.load.with(changes)
    }

    /// When users of an interval begin to get ready before its window: those that are more than
    /// planned get longer, as long as a function lives long enough for it.
    pub(crate) fn warm_up(&self, interval: &Interval, changes: &[Change]) -> Duration {
        let Some(last) = changes.last() else { return interval.warm_up };
        let users = self.load_changed(changes).continuing(interval.window.from());
        let seconds = f64::from(users) / last.hatch_rate.per_second();
        let ready = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
        let rest = RESERVE + interval.window.length() + self.stop_timeout;
        let most = LONGEST_WARM_UP
            .min(interval.window.length() / 2)
            .min(LONGEST_LIFE.saturating_sub(rest));
        interval.warm_up.max(ready.min(most))
    }

    /// Whether its scenario has so many users.
    ///
    /// # Errors
    ///
    /// It has fewer.
    pub(crate) fn check_most_users(&self, users: u32) -> Result<(), TooManyUsers> {
        match self.most_users {
            Some(fixed) if u64::from(users) > fixed => Err(TooManyUsers { fixed, peak: users }),
            _ => Ok(()),
        }
    }
}
