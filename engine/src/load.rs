//! How much load there is when: by users in the closed model, by arrivals in the open one.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    clients::Clients,
    curve::{Change, ChangeError, LoadCurve, LoadPoint, RateCurve},
    window::Window,
};

/// The load of a whole test.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Load {
    /// The closed model: so many users at each instant, and each begins its next task when it has
    /// done the one before.
    Users(LoadCurve),
    /// The open model: tasks are begun at a rate, however long they take.
    Arrivals(Arrivals),
}

/// Tasks that are begun at a rate, by users of a pool. An arrival that finds all of them busy is
/// dropped.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Arrivals {
    /// When tasks are begun.
    pub rate: RateCurve,
    /// How many users do them. They are ready before the first arrival, and stay to the end.
    pub pool: Clients,
}

impl Load {
    /// How long the test runs.
    pub fn duration(&self) -> Duration {
        match self {
            Self::Users(curve) => curve.duration(),
            Self::Arrivals(arrivals) => arrivals.rate.duration(),
        }
    }

    /// The points of its curve: users, or arrivals per second.
    pub fn points(&self) -> &[LoadPoint] {
        match self {
            Self::Users(curve) => curve.points(),
            Self::Arrivals(arrivals) => arrivals.rate.points(),
        }
    }

    /// How many users there are at an instant: 0 outside the test.
    pub fn users(&self, at: Duration) -> u32 {
        match self {
            Self::Users(curve) => curve.users(at),
            Self::Arrivals(arrivals) if at < arrivals.rate.duration() => arrivals.pool.get(),
            Self::Arrivals(_) => 0,
        }
    }

    /// How many users there are just before an instant.
    pub fn users_before(&self, at: Duration) -> u32 {
        at.checked_sub(Duration::from_nanos(1)).map_or(0, |last| self.users(last))
    }

    /// How many users have to be ready when a window begins at an instant.
    pub fn continuing(&self, at: Duration) -> u32 {
        match self {
            Self::Users(curve) => curve.continuing(at),
            Self::Arrivals(_) => self.users(at),
        }
    }

    /// The most users at once in a window.
    pub fn most_users(&self, window: Window) -> u32 {
        match self {
            Self::Users(curve) => curve.most_users(window),
            Self::Arrivals(_) => self.users(window.from()),
        }
    }

    /// The most users at once.
    pub fn peak(&self) -> u32 {
        match self {
            Self::Users(curve) => curve.peak(),
            Self::Arrivals(arrivals) => arrivals.pool.get(),
        }
    }

    /// The most lives of any user.
    pub fn most_lives(&self) -> u32 {
        match self {
            Self::Users(curve) => curve.most_lives(),
            Self::Arrivals(_) => 1,
        }
    }

    /// The same with another number of users from an instant on, as [`LoadCurve::changed`] says.
    ///
    /// # Errors
    ///
    /// The change is not before the end, or the load is not one of users.
    pub fn changed(&self, change: &Change) -> Result<Self, ChangeError> {
        match self {
            Self::Users(curve) => curve.changed(change).map(Self::Users),
            Self::Arrivals(_) => Err(ChangeError::Arrivals),
        }
    }

    /// The same with all changes, one after the other. What cannot be changed stays as it is.
    #[must_use]
    pub fn with(&self, changes: &[Change]) -> Self {
        let next = |load: Self, change| load.changed(change).unwrap_or(load);
        changes.iter().fold(self.clone(), next)
    }

    /// The arrivals, in the open model.
    pub fn arrivals(&self) -> Option<&Arrivals> {
        if let Self::Arrivals(arrivals) = self { Some(arrivals) } else { None }
    }
}

impl Arrivals {
    /// How long tasks may take on average at the highest rate, so that the pool keeps up.
    pub fn longest_task(&self) -> Duration {
        let seconds = f64::from(self.pool.get()) / self.rate.fastest();
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
    }
}
