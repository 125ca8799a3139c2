//! What listeners need to sign in: `config/systems_credentials.yml`, which stays out of git.
//!
//! No message here repeats a value: any of them may be a secret that was put in the wrong place.

use std::time::Duration;

use engine::document::{Fields, Node, Problem, Problems, Setting, Source, Value, parse};
use listeners::{EmitFrom, Header, Kind, Listening, Reference, System};

use super::{
    Profile, Project, Variables, expand::expand_all, limits::Positive, project::read_text,
};

/// How listeners sign in, and how often they hear. May hold secrets: it has no `Debug`.
pub struct Credentials {
    /// Time between two reports to the listeners.
    stats_interval: Duration,
    /// What has settings.
    systems: Vec<System>,
    /// What has settings that are not valid.
    invalid: Vec<Kind>,
}

impl Credentials {
    /// Where they are, relative to the project.
    pub const FILE: &'static str = "config/systems_credentials.yml";

    /// Reads the project's credentials; without the file there are none.
    pub(super) fn load(
        project: &Project,
        variables: Variables<'_>,
        problems: &Problems,
    ) -> Option<Self> {
        let path = project.path(Self::FILE);
        if !path.exists() {
            return Some(Self { stats_interval: EVERY, systems: Vec::new(), invalid: Vec::new() });
        }
        // A source without text: messages show none of its lines.
        let source = Source::option(&path.display().to_string());
        match read_text(&path).and_then(|text| parse(&source, &text)) {
            Ok(mut node) => {
                let is_complete = expand_all(&mut node, variables, problems);
                is_complete.then(|| Self::read(&node, problems)).flatten()
            }
            Err(problem) => {
                problems.add(problem);
                None
            }
        }
    }

    /// Where in AWS the secrets are kept that a profile's functions need. Variables that are not
    /// set are of no matter, unless they are a part of where that is: who puts functions into an
    /// account need not have the secrets.
    pub(super) fn references(
        project: &Project,
        profile: &Profile,
        variables: Variables<'_>,
        problems: &Problems,
    ) -> Vec<Reference> {
        if profile.logging.emit_from == EmitFrom::Controller {
            return Vec::new();
        }
        let lenient = |name: &str| variables(name).or_else(|| Some(UNSET.to_owned()));
        let systems =
            Self::load(project, &lenient, problems).map(|credentials| credentials.systems);
        let systems = systems.unwrap_or_default().into_iter();
        let heard = systems.filter(|system| profile.logging.listeners.contains(&system.kind()));
        let mut references: Vec<_> = heard.flat_map(|system| system.references()).collect();
        references.sort();
        references.dedup();
        if references.iter().any(|reference| reference.name().contains(UNSET)) {
            let place = Source::option(&project.path(Self::FILE).display().to_string()).at(0, 0);
            let message = "a secret's name has an environment variable in it that is not set";
            problems.add(Problem::new(&place, "", message));
        }
        references
    }

    fn read(node: &Node, problems: &Problems) -> Option<Self> {
        if !matches!(node.value, Value::Map(_) | Value::Null) {
            let message = "found a value, expected a mapping of keys";
            problems.add(Problem::new(&node.place, "", message));
            return None;
        }
        let mut fields = Fields::of(node, "", problems)?;
        let stats_interval = read_interval(&mut fields);
        if stats_interval < Duration::from_secs(1) {
            fields.reject(INTERVAL, "too short, expected 1s or more");
        }
        let (mut systems, mut invalid) = (Vec::new(), Vec::new());
        for kind in Kind::ALL {
            let node = kind.section().and_then(|section| fields.node(section));
            match node.map(|node| kind.read(node, problems)) {
                Some(Some(system)) => systems.push(system),
                Some(None) => invalid.push(kind),
                None => {}
            }
        }
        fields.finish_discreetly();
        Some(Self { stats_interval, systems, invalid })
    }

    /// Who hears of a test, and when. That a listener has no settings, and needs some, is a problem.
    pub(super) fn listening(&self, profile: &Profile, env: &str, problems: &Problems) -> Listening {
        let logging = &profile.logging;
        let keys = ["profile", "logging", "listeners"];
        let written = keys.iter().try_fold(&profile.effective, |node, key| node.get(key));
        let place = &written.unwrap_or(&profile.effective).place;
        let system = |kind: &Kind| {
            let set = self.systems.iter().find(|system| system.kind() == *kind).cloned();
            let system = set.or_else(|| kind.by_default());
            if system.is_none() && !self.invalid.contains(kind) {
                let section = kind.section().unwrap_or_default();
                let message = format!(
                    "{kind} needs the section `{section}` in {}; see {}",
                    Self::FILE,
                    Self::EXAMPLE
                );
                problems.add(Problem::new(place, "profile.logging.listeners", message));
            }
            system
        };
        let header = Header {
            test: profile.name.clone(),
            description: profile.description.clone(),
            env: env.to_owned(),
            apis: Vec::new(),
        };
        Listening {
            header,
            systems: logging.listeners.iter().filter_map(system).collect(),
            every: self.stats_interval,
            final_only: logging.final_stats,
            emit_from: logging.emit_from,
        }
    }

    /// How they are written.
    const EXAMPLE: &str = "config/systems_credentials.example.yml";
}

/// The time between two reports. What is none is not repeated, either.
fn read_interval(fields: &mut Fields<'_>) -> Duration {
    let Some(node) = fields.node(INTERVAL) else { return EVERY };
    Positive::read(node).map_or_else(
        |_| {
            fields.reject(INTERVAL, format!("expected {}", Positive::EXPECTED));
            EVERY
        },
        |interval| interval.0,
    )
}

/// Stands for a variable that is not set: it is an address, too.
const UNSET: &str = "https://unset.invalid";

/// Its key.
const INTERVAL: &str = "stats_interval";

/// Time between two reports unless another is given.
const EVERY: Duration = Duration::from_secs(5);
