//! Credentials that are kept as long as they hold.

use std::time::{Duration, SystemTime};

use aws_credential_types::{
    Credentials,
    provider::{self, ProvideCredentials, SharedCredentialsProvider, future},
};
use tokio::sync::Mutex;

/// How long before their end credentials are asked for anew.
const EARLY: Duration = Duration::from_mins(5);

/// Asks a provider only for what it does not hold: a provider asks AWS or starts a program each
/// time, and a bucket wants credentials with every request.
#[derive(Debug)]
pub(super) struct Held {
    provider: SharedCredentialsProvider,
    held: Mutex<Option<Credentials>>,
}

impl Held {
    pub(super) fn new(provider: SharedCredentialsProvider) -> Self {
        Self { provider, held: Mutex::default() }
    }

    async fn credentials(&self) -> provider::Result {
        let mut held = self.held.lock().await;
        if let Some(credentials) = held.as_ref().filter(|held| !ends(held, EARLY)) {
            return Ok(credentials.clone());
        }
        match self.provider.provide_credentials().await {
            Ok(new) => Ok(held.insert(new).clone()),
            // They may come next time, and these still hold.
            Err(error) => held.clone().filter(|held| !ends(held, Duration::ZERO)).ok_or(error),
        }
    }
}

/// Whether credentials end within some time.
fn ends(credentials: &Credentials, within: Duration) -> bool {
    credentials.expiry().is_some_and(|end| end <= SystemTime::now() + within)
}

impl ProvideCredentials for Held {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.credentials())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use aws_credential_types::provider::error::CredentialsError;

    use super::*;

    /// Gives what holds for so long, twice, and then nothing.
    #[derive(Debug)]
    struct Counting(Arc<AtomicUsize>, Option<Duration>);

    impl ProvideCredentials for Counting {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            let asked = self.0.fetch_add(1, Ordering::Relaxed);
            let end = self.1.map(|holds| SystemTime::now() + holds);
            future::ProvideCredentials::ready(if asked < 2 {
                Ok(Credentials::new(asked.to_string(), "secret", None, end, "test"))
            } else {
                Err(CredentialsError::not_loaded("none left"))
            })
        }
    }

    async fn asked(holds: Option<Duration>) -> (usize, Vec<Option<String>>) {
        let count = Arc::new(AtomicUsize::new(0));
        let held = Held::new(SharedCredentialsProvider::new(Counting(Arc::clone(&count), holds)));
        let mut ids = Vec::new();
        for _ in 0..3 {
            let got = held.provide_credentials().await;
            ids.push(got.ok().map(|got| got.access_key_id().to_owned()));
        }
        (count.load(Ordering::Relaxed), ids)
    }

    fn ids<const N: usize>(ids: [Option<&str>; N]) -> Vec<Option<String>> {
        ids.map(|id| id.map(str::to_owned)).to_vec()
    }

    #[tokio::test]
    async fn a_provider_is_asked_once_for_what_holds() {
        let same = ids([Some("0"); 3]);
        assert_eq!(asked(None).await, (1, same.clone()));
        assert_eq!(asked(Some(Duration::from_hours(1))).await, (1, same));
    }

    #[tokio::test]
    async fn what_ends_soon_is_asked_for_anew_and_used_to_its_end() {
        let soon = asked(Some(Duration::from_mins(1))).await;
        assert_eq!(soon, (3, ids([Some("0"), Some("1"), Some("1")])));
        assert_eq!(asked(Some(Duration::ZERO)).await, (3, ids([Some("0"), Some("1"), None])));
    }
}
