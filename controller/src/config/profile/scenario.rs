//! `profile.test`: what the users do.

use std::path::{Path, PathBuf};

use engine::{
    document::{Fields, Place, Problem},
    job::ScenarioSource,
    scenario::Only,
};

use super::items;
use crate::config::{Project, project::read_text};

/// Where a profile's scenario is.
#[derive(Clone, Debug, PartialEq)]
pub enum ScenarioRef {
    /// A YAML scenario.
    Yaml {
        /// Its file, relative to the project.
        path: PathBuf,
        /// Where the profile names it.
        place: Place,
    },
    /// A Rust scenario linked into the generator, by name.
    Linked(String),
    /// A Python file of the framework that came before. A plan can be made of it, a run cannot.
    Locustfile {
        /// Its file, relative to the project.
        path: PathBuf,
        /// Where the profile names it.
        place: Place,
    },
}

impl ScenarioRef {
    /// Reads the scenario into what a job carries.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be read, and tells what takes the place of a Python file.
    pub fn source(&self, project: &Project) -> Result<ScenarioSource, Problem> {
        match self {
            Self::Linked(name) => Ok(ScenarioSource::Linked(name.clone())),
            Self::Yaml { path, place } => {
                let file = project.path(path);
                let text = read_text(&file)
                    .map_err(|why| Problem::new(place, "profile.test.scenario", why.to_string()))?;
                Ok(ScenarioSource::yaml(file.display().to_string(), text))
            }
            Self::Locustfile { path, place } => {
                Err(Problem::new(place, "profile.test.locustfile", instead_of(path)))
            }
        }
    }
}

/// What to do instead of naming a Python file.
fn instead_of(path: &Path) -> String {
    let yaml = path.with_file_name("scenario.yml");
    format!(
        "found the Python file `{}`, which does not run here: write what its users do in YAML and \
         set `scenario: {}`, or in Rust and set `scenario: NAME`",
        path.display(),
        yaml.display()
    )
}

/// The section `profile.test`.
pub(super) struct Test {
    pub(super) scenario: ScenarioRef,
    pub(super) only: Only,
    pub(super) debug: bool,
    pub(super) skip_healthcheck: bool,
}

pub(super) fn read(mut fields: Fields<'_>) -> Option<Test> {
    let scenario: Option<String> = fields.get("scenario");
    let locustfile: Option<String> = fields.get("locustfile");
    let debug = fields.get("debug").unwrap_or(false);
    let skip_healthcheck = fields.get("skip_healthcheck").unwrap_or(false);
    let found = match (scenario, locustfile) {
        (Some(text), _) => of_text(&text, &mut fields, "scenario"),
        (None, Some(text)) => of_text(&text, &mut fields, "locustfile"),
        (None, None) => {
            // If either is there it was rejected, and that is told already.
            if fields.node("locustfile").is_none() {
                fields.require_node("scenario", EXPECTED);
            }
            None
        }
    };
    let only = Only {
        user_classes: items(&mut fields, "user_classes"),
        tags: items(&mut fields, "tags"),
        exclude_tags: items(&mut fields, "exclude_tags"),
    };
    fields.finish();
    Some(Test { scenario: found?, only, debug, skip_healthcheck })
}

const EXPECTED: &str =
    "a YAML file such as tests/shop/scenario.yml, or the name of a scenario in Rust";

fn of_text(text: &str, fields: &mut Fields<'_>, key: &'static str) -> Option<ScenarioRef> {
    let place = fields.node(key)?.place.clone();
    let path = PathBuf::from(text);
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("yml" | "yaml") => Some(ScenarioRef::Yaml { path, place }),
        Some("py") => Some(ScenarioRef::Locustfile { path, place }),
        None if is_name(text) => Some(ScenarioRef::Linked(text.into())),
        _ => {
            fields.reject(key, format!("found the text `{text}`, expected {EXPECTED}"));
            None
        }
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}
