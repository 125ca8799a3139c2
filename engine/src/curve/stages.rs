//! The stages of a load that rises and falls.

use std::time::Duration;

use thiserror::Error;

use crate::clients::Clients;

/// A part of a load that rises and falls.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Stage {
    /// How long it takes; if it takes no time, the level jumps.
    pub duration: Duration,
    /// Users at its end; at most [`Clients::MAX`].
    pub clients: u32,
}

/// Stages that follow each other, from 0 users on: they take time, and one of them has users.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Stages {
    stages: Vec<Stage>,
    most: Clients,
}

/// Why stages make no load.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum StagesError {
    /// There are none, or all of them are jumps.
    #[error("the stages together take no time")]
    NoTime,
    /// No stage has users, or one has too many.
    #[error("no stage has clients")]
    NoClients,
}

impl Stages {
    /// Checks them.
    ///
    /// # Errors
    ///
    /// Fails where there would be no load at all.
    pub fn try_new(stages: Vec<Stage>) -> Result<Self, StagesError> {
        if stages.iter().all(|stage| stage.duration.is_zero()) {
            return Err(StagesError::NoTime);
        }
        let most = stages.iter().map(|stage| stage.clients).max().unwrap_or(0);
        let most = Clients::try_new(most).map_err(|_| StagesError::NoClients)?;
        Ok(Self { stages, most })
    }

    /// In their order.
    pub fn iter(&self) -> impl Iterator<Item = Stage> {
        self.stages.iter().copied()
    }

    /// Users at the height of the load.
    pub fn most(&self) -> Clients {
        self.most
    }

    /// How long they take together.
    pub fn duration(&self) -> Duration {
        self.iter().fold(Duration::ZERO, |all, stage| all.saturating_add(stage.duration))
    }
}
