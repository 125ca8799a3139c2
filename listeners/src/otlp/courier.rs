//! How metrics are handed to a collector.

use bytes::Bytes;
use engine::secret::mask;
use http::{
    HeaderMap, HeaderName, HeaderValue, Request, StatusCode, Uri,
    header::{CONTENT_ENCODING, CONTENT_TYPE, USER_AGENT},
};
use prost::Message as _;

use super::wire::{ExportResponse, PartialSuccess, Status};
use crate::{
    Secret,
    answer::{Then, Trouble},
    message::Message,
    post::{AGENT, Answer, Post, beginning, said},
    words::{Courier, Said},
};

const PROTOBUF: &str = "application/x-protobuf";

/// Hands metrics to a collector.
pub(super) struct Exporter {
    post: Post,
    address: Uri,
    headers: HeaderMap,
    /// What is masked in answers.
    secrets: Vec<String>,
}

impl Exporter {
    /// To a collector, with headers of a person's choice; or why that cannot be.
    pub(super) fn to(post: Post, endpoint: &str, own: &[(String, Secret)]) -> Result<Self, String> {
        let address = format!("{}/v1/metrics", endpoint.trim_end_matches('/'));
        let address = address.parse().map_err(|_| "the endpoint is no address")?;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROTOBUF));
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        let mut secrets = Vec::new();
        for (name, secret) in own {
            let text = secret.expose();
            let unfit = format!("the header {name} cannot be sent");
            let name = HeaderName::try_from(name).map_err(|_| unfit.clone())?;
            let mut value = HeaderValue::try_from(text).map_err(|_| unfit)?;
            value.set_sensitive(true);
            headers.insert(name, value);
            secrets.push(text.to_owned());
            // `Bearer abc`: a server may repeat the second part alone.
            secrets.extend(text.split_once(' ').map(|(_, proof)| proof.trim().to_owned()));
        }
        Ok(Self { post, address, headers, secrets })
    }

    async fn export(&self, message: &Message) -> Result<(), Trouble> {
        let mut request = Request::post(self.address.clone()).body(message.body.clone());
        if let Ok(request) = &mut request {
            request.headers_mut().extend(self.headers.clone());
        }
        let request: Request<Bytes> = request.map_err(|error| Trouble::fatal(error.to_string()))?;
        self.judge(&self.post.send(request).await?)
    }

    /// What to do about an answer, as the protocol's specification says.
    fn judge(&self, answer: &Answer) -> Result<(), Trouble> {
        let status = answer.status;
        if status.is_success() {
            return self.taken(answer);
        }
        let reason = self.reason(answer);
        Err(match status {
            StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT => {
                Trouble { reason, then: Then::Again(answer.retry_after()) }
            }
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Trouble::fatal(reason),
            _ => Trouble::lasting(reason),
        })
    }

    /// Points that were rejected must not be sent again. Without any, there is a warning at most.
    fn taken(&self, answer: &Answer) -> Result<(), Trouble> {
        let response = ExportResponse::decode(answer.body.clone()).unwrap_or_default();
        let PartialSuccess { rejected_data_points, error_message } =
            response.partial_success.unwrap_or_default();
        let rejected = u64::try_from(rejected_data_points).unwrap_or_default();
        if rejected == 0 && error_message.is_empty() {
            return Ok(());
        }
        let message = beginning(&mask(&error_message, &self.secrets));
        let reason = match rejected {
            0 => format!("the collector warns: {message}"),
            rejected => format!("the collector rejected {rejected} data points: {message}"),
        };
        Err(Trouble { reason, then: Then::Partly(rejected) })
    }

    /// What the answer says: in protobuf, if it is as it should be.
    fn reason(&self, answer: &Answer) -> String {
        let is_protobuf = answer.headers.get(CONTENT_TYPE).is_some_and(|kind| kind == PROTOBUF);
        let status = is_protobuf.then(|| Status::decode(answer.body.clone()).ok()).flatten();
        let text = status.map_or_else(
            || String::from_utf8_lossy(&answer.body).into_owned(),
            |status| status.message,
        );
        said(answer.status, &mask(&text, &self.secrets))
    }
}

impl Courier for Exporter {
    fn say<'a>(&'a self, message: &'a Message) -> Said<'a> {
        Box::pin(self.export(message))
    }
}
