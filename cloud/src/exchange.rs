//! A request to AWS and its answer, without the SDK: a few requests do not pay for its build.

use std::{
    error::Error,
    future::Future,
    time::{Duration, SystemTime},
};

use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use bytes::Bytes;
use engine::http::{HttpSettings, TlsError, tls_config};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use thiserror::Error;
use tokio::time::timeout;

use crate::sign::{Service, Signer};

/// What is kept of an answer that says what went wrong, bytes.
const LARGEST_ERROR: usize = 64 * 1024;

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(2);

/// How long the other side may say nothing.
const SILENCE: Duration = Duration::from_secs(4);

/// The slowest that a body may be taken, bytes per second, so that a large one has its time.
const SLOWEST: usize = 1024 * 1024;

/// Asks a service in a region.
#[derive(Clone)]
pub(crate) struct Exchange {
    signer: Signer,
    credentials: SharedCredentialsProvider,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

/// What it answers.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Vec<u8>,
}

/// Why there is no answer. Never shows credentials.
#[derive(Debug, Error)]
pub(crate) enum ExchangeError {
    #[error("there are no credentials: {0}")]
    Credentials(String),
    #[error("AWS did not answer in time")]
    Timeout,
    #[error("AWS cannot be reached: {0}")]
    Unreachable(String),
    #[error("the answer is too large")]
    TooLarge,
    #[error("the request could not be signed: {0}")]
    Signature(String),
}

impl Exchange {
    pub(crate) fn new(
        service: Service,
        region: &str,
        credentials: SharedCredentialsProvider,
    ) -> Result<Self, TlsError> {
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
        Ok(Self { signer: Signer::new(service, region), credentials, client })
    }

    /// Asks once. `largest` is what is taken of an answer that is no error, bytes.
    pub(crate) async fn once(
        &self,
        mut request: Request<Bytes>,
        largest: usize,
    ) -> Result<Answer, ExchangeError> {
        let credentials = within(SILENCE, self.credentials.provide_credentials()).await?;
        // Only the kind: what a provider says of its source may hold anything.
        let credentials =
            credentials.map_err(|error| ExchangeError::Credentials(error.to_string()))?;
        let signed = self.signer.sign(&mut request, credentials, SystemTime::now());
        signed.map_err(ExchangeError::Signature)?;
        let patience = SILENCE + slowest(request.body().len());
        let response = self.client.request(request.map(Full::new));
        let response = within(patience, response).await?.map_err(unreachable)?;
        let status = response.status();
        let body = if status.is_success() {
            read(response, largest).await?
        } else {
            read(response, LARGEST_ERROR).await.unwrap_or_default()
        };
        Ok(Answer { status, body })
    }
}

fn slowest(bytes: usize) -> Duration {
    Duration::from_secs(u64::try_from(bytes / SLOWEST).unwrap_or(u64::MAX))
}

async fn within<T>(time: Duration, future: impl Future<Output = T>) -> Result<T, ExchangeError> {
    timeout(time, future).await.map_err(|_| ExchangeError::Timeout)
}

async fn read(response: Response<Incoming>, largest: usize) -> Result<Vec<u8>, ExchangeError> {
    let mut body = response.into_body();
    let mut content = Vec::new();
    while let Some(frame) = within(SILENCE, body.frame()).await? {
        let Ok(data) = frame.map_err(unreachable)?.into_data() else { continue };
        if content.len() + data.len() > largest {
            return Err(ExchangeError::TooLarge);
        }
        content.extend_from_slice(&data);
    }
    Ok(content)
}

fn unreachable(error: impl Error) -> ExchangeError {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    ExchangeError::Unreachable(text)
}
