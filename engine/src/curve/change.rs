//! Another number of users while a test runs.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{LoadCurve, LoadPoint};
use crate::{clients::Clients, hatch_rate::HatchRate};

/// From an instant on, the load goes to another number of users.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct Change {
    /// The instant, since the test's start.
    #[serde(rename = "at_s", with = "crate::duration::seconds")]
    pub at: Duration,
    /// Where it goes to, and stays until the test's end.
    pub clients: Clients,
    /// How fast: users that start, or stop, per second.
    pub hatch_rate: HatchRate,
}

/// Why a load cannot be changed.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum ChangeError {
    /// The test ends before the instant.
    #[error("the test ends before the users could be changed")]
    TooLate,
    /// The load is none of users.
    #[error(
        "the load is an arrival_rate, which clients only keep up with: another number of them \
         would be no other load"
    )]
    Arrivals,
}

impl LoadCurve {
    /// The same up to the change; from there on it goes evenly from its level to the one that is
    /// asked for, and stays there. It ends when it did.
    ///
    /// Who is active before the instant and would go on at it does so, in the same of its lives.
    ///
    /// # Errors
    ///
    /// The change is not before the end.
    pub fn changed(&self, change: &Change) -> Result<Self, ChangeError> {
        let (at, end) = (change.at, self.duration());
        if at >= end {
            return Err(ChangeError::TooLate);
        }
        let from = LoadPoint { at, level: self.turn(at) };
        let mut points: Vec<_> = self.points.iter().copied().filter(|p| p.at <= at).collect();
        if points.last().is_some_and(|last| last.at < at) {
            points.push(from);
        }
        let target = f64::from(change.clients.get());
        let (way, rate) = (target - from.level, change.hatch_rate.per_second());
        let reached = Duration::try_from_secs_f64(way.abs() / rate).ok();
        let reached = reached.and_then(|ramp| at.checked_add(ramp)).filter(|at| *at < end);
        let last = if let Some(at) = reached {
            points.push(LoadPoint { at, level: target });
            target
        } else {
            let change = rate * (end - at).as_secs_f64();
            from.level + change.min(way.abs()).copysign(way)
        };
        points.push(LoadPoint { at: end, level: last });
        Ok(Self { points })
    }

    /// The level at an instant, which is never rounded to where it would end or begin a life.
    fn turn(&self, at: Duration) -> f64 {
        let users = f64::from(self.users(at));
        match self.continuing(at) {
            0 => self.level(at).min(users),
            continuing => self.level(at).clamp(f64::from(continuing - 1).next_up(), users),
        }
    }
}

#[cfg(test)]
mod tests;
