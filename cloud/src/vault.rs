//! Secrets that are kept in AWS.

mod answer;
mod endpoints;
mod error;

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use aws_credential_types::provider::SharedCredentialsProvider;
use bytes::Bytes;
use http::{Request, header::CONTENT_TYPE};
use listeners::{Opened, Reference, Vault};
use serde_json::json;
use tokio::time::{Instant, sleep};

pub use self::endpoints::Endpoints;
use self::error::VaultError;
use crate::{exchange::Exchange, hello::Access, sign::Service};

/// The largest answer: no secret is larger than 64 KiB, and JSON may escape each of its bytes.
const LARGEST: usize = 512 * 1024;

/// How long a secret that was read is known: an environment that is asked whether it can be read,
/// and then to run, reads it once. One that was changed is read anew soon.
const KNOWN: Duration = Duration::from_mins(5);

/// How long AWS is asked again while it is busy or cannot be reached.
const PATIENCE: Duration = Duration::from_mins(1);

/// The same for somebody who waits for it: an answer may take some seconds more.
const LOOK: Duration = Duration::from_secs(8);

/// The longest pause before the second attempt, and before any. The parameter store gives 40 a
/// second: a thousand functions that begin together have theirs in about half a minute.
const PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// Where secrets are kept: AWS, in the region of whoever asks, unless an ARN names another one.
pub struct AwsVault {
    region: Option<String>,
    credentials: Option<SharedCredentialsProvider>,
    endpoints: Endpoints,
    /// What was read, and when.
    known: Mutex<BTreeMap<Reference, (Instant, String)>>,
}

impl AwsVault {
    /// For whoever has these credentials and is in this region.
    pub fn new(
        region: Option<String>,
        credentials: Option<SharedCredentialsProvider>,
        endpoints: Endpoints,
    ) -> Self {
        Self { region, credentials, endpoints, known: Mutex::default() }
    }

    /// Whether a secret can be read, and if not, why; for somebody who waits for it. It is known
    /// then for whoever needs it next.
    pub async fn look(&self, reference: &Reference) -> Access {
        match self.find(reference, LOOK).await {
            Ok(_) => Access::Granted,
            Err(error) => Access::Failed(error.to_string()),
        }
    }

    async fn find(&self, reference: &Reference, patience: Duration) -> Result<String, VaultError> {
        if let Some((_, known)) = self.known().get(reference).filter(|(at, _)| is_fresh(*at)) {
            return Ok(known.clone());
        }
        let found = self.read(reference, patience).await?;
        self.known().insert(reference.clone(), (Instant::now(), found.clone()));
        Ok(found)
    }

    /// Asks again while that may help, each time after a pause that is drawn: those who were sent
    /// away together do not come back together.
    async fn read(&self, reference: &Reference, patience: Duration) -> Result<String, VaultError> {
        let ends = Instant::now() + patience;
        let (region, exchange) = self.exchange(reference)?;
        let mut pause = PAUSE;
        loop {
            let error = match self.ask(reference, region, &exchange).await {
                Ok(found) => return Ok(found),
                Err(error) => error,
            };
            let drawn = drawn(pause);
            if !error.may_pass() || Instant::now() + drawn > ends {
                return Err(error);
            }
            sleep(drawn).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    fn exchange<'a>(&'a self, reference: &'a Reference) -> Result<(&'a str, Exchange), VaultError> {
        let region = reference.region().or(self.region.as_deref()).ok_or(VaultError::NoRegion)?;
        let credentials = self.credentials.clone().ok_or(VaultError::NoCredentials)?;
        Ok((region, Exchange::new(service(reference), region, credentials)?))
    }

    async fn ask(
        &self,
        reference: &Reference,
        region: &str,
        exchange: &Exchange,
    ) -> Result<String, VaultError> {
        let (target, body) = match reference {
            Reference::SecretsManager { id, .. } => {
                ("secretsmanager.GetSecretValue", json!({"SecretId": id}))
            }
            Reference::Parameter { name } => {
                ("AmazonSSM.GetParameter", json!({"Name": name, "WithDecryption": true}))
            }
        };
        let request = Request::post(self.endpoints.of(service(reference), region))
            .header(CONTENT_TYPE, "application/x-amz-json-1.1")
            .header("x-amz-target", target)
            .body(Bytes::from(body.to_string()))?;
        let answer = exchange.once(request, LARGEST).await?;
        if !answer.status.is_success() {
            return Err(VaultError::refused(answer.status, &answer.body, region));
        }
        answer::secret(reference, &answer.body)
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<Reference, (Instant, String)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Vault for AwsVault {
    fn open<'a>(&'a self, reference: &'a Reference) -> Opened<'a> {
        Box::pin(
            async move { self.find(reference, PATIENCE).await.map_err(|error| error.to_string()) },
        )
    }
}

fn service(reference: &Reference) -> Service {
    match reference {
        Reference::SecretsManager { .. } => Service::SecretsManager,
        Reference::Parameter { .. } => Service::Parameters,
    }
}

fn is_fresh(at: Instant) -> bool {
    at.elapsed() < KNOWN
}

/// Any part of it.
fn drawn(pause: Duration) -> Duration {
    let part = f64::from(getrandom::u32().unwrap_or_default()) / f64::from(u32::MAX);
    pause.mul_f64(part)
}
