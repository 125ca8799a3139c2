//! The kinds of systems, as a profile names them.

use std::fmt;

use engine::document::{Node, Problems, Rejection, Setting, nearest};

use crate::{System, cloudwatch, debug, otlp, prometheus, section::Section, sfx, splunk};

/// A kind of system.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// `SignalFx`, now Splunk Observability.
    Sfx,
    /// Splunk's HTTP event collector.
    Splunk,
    /// The generator's own log.
    Debug,
    /// OpenTelemetry, as a collector takes it.
    Otlp,
    /// Prometheus.
    Prometheus,
    /// CloudWatch, through the function's log.
    CloudWatch,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 6] =
        [Self::Sfx, Self::Splunk, Self::Debug, Self::Otlp, Self::Prometheus, Self::CloudWatch];

    /// Its name in a profile.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sfx => sfx::NAME,
            Self::Splunk => splunk::NAME,
            Self::Debug => debug::NAME,
            Self::Otlp => otlp::NAME,
            Self::Prometheus => prometheus::NAME,
            Self::CloudWatch => cloudwatch::NAME,
        }
    }

    /// The section of the credentials with its settings; none if it has no settings.
    pub fn section(self) -> Option<&'static str> {
        match self {
            Self::Sfx => Some("sfx"),
            Self::Splunk => Some("splunk"),
            Self::Debug => None,
            Self::Otlp => Some("otlp"),
            Self::Prometheus => Some("prometheus"),
            Self::CloudWatch => Some("cloudwatch"),
        }
    }

    /// Reads its settings. What is wrong is noted without the value: it may be a secret that was
    /// put in the wrong place.
    pub fn read(self, node: &Node, problems: &Problems) -> Option<System> {
        let section = Section::of(node, self.section()?, problems)?;
        match self {
            Self::Debug => None,
            Self::Sfx => sfx::Settings::read(section).map(System::Sfx),
            Self::Splunk => splunk::Settings::read(section).map(System::Splunk),
            Self::Otlp => otlp::Settings::read(section).map(System::Otlp),
            Self::Prometheus => prometheus::Settings::read(section).map(System::Prometheus),
            Self::CloudWatch => cloudwatch::Settings::read(section).map(System::CloudWatch),
        }
    }

    /// The system without settings of its own; none if it needs some.
    pub fn by_default(self) -> Option<System> {
        match self {
            Self::Debug => Some(System::Debug),
            Self::CloudWatch => Some(System::CloudWatch(cloudwatch::Settings::default())),
            Self::Sfx | Self::Splunk | Self::Otlp | Self::Prometheus => None,
        }
    }

    /// Whether it hears only what is said in a function, as it reads the function's log.
    pub fn is_of_functions(self) -> bool {
        self == Self::CloudWatch
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Setting for Kind {
    const EXPECTED: &'static str = "any of Sfx, Splunk, Debug, Otlp, Prometheus, CloudWatch";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let text = node.text().ok_or(Rejection::Unexpected)?;
        let kind = Self::ALL.into_iter().find(|kind| kind.name() == text);
        kind.ok_or_else(|| match nearest(text, Self::ALL.into_iter().map(Self::name)) {
            Some(near) => Rejection::Because(format!(
                "no such listener, expected {}; did you mean `{near}`?",
                Self::EXPECTED
            )),
            None => Rejection::Unexpected,
        })
    }
}
