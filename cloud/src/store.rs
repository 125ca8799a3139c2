//! Objects in a bucket, without the SDK: three requests do not pay for its build.

mod address;
mod error;
mod sign;

use std::{
    future::Future,
    time::{Duration, SystemTime},
};

use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use bytes::Bytes;
use engine::http::{HttpSettings, tls_config};
use http::{Request, Response, StatusCode, header::IF_NONE_MATCH};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::time::{sleep, timeout};

pub use self::error::StoreError;
use self::{address::Address, sign::Signer};

/// The largest object that is read, bytes.
pub const LARGEST_OBJECT: usize = 256 * 1024 * 1024;

/// What is kept of an answer that says what went wrong, bytes.
const LARGEST_ERROR: usize = 64 * 1024;

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(2);

/// How long the store may say nothing.
const SILENCE: Duration = Duration::from_secs(4);

/// The slowest that a body may be taken, bytes per second, so that a large one has its time.
const SLOWEST: usize = 1024 * 1024;

/// How often a request is made until it is given up, and how long to wait before the next time.
const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(200);

/// A bucket.
#[derive(Clone)]
pub struct Store {
    address: Address,
    signer: Signer,
    credentials: SharedCredentialsProvider,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl Store {
    /// A bucket of AWS in a region; or, with an endpoint, one that is kept elsewhere.
    ///
    /// # Errors
    ///
    /// A bucket or an endpoint that makes no address, and no TLS.
    pub fn new(
        bucket: &str,
        region: &str,
        credentials: SharedCredentialsProvider,
        endpoint: Option<&str>,
    ) -> Result<Self, StoreError> {
        let address = Address::new(bucket, region, endpoint)?;
        // The connector sets the protocols itself.
        let mut tls = (*tls_config(&HttpSettings::default())?).clone();
        tls.alpn_protocols.clear();
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(CONNECT));
        tcp.set_nodelay(true);
        let connector = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http();
        let connector = connector.enable_http1().wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { address, signer: Signer::new(region), credentials, client })
    }

    /// An object's content; none if there is no such object.
    ///
    /// # Errors
    ///
    /// Anything else that keeps it from being read, such as a larger one than [`LARGEST_OBJECT`].
    pub async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let request = Request::get(self.address.of(key)?).body(Bytes::new())?;
        match self.send(request).await {
            Ok(content) => Ok(Some(content)),
            Err(error) if error.is_absent() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Puts an object, whether there was one or not.
    ///
    /// # Errors
    ///
    /// It may not be there then.
    pub async fn put(&self, key: &str, body: impl Into<Bytes>) -> Result<(), StoreError> {
        self.send(Request::put(self.address.of(key)?).body(body.into())?).await.map(drop)
    }

    /// Puts an object unless there is one; tells whether it was put. A request whose answer was
    /// lost is made again and then finds its own object: who must know puts what only it knows.
    ///
    /// # Errors
    ///
    /// It may not be there then.
    pub async fn put_new(&self, key: &str, body: impl Into<Bytes>) -> Result<bool, StoreError> {
        let request = Request::put(self.address.of(key)?).header(IF_NONE_MATCH, "*");
        match self.send(request.body(body.into())?).await {
            Ok(_) => Ok(true),
            Err(StoreError::Refused { status: StatusCode::PRECONDITION_FAILED, .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Sends a request, again if that may help: all of them may be repeated.
    async fn send(&self, request: Request<Bytes>) -> Result<Vec<u8>, StoreError> {
        let mut attempt = 1;
        loop {
            match self.send_once(request.clone()).await {
                Err(error) if error.may_pass() && attempt < ATTEMPTS => {
                    sleep(PAUSE * attempt).await;
                    attempt += 1;
                }
                ended => return ended,
            }
        }
    }

    async fn send_once(&self, mut request: Request<Bytes>) -> Result<Vec<u8>, StoreError> {
        let credentials = self.credentials.provide_credentials();
        let credentials = within(SILENCE, credentials).await?;
        let credentials = credentials.map_err(|error| StoreError::credentials(&error))?;
        self.signer.sign(&mut request, credentials, SystemTime::now())?;
        let patience = SILENCE + slowest(request.body().len());
        let response = self.client.request(request.map(Full::new));
        let response = within(patience, response).await?.map_err(StoreError::from_client)?;
        let status = response.status();
        if status.is_success() {
            return read(response, LARGEST_OBJECT).await;
        }
        let text = read(response, LARGEST_ERROR).await.unwrap_or_default();
        Err(StoreError::refused(status, &String::from_utf8_lossy(&text)))
    }
}

fn slowest(bytes: usize) -> Duration {
    Duration::from_secs(u64::try_from(bytes / SLOWEST).unwrap_or(u64::MAX))
}

async fn within<T>(time: Duration, future: impl Future<Output = T>) -> Result<T, StoreError> {
    timeout(time, future).await.map_err(|_| StoreError::Timeout)
}

async fn read(response: Response<Incoming>, largest: usize) -> Result<Vec<u8>, StoreError> {
    let mut body = response.into_body();
    let mut content = Vec::new();
    while let Some(frame) = within(SILENCE, body.frame()).await? {
        let Ok(data) = frame.map_err(StoreError::from_client)?.into_data() else { continue };
        if content.len() + data.len() > largest {
            return Err(StoreError::TooLarge);
        }
        content.extend_from_slice(&data);
    }
    Ok(content)
}
