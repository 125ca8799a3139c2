//! How Prometheus is written to.

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Request, StatusCode, Uri,
    header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, USER_AGENT},
};

use super::SignIn;
use crate::{
    answer::{Then, Trouble},
    message::Message,
    post::{AGENT, Answer, Post},
    words::{Courier, Said},
};

/// What a server says that was not told to take native histograms, and what to do about it.
const DISABLED: &str = "native histograms are disabled";
const ADVICE: &str = "start Prometheus with --enable-feature=native-histograms, or set \
                      `native_histograms: false`";

/// Writes to an address.
pub(super) struct RemoteWrite {
    post: Post,
    address: Uri,
    headers: HeaderMap,
    /// What is masked in answers.
    secrets: Vec<String>,
}

impl RemoteWrite {
    /// To an address, signed in if that is asked for; or why that cannot be.
    pub(super) fn to(
        post: Post,
        address: Option<&str>,
        sign_in: Option<&SignIn>,
    ) -> Result<Self, String> {
        let address = address.and_then(|address| address.parse().ok());
        let address = address.ok_or("there is no address to write to")?;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-protobuf"));
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("snappy"));
        headers.insert(VERSION, HeaderValue::from_static("0.1.0"));
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        let mut secrets = Vec::new();
        if let Some(sign_in) = sign_in {
            let proof = sign_in.header();
            let mut value = HeaderValue::try_from(&proof)
                .map_err(|_| "the token or the password cannot be put into a header")?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
            secrets = sign_in.spellings(&proof);
        }
        Ok(Self { post, address, headers, secrets })
    }

    async fn write(&self, message: &Message) -> Result<(), Trouble> {
        let mut request = Request::post(self.address.clone()).body(message.body.clone());
        if let Ok(request) = &mut request {
            request.headers_mut().extend(self.headers.clone());
        }
        let request: Request<Bytes> = request.map_err(|error| Trouble::fatal(error.to_string()))?;
        judge(&self.post.send(request).await?.without(&self.secrets))
    }
}

impl Courier for RemoteWrite {
    fn say<'a>(&'a self, message: &'a Message) -> Said<'a> {
        Box::pin(self.write(message))
    }
}

const VERSION: &str = "x-prometheus-remote-write-version";

impl SignIn {
    fn header(&self) -> String {
        match self {
            Self::Password { username, password } => {
                let both = format!("{username}:{}", password.expose());
                format!("Basic {}", BASE64_STANDARD.encode(both))
            }
            Self::Token(token) => format!("Bearer {}", token.expose()),
        }
    }

    /// The secret itself, and as it is in the header.
    fn spellings(&self, header: &str) -> Vec<String> {
        let (Self::Password { password: secret, .. } | Self::Token(secret)) = self;
        let sent = header.split_once(' ').map_or("", |(_, sent)| sent);
        vec![sent.to_owned(), secret.expose().to_owned()]
    }
}

/// What to do about an answer, as remote write's specification says.
fn judge(answer: &Answer) -> Result<(), Trouble> {
    let status = answer.status;
    if status.is_success() {
        return Ok(());
    }
    let reason = answer.said();
    Err(match status {
        _ if reason.contains(DISABLED) => Trouble::fatal(format!("{reason}; {ADVICE}")),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Trouble::fatal(reason),
        StatusCode::TOO_MANY_REQUESTS => {
            Trouble { reason, then: Then::Again(answer.retry_after()) }
        }
        _ if status.is_server_error() => {
            Trouble { reason, then: Then::Again(answer.retry_after()) }
        }
        _ => Trouble::lasting(reason),
    })
}
