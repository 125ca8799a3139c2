//! Where `SignalFx` takes what it is told.

use http::{
    HeaderValue, Request, StatusCode,
    header::{CONTENT_ENCODING, CONTENT_TYPE},
};

use crate::{
    answer::{Then, Trouble},
    message::Message,
    post::{Answer, Post, gzip},
    words::{Courier, Said},
};

/// Where datapoints go, and events.
pub(super) const DATAPOINTS: &str = "/v2/datapoint";
pub(super) const EVENTS: &str = "/v2/event";

/// Posts to `SignalFx`.
pub(super) struct Ingest {
    post: Post,
    address: String,
    token: HeaderValue,
    /// To be looked for in what is answered.
    secret: String,
}

impl Ingest {
    pub(super) fn new(post: Post, address: String, token: &str) -> Result<Self, String> {
        let mut header = HeaderValue::try_from(token)
            .map_err(|_| "the token has characters that no token has".to_owned())?;
        header.set_sensitive(true);
        Ok(Self { post, address, token: header, secret: token.to_owned() })
    }

    async fn post(&self, message: &Message) -> Result<(), Trouble> {
        let request = Request::post(format!("{}{}", self.address, message.path))
            .header(CONTENT_TYPE, "application/json")
            .header(CONTENT_ENCODING, "gzip")
            .header("X-SF-Token", self.token.clone())
            .body(gzip(&message.body));
        let request = request.map_err(|error| Trouble::fatal(error.to_string()))?;
        judge(&self.post.send(request).await?.without(&[&self.secret]))
    }
}

/// What an answer means for the message.
fn judge(answer: &Answer) -> Result<(), Trouble> {
    let said = answer.said();
    match answer.status {
        status if status.is_success() => Ok(()),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(Trouble::fatal(format!(
            "{said} (is it an access token of this realm that may ingest?)"
        ))),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => Err(again(answer, said)),
        status if status.is_server_error() => Err(again(answer, said)),
        _ => Err(Trouble::lasting(said)),
    }
}

fn again(answer: &Answer, reason: String) -> Trouble {
    Trouble { reason, then: Then::Again(answer.retry_after()) }
}

impl Courier for Ingest {
    fn say<'a>(&'a self, message: &'a Message) -> Said<'a> {
        Box::pin(self.post(message))
    }
}
