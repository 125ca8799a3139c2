//! What Lambda tells a function of itself.

use std::{env, sync::Arc};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use cloud::{
    store::{Store, StoreError},
    vault::{AwsVault, Endpoints},
};

/// An execution environment. It holds credentials and is never shown.
pub(crate) struct Environment {
    /// Its log stream, which no other environment has.
    pub(crate) name: String,
    pub(crate) memory_mb: u32,
    region: Option<String>,
    credentials: Option<Credentials>,
    endpoint: Option<String>,
    vault: Arc<AwsVault>,
}

impl Environment {
    /// As its variables say.
    pub(crate) fn of_process() -> Self {
        let (region, credentials) = (variable("AWS_REGION"), credentials());
        let provider = credentials.clone().map(SharedCredentialsProvider::new);
        let endpoints = Endpoints::of_variables(variable);
        Self {
            vault: Arc::new(AwsVault::new(region.clone(), provider, endpoints)),
            name: variable("AWS_LAMBDA_LOG_STREAM_NAME").unwrap_or_default(),
            memory_mb: variable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
                .and_then(|megabytes| megabytes.parse().ok())
                .unwrap_or(128),
            region,
            credentials,
            endpoint: variable("AWS_ENDPOINT_URL_S3").or_else(|| variable("AWS_ENDPOINT_URL")),
        }
    }

    /// What is kept in AWS, as far as the function may read it.
    pub(crate) fn vault(&self) -> Arc<AwsVault> {
        Arc::clone(&self.vault)
    }

    /// A bucket in the function's region.
    pub(crate) fn store(&self, bucket: &str) -> Result<Store, StoreError> {
        let missing = || StoreError::Credentials("the function has none".into());
        let credentials = self.credentials.clone().ok_or_else(missing)?;
        let credentials = SharedCredentialsProvider::new(credentials);
        let region = self.region.as_deref().unwrap_or_default();
        Store::new(bucket, region, credentials, self.endpoint.as_deref())
    }
}

fn credentials() -> Option<Credentials> {
    let (id, secret) = (variable("AWS_ACCESS_KEY_ID")?, variable("AWS_SECRET_ACCESS_KEY")?);
    Some(Credentials::new(id, secret, variable("AWS_SESSION_TOKEN"), None, "environment"))
}

/// A variable's value; none if it is empty.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
