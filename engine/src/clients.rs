//! How many users a test has at its height.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A number of users: at least 1, at most [`Clients::MAX`].
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Clients(u32);

/// The number is 0 or above [`Clients::MAX`].
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("not a number of users")]
pub struct ClientsError;

impl Clients {
    /// The most users a test may have.
    pub const MAX: u32 = 10_000_000;
    /// What a number of users looks like, for messages.
    pub const EXPECTED: &'static str = "a whole number of users from 1 to 10,000,000, such as 50";

    /// Checks the number.
    ///
    /// # Errors
    ///
    /// Fails on 0 and above [`Clients::MAX`].
    pub fn try_new(number: u32) -> Result<Self, ClientsError> {
        if (1..=Self::MAX).contains(&number) { Ok(Self(number)) } else { Err(ClientsError) }
    }

    /// The number itself.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for Clients {
    type Error = ClientsError;

    fn try_from(number: u32) -> Result<Self, ClientsError> {
        Self::try_new(number)
    }
}

impl From<Clients> for u32 {
    fn from(clients: Clients) -> Self {
        clients.0
    }
}
