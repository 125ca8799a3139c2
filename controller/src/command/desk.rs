//! The tests of a project, for the page that starts them.

use engine::{
    document::{Node, Value},
    scenario::Linked,
};

use super::{Error, configuration, launch::plan};
use crate::{
    cli::Select,
    config::{ConfigError, Configuration, Overrides, Project, Registered, Registry},
    exit_code::ExitCode,
    plan::{Backend, Plan},
    style::Style,
    ui::{self, Order, TestView},
};

/// The name of the test that needs no files. No registered test is likely to have it.
const DEMO: &str = "built-in demo";

/// Knows the tests of a project.
pub(super) struct Desk {
    project: Project,
    linked: Linked,
    /// The test that is chosen at first; that of the registry if there is none.
    first: Option<String>,
}

impl Desk {
    /// The tests of a project, `first` among them.
    ///
    /// # Errors
    ///
    /// The registry is not valid, or `first` not in it. That there is none is no error: there is
    /// still the demo.
    pub(super) fn try_new(
        project: &Project,
        linked: &Linked,
        first: Option<&str>,
    ) -> Result<Self, Error> {
        match (Registry::load(project), first) {
            (Err(ConfigError::NoRegistry(_)), None) => {}
            (registry, Some(first)) => {
                registry?.find(first)?;
            }
            (registry, None) => drop(registry?),
        }
        let first = first.map(str::to_owned);
        Ok(Self { project: project.clone(), linked: linked.clone(), first })
    }

    /// What the command line would be for an order.
    pub(super) fn select(order: &Order) -> Select {
        let demo = order.test == DEMO;
        let name = (!demo).then(|| order.test.clone());
        Select { name, profile: None, demo, overrides: order.overrides.clone() }
    }

    fn planned(&self, order: &Order) -> Result<Plan, Error> {
        let select = Self::select(order);
        let configuration = configuration(&self.project, &select)?;
        if configuration.profile.debug {
            let message = "the profile has `debug: true`, which is for the terminal";
            let hint = "`load-test debug` shows everything that one user does";
            return Err(Error::new(ExitCode::INVALID, message).with_hint(hint));
        }
        Ok(plan(&self.project, &select, &configuration, &self.linked)?.0)
    }

    fn registered(&self) -> Vec<TestView> {
        let registry = match Registry::load(&self.project) {
            Ok(registry) => registry,
            Err(ConfigError::NoRegistry(_)) => return Vec::new(),
            // It was changed since the start; who wants to start a test sees why there is none.
            Err(error) => {
                let (name, problem) = (Registry::FILE.to_owned(), plain(&error.into()));
                return vec![TestView { name, problem: Some(problem), ..blank() }];
            }
        };
        let current = self.first.as_deref().unwrap_or(&registry.current().name);
        let view =
            |test: &Registered| TestView { current: test.name == current, ..self.test(&test.name) };
        registry.registered().iter().map(view).collect()
    }

    /// A test with its own settings.
    fn test(&self, name: &str) -> TestView {
        let order = Order { test: name.to_owned(), overrides: Overrides::default() };
        let select = Self::select(&order);
        let configured = configuration(&self.project, &select);
        let (profile, host, problem) = match configured {
            Ok(Configuration { profile, environment, .. }) => {
                // The demo brings its own, which is not there yet.
                (Some(profile), environment.host.filter(|_| !select.demo), None)
            }
            Err(error) => {
                let profile = Configuration::profile(&self.project, &select.selection());
                (profile.ok(), None, Some(plain(&error)))
            }
        };
        let setting = |key| {
            let profile = profile.as_ref();
            profile.and_then(|profile| setting(&profile.effective, key)).unwrap_or_default()
        };
        TestView {
            name: name.to_owned(),
            clients: setting("clients"),
            hatch_rate: setting("hatch_rate"),
            duration: setting("duration"),
            host,
            backend: profile.as_ref().map_or(Backend::Local, |profile| profile.backend).name(),
            description: profile.map(|profile| profile.description).unwrap_or_default(),
            current: false,
            problem,
        }
    }
}

impl ui::Desk for Desk {
    fn tests(&self) -> Vec<TestView> {
        let mut tests = self.registered();
        let current = tests.iter().all(|test| !test.current);
        tests.push(TestView { current, ..self.test(DEMO) });
        tests
    }

    fn plan(&self, order: &Order) -> Result<Plan, String> {
        self.planned(order).map_err(|error| plain(&error))
    }
}

/// What the terminal would say.
pub(super) fn plain(error: &Error) -> String {
    error.render(Style::Plain)
}

fn blank() -> TestView {
    TestView { backend: Backend::Local.name(), ..TestView::default() }
}

/// A key of the profile's `runner` as it is written; none if it is not there.
fn setting(profile: &Node, key: &str) -> Option<String> {
    match &profile.get("profile")?.get("runner")?.get(key)?.value {
        Value::Text(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
