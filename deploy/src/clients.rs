//! Who talks to AWS.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::ProvideCredentials;
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};

use crate::{call::without_credentials, error::Error};

/// Makes the clients of all regions; they share connections and credentials.
#[derive(Clone, Debug)]
pub struct Clients {
    config: SdkConfig,
}

impl Clients {
    /// With the settings and credentials of this machine, as AWS's own tools find them.
    ///
    /// # Errors
    ///
    /// There are no credentials.
    pub async fn connect() -> Result<Self, Error> {
        let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
        let config = aws_config::defaults(BehaviorVersion::latest()).http_client(http).load().await;
        if let Some(credentials) = config.credentials_provider() {
            credentials.provide_credentials().await.map_err(|error| without_credentials(&error))?;
        }
        Ok(Self::new(config))
    }

    /// With these settings and credentials.
    pub fn new(config: SdkConfig) -> Self {
        Self { config }
    }

    pub(crate) fn iam(&self, region: &str) -> aws_sdk_iam::Client {
        let config = aws_sdk_iam::config::Builder::from(&self.config);
        aws_sdk_iam::Client::from_conf(config.region(region_of(region)).build())
    }

    pub(crate) fn lambda(&self, region: &str) -> aws_sdk_lambda::Client {
        let config = aws_sdk_lambda::config::Builder::from(&self.config);
        aws_sdk_lambda::Client::from_conf(config.region(region_of(region)).build())
    }

    pub(crate) fn logs(&self, region: &str) -> aws_sdk_cloudwatchlogs::Client {
        let config = aws_sdk_cloudwatchlogs::config::Builder::from(&self.config);
        aws_sdk_cloudwatchlogs::Client::from_conf(config.region(region_of(region)).build())
    }

    pub(crate) fn s3(&self, region: &str) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.config);
        aws_sdk_s3::Client::from_conf(config.region(region_of(region)).build())
    }

    pub(crate) fn sts(&self, region: &str) -> aws_sdk_sts::Client {
        let config = aws_sdk_sts::config::Builder::from(&self.config);
        aws_sdk_sts::Client::from_conf(config.region(region_of(region)).build())
    }
}

fn region_of(name: &str) -> Region {
    Region::new(name.to_owned())
}
