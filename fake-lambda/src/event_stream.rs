//! A streamed answer as the SDK reads it.

use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::{
    event_stream::{Header, HeaderValue, Message},
    str_bytes::StrBytes,
};
use bytes::Bytes;
use serde_json::{Map, Value};

use crate::reply::Failure;

/// A piece of the answer.
pub(crate) fn chunk(payload: Bytes) -> Bytes {
    message("PayloadChunk", "application/octet-stream", payload)
}

/// The end of the answer.
pub(crate) fn complete(failure: Option<&Failure>, log: Option<String>) -> Bytes {
    let mut end = Map::new();
    if let Some(failure) = failure {
        end.insert("ErrorCode".into(), failure.kind.clone().into());
        end.insert("ErrorDetails".into(), failure.body().into());
    }
    if let Some(log) = log {
        end.insert("LogResult".into(), log.into());
    }
    message("InvokeComplete", "application/json", Value::Object(end).to_string().into())
}

fn message(kind: &'static str, content: &'static str, payload: Bytes) -> Bytes {
    let header = |name: &'static str, value: &'static str| {
        Header::new(name, HeaderValue::String(StrBytes::from(value)))
    };
    let headers = vec![
        header(":message-type", "event"),
        header(":event-type", kind),
        header(":content-type", content),
    ];
    let mut bytes = Vec::new();
    write_message_to(&Message::new_from_parts(headers, payload), &mut bytes)
        .expect("memory takes everything");
    bytes.into()
}
