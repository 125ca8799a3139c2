//! Who hears of a test, and when.

use std::{io, time::Duration};

use engine::listener::Wanted;
use serde::{Deserialize, Serialize};

use crate::{
    Endpoint, Header, Kind, Origin, Reference, Secret, Vault, cloudwatch, debug, otlp, prometheus,
    sfx, splunk, words::Hearer,
};

/// Who hears of a test, and when. It travels to the functions, and holds what the systems ask for
/// as a proof of who speaks: it is never shown, and has no `Debug`.
#[derive(Clone, Default, Deserialize, Serialize)]
pub struct Listening {
    /// What the test is.
    pub header: Header,
    /// The systems.
    pub systems: Vec<System>,
    /// The time between two reports.
    #[serde(with = "engine::duration::seconds")]
    pub every: Duration,
    /// Whether there is only one report, at the end.
    pub final_only: bool,
    /// Who reports.
    pub emit_from: EmitFrom,
}

impl Listening {
    /// Takes hold of the address at which the run can be asked for its metrics; none if it is to
    /// have none.
    ///
    /// # Errors
    ///
    /// Somebody else listens there, or the address is not this machine's.
    pub fn endpoint(&self) -> io::Result<Option<Endpoint>> {
        let settings = self.systems.iter().find_map(|system| match system {
            System::Prometheus(settings) => Some(settings),
            _ => None,
        });
        settings.map_or(Ok(None), prometheus::Settings::bind)
    }

    /// The same without the systems that only hear what is said in a function: those that read its
    /// log.
    #[must_use]
    pub fn outside_functions(self) -> Self {
        let systems = self.systems.into_iter().filter(|system| !system.kind().is_of_functions());
        Self { systems: systems.collect(), ..self }
    }

    /// Whether anybody hears of all generators together: is told by the controller, or asks it.
    pub fn is_joined(&self) -> bool {
        let asks = |system: &System| matches!(system, System::Prometheus(settings) if settings.is_scraped());
        let told = self.of_controller().systems;
        !told.is_empty() || self.systems.iter().any(asks)
    }

    /// Which of the systems' secrets are kept in AWS, and where.
    pub fn references(&self) -> Vec<(Kind, Reference)> {
        let each = |system: &System| {
            let kind = system.kind();
            system.references().into_iter().map(move |reference| (kind, reference))
        };
        self.systems.iter().flat_map(each).collect()
    }

    /// What the generators tell.
    #[must_use]
    pub fn of_generators(&self) -> Self {
        self.told_by(EmitFrom::Generators)
    }

    /// What the controller tells.
    #[must_use]
    pub fn of_controller(&self) -> Self {
        self.told_by(EmitFrom::Controller)
    }

    fn told_by(&self, who: EmitFrom) -> Self {
        let systems = if self.emit_from == who { self.systems.clone() } else { Vec::new() };
        Self { systems, ..self.clone() }
    }

    /// What the systems want to know of each request that fails; none if nothing.
    pub(crate) fn wanted(&self) -> Option<Wanted> {
        self.systems.iter().filter_map(System::wanted).reduce(|a, b| Wanted {
            per_second: a.per_second.max(b.per_second),
            body: a.body.max(b.body),
        })
    }
}

/// Who reports.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EmitFrom {
    /// Each generator, of what it measures itself.
    #[default]
    Generators,
    /// The controller, of what all of them measure.
    Controller,
}

/// A system, and how to reach it.
#[derive(Clone, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum System {
    /// `SignalFx`, now Splunk Observability.
    Sfx(sfx::Settings),
    /// Splunk's HTTP event collector.
    Splunk(splunk::Settings),
    /// The generator's own log.
    Debug,
    /// OpenTelemetry, as a collector takes it.
    Otlp(otlp::Settings),
    /// Prometheus.
    Prometheus(prometheus::Settings),
    /// CloudWatch, through the function's log.
    CloudWatch(cloudwatch::Settings),
}

impl System {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Sfx(_) => Kind::Sfx,
            Self::Splunk(_) => Kind::Splunk,
            Self::Debug => Kind::Debug,
            Self::Otlp(_) => Kind::Otlp,
            Self::Prometheus(_) => Kind::Prometheus,
            Self::CloudWatch(_) => Kind::CloudWatch,
        }
    }

    /// Whether it is told what is measured, and does not only ask.
    pub(crate) fn is_told(&self) -> bool {
        match self {
            Self::Prometheus(settings) => settings.is_pushed(),
            _ => true,
        }
    }

    /// What it wants to know of each request that fails; none if nothing.
    pub(crate) fn wanted(&self) -> Option<Wanted> {
        match self {
            Self::Splunk(settings) => settings.wanted(),
            Self::Sfx(_)
            | Self::Debug
            | Self::Otlp(_)
            | Self::Prometheus(_)
            | Self::CloudWatch(_) => None,
        }
    }

    /// Where those of its secrets are that are kept in AWS.
    pub fn references(&self) -> Vec<Reference> {
        let mut system = self.clone();
        let secrets = system.secrets().into_iter();
        secrets.filter_map(|secret| secret.reference().cloned()).collect()
    }

    /// Its secrets.
    fn secrets(&mut self) -> Vec<&mut Secret> {
        match self {
            Self::Sfx(settings) => settings.secrets(),
            Self::Splunk(settings) => settings.secrets(),
            Self::Debug | Self::CloudWatch(_) => Vec::new(),
            Self::Otlp(settings) => settings.secrets(),
            Self::Prometheus(settings) => settings.secrets(),
        }
    }

    /// Gets ready to tell it.
    pub(crate) async fn hearer(mut self, origin: &Origin, vault: Option<&dyn Vault>) -> Hearer {
        let mut missing = None;
        for secret in self.secrets() {
            let opened = secret.open(vault).await;
            missing = missing.or(opened.err());
        }
        let hearer = match &self {
            Self::Sfx(settings) => settings.hearer(origin),
            Self::Splunk(settings) => settings.hearer(origin),
            Self::Debug => debug::hearer(origin),
            Self::Otlp(settings) => settings.hearer(origin),
            Self::Prometheus(settings) => settings.hearer(origin),
            Self::CloudWatch(settings) => settings.hearer(origin),
        };
        match missing {
            Some(reason) => hearer.unreachable(reason),
            None => hearer,
        }
    }
}
