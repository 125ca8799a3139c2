//! The AWS account that a person's environment names.

mod error;
mod held;

use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sdk_lambda::config::StalledStreamProtectionConfig;
use aws_smithy_http_client::{
    Builder,
    pool::{self, ConnectionPool},
    tls::{Provider, rustls_provider::CryptoMode},
};
use cloud::{
    store::Store,
    vault::{AwsVault, Endpoints},
};

pub use self::error::AwsError;
use self::held::Held;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);

/// How long a connection may be idle before it is asked whether it is still there. On the way are
/// machines that forget it after 350 s.
const KEEPALIVE: Duration = Duration::from_secs(45);

/// The longest invocation, and a minute for its way.
const INVOCATION: Duration = Duration::from_mins(16);

/// The TLS of this product.
const TLS: Provider = Provider::Rustls(CryptoMode::Ring);

/// An account, as the usual environment variables and files name it.
#[derive(Clone, Debug)]
pub struct Account {
    config: SdkConfig,
    held: Option<SharedCredentialsProvider>,
}

impl Account {
    /// Finds the account. Nothing is asked of it yet.
    pub async fn load() -> Self {
        let client = Builder::new().tls_provider(TLS).build_https();
        let config = aws_config::defaults(BehaviorVersion::latest()).http_client(client);
        let config = config.load().await;
        // Clients keep them by themselves; buckets do not.
        let held = config.credentials_provider().map(Held::new).map(SharedCredentialsProvider::new);
        Self { config, held }
    }

    /// Its number.
    ///
    /// # Errors
    ///
    /// There are no credentials, or they are not valid.
    pub async fn number(&self) -> Result<String, AwsError> {
        let region = self.config.region().cloned().unwrap_or(Region::from_static("us-east-1"));
        let config = aws_sdk_sts::config::Builder::from(&self.config).region(region).build();
        let identity = aws_sdk_sts::Client::from_conf(config).get_caller_identity().send().await;
        let identity = identity.map_err(|error| AwsError::of("sts:GetCallerIdentity", &error))?;
        identity.account.ok_or_else(|| AwsError::new("sts:GetCallerIdentity", "no account in it"))
    }

    /// Lambda in a region, for everything but invocations.
    pub fn lambda(&self, region: &str) -> aws_sdk_lambda::Client {
        let config = aws_sdk_lambda::config::Builder::from(&self.config)
            .region(Region::new(region.to_owned()))
            .timeout_config(TimeoutConfig::builder().connect_timeout(CONNECT).build());
        aws_sdk_lambda::Client::from_conf(config.build())
    }

    /// How many functions may run at once in a region, but for those that others have reserved.
    ///
    /// # Errors
    ///
    /// It may not be asked.
    pub async fn quota(&self, region: &str) -> Result<u32, AwsError> {
        let action = "lambda:GetAccountSettings";
        let settings = self.lambda(region).get_account_settings().send().await;
        let settings = settings.map_err(|error| AwsError::of(action, &error))?;
        let limit = settings.account_limit.and_then(|limit| limit.unreserved_concurrent_executions);
        let limit = limit.and_then(|limit| u32::try_from(limit).ok());
        limit.ok_or_else(|| AwsError::new(action, "no limit in it"))
    }

    /// Lambda in a region, for invocations: nothing is ever asked twice, nothing is given up
    /// because it is quiet, and a connection that breaks takes no others with it, as each client
    /// has its own.
    ///
    /// # Errors
    ///
    /// TLS cannot be set up.
    pub fn invoker(&self, region: &str) -> Result<aws_sdk_lambda::Client, AwsError> {
        let failed = |error: &dyn std::error::Error| AwsError::new("TLS", error.to_string());
        let pool: ConnectionPool = ConnectionPool::builder()
            .tls_provider(TLS)
            .tcp_keepalive(KEEPALIVE)
            .build_https()
            .map_err(|error| failed(&error))?;
        let client = pool::Client::new(&pool).map_err(|error| failed(&error))?;
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT)
            .disable_read_timeout()
            .disable_operation_attempt_timeout()
            .operation_timeout(INVOCATION);
        let config = aws_sdk_lambda::config::Builder::from(&self.config)
            .region(Region::new(region.to_owned()))
            .http_client(client)
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts.build())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        Ok(aws_sdk_lambda::Client::from_conf(config.build()))
    }

    /// A bucket.
    ///
    /// # Errors
    ///
    /// There are no credentials.
    pub fn store(&self, bucket: &str, region: &str) -> Result<Store, AwsError> {
        let credentials = self.credentials()?;
        let elsewhere = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"];
        let elsewhere = elsewhere
            .into_iter()
            .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
        Store::new(bucket, region, credentials, elsewhere.as_deref())
            .map_err(|error| AwsError::new("s3", error.to_string()))
    }

    /// What is kept in Secrets Manager and in the parameter store.
    pub fn vault(&self) -> AwsVault {
        let region = self.config.region().map(ToString::to_string);
        let endpoints = Endpoints::of_variables(|name| std::env::var(name).ok());
        AwsVault::new(region, self.held.clone(), endpoints)
    }

    /// Finds out whether there are credentials at all.
    ///
    /// # Errors
    ///
    /// There are none.
    pub async fn check_credentials(&self) -> Result<(), AwsError> {
        let found = self.credentials()?.provide_credentials().await;
        found.map(drop).map_err(|error| AwsError::credentials(&error))
    }

    fn credentials(&self) -> Result<SharedCredentialsProvider, AwsError> {
        self.held.clone().ok_or_else(AwsError::no_credentials)
    }
}
