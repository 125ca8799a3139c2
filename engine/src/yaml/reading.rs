//! What is known while a scenario is read.

use std::{
    borrow::Cow,
    cell::{Cell, OnceCell, RefCell},
    sync::Arc,
};

use super::api::ApiRequests;
use crate::{
    api::Api,
    document::{Fields, Node, Place, Problem, Problems, Setting, Value, nearest},
    environment::Environment,
    expression::Expression,
    files::Library,
    sign_in::SignIn,
    template::{Declared, Hole, JsonTemplate, Template, without_user},
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
    data: RefCell<Vec<Arc<str>>>,
    sign_ins: RefCell<Vec<Arc<SignIn>>>,
    /// What requests count under that are given no name, if not their paths.
    transaction: RefCell<Option<Arc<str>>>,
    holes: RefCell<Vec<Noted>>,
    /// Variables that are known where the reading is, and nowhere else.
    parameters: RefCell<Vec<Declared>>,
    apis: OnceCell<Vec<ApiRequests>>,
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
            data: RefCell::default(),
            sign_ins: RefCell::default(),
            transaction: RefCell::default(),
            holes: RefCell::default(),
            parameters: RefCell::default(),
            apis: OnceCell::new(),
        }
    }

    /// Notes the APIs of the scenario, and returns them.
    pub(super) fn of_apis(&self, apis: Vec<ApiRequests>) -> Vec<Api> {
        let apis = self.apis.get_or_init(|| apis).iter();
        apis.map(|requests| Api::clone(&requests.api)).collect()
    }

    /// The APIs of the scenario.
    pub(super) fn apis(&self) -> &[ApiRequests] {
        self.apis.get().map_or(&[], Vec::as_slice)
    }

    /// Reads what has parameters, which stand for values as variables do.
    pub(super) fn of_parameters<T>(&self, names: &[String], read: impl FnOnce() -> T) -> T {
        let declared = names.iter().map(|name| Declared { name: name.as_str().into(), keys: None });
        let around = self.parameters.replace(declared.collect());
        let read = read();
        self.parameters.replace(around);
        read
    }

    /// Whether reading something finds no problem.
    pub(super) fn is_sound<T>(&self, read: impl FnOnce() -> T) -> bool {
        let before = self.problems.count();
        read();
        self.problems.count() == before
    }

    /// Reads what has a host of its own, or else that of the class.
    pub(super) fn hosted<T>(&self, has_own_host: bool, read: impl FnOnce() -> T) -> T {
        let around = self.has_host.replace(has_own_host || self.has_host.get());
        let read = read();
        self.has_host.set(around);
        read
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

    /// Reads requests that count under one transaction, unless they are given a name.
    pub(super) fn in_transaction<T>(&self, name: Arc<str>, read: impl FnOnce() -> T) -> T {
        *self.transaction.borrow_mut() = Some(name);
        let read = read();
        *self.transaction.borrow_mut() = None;
        read
    }

    /// What requests count under that are given no name, if not their paths.
    pub(super) fn transaction(&self) -> Option<Arc<str>> {
        self.transaction.borrow().clone()
    }

    /// Notes ways to sign in.
    pub(super) fn of_sign_ins(&self, sign_ins: Vec<Arc<SignIn>>) {
        *self.sign_ins.borrow_mut() = sign_ins;
    }

    /// The way to sign in of a name.
    pub(super) fn sign_in(&self, name: &str) -> Result<Arc<SignIn>, String> {
        let sign_ins = self.sign_ins.borrow();
        let found = sign_ins.iter().find(|sign_in| &*sign_in.name == name);
        found.cloned().ok_or_else(|| {
            match nearest(name, sign_ins.iter().map(|sign_in| &*sign_in.name)) {
                Some(near) => format!("no sign-in `{name}`; did you mean `{near}`?"),
                None => format!("no sign-in `{name}` under `sign_in` at the top of the file"),
            }
        })
    }

    /// Whether there is a task set to leave.
    pub(super) fn is_nested(&self) -> bool {
        self.depth.get() > 0
    }

    /// Notes a variable that some step sets, if it may have the name.
    pub(super) fn declare(&self, name: &str, place: &Place, path: &str) -> Option<Arc<str>> {
        if Template::parse(&format!("${{{name}}}")) != Ok(Template::variable(name)) {
            let message =
                "a variable's name is letters, digits and _, and not `iteration` or `none`";
            self.reject(place, path, message);
            return None;
        }
        Some(self.declared(name))
    }

    /// Notes test data.
    pub(super) fn of_data(&self, name: &Arc<str>) {
        self.data.borrow_mut().push(Arc::clone(name));
    }

    /// Notes which keys the rows of test data have.
    pub(super) fn of_rows(&self, name: &Arc<str>, keys: Option<Vec<String>>) {
        let mut variables = self.variables.borrow_mut();
        if let Some(known) = variables.iter_mut().find(|known| known.name == *name) {
            known.keys = keys;
        }
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
                template.holes().for_each(|hole| self.note(hole.clone(), place, path));
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
        without_user(self.environment, |scope| template.render(scope).ok().map(Cow::into_owned))
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

    /// A text that is an expression, with or without `${` and `}` around it.
    pub(super) fn expression(
        &self,
        node: &Node,
        path: &str,
        expected: &str,
    ) -> Option<Arc<Expression>> {
        let Ok(text) = String::read(node) else {
            let message = format!("found {}, expected {expected}", node.describe());
            self.reject(&node.place, path, message);
            return None;
        };
        let inner = text.trim().strip_prefix("${").and_then(|text| text.strip_suffix('}'));
        match Expression::parse(inner.unwrap_or(&text).trim()) {
            Ok(expression) => {
                let expression = Arc::new(expression);
                let hole = Hole::Expression(Arc::clone(&expression));
                self.note(hole, &node.place, path);
                Some(expression)
            }
            Err(why) => {
                self.reject(&node.place, path, format!("`{text}` means nothing: {why}"));
                None
            }
        }
    }

    /// The name of test data, if there is such data.
    pub(super) fn data(&self, name: &str, place: &Place, path: &str) -> Option<Arc<str>> {
        let data = self.data.borrow();
        let found = data.iter().find(|data| &***data == name).cloned();
        if found.is_none() {
            let message = match nearest(name, data.iter().map(|name| &**name)) {
                Some(near) => format!("no `{name}` under `data`; did you mean `{near}`?"),
                None => format!("no `{name}` under `data`"),
            };
            self.reject(place, path, message);
        }
        found
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

    fn note(&self, hole: Hole, place: &Place, path: &str) {
        let parameters = self.parameters.borrow().clone();
        let noted = Noted { hole, place: place.clone(), path: path.to_owned(), parameters };
        self.holes.borrow_mut().push(noted);
    }

    /// Notes a problem with a value that may be a secret, so that its line is not shown.
    pub(super) fn reject_secret(&self, node: &Node, path: &str, message: impl Into<String>) {
        self.problems.add(Problem::new(&node.place, path, message).unquoted());
    }

    /// Tells of holes that can never have a value.
    pub(super) fn check_holes(&self) {
        let variables = self.variables.borrow();
        let mut told = Vec::new();
        let holes = self.holes.borrow();
        for Noted { hole, place, path, parameters } in holes.iter() {
            let known = [parameters.as_slice(), variables.as_slice()].concat();
            let Some(problem) = hole.problem(&known, self.environment) else { continue };
            // A request that is called is read where it is written, and again for each call.
            if !told.contains(&(place, problem.clone())) {
                self.reject(place, path, &*problem);
                told.push((place, problem));
            }
        }
    }
}

/// A hole, where it is, and which parameters it may name.
struct Noted {
    hole: Hole,
    place: Place,
    path: String,
    parameters: Vec<Declared>,
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
