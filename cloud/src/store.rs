//! Objects in a bucket, without the SDK: three requests do not pay for its build.

mod address;
mod error;

use std::time::Duration;

use aws_credential_types::provider::SharedCredentialsProvider;
use bytes::Bytes;
use http::{Request, StatusCode, header::IF_NONE_MATCH};
use tokio::time::sleep;

use self::address::Address;
pub use self::error::StoreError;
use crate::{exchange::Exchange, sign::Service};

/// The largest object that is read, bytes.
pub const LARGEST_OBJECT: usize = 256 * 1024 * 1024;

/// How often a request is made until it is given up, and how long to wait before the next time.
const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(200);

/// A bucket.
#[derive(Clone)]
pub struct Store {
    address: Address,
    exchange: Exchange,
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
        let exchange = Exchange::new(Service::Storage, region, credentials)?;
        Ok(Self { address, exchange })
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

    async fn send_once(&self, request: Request<Bytes>) -> Result<Vec<u8>, StoreError> {
        let answer = self.exchange.once(request, LARGEST_OBJECT).await?;
        if answer.status.is_success() {
            return Ok(answer.body);
        }
        Err(StoreError::refused(answer.status, &String::from_utf8_lossy(&answer.body)))
    }
}
