//! How a running test is told to change.

use std::{pin::Pin, time::Duration};

use engine::{clients::Clients, hatch_rate::HatchRate};

/// Tells a running test to change.
pub trait Steer: Send + Sync {
    /// Ends it; said again, at once.
    fn stop(&self);

    /// Changes how many users run. Tells when, since the test's start, or why not.
    fn users(
        &self,
        clients: Clients,
        hatch_rate: Option<HatchRate>,
    ) -> Pin<Box<dyn Future<Output = Result<Duration, String>> + Send>>;
}
