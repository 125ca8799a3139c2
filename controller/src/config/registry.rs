//! The load tests of a project by name: `config/loadtest_registry.yml`.

use std::path::{Path, PathBuf};

use engine::document::{Entry, Fields, Node, Problem, Problems, Source, nearest};

use super::{ConfigError, Project};

/// The load tests of a project, and which of them runs when none is named.
#[derive(Clone, Debug, PartialEq)]
pub struct Registry {
    current: usize,
    registered: Vec<Registered>,
}

/// A load test of the registry.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Registered {
    /// Its name.
    pub name: String,
    /// Its profile, relative to the project.
    pub profile: PathBuf,
}

impl Registry {
    /// Where it is, relative to the project.
    pub const FILE: &'static str = "config/loadtest_registry.yml";

    /// Reads the project's registry.
    ///
    /// # Errors
    ///
    /// [`ConfigError::NoRegistry`] if there is none, and all problems if it is not valid.
    pub fn load(project: &Project) -> Result<Self, ConfigError> {
        let found = project.path(Self::FILE).exists();
        let node = project.node(Self::FILE).map_err(|problem| {
            if found {
                ConfigError::Invalid(vec![problem])
            } else {
                ConfigError::NoRegistry(problem)
            }
        })?;
        Self::read(&node).map_err(ConfigError::Invalid)
    }

    /// Reads a registry's tree.
    ///
    /// # Errors
    ///
    /// All problems, among them a current load test that is not registered.
    pub fn read(node: &Node) -> Result<Self, Vec<Problem>> {
        let problems = Problems::default();
        let registry = Self::read_noting(node, &problems);
        problems.finish(registry)
    }

    fn read_noting(node: &Node, problems: &Problems) -> Option<Self> {
        let mut fields = Fields::of(node, "", problems)?;
        let current: Option<String> = fields.require("current");
        let registered = fields.require_fields("registered");
        let names: Vec<_> =
            registered.iter().flat_map(Fields::entries).map(|entry| entry.key.as_str()).collect();
        if let (Some(current), true) = (&current, registered.is_some())
            && !names.contains(&current.as_str())
        {
            fields.reject("current", unregistered(current, &names));
        }
        let current = names.iter().position(|name| current.as_deref() == Some(*name));
        let entries = registered.iter().flat_map(Fields::entries);
        let registered = entries.map(|entry| Registered::read(entry, problems)).collect::<Vec<_>>();
        fields.finish();
        Some(Self { current: current?, registered: registered.into_iter().collect::<Option<_>>()? })
    }

    /// The load test that runs when none is named.
    pub fn current(&self) -> &Registered {
        &self.registered[self.current]
    }

    /// All load tests, in the order of the file.
    pub fn registered(&self) -> &[Registered] {
        &self.registered
    }

    /// The load test of a name.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Unregistered`], with the nearest name or all of them.
    pub fn find(&self, name: &str) -> Result<&Registered, ConfigError> {
        self.registered.iter().find(|registered| registered.name == name).ok_or_else(|| {
            let names: Vec<_> = self.registered.iter().map(|r| r.name.as_str()).collect();
            let place = Source::option("NAME").at(0, 0);
            ConfigError::Unregistered(Problem::new(&place, "", unregistered(name, &names)))
        })
    }
}

impl Registered {
    fn read(entry: &Entry, problems: &Problems) -> Option<Self> {
        let path = format!("registered.{}", entry.key);
        let mut fields = Fields::of(&entry.node, &path, problems)?;
        let profile: Option<String> = fields.require("profile");
        fields.finish();
        Some(Self { name: entry.key.clone(), profile: profile?.into() })
    }
}

fn unregistered(name: &str, names: &[&str]) -> String {
    if name.contains('/') || Path::new(name).extension().is_some() {
        return format!(
            "`{name}` is no registered name; if it is a profile's file, `--profile {name}` takes it"
        );
    }
    match nearest(name, names.iter().copied()) {
        Some(near) => format!("`{name}` is not registered; did you mean `{near}`?"),
        None if names.is_empty() => format!("`{name}` is not registered, and nothing else is"),
        None => format!("`{name}` is not registered, expected one of {}", names.join(", ")),
    }
}
