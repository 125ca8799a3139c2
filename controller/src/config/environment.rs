//! Where a test runs: `config/common.yml`, overlaid by `config/<env>.yml`.

use engine::{
    document::{
        Fields, Node, Place, Problem, Problems, Setting, Source, Value, nearest, parse_value,
    },
    environment::Environment,
};

use super::{DEMO_HOST, Host, Project, Variables, expand::expand_all};

/// What is in `config/` and no environment. `common` lies under all of them.
const OTHERS: [&str; 4] =
    ["common", "loadtest_registry", "systems_credentials", "systems_credentials.example"];

/// Whether `config/<name>.yml` can be an environment.
pub fn is_environment_name(name: &str) -> bool {
    !OTHERS.contains(&name)
}

/// The environment that a profile names.
pub(super) struct Wanted {
    name: String,
    place: Place,
}

impl Wanted {
    /// What a profile's tree names, whether or not the rest of it is valid.
    pub(super) fn of(profile: &Node) -> Option<Self> {
        let node = profile.get("test_header")?.get("env")?;
        Some(Self { name: String::read(node).ok()?, place: node.place.clone() })
    }
}

/// Reads an environment; `common` alone if none is wanted. `host` overrides that of the files.
pub(super) fn read(
    project: &Project,
    wanted: Option<&Wanted>,
    host: Option<Node>,
    variables: Variables<'_>,
    problems: &Problems,
) -> Option<Environment> {
    let common = project.node_if_any("config/common.yml");
    let own = match wanted {
        Some(wanted) => named(project, wanted).map(Some),
        None => Ok(None),
    };
    let layers = [common, own, Ok(host.map(|host| host.under("host")))];
    let mut tree = parse_value(&Source::option("config"), "{}");
    let mut sound = true;
    for layer in layers {
        match layer {
            Ok(Some(layer)) => tree = join(tree, layer, problems),
            Ok(None) => {}
            Err(problem) => {
                problems.add(problem);
                sound = false;
            }
        }
    }
    let name = wanted.map_or("common", |wanted| &wanted.name);
    let environment = of_tree(name, tree, variables, problems);
    environment.filter(|_| sound)
}

/// The environment of the demo, which needs no files.
pub(super) fn demo(host: Option<Node>, problems: &Problems) -> Option<Environment> {
    let host = host.unwrap_or_else(|| parse_value(&Source::option("--demo"), DEMO_HOST));
    of_tree("demo", host.under("host"), &|_| None, problems)
}

/// A file that is not a mapping must not erase what lies below it.
fn join(below: Node, over: Node, problems: &Problems) -> Node {
    match (&over.value, Fields::of(&over, "", problems)) {
        (Value::Map(_), Some(_)) => below.overlaid(over),
        _ => below,
    }
}

fn named(project: &Project, wanted: &Wanted) -> Result<Node, Problem> {
    let mut known = project.config_names();
    known.retain(|name| is_environment_name(name));
    if known.contains(&wanted.name) {
        return project.node(format!("config/{}.yml", wanted.name));
    }
    let name = &wanted.name;
    let message = match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => format!("there is no config/{name}.yml; did you mean `{near}`?"),
        None if known.is_empty() => {
            format!("there is no config/{name}.yml, and no other environment")
        }
        None => format!("there is no config/{name}.yml, expected one of {}", known.join(", ")),
    };
    Err(Problem::new(&wanted.place, "test_header.env", message))
}

fn of_tree(
    name: &str,
    mut tree: Node,
    variables: Variables<'_>,
    problems: &Problems,
) -> Option<Environment> {
    if !expand_all(&mut tree, variables, problems) {
        return None;
    }
    let mut fields = Fields::of(&tree, "", problems)?;
    let host = fields.get::<Host>("host");
    if let Some(hosts) = fields.fields("hosts") {
        for entry in hosts.entries() {
            hosts.read::<Host>(&entry.node, &hosts.key(&entry.key));
        }
    }
    let host = host.map(|host| host.as_str().to_owned());
    Some(Environment { name: name.to_owned(), host, data: tree.to_json() })
}
