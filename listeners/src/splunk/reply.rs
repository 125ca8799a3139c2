//! What Splunk's HTTP event collector replies.

use std::{collections::BTreeMap, time::Duration};

use http::StatusCode;
use serde::Deserialize;

use crate::{
    answer::{Then, Trouble},
    post::Answer,
};

/// A reply to events.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Reply {
    /// Why, as a number; 0 if the events were taken.
    pub(super) code: Option<u32>,
    /// By what to ask whether the events are indexed, where the token says that this can be asked.
    #[serde(rename = "ackId")]
    pub(super) ack: Option<u64>,
}

/// What is indexed, by the number to ask for it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Acks {
    #[serde(default)]
    pub(super) acks: BTreeMap<u64, bool>,
}

/// The reply in an answer, or what is to become of the message.
pub(super) fn judge(answer: &Answer) -> Result<Reply, Trouble> {
    let reply: Reply = serde_json::from_slice(&answer.body).unwrap_or_default();
    if answer.status.is_success() && reply.code.unwrap_or(0) == 0 {
        return Ok(reply);
    }
    let hint = reply.code.and_then(hint).map_or(String::new(), |hint| format!(" ({hint})"));
    let reason = format!("{}{hint}", answer.said());
    let then = then(answer.status, reply.code, answer.retry_after());
    Err(Trouble { reason, then })
}

fn then(status: StatusCode, code: Option<u32>, after: Option<Duration>) -> Then {
    match code {
        // The token is none, is disabled, or is missing.
        Some(1..=4) => Then::LeaveAll,
        Some(5..=7 | 10..=16) => Then::Leave,
        Some(8 | 9 | 18..=20) => Then::Again(after),
        // Something else than the collector replies, such as a load balancer, or one that is newer.
        _ => match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Then::LeaveAll,
            StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => Then::Again(after),
            status if status.is_server_error() => Then::Again(after),
            _ => Then::Leave,
        },
    }
}

/// What to do about it.
fn hint(code: u32) -> Option<&'static str> {
    Some(match code {
        1 => "enable the token in Splunk",
        7 => "allow the token this `index`, or give another one",
        10 => "the token wants `acknowledge: true`",
        14 => {
            "the token does not know of acknowledgement: enable it there, or take \
               `acknowledge: true` away"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_pass_is_said_again() {
        let status = |code: u16| StatusCode::from_u16(code).unwrap();
        let after = Some(Duration::from_secs(7));
        for (http, code, expected) in [
            (403, Some(1), Then::LeaveAll),
            (401, Some(2), Then::LeaveAll),
            (401, Some(3), Then::LeaveAll),
            (403, Some(4), Then::LeaveAll),
            (400, Some(5), Then::Leave),
            (400, Some(6), Then::Leave),
            (400, Some(7), Then::Leave),
            (500, Some(8), Then::Again(after)),
            (503, Some(9), Then::Again(after)),
            (400, Some(10), Then::Leave),
            (400, Some(14), Then::Leave),
            (400, Some(16), Then::Leave),
            (503, Some(18), Then::Again(after)),
            (503, Some(20), Then::Again(after)),
            (503, Some(23), Then::Again(after)),
            (502, None, Then::Again(after)),
            (429, None, Then::Again(after)),
            (413, None, Then::Leave),
            (404, Some(404), Then::Leave),
            (302, None, Then::Leave),
            (403, None, Then::LeaveAll),
        ] {
            assert_eq!(then(status(http), code, after), expected, "{http} {code:?}");
        }
    }
}
