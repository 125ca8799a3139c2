//! What became of what a listener had to say.

use serde::{Deserialize, Serialize};

/// What became of what a listener had to say.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Delivery {
    /// The listener, as the profile names it.
    pub listener: String,
    /// Data points and events that its system took.
    pub sent: u64,
    /// Those that it did not take, or that could not be sent in time.
    pub lost: u64,
    /// The last thing that went wrong, if anything did; without secrets.
    pub trouble: Option<String>,
}

impl Delivery {
    /// Adds what became of the same listener's words elsewhere.
    pub fn merge(&mut self, other: &Self) {
        self.sent = self.sent.saturating_add(other.sent);
        self.lost = self.lost.saturating_add(other.lost);
        if let Some(trouble) = &other.trouble {
            self.trouble = Some(trouble.clone());
        }
    }
}
