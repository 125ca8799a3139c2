//! What listeners need to sign in: `config/systems_credentials.yml`, which stays out of git.
//!
//! No message here repeats a value: any of them may be a secret that was put in the wrong place.

use std::time::Duration;

use engine::{
    document::{Fields, Node, Problem, Problems, Setting, Source, Value, parse},
    listener::Listening,
};

use super::{Host, Logging, Project, limits::Positive, project::read_text};

/// How listeners sign in, and how often they hear. May hold secrets: it has no `Debug`.
pub struct Credentials {
    /// Time between two reports to the listeners.
    pub stats_interval: Duration,
    /// For `SignalFx`.
    pub sfx: Option<Sfx>,
    /// For Splunk.
    pub splunk: Option<Splunk>,
}

/// How to reach `SignalFx`.
pub struct Sfx {
    /// The realm, such as `us1`.
    pub realm: String,
    /// The access token.
    pub token: String,
}

/// How to reach Splunk's HTTP event collector.
pub struct Splunk {
    /// The collector's address.
    pub host: Host,
    /// Its token.
    pub token: String,
    /// The index for events, if not the token's own.
    pub index: Option<String>,
    /// The events' source.
    pub source: Option<String>,
    /// The events' source type.
    pub sourcetype: Option<String>,
}

impl Credentials {
    /// Where they are, relative to the project.
    pub const FILE: &'static str = "config/systems_credentials.yml";

    /// Reads the project's credentials; without the file there are none.
    pub(super) fn load(project: &Project, problems: &Problems) -> Option<Self> {
        let path = project.path(Self::FILE);
        if !path.exists() {
            return Some(Self { stats_interval: EVERY, sfx: None, splunk: None });
        }
        // A source without text: messages show none of its lines.
        let source = Source::option(&path.display().to_string());
        match read_text(&path).and_then(|text| parse(&source, &text)) {
            Ok(node) => Self::read(&node, problems),
            Err(problem) => {
                problems.add(problem);
                None
            }
        }
    }

    fn read(node: &Node, problems: &Problems) -> Option<Self> {
        let mut fields = mapping(node, "", problems)?;
        let stats_interval = fields.get::<Positive>("stats_interval").map_or(EVERY, |set| set.0);
        if stats_interval < Duration::from_secs(1) {
            fields.reject("stats_interval", "too short, expected 1s or more");
        }
        let sfx = fields.node("sfx").map(|node| Sfx::read(node, problems));
        let splunk = fields.node("splunk").map(|node| Splunk::read(node, problems));
        fields.finish();
        Some(Self { stats_interval, sfx: sfx.flatten(), splunk: splunk.flatten() })
    }

    /// What the jobs of a test are told of their listeners.
    pub fn listening(&self, logging: &Logging) -> Listening {
        Listening {
            listeners: logging.listeners.clone(),
            every: self.stats_interval,
            final_only: logging.final_stats,
            apis: Vec::new(),
        }
    }
}

/// Time between two reports unless another is given.
const EVERY: Duration = Duration::from_secs(5);

impl Sfx {
    fn read(node: &Node, problems: &Problems) -> Option<Self> {
        let mut fields = mapping(node, "sfx", problems)?;
        let realm = text(&mut fields, "realm", true);
        let token = text(&mut fields, "token", true);
        fields.finish();
        Some(Self { realm: realm?, token: token? })
    }
}

impl Splunk {
    fn read(node: &Node, problems: &Problems) -> Option<Self> {
        let mut fields = mapping(node, "splunk", problems)?;
        let host = address(&mut fields, "host");
        let token = text(&mut fields, "token", true);
        let index = text(&mut fields, "index", false);
        let source = text(&mut fields, "source", false);
        let sourcetype = text(&mut fields, "sourcetype", false);
        fields.finish();
        Some(Self { host: host?, token: token?, index, source, sourcetype })
    }
}

fn mapping<'a>(node: &'a Node, path: &str, problems: &'a Problems) -> Option<Fields<'a>> {
    if matches!(node.value, Value::Map(_) | Value::Null) {
        return Fields::of(node, path, problems);
    }
    problems.add(Problem::new(&node.place, path, "found a value, expected a mapping of keys"));
    None
}

fn text(fields: &mut Fields<'_>, key: &'static str, required: bool) -> Option<String> {
    let node = if required { fields.require_node(key, "a text") } else { fields.node(key) }?;
    let text = String::read(node).ok().filter(|text| !text.trim().is_empty());
    if text.is_none() {
        fields.reject(key, "expected a text that is not empty");
    }
    text
}

fn address(fields: &mut Fields<'_>, key: &'static str) -> Option<Host> {
    let host = Host::read(fields.require_node(key, Host::EXPECTED)?).ok();
    if host.is_none() {
        fields.reject(key, format!("expected {}", Host::EXPECTED));
    }
    host
}
