//! Asking a function who it is.

use std::time::{Duration, SystemTime};

use aws_sdk_lambda::{primitives::Blob, types::InvokeWithResponseStreamResponseEvent as Event};
use cloud::{
    ask::{Ask, Ping, Reply},
    hello::Hello,
};
use thiserror::Error;
use tokio::time;

use super::{
    Offset, Region,
    answer::Answer,
    failure::Failure,
    lines::{Lines, Said},
};
use crate::causes::with_causes;

/// How long an answer may take: a cold start in a private network takes a while.
const PATIENCE: Duration = Duration::from_secs(20);

/// As much as is told of what something else answers, bytes.
const MOST_SAID: usize = 1_000;

/// What a function says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Pong {
    /// Who it is.
    pub hello: Hello,
    /// Its clock.
    pub offset: Offset,
}

/// Why a function did not say who it is.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum PingError {
    /// Too many run already.
    #[error("{0}")]
    Busy(String),
    /// It was not invoked.
    #[error("{0}")]
    Refused(String),
    /// It gave no answer.
    #[error("{0}")]
    Silent(String),
    /// Something else answered.
    #[error("what answers is no load generator: {0}")]
    Other(String),
}

impl From<Failure> for PingError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Busy(why) => Self::Busy(why),
            Failure::Refused(why) => Self::Refused(why),
            Failure::Unreachable(why) | Failure::Unknown(why) => Self::Silent(why),
        }
    }
}

impl Region {
    /// Asks the function who it is, and whether it can read its bucket and its secrets. Where answers cannot be
    /// streamed, they come as a whole from then on.
    ///
    /// # Errors
    ///
    /// It does not answer, or something else does.
    ///
    /// # Panics
    ///
    /// Never: a ping is always valid JSON.
    pub async fn greeted(self) -> Result<(Self, Pong), PingError> {
        match self.ping_for_access().await {
            Err(PingError::Refused(why)) if self.reply() == Reply::Stream && !is_final(&why) => {
                let region = self.replying(Reply::Whole);
                let pong = region.ping_for_access().await?;
                Ok((region, pong))
            }
            answered => answered.map(|pong| (self, pong)),
        }
    }

    /// Asks the function who it is.
    ///
    /// # Errors
    ///
    /// It does not answer, or something else does.
    ///
    /// # Panics
    ///
    /// Never: a ping is always valid JSON.
    pub async fn ping(&self) -> Result<Pong, PingError> {
        self.ping_with(Ping::default()).await
    }

    async fn ping_for_access(&self) -> Result<Pong, PingError> {
        let bucket = self.bucket().map(str::to_owned);
        self.ping_with(Ping { bucket, secrets: self.secrets().to_vec() }).await
    }

    async fn ping_with(&self, ping: Ping) -> Result<Pong, PingError> {
        let ask = serde_json::to_vec(&Ask::Ping(ping)).expect("it is valid JSON");
        let asked = SystemTime::now();
        let late = |_| PingError::Silent(format!("no answer within {} s", PATIENCE.as_secs()));
        let hello = time::timeout(PATIENCE, self.greet(ask)).await.map_err(late)??;
        let offset = Offset::of(asked, SystemTime::now(), hello.now);
        Ok(Pong { hello, offset })
    }

    async fn greet(&self, ask: Vec<u8>) -> Result<Hello, PingError> {
        let mut lines = Lines::default();
        match self.ask(ask).await? {
            Answer::Whole { payload, failed: true, .. } => {
                let said = &payload[..payload.len().min(MOST_SAID)];
                Err(PingError::Other(String::from_utf8_lossy(said).into_owned()))
            }
            Answer::Whole { payload, .. } => {
                let hello = greeting(&mut lines, &payload)?;
                hello.ok_or_else(|| PingError::Other("it did not say who it is".into()))
            }
            Answer::Stream(mut stream) => loop {
                let error = match stream.recv().await {
                    Ok(Some(Event::PayloadChunk(update))) => {
                        let piece = update.payload.map(Blob::into_inner).unwrap_or_default();
                        match greeting(&mut lines, &piece)? {
                            Some(hello) => break Ok(hello),
                            None => continue,
                        }
                    }
                    Ok(Some(Event::InvokeComplete(end))) => {
                        let code = end.error_code().unwrap_or("it ended");
                        let details = end.error_details().unwrap_or("without a word");
                        PingError::Other(format!("{code}: {details}"))
                    }
                    Ok(Some(_)) => continue,
                    Ok(None) => PingError::Silent("the stream ended".into()),
                    Err(error) => PingError::Silent(with_causes(&error)),
                };
                break Err(error);
            },
        }
    }
}

/// Whether another way of asking would be refused too.
fn is_final(why: &str) -> bool {
    ["ResourceNotFoundException", "AccessDenied", "UnrecognizedClient", "ExpiredToken"]
        .iter()
        .any(|code| why.contains(code))
}

fn greeting(lines: &mut Lines, piece: &[u8]) -> Result<Option<Hello>, PingError> {
    lines.push(piece);
    while let Some(said) = lines.take().map_err(|error| PingError::Other(error.to_string()))? {
        if let Said::Hello(hello) = said {
            return Ok(Some(hello));
        }
    }
    Ok(None)
}
