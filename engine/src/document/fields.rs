//! Reading a mapping key by key.

use super::{Entry, Node, Place, Problem, Problems, Rejection, Setting, Value, habit};

/// The keys of a mapping that is being read. Each key asked for becomes known; [`Fields::finish`]
/// tells of those that were written but never asked for.
pub struct Fields<'a> {
    place: &'a Place,
    path: String,
    entries: &'a [Entry],
    known: Vec<&'static str>,
    problems: &'a Problems,
}

impl<'a> Fields<'a> {
    /// Begins to read a mapping. `path` is its own dotted key, empty for a whole file.
    ///
    /// Anything but a mapping (or nothing, which is an empty one) is a problem, and reads as none.
    pub fn of(node: &'a Node, path: &str, problems: &'a Problems) -> Option<Self> {
        let entries: &[Entry] = match &node.value {
            Value::Map(entries) => entries,
            Value::Null => &[],
            _ => {
                let message = format!("found {}, expected a mapping of keys", node.describe());
                problems.add(Problem::new(&node.place, path, message));
                return None;
            }
        };
        Some(Self { place: &node.place, path: path.into(), entries, known: Vec::new(), problems })
    }

    /// The node under a key, which becomes known. A key without a value counts as not there.
    pub fn node(&mut self, key: &'static str) -> Option<&'a Node> {
        self.entry(key).map(|entry| &entry.node).filter(|node| node.value != Value::Null)
    }

    /// The node under a key; that it is missing is a problem.
    pub fn require_node(&mut self, key: &'static str, expected: &str) -> Option<&'a Node> {
        let node = self.node(key);
        if node.is_none() {
            let place = self.entry(key).map_or(self.place, |entry| &entry.node.place);
            let message = format!("missing, expected {expected}");
            self.problems.add(Problem::new(place, &self.key(key), message));
        }
        node
    }

    /// The value under a key, if it is there. One that is rejected is a problem.
    pub fn get<T: Setting>(&mut self, key: &'static str) -> Option<T> {
        let node = self.node(key)?;
        self.read(node, &self.key(key))
    }

    /// The value under a key; that it is missing is a problem.
    pub fn require<T: Setting>(&mut self, key: &'static str) -> Option<T> {
        let node = self.require_node(key, T::EXPECTED)?;
        self.read(node, &self.key(key))
    }

    /// The fields of the mapping under a key, if it is there.
    pub fn fields(&mut self, key: &'static str) -> Option<Self> {
        let node = self.node(key)?;
        Self::of(node, &self.key(key), self.problems)
    }

    /// The fields of the mapping under a key; that it is missing is a problem.
    pub fn require_fields(&mut self, key: &'static str) -> Option<Self> {
        let node = self.require_node(key, "a mapping of keys")?;
        Self::of(node, &self.key(key), self.problems)
    }

    /// Reads a value; one that is rejected is a problem.
    pub fn read<T: Setting>(&self, node: &Node, path: &str) -> Option<T> {
        match T::read(node) {
            Ok(value) => Some(value),
            Err(rejection) => {
                let found = node.describe();
                let message = match rejection {
                    Rejection::Unexpected => format!("found {found}, expected {}", T::EXPECTED),
                    Rejection::Because(why) => format!("found {found}: {why}"),
                };
                self.problems.add(Problem::new(&node.place, path, message));
                None
            }
        }
    }

    /// The dotted path of a key of this mapping.
    pub fn key(&self, key: &str) -> String {
        if self.path.is_empty() { key.into() } else { format!("{}.{key}", self.path) }
    }

    /// The dotted path of this mapping.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Where this mapping is written.
    pub fn place(&self) -> &'a Place {
        self.place
    }

    /// All entries, as written.
    pub fn entries(&self) -> &'a [Entry] {
        self.entries
    }

    /// Where the problems of this reading are noted.
    pub fn problems(&self) -> &'a Problems {
        self.problems
    }

    /// Notes a problem with a key of this mapping, at its value.
    pub fn reject(&self, key: &str, message: impl Into<String>) {
        let entry = self.entries.iter().find(|entry| entry.key == key);
        let place = entry.map_or(self.place, |entry| &entry.node.place);
        self.problems.add(Problem::new(place, &self.key(key), message));
    }

    /// Tells of the keys that nobody asked for, with the nearest known one.
    pub fn finish(self) {
        for entry in self.strangers() {
            let message = unknown(&entry.key, &self.known);
            self.problems.add(Problem::new(&entry.place, &self.key(&entry.key), message));
        }
    }

    /// The same where a key may be a secret in the wrong place, as in `{token:abc}`: one that is not
    /// like any known one is not named.
    pub fn finish_discreetly(self) {
        for entry in self.strangers() {
            let (path, message) = match nearest(&entry.key, self.known.iter().copied()) {
                Some(_) => (self.key(&entry.key), unknown(&entry.key, &self.known)),
                None => (self.path.clone(), format!("an {}", unlike(&self.known))),
            };
            self.problems.add(Problem::new(&entry.place, &path, message));
        }
    }

    fn strangers(&self) -> impl Iterator<Item = &'a Entry> {
        self.entries.iter().filter(|entry| !self.known.contains(&entry.key.as_str()))
    }

    fn entry(&mut self, key: &'static str) -> Option<&'a Entry> {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
        self.entries.iter().find(|entry| entry.key == key)
    }
}

/// What to say of a key that is not known: what it is called here, the nearest known one, or all.
fn unknown(key: &str, known: &[&str]) -> String {
    if let Some(said) = habit::said_of(key, known) {
        return said;
    }
    match nearest(key, known.iter().copied()) {
        Some(near) => format!("unknown key; did you mean `{near}`?"),
        None => unlike(known),
    }
}

fn unlike(known: &[&str]) -> String {
    format!("unknown key, expected one of {}", known.join(", "))
}

/// The name most like `name`, if any is like it at all: most of its letters are to be there.
pub fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let distances = known.into_iter().map(|other| (distance(name, other), other));
    let is_like = |d: usize, length: usize| d <= 1 + length / 4 && d * 2 <= length - length / 4;
    distances.filter(|(d, other)| is_like(*d, other.len().min(name.len()))).min().map(|(_, n)| n)
}

/// Letters to insert, delete, replace or swap with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) =
        (a.to_lowercase().chars().collect(), b.to_lowercase().chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replace = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replace.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::{super::*, nearest};
    use crate::{clients::Clients, hatch_rate::HatchRate};

    fn problems(text: &str) -> String {
        let source = Source::file("p.yml", text);
        let node = parse(&source, text).unwrap();
        let problems = Problems::default();
        let mut fields = Fields::of(&node, "", &problems).unwrap();
        if let Some(mut runner) = fields.require_fields("runner") {
            runner.require::<Clients>("clients");
            runner.get::<HatchRate>("hatch_rate");
            runner.finish();
        }
        fields.finish();
        let problems = problems.finish::<()>(None).unwrap_err();
        problems.iter().map(|p| format!("{p}\n")).collect()
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let text = "runner:\n  clients: many\n  hatchrate: 5\nextra: 1\n";
        assert_eq!(
            problems(text),
            "p.yml:2:12: runner.clients: found the text `many`, expected a whole number of users \
             from 1 to 10,000,000, such as 50\n  2 |   clients: many\n    |            ^\n\
             p.yml:3:3: runner.hatchrate: unknown key; did you mean `hatch_rate`?\n  \
             3 |   hatchrate: 5\n    |   ^\n\
             p.yml:4:1: extra: unknown key, expected one of runner\n  4 | extra: 1\n    | ^\n"
        );
    }

    #[test]
    fn what_is_missing_is_told_where_it_belongs() {
        let text = "runner:\n  hatch_rate: 5\n";
        assert!(problems(text).starts_with("p.yml:2:3: runner.clients: missing, expected a whole"));
        assert!(problems("").starts_with("p.yml:1:1: runner: missing, expected a mapping"));
    }

    #[test]
    fn no_yaml_and_duplicate_keys_are_told() {
        let source = Source::file("p.yml", "a: 1\na: 2\n");
        let problem = parse(&source, "a: 1\na: 2\n").unwrap_err().to_string();
        assert!(
            problem.starts_with("p.yml:2:1: not valid YAML: duplicate mapping key: a\n"),
            "{problem}"
        );
    }

    #[test]
    fn slips_of_indentation_are_told_in_plain_words() {
        for (text, said) in [
            ("a:\n  b: 1\n c: 2\n", "p.yml:3:2: not valid YAML: this begins in no column"),
            ("a:\n  - b\n  c: 2\n", "p.yml:3:3: not valid YAML: this stands in the column of a"),
            ("a:\n\tb: 1\n", "p.yml:2:2: not valid YAML: found a tab, expected spaces"),
            ("a: b: c\n", "p.yml:1:5: not valid YAML: a `: ` where no key can be"),
            ("@task: 1\n", "p.yml:1:1: not valid YAML: a text that begins with `@` needs quotes"),
        ] {
            let problem = parse(&Source::file("p.yml", text), text).unwrap_err().to_string();
            assert!(problem.starts_with(said), "{problem}");
        }
    }

    #[test]
    fn trees_are_laid_over_each_other() {
        let tree = |text: &str| parse(&Source::file("p.yml", text), text).unwrap();
        let over = parse_value(&Source::option("--set"), "7").under("a.b");
        let joined = tree("a: {b: 1, c: 2}\nd: 3\n").overlaid(over);
        assert_eq!(joined.to_json(), serde_json::json!({"a": {"b": 7, "c": 2}, "d": 3}));
    }

    #[test]
    fn typos_find_what_was_meant() {
        assert_eq!(nearest("clinets", ["clients", "duration"]), Some("clients"));
        assert_eq!(nearest("spawn", ["clients", "duration"]), None);
        assert_eq!(nearest("host", ["test", "path"]), None);
    }
}
