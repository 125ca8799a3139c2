//! OpenTelemetry's protocol: metrics over HTTP.

use serde::{Deserialize, Serialize};

use crate::{
    Origin, Report, Secret,
    message::Message,
    section::Section,
    words::{Courier, Hearer, Said, Words},
};

pub(crate) const NAME: &str = "Otlp";

/// How to reach it.
#[derive(Clone, Deserialize, Serialize)]
pub struct Settings {
    token: Secret,
}

impl Settings {
    pub(crate) fn read(mut section: Section<'_>) -> Option<Self> {
        let token = section.secret("token");
        section.finish();
        Some(Self { token: token? })
    }

    pub(crate) fn secrets(&mut self) -> Vec<&mut Secret> {
        vec![&mut self.token]
    }

    pub(crate) fn hearer(&self, _origin: &Origin) -> Hearer {
        Hearer { name: NAME, words: Box::new(Nothing), courier: Box::new(Nobody) }
    }
}

struct Nothing;

impl Words for Nothing {
    fn report(&mut self, _report: &Report) -> Vec<Message> {
        Vec::new()
    }
}

struct Nobody;

impl Courier for Nobody {
    fn say<'a>(&'a self, _message: &'a Message) -> Said<'a> {
        Box::pin(std::future::ready(Ok(())))
    }
}
