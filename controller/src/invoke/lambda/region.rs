//! A region's function.

use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_lambda::{
    Client,
    primitives::Blob,
    types::{LogType, ResponseStreamingInvocationType},
};
use cloud::{ask::Reply, store::Store};
use listeners::Reference;

use super::{answer::Answer, failure::Failure};
use crate::aws::{Account, AwsError};

/// How many invocations share a client, and so may share a connection: with it they would all be
/// cut off.
const SHARING: usize = 8;

/// The function of one region, and how it is reached.
pub struct Region {
    function: String,
    clients: Vec<Client>,
    next: AtomicUsize,
    reply: Reply,
    bucket: Option<Bucket>,
    secrets: Vec<Reference>,
}

/// A bucket, by name.
struct Bucket {
    name: String,
    store: Store,
}

impl Region {
    /// The function `function` in the region `name`, of which `most` run at once.
    ///
    /// # Errors
    ///
    /// TLS cannot be set up.
    pub fn new(
        account: &Account,
        name: &str,
        function: &str,
        most: usize,
    ) -> Result<Self, AwsError> {
        let clients = most.div_ceil(SHARING).max(1);
        let clients = (0..clients).map(|_| account.invoker(name)).collect::<Result<_, _>>()?;
        Ok(Self {
            function: function.into(),
            clients,
            next: AtomicUsize::new(0),
            reply: Reply::Stream,
            bucket: None,
            secrets: Vec::new(),
        })
    }

    /// How its answers travel.
    #[must_use]
    pub fn replying(self, reply: Reply) -> Self {
        Self { reply, ..self }
    }

    /// With a bucket for the run's lease.
    #[must_use]
    pub fn with_store(self, bucket: &str, store: Store) -> Self {
        Self { bucket: Some(Bucket { name: bucket.into(), store }), ..self }
    }

    /// With secrets that the function is to be able to read.
    #[must_use]
    pub fn with_secrets(self, secrets: Vec<Reference>) -> Self {
        Self { secrets, ..self }
    }

    /// Without a lease.
    #[must_use]
    pub fn without_store(self) -> Self {
        Self { bucket: None, ..self }
    }

    /// How its answers travel.
    pub fn reply(&self) -> Reply {
        self.reply
    }

    pub(super) fn bucket(&self) -> Option<&str> {
        self.bucket.as_ref().map(|bucket| bucket.name.as_str())
    }

    pub(super) fn secrets(&self) -> &[Reference] {
        &self.secrets
    }

    pub(super) fn store(&self) -> Option<&Store> {
        self.bucket.as_ref().map(|bucket| &bucket.store)
    }

    /// Invokes the function once.
    pub(super) async fn ask(&self, payload: Vec<u8>) -> Result<Answer, Failure> {
        let at = self.next.fetch_add(1, Ordering::Relaxed) % self.clients.len();
        let (client, payload) = (&self.clients[at], Blob::new(payload));
        match self.reply {
            Reply::Stream => {
                let call = client
                    .invoke_with_response_stream()
                    .function_name(&self.function)
                    .invocation_type(ResponseStreamingInvocationType::RequestResponse)
                    .log_type(LogType::Tail)
                    .payload(payload);
                let output = call.send().await.map_err(|error| Failure::of(&error))?;
                Ok(Answer::Stream(Box::new(output.event_stream)))
            }
            Reply::Whole => {
                let call = client
                    .invoke()
                    .function_name(&self.function)
                    .log_type(LogType::Tail)
                    .payload(payload);
                let output = call.send().await.map_err(|error| Failure::of(&error))?;
                Ok(Answer::Whole {
                    failed: output.function_error.is_some(),
                    payload: output.payload.map(Blob::into_inner).unwrap_or_default(),
                    log: output.log_result,
                })
            }
        }
    }
}
