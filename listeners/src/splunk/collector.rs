//! Splunk's HTTP event collector, and how it is spoken to.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use bytes::Bytes;
use http::{
    HeaderValue, Request,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use serde_json::json;
use tokio::time::{sleep, timeout};

use super::reply::{Acks, judge};
use crate::{
    answer::Trouble,
    message::Message,
    post::{Answer, Post},
    words::{Courier, Said},
};

/// Where events go, and where to ask what is indexed.
pub(super) const EVENTS: &str = "/services/collector/event";
const ACKS: &str = "/services/collector/ack";

/// How long to wait before asking whether events are indexed: at first, and at most.
const PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How long that may take, before the events are sent once more.
const INDEXED: Duration = Duration::from_mins(1);

/// Posts to Splunk.
pub(super) struct Collector {
    post: Post,
    address: String,
    authorization: HeaderValue,
    /// To be looked for in what is answered.
    secret: String,
    /// Who asks what is indexed; none if nobody does.
    channel: Option<String>,
    /// What was sent, and was not indexed in time.
    unindexed: RefCell<Option<Bytes>>,
    /// Whether it was told that nothing can be asked.
    is_warned: Cell<bool>,
}

impl Collector {
    pub(super) fn new(
        post: Post,
        address: String,
        token: &str,
        acknowledge: bool,
    ) -> Result<Self, String> {
        let mut authorization = HeaderValue::try_from(format!("Splunk {token}"))
            .map_err(|_| "the token has characters that no token has".to_owned())?;
        authorization.set_sensitive(true);
        Ok(Self {
            post,
            address,
            authorization,
            secret: token.to_owned(),
            channel: acknowledge.then(guid),
            unindexed: RefCell::default(),
            is_warned: Cell::default(),
        })
    }

    async fn post(&self, message: &Message) -> Result<(), Trouble> {
        let answer = self.ask(message.path, message.body.clone()).await?;
        let reply = judge(&answer)?;
        if self.channel.is_none() {
            return Ok(());
        }
        let Some(ack) = reply.ack else {
            if !self.is_warned.replace(true) {
                log::warn!(
                    target: "listeners",
                    "Splunk: the token does not know of acknowledgement: what it takes counts as sent"
                );
            }
            return Ok(());
        };
        let indexed = timeout(INDEXED, self.indexed(ack)).await;
        indexed.unwrap_or_else(|_| Err(self.not_indexed(&message.body)))
    }

    /// Waits until events are indexed.
    async fn indexed(&self, ack: u64) -> Result<(), Trouble> {
        let mut pause = PAUSE;
        loop {
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
            let path = format!("{ACKS}?channel={}", self.channel.as_deref().unwrap_or_default());
            let asked = self.ask(&path, json!({"acks": [ack]}).to_string().into()).await;
            // That it cannot be asked just now says nothing of the events.
            let Ok(answer) = asked else { continue };
            match judge(&answer) {
                Ok(_) => {
                    let acks: Acks = serde_json::from_slice(&answer.body).unwrap_or_default();
                    if acks.acks.get(&ack) == Some(&true) {
                        return Ok(());
                    }
                }
                Err(trouble) if trouble.may_pass() => {}
                Err(trouble) => return Err(trouble),
            }
        }
    }

    /// What is not indexed in time is sent once more, so that it may be there twice; then it is
    /// left.
    fn not_indexed(&self, body: &Bytes) -> Trouble {
        let reason = format!("taken, but not indexed within {} s", INDEXED.as_secs());
        let mut unindexed = self.unindexed.borrow_mut();
        if unindexed.take().is_some_and(|before| before.as_ptr() == body.as_ptr()) {
            return Trouble::lasting(reason);
        }
        *unindexed = Some(body.clone());
        Trouble::passing(reason)
    }

    async fn ask(&self, path: &str, body: Bytes) -> Result<Answer, Trouble> {
        let mut request = Request::post(format!("{}{path}", self.address))
            .header(CONTENT_TYPE, "application/json")
            .header(AUTHORIZATION, self.authorization.clone());
        if let Some(channel) = &self.channel {
            request = request.header("X-Splunk-Request-Channel", channel);
        }
        let request = request.body(body).map_err(|error| Trouble::fatal(error.to_string()))?;
        Ok(self.post.send(request).await?.without(&[&self.secret]))
    }
}

impl Courier for Collector {
    fn say<'a>(&'a self, message: &'a Message) -> Said<'a> {
        Box::pin(self.post(message))
    }
}

/// Any GUID (RFC 9562, version 4).
fn guid() -> String {
    let bits = |bits: u64| bits & getrandom::u64().unwrap_or_default();
    let (a, b) = (bits(u64::MAX), bits(u64::MAX));
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        a >> 32,
        (a >> 16) & 0xffff,
        a & 0xfff,
        0x8000 | (b >> 48) & 0x3fff,
        b & 0xffff_ffff_ffff
    )
}

#[cfg(test)]
mod tests {
    use engine::http::TlsSettings;

    use super::*;

    #[test]
    fn what_is_not_indexed_is_sent_once_more_and_then_left() {
        let post = Post::new(TlsSettings::default()).unwrap();
        let collector = Collector::new(post, "http://a.example".into(), "t", true).unwrap();
        let [first, second] = ["a", "b"].map(|text| Bytes::from(text.to_owned()));
        let not_indexed = [&first, &first, &second, &second, &first];
        let again = not_indexed.map(|body| collector.not_indexed(body).may_pass());
        assert_eq!(again, [true, false, true, false, true]);
    }

    #[test]
    fn a_guid_is_one() {
        let guid = guid();
        let lengths: Vec<_> = guid.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12], "{guid}");
        assert_eq!(guid.as_bytes()[14], b'4', "{guid}");
        assert!(b"89ab".contains(&guid.as_bytes()[19]), "{guid}");
    }
}
