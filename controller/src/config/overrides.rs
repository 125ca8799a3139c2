//! What a person changes of a profile for one run, on the command line.

mod assignment;

use engine::document::{Node, Problem, Problems, Source, Value, parse_value};

/// Options that stand for a key of the profile.
pub const SHORTHANDS: [(&str, &str); 12] = [
    ("clients", "profile.runner.clients"),
    ("hatch-rate", "profile.runner.hatch_rate"),
    ("duration", "profile.runner.duration"),
    ("interval", "profile.runner.interval"),
    ("seed", "profile.runner.seed"),
    ("env", "test_header.env"),
    ("backend", "profile.backend"),
    ("max-cost", "profile.lambda.max_cost"),
    ("user-classes", "profile.test.user_classes"),
    ("tags", "profile.test.tags"),
    ("exclude-tags", "profile.test.exclude_tags"),
    ("skip-healthcheck", "profile.test.skip_healthcheck"),
];

/// Those of them that take several values, separated by commas.
const LISTS: [&str; 3] = ["user-classes", "tags", "exclude-tags"];

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
        self.0.iter().rfind(|given| given.option == "host").map(|given| given.text(&given.value))
    }
}

impl Override {
    /// What lies over the profile; none for an option that is not the profile's.
    fn layer(&self, problems: &Problems) -> Option<Node> {
        if self.option == "set" {
            return self.set(problems);
        }
        let (_, key) = SHORTHANDS.iter().find(|(option, _)| *option == self.option)?;
        let value = match &*self.option {
            // An environment may be called `007`, which is not the number 7.
            "env" => self.text(&self.value),
            option if LISTS.contains(&option) => self.list(),
            _ => self.parsed(&self.value),
        };
        Some(value.under(key))
    }

    fn set(&self, problems: &Problems) -> Option<Node> {
        let Some((keys, value)) = assignment::read(&self.value) else {
            let message = format!(
                "found `{}`, expected key=value, such as profile.runner.clients=50",
                self.value.escape_debug()
            );
            problems.add(Problem::new(&self.source().at(0, 0), "", message));
            return None;
        };
        Some(self.parsed(value).under_keys(keys.into_iter()))
    }

    fn parsed(&self, value: &str) -> Node {
        parse_value(&self.source(), value)
    }

    fn text(&self, text: &str) -> Node {
        Node { value: Value::Text(text.into()), place: self.source().at(0, 0) }
    }

    fn list(&self) -> Node {
        let items = self.value.split(',').map(str::trim).filter(|item| !item.is_empty());
        let items = items.map(|item| self.text(item)).collect();
        Node { value: Value::List(items), place: self.source().at(0, 0) }
    }

    fn source(&self) -> Source {
        Source::option(&format!("--{}", self.option))
    }
}
