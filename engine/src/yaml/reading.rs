//! What is known while a scenario is read.

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    sync::Arc,
};

use crate::{
    document::{Fields, Node, Place, Problem, Problems, Value},
    environment::Environment,
    files::Library,
    random::Random,
    template::{Declared, Hole, JsonTemplate, Scope, Template},
    variables::Variables,
};

/// Reads templates, and remembers what they refer to: a variable may be captured further down
/// than it is used, so holes are checked at the end.
pub(super) struct Reading<'a> {
    pub(super) environment: &'a Environment,
    files: &'a dyn Library,
    problems: &'a Problems,
    /// How many task sets, besides the user class's own, the reading is in.
    depth: Cell<u32>,
    /// Whether paths have a host to be relative to.
    has_host: Cell<bool>,
    variables: RefCell<Vec<Declared>>,
    holes: RefCell<Vec<(Place, String, Hole)>>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(
        environment: &'a Environment,
        files: &'a dyn Library,
        problems: &'a Problems,
    ) -> Self {
        Self {
            environment,
            files,
            problems,
            depth: Cell::default(),
            has_host: Cell::new(environment.host.is_some()),
            variables: RefCell::default(),
            holes: RefCell::default(),
        }
    }

    /// Reads a class with or without a host of its own.
    pub(super) fn of_class(&self, has_own_host: bool) {
        self.has_host.set(has_own_host || self.environment.host.is_some());
    }

    /// Whether paths have a host to be relative to.
    pub(super) fn has_host(&self) -> bool {
        self.has_host.get()
    }

    /// Reads what is in a nested task set.
    pub(super) fn nested<T>(&self, read: impl FnOnce() -> T) -> T {
        self.depth.update(|depth| depth + 1);
        let read = read();
        self.depth.update(|depth| depth - 1);
        read
    }

    /// Whether there is a task set to leave.
    pub(super) fn is_nested(&self) -> bool {
        self.depth.get() > 0
    }

    /// Notes a variable that some step sets, if it may have the name.
    pub(super) fn declare(&self, name: &str, place: &Place, path: &str) -> Option<Arc<str>> {
        if Template::parse(&format!("${{{name}}}")) != Ok(Template::variable(name)) {
            let message = "a variable's name is letters, digits and _, and not `iteration`";
            self.reject(place, path, message);
            return None;
        }
        Some(self.declared(name))
    }

    fn declared(&self, name: &str) -> Arc<str> {
        let mut variables = self.variables.borrow_mut();
        if let Some(known) = variables.iter_mut().find(|known| &*known.name == name) {
            // What is set in several ways may be anything.
            known.keys = None;
            return Arc::clone(&known.name);
        }
        let name: Arc<str> = name.into();
        variables.push(Declared { name: Arc::clone(&name), keys: None });
        name
    }

    /// A text with holes.
    pub(super) fn template(&self, text: &str, place: &Place, path: &str) -> Option<Template> {
        match Template::parse(text) {
            Ok(template) => {
                let holes =
                    template.holes().map(|hole| (place.clone(), path.to_owned(), hole.clone()));
                self.holes.borrow_mut().extend(holes);
                Some(template)
            }
            Err(error) => {
                self.reject(place, path, error.to_string());
                None
            }
        }
    }

    /// A text, number or boolean, as a text with holes.
    pub(super) fn template_of(&self, node: &Node, path: &str) -> Option<Template> {
        let text = match &node.value {
            Value::Text(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(value) => value.to_string(),
            Value::Null => String::new(),
            Value::List(_) | Value::Map(_) => {
                let found = node.describe();
                self.reject(&node.place, path, format!("found {found}, expected a text"));
                return None;
            }
        };
        self.template(&text, &node.place, path)
    }

    /// A text that is the same for all users: only what the environment says can stand in its
    /// holes. A hole without a value is told with all the others.
    pub(super) fn constant(&self, node: &Node, path: &str) -> Option<String> {
        let template = self.template_of(node, path)?;
        if template.holes().any(|hole| !matches!(hole, Hole::Environment(_))) {
            let message = "it is the same for all users: expected no holes but env.KEY";
            self.reject(&node.place, path, message);
            return None;
        }
        let mut scope = Scope {
            variables: &Variables::default(),
            environment: self.environment,
            random: &mut Random::of_user(0, 0, 0),
            user: 0,
            class: "",
            iteration: 0,
        };
        template.render(&mut scope).ok().map(Cow::into_owned)
    }

    /// Any value, with holes in its texts.
    pub(super) fn json(&self, node: &Node, path: &str) -> Option<JsonTemplate> {
        match &node.value {
            Value::Text(text) => {
                let template = self.template(text, &node.place, path)?;
                Some(match template.fixed() {
                    Some(text) => JsonTemplate::Fixed(text.into()),
                    None => JsonTemplate::Text(template),
                })
            }
            Value::List(items) => {
                let read = items.iter().enumerate();
                let items: Vec<_> =
                    read.filter_map(|(i, item)| self.json(item, &format!("{path}[{i}]"))).collect();
                Some(fixed_list(items))
            }
            Value::Map(entries) => {
                let entries = entries.iter().filter_map(|entry| {
                    let value = self.json(&entry.node, &format!("{path}.{}", entry.key))?;
                    Some((entry.key.clone(), value))
                });
                Some(fixed_map(entries.collect()))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {
                Some(JsonTemplate::Fixed(node.to_json()))
            }
        }
    }

    /// The fields of a mapping.
    pub(super) fn fields<'n>(&self, node: &'n Node, path: &str) -> Option<Fields<'n>>
    where
        'a: 'n,
    {
        Fields::of(node, path, self.problems)
    }

    /// The content of a file that a text names, relative to the scenario's own file.
    pub(super) fn file(&self, node: &Node, path: &str) -> Option<Arc<[u8]>> {
        let Some(name) = node.text().filter(|name| !name.is_empty()) else {
            let message = format!("found {}, expected the name of a file", node.describe());
            self.reject(&node.place, path, message);
            return None;
        };
        let loaded = self.load(name);
        loaded.map_err(|why| self.reject(&node.place, path, why)).ok()
    }

    /// The content of a file, or why there is none.
    pub(super) fn load(&self, name: &str) -> Result<Arc<[u8]>, String> {
        self.files.load(name).map_err(|why| format!("`{name}`: {why}"))
    }

    /// Notes a problem.
    pub(super) fn reject(&self, place: &Place, path: &str, message: impl Into<String>) {
        self.problems.add(Problem::new(place, path, message));
    }

    /// Notes a problem with a value that may be a secret, so that its line is not shown.
    pub(super) fn reject_secret(&self, node: &Node, path: &str, message: impl Into<String>) {
        self.problems.add(Problem::new(&node.place, path, message).unquoted());
    }

    /// Tells of holes that can never have a value.
    pub(super) fn check_holes(&self) {
        let variables = self.variables.borrow();
        for (place, path, hole) in self.holes.borrow().iter() {
            if let Some(problem) = hole.problem(&variables, self.environment) {
                self.reject(place, path, problem);
            }
        }
    }
}

fn fixed_list(items: Vec<JsonTemplate>) -> JsonTemplate {
    let values: Option<Vec<_>> = items.iter().map(fixed).collect();
    values.map_or(JsonTemplate::List(items), |values| JsonTemplate::Fixed(values.into()))
}

fn fixed_map(entries: Vec<(String, JsonTemplate)>) -> JsonTemplate {
    let values: Option<serde_json::Map<_, _>> =
        entries.iter().map(|(key, value)| Some((key.clone(), fixed(value)?))).collect();
    values.map_or(JsonTemplate::Map(entries), |values| JsonTemplate::Fixed(values.into()))
}

fn fixed(template: &JsonTemplate) -> Option<serde_json::Value> {
    if let JsonTemplate::Fixed(value) = template { Some(value.clone()) } else { None }
}
