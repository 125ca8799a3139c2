//! A straight stretch of a curve.

use std::time::Duration;

use super::LoadPoint;

/// From one point to the next one; the level jumps if both are at the same instant.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub(super) from: LoadPoint,
    pub(super) to: LoadPoint,
}

impl Segment {
    /// Whether it takes no time.
    pub(super) fn is_jump(self) -> bool {
        self.from.at == self.to.at
    }

    /// The level at an instant within it.
    pub(super) fn level(self, at: Duration) -> f64 {
        if self.is_jump() {
            return self.to.level;
        }
        let length = self.to.at.saturating_sub(self.from.at);
        let progress = at.saturating_sub(self.from.at).as_secs_f64() / length.as_secs_f64();
        self.from.level + (self.to.level - self.from.level) * progress
    }

    /// When its level passes a user's number, which it does. Never later for a user that starts
    /// or stops before another.
    pub(super) fn passes(self, user: u32) -> Duration {
        let part = (f64::from(user) - self.from.level) / (self.to.level - self.from.level);
        let length = self.to.at.saturating_sub(self.from.at);
        (self.from.at + length.mul_f64(part.clamp(0.0, 1.0))).min(self.to.at)
    }

    /// The integral of its level over its time, in seconds.
    pub(super) fn area(self) -> f64 {
        let length = self.to.at.saturating_sub(self.from.at);
        f64::midpoint(self.from.level, self.to.level) * length.as_secs_f64()
    }

    /// When the integral of its level from its beginning on is `sum`, which it comes to be: the
    /// root of `from * x + slope / 2 * x²`, written so that nothing cancels out.
    pub(super) fn gathers(self, sum: f64) -> Duration {
        let length = self.to.at.saturating_sub(self.from.at);
        let (from, rise) = (self.from.level, self.to.level - self.from.level);
        let slope = rise / length.as_secs_f64();
        let root = (from * from + 2.0 * slope * sum).max(0.0).sqrt();
        let after = if sum > 0.0 { 2.0 * sum / (from + root) } else { 0.0 };
        let after = Duration::try_from_secs_f64(after).unwrap_or(length);
        self.from.at + after.min(length)
    }

    /// How many users are active at an instant within it: all below some number.
    pub(super) fn users(self, at: Duration) -> u32 {
        let mut active = whole(self.from.level.min(self.to.level).floor());
        let mut end = whole(self.from.level.max(self.to.level).ceil());
        while active < end {
            let middle = active + (end - active) / 2;
            if self.is_active(middle, at) {
                active = middle + 1;
            } else {
                end = middle;
            }
        }
        active
    }

    /// Whether a user is active at an instant within it.
    fn is_active(self, user: u32, at: Duration) -> bool {
        match (self.from.exceeds(user), self.to.exceeds(user)) {
            (false, true) => self.passes(user) <= at,
            (true, false) => self.passes(user) > at,
            (before, _) => before,
        }
    }
}

/// A level as a number of users: levels are at most [`Clients::MAX`](crate::clients::Clients::MAX).
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
pub(super) fn whole(level: f64) -> u32 {
    level as u32
}
