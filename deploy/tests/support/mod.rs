//! AWS's control plane on this machine: moto, which keeps what it is given.

#![allow(dead_code, reason = "each test binary uses its own part")]

pub(crate) mod double;
mod moto;

use std::{
    collections::BTreeMap,
    io::{self, Write},
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use deploy::{
    clients::Clients,
    deployment::{Architecture, Deployment},
    pace::Pace,
};

pub(crate) use self::moto::Moto;

/// The regions that tests deploy to.
pub(crate) const REGIONS: [&str; 3] = ["us-east-1", "eu-west-1", "ap-southeast-2"];

/// The account that moto gives everyone.
pub(crate) const ACCOUNT: &str = "123456789012";

/// Settings under which everything is asked of a server on this machine.
pub(crate) async fn config(url: &str) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .credentials_provider(Credentials::new("key", "secret", None, None, "test"))
        .region(Region::new("us-east-1"))
        .endpoint_url(url)
        .load()
        .await
}

pub(crate) async fn clients(url: &str) -> Clients {
    Clients::new(config(url).await)
}

/// Waits of milliseconds.
pub(crate) fn pace() -> Pace {
    Pace {
        first: Duration::from_millis(1),
        longest: Duration::from_millis(10),
        patience: Duration::from_millis(300),
    }
}

/// The function of a test in three regions.
pub(crate) fn deployment() -> Deployment {
    Deployment {
        function: "shop".into(),
        regions: REGIONS.map(String::from).to_vec(),
        memory_mb: 1769,
        architecture: Architecture::X86_64,
        role: None,
        log_retention_days: Some(7),
        tags: BTreeMap::from([("team".into(), "orders".into())]),
        reserved_concurrency: None,
        vpc: None,
        secrets: Vec::new(),
    }
}

/// Something to write to that can be read.
#[derive(Clone, Default)]
pub(crate) struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
