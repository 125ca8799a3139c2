//! AWS's control plane on this machine: moto, which keeps what it is given.

#![allow(dead_code, reason = "each test binary uses its own part")]

pub(crate) mod double;

use std::{
    collections::BTreeMap,
    io::{self, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread::sleep,
    time::{Duration, Instant},
};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use deploy::{
    clients::Clients,
    deployment::{Architecture, Deployment},
    pace::Pace,
};

/// The regions that tests deploy to.
pub(crate) const REGIONS: [&str; 3] = ["us-east-1", "eu-west-1", "ap-southeast-2"];

/// The account that moto gives everyone.
pub(crate) const ACCOUNT: &str = "123456789012";

/// A moto server of one's own; it ends with this.
pub(crate) struct Moto {
    server: Child,
    pub(crate) url: String,
}

impl Moto {
    pub(crate) fn start() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let tools = Command::new(root.join("scripts/python_tools")).status().unwrap();
        assert!(tools.success(), "scripts/python_tools failed");
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Command::new(root.join(target).join("python/bin/python"))
            .args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let moto = Self { server, url: format!("http://127.0.0.1:{port}") };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < Duration::from_mins(1), "moto did not start");
            sleep(Duration::from_millis(20));
        }
        moto
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ended = self.server.kill();
        let _ended = self.server.wait();
    }
}

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
