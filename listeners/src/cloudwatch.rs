//! CloudWatch's embedded metric format, in the function's log: lines of JSON, of which CloudWatch
//! makes metrics. It takes neither a call nor a permission.

mod dimension;
mod distribution;
mod lines;
mod log;
mod namespace;

use serde::{Deserialize, Serialize};

use self::{dimension::Dimensions, lines::Lines, log::Log, namespace::Namespace};
use crate::{Origin, section::Section, words::Hearer};

pub(crate) const NAME: &str = "CloudWatch";

/// Under what its metrics are found.
#[derive(Clone, Default, Deserialize, Serialize)]
pub struct Settings {
    namespace: Namespace,
    dimensions: Dimensions,
}

impl Settings {
    pub(crate) fn read(mut section: Section<'_>) -> Option<Self> {
        let settings = Self {
            namespace: section.optional("namespace").unwrap_or_default(),
            dimensions: section.optional("dimensions").unwrap_or_default(),
        };
        section.finish();
        Some(settings)
    }

    pub(crate) fn hearer(&self, origin: &Origin) -> Hearer {
        let lines = Lines::new(&self.namespace, &self.dimensions, origin);
        Hearer { name: NAME, words: Box::new(lines), courier: Box::new(Log) }
    }
}
