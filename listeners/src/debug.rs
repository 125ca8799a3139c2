//! The generator's own log, for a person who reads it.

use std::{future, str};

use bytes::Bytes;
use engine::api::listed;

use crate::{
    Origin, Report,
    message::Message,
    words::{Courier, Hearer, Said, Words},
};

pub(crate) const NAME: &str = "Debug";

/// A line for each transaction.
pub(crate) fn hearer(origin: &Origin) -> Hearer {
    Hearer { name: NAME, words: Box::new(Lines::of(origin)), courier: Box::new(Log) }
}

struct Lines {
    /// Such as `shop (cart 1.4.2)`.
    test: String,
}

impl Lines {
    fn of(origin: &Origin) -> Self {
        let apis = match &origin.header.apis[..] {
            [] => String::new(),
            apis => format!(" ({})", listed(apis)),
        };
        Self { test: format!("{}{apis}", origin.header.test) }
    }
}

impl Words for Lines {
    fn report(&mut self, report: &Report) -> Vec<Message> {
        let lines = report.stats.transactions().into_iter().map(|(key, transaction)| {
            let median = transaction.latency.percentile(50.0).unwrap_or_default();
            let line = format!(
                "{}: {} users, {} {}: {:.1} requests/s, {} failed, median {:.1} ms",
                self.test,
                report.users,
                key.method,
                key.name,
                report.rate(transaction.requests),
                transaction.failures,
                median.as_secs_f64() * 1e3,
            );
            Message { path: "", body: line.into(), items: 1 }
        });
        lines.collect()
    }
}

/// Writes lines to the log.
struct Log;

impl Courier for Log {
    fn say<'a>(&'a self, message: &'a Message) -> Said<'a> {
        log::info!(target: "statistics", "{}", text(&message.body));
        Box::pin(future::ready(Ok(())))
    }
}

fn text(body: &Bytes) -> &str {
    str::from_utf8(body).unwrap_or_default()
}
