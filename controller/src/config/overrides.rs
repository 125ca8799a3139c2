//! What a person changes of a profile for one run, on the command line.

use engine::document::{Node, Problem, Problems, Source, Value, parse_value};

/// Options that stand for a key of the profile.
pub const SHORTHANDS: [(&str, &str); 8] = [
    ("clients", "profile.runner.clients"),
    ("hatch-rate", "profile.runner.hatch_rate"),
    ("duration", "profile.runner.duration"),
    ("interval", "profile.runner.interval"),
    ("seed", "profile.runner.seed"),
    ("env", "test_header.env"),
    ("backend", "profile.backend"),
    ("max-cost", "profile.lambda.max_cost"),
];

/// Changes in the order in which they were given: a later one wins.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Overrides(Vec<Override>);

#[derive(Clone, Debug, Eq, PartialEq)]
struct Override {
    option: String,
    value: String,
}

impl Overrides {
    /// Adds what was given for an option: one of [`SHORTHANDS`], `host`, or `set` with `key=value`.
    pub fn push(&mut self, option: &str, value: impl Into<String>) {
        self.0.push(Override { option: option.into(), value: value.into() });
    }

    /// The profile with the changes laid over it.
    pub(super) fn apply(&self, profile: Node, problems: &Problems) -> Node {
        let layers = self.0.iter().filter_map(|given| given.layer(problems));
        layers.fold(profile, Node::overlaid)
    }

    /// The host, if one was given.
    pub(crate) fn host(&self) -> Option<Node> {
        self.0.iter().rfind(|given| given.option == "host").map(Override::text)
    }
}

impl Override {
    /// What lies over the profile; none for an option that is not the profile's.
    fn layer(&self, problems: &Problems) -> Option<Node> {
        if self.option == "set" {
            return self.set(problems);
        }
        let (_, key) = SHORTHANDS.iter().find(|(option, _)| *option == self.option)?;
        // An environment may be called `007`, which is not the number 7.
        let value = if self.option == "env" { self.text() } else { self.parsed(&self.value) };
        Some(value.under(key))
    }

    fn set(&self, problems: &Problems) -> Option<Node> {
        let setting = self.value.split_once('=');
        let setting = setting.filter(|(key, _)| key.split('.').all(|part| !part.trim().is_empty()));
        let Some((key, value)) = setting else {
            let message = format!(
                "found `{}`, expected key=value, such as profile.runner.clients=50",
                self.value.escape_debug()
            );
            problems.add(Problem::new(&self.source().at(0, 0), "", message));
            return None;
        };
        Some(self.parsed(value).under(key.trim()))
    }

    fn parsed(&self, value: &str) -> Node {
        parse_value(&self.source(), value)
    }

    fn text(&self) -> Node {
        Node { value: Value::Text(self.value.clone()), place: self.source().at(0, 0) }
    }

    fn source(&self) -> Source {
        Source::option(&format!("--{}", self.option))
    }
}
