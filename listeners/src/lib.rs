//! Tells the systems that a team watches what the load tester measures, while it measures.
//!
//! A generator's seconds are gathered into a [`Report`] every so often, in [`Gathering`]. A thread
//! of its own ([`Audience`]) puts each report into the words of each system (`Words`), and sends
//! them (`Courier`) from a bounded queue. So no system, however slow, holds up the load: what it
//! does not take is counted, and told at the end as a [`Delivery`](engine::listener::Delivery).

mod answer;
mod audience;
mod classic;
mod cloudwatch;
mod debug;
mod error_kind;
mod exponential;
mod gathering;
mod header;
mod kind;
mod listening;
mod message;
mod metric;
mod otlp;
mod parting;
mod post;
mod prometheus;
mod queue;
mod report;
mod room;
mod secret;
mod section;
mod sfx;
mod splunk;
mod totals;
mod trust;
mod words;

pub use self::{
    audience::{Audience, AudienceError, FLUSH, Hearing},
    gathering::Gathering,
    header::{Header, Origin},
    kind::Kind,
    listening::{EmitFrom, Listening, System},
    prometheus::Endpoint,
    report::Report,
    secret::{Opened, Reference, Secret, Vault},
};
