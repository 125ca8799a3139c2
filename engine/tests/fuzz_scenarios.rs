//! Whatever is written where a scenario is expected is read, or refused with the place of each
//! problem: quickly, and without a panic.
//!
//! Scenarios of this repository are changed at random, in ways that people and editors do and in
//! worse ones. Each run tries others. A failure shows the text that it shrank to, and is kept in
//! `regressions/` for the runs to come; what ends the whole process is left in
//! `target/tmp/fuzz_scenarios.yml`. `FUZZ_SECONDS=600 cargo test -p engine --test
//! fuzz_scenarios` looks for longer.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use std::{
    cell::Cell,
    collections::BTreeSet,
    env,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process,
    sync::{LazyLock, Mutex},
    thread,
    time::{Duration, Instant},
};

use engine::{document::Problem, environment::Environment, files::Files, yaml};
use proptest::{
    prelude::*,
    sample::{Index, select},
    test_runner::{FileFailurePersistence, TestRunner},
};
use serde_json::json;

/// How long it looks.
const SECONDS: u64 = 6;

/// The longest that the reading of a text of some kilobytes may take, on a busy machine and without
/// optimisation.
const PATIENCE: Duration = Duration::from_secs(2);

/// After this, reading is taken to be without end.
const HANGS: Duration = Duration::from_secs(20);

/// The scenarios that are changed.
static CORPUS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let scenarios = files().into_iter().filter(|path| has_ending(path, &["yml"]));
    let texts = scenarios.map(|path| fs::read_to_string(path).unwrap());
    // The guide has profiles too.
    let texts = texts.filter(|text| text.lines().any(|line| line.starts_with("users:")));
    texts.chain(SEEDS.map(str::to_owned)).collect()
});

/// What they refer to: the files beside them.
static FILES: LazyLock<Files> = LazyLock::new(|| {
    let data = files().into_iter().filter(|path| !has_ending(path, &["yml", "rs", "toml"]));
    data.fold(Files::default(), |files, path| {
        files.with(path.file_name().unwrap().to_str().unwrap(), fs::read(&path).unwrap())
    })
});

/// The keys in them.
static KEYS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let words = CORPUS.iter().flat_map(|text| text.split([' ', '{', '\n', '-']));
    let keys: BTreeSet<_> = words.filter_map(|word| word.strip_suffix(':')).collect();
    keys.into_iter().map(str::to_owned).collect()
});

/// Small scenarios with what the others lack.
const SEEDS: [&str; 4] = [
    "users: {U: {tasks: {a: [get: /x]}}}",
    "http: {timeout: 5s, redirects: any, body_limit: 64 KiB}\nusers:\n  U:\n    weight: 2\n    \
     wait_time: {constant_throughput: 0.5}\n    sequence:\n      a: {weight: 0, steps: [wait: 1s]}\n      \
     b: {tasks: {c: [interrupt: reschedule]}}\n",
    "users:\n  U:\n    tasks:\n      a:\n        - post: &base {path: /x, headers: {A: b}, form: {a: '${random.int(1, 5)}'}}\n        \
     - post:\n            <<: *base\n            name: |\n              some\n              text\n",
    "users:\n  U:\n    host: ${env.hosts.shop}\n    tasks:\n      a:\n        - get:\n            path: /\n            \
     capture: {a: {regex: '(\\d+)'}, b: {header: X}, c: {json: '$..a[?@.b > 1]'}}\n",
];

/// Values and pieces that are hard to read.
const NASTY: &[&str] = &[
    "",
    "~",
    "null",
    "true",
    "yes",
    "0",
    "-0",
    "-1",
    "0x1F",
    "1_000",
    "1e400",
    "1e-400",
    ".nan",
    "-.inf",
    "0.1",
    "99999999999999999999999",
    "-9223372036854775809",
    "18446744073709551615",
    "4294967296",
    "1e9s",
    "99999999999999999h",
    "1h20m",
    "5 TiB",
    "1073741825",
    "18446744073709551615 MiB",
    "[",
    "]",
    "{",
    "}",
    "{}",
    "[]",
    "- ",
    ": ",
    "? ",
    "#",
    "&a ",
    "*a",
    "*a *a",
    "&a *a",
    "<<: *a",
    "!!binary aGk=",
    "!!python/object:x",
    "!x",
    "!!int x",
    "!!float 1",
    "!!str 1",
    "|",
    ">-",
    "|9",
    "'",
    "\"",
    "\"\\x\"",
    "\"\\u0000\"",
    "\"\\U00110000\"",
    "%YAML 1.1\n---\n",
    "---",
    "...",
    "--- {}\n--- {}",
    "\0",
    "\t",
    "\r",
    "\u{feff}",
    "\u{2028}",
    "\u{85}",
    "\u{202e}",
    "\u{1b}[2J",
    "e\u{301}",
    "\u{1f468}\u{200d}\u{1f469}",
    "\u{10ffff}",
    "${",
    "${}",
    "${${a}}",
    "$${a}",
    "${a",
    "${nobody}",
    "${env.}",
    "${env.hosts.shop.x}",
    "${iteration}",
    "${user.id}",
    "${random.uuid}",
    "${random.int(1, 0)}",
    "${random.int(-9223372036854775808, 9223372036854775807)}",
    "${a | b}",
    "${'}'}",
    "{{ a }}",
    "{% if %}",
    "(",
    "[a-",
    "(a{1000}){1000}",
    "(?<a>b)",
    "\\",
    "(((((((((((((((",
    "$",
    "$.",
    "$..",
    "$[?@",
    "$[?@.a == 'b'",
    "$[9007199254740993]",
    "http://",
    "http://[::1",
    "http://a:99999/",
    "://",
    "/\u{e9} x",
    "ftp://a/",
    "http://\u{e9}.example/",
    "Content Type",
    "a: b: c",
    "get: /x",
    "- - - -",
    "accounts.csv",
    "/dev/null",
    "../x",
    "2xx",
    "[200, 2xx]",
    "{between: [1s, 0s]}",
    "{is: {is: 1}}",
];

/// A change of a text.
#[derive(Clone, Debug)]
enum Change {
    Drop(Index),
    Double(Index),
    Move(Index, Index),
    Indent(Index, i8),
    Cut(Index),
    Insert(Index, String),
    Erase(Index, usize),
    /// Another key in a line.
    Key(Index, Index),
    /// Another value in a line.
    Value(Index, String),
    /// Some lines of another scenario.
    Splice(Index, Index, Index, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let at = any::<Index>;
    prop_oneof![
        2 => at().prop_map(Change::Drop),
        2 => at().prop_map(Change::Double),
        2 => (at(), at()).prop_map(|(from, to)| Change::Move(from, to)),
        2 => (at(), -4_i8..=4).prop_map(|(line, by)| Change::Indent(line, by)),
        1 => at().prop_map(Change::Cut),
        3 => (at(), piece()).prop_map(|(at, piece)| Change::Insert(at, piece)),
        2 => (at(), 1_usize..12).prop_map(|(at, count)| Change::Erase(at, count)),
        3 => (at(), at()).prop_map(|(line, key)| Change::Key(line, key)),
        5 => (at(), piece()).prop_map(|(line, piece)| Change::Value(line, piece)),
        2 => (at(), at(), at(), 1_usize..12)
            .prop_map(|(line, file, from, count)| Change::Splice(line, file, from, count)),
    ]
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => select(NASTY).prop_map(str::to_owned),
        2 => any::<Index>().prop_map(|key| format!("{}: ", key.get(&KEYS))),
        2 => r"[\[\]{},:#&*!|>'%@`$?\-. a0]{1,6}",
        1 => any::<i64>().prop_map(|number| number.to_string()),
        1 => any::<f64>().prop_map(|number| number.to_string()),
        1 => ".{0,8}",
        2 => (select(AROUND), r"[a-z0-9 ()\[\].,|+*/<>=!'$@?-]{0,12}")
            .prop_map(|((before, after), piece)| format!("{before}{piece}{after}")),
        // Far too deep, or too long.
        2 => (select(AROUND), select(DEEP), 10_usize..4000)
            .prop_map(|((before, after), piece, times)| before.to_owned() + &piece.repeat(times) + after),
    ]
}

/// What has a language of its own.
const AROUND: &[(&str, &str)] = &[
    ("", ""),
    ("'", "'"),
    ("${", "}"),
    ("{json: '", "'}"),
    ("{json: '$[?", "]'}"),
    ("{regex: '", "'}"),
];

/// What goes deeper each time.
const DEEP: &[&str] = &[
    "[", "{a: ", "- ", "? ", "a: {", "(", "${", "x", ".a", "[0]", "..", "-", "!", "not ", "a(",
    "a|b ", "@.a", "1+", "(a", "é",
];

impl Change {
    fn apply(&self, text: &mut String) {
        match self {
            Self::Cut(at) => text.truncate(boundary(text, *at)),
            Self::Insert(at, piece) => text.insert_str(boundary(text, *at), piece),
            Self::Erase(at, count) => {
                let from = boundary(text, *at);
                let length = text[from..].chars().take(*count).map(char::len_utf8).sum::<usize>();
                text.replace_range(from..from + length, "");
            }
            _ => {
                let mut lines: Vec<_> = text.split('\n').map(str::to_owned).collect();
                self.apply_to_lines(&mut lines);
                *text = lines.join("\n");
            }
        }
    }

    fn apply_to_lines(&self, lines: &mut Vec<String>) {
        let place = |at: &Index| at.index(lines.len());
        match self {
            Self::Drop(at) if lines.len() > 1 => drop(lines.remove(place(at))),
            Self::Double(at) => lines.insert(place(at), at.get(lines).clone()),
            Self::Move(from, to) => {
                let (from, to) = (place(from), place(to));
                let line = lines.remove(from);
                lines.insert(to, line);
            }
            Self::Indent(at, by) => {
                let line = at.get_mut(lines);
                let indent = line.len() - line.trim_start_matches(' ').len();
                let wanted = indent.saturating_add_signed((*by).into());
                *line = " ".repeat(wanted) + &line[indent..];
            }
            Self::Key(at, key) => {
                let line = at.get_mut(lines);
                let Some((before, value)) = line.split_once(':') else { return };
                let indent = before.rfind(['-', ' ', '{']).map_or(0, |at| at + 1);
                *line = format!("{}{}:{value}", &before[..indent], key.get(&KEYS));
            }
            Self::Value(at, piece) => {
                let line = at.get_mut(lines);
                let Some((before, _)) = line.rsplit_once(": ") else { return };
                *line = format!("{before}: {piece}");
            }
            Self::Splice(at, file, from, count) => {
                let other: Vec<_> = file.get(&CORPUS).split('\n').collect();
                let from = from.index(other.len());
                let some = other[from..].iter().take(*count).map(|line| (*line).to_owned());
                let at = place(at);
                lines.splice(at..at, some);
            }
            _ => {}
        }
    }
}

fn boundary(text: &str, at: Index) -> usize {
    let at = at.index(text.len() + 1);
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Reads a text, and checks what is told of it. Whether it is a scenario.
fn check(text: &str) -> Result<bool, TestCaseError> {
    let data = json!({
        "hosts": {"shop": "http://127.0.0.1"},
        "password": "secret",
        "subscription_key": "demo",
    });
    let host = Some("http://127.0.0.1".to_owned());
    let environment = Environment { name: "fuzz".into(), host, data };
    let begun = Instant::now();
    let read = || yaml::read("s.yml", text, &environment, &*FILES);
    let scenario = read();
    let is_scenario = scenario.is_ok();
    match scenario {
        Ok(scenario) => prop_assert!(!scenario.classes.is_empty()),
        Err(problems) => {
            prop_assert!(!problems.is_empty(), "refused without a word");
            let places: Result<Vec<_>, _> =
                problems.iter().map(|problem| place(problem, text)).collect();
            prop_assert!(places?.is_sorted(), "not from the top down: {problems:#?}");
            prop_assert_eq!(read().err(), Some(problems), "read again, it is told otherwise");
        }
    }
    prop_assert!(begun.elapsed() < PATIENCE, "it took {:?}", begun.elapsed());
    Ok(is_scenario)
}

/// Line and column of a problem, which are in the text.
fn place(problem: &Problem, text: &str) -> Result<(usize, usize), TestCaseError> {
    let shown = problem.to_string();
    let parts: Vec<_> = shown.splitn(4, ':').collect();
    let number = |at: usize| parts.get(at).and_then(|part| part.parse::<usize>().ok());
    let (Some(line), Some(column), Some(message)) = (number(1), number(2), parts.get(3)) else {
        return Err(TestCaseError::fail(format!("without a place: {shown}")));
    };
    prop_assert!(message.trim().len() > 5, "says nothing: {shown}");
    let lines = text.split('\n').count();
    prop_assert!((1..=lines + 1).contains(&line), "beyond the {lines} lines: {shown}");
    prop_assert!(column >= 1, "no column: {shown}");
    Ok((line, column))
}

/// What is read at the moment: where it still is after a stack overflow, which ends the process.
fn reading() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz_scenarios.yml")
}

/// Since when it is read.
static SINCE: Mutex<Option<Instant>> = Mutex::new(None);

/// Ends the test if reading does not end: nothing else can.
fn watch() {
    loop {
        thread::sleep(Duration::from_secs(1));
        if SINCE.lock().unwrap().is_some_and(|since| since.elapsed() > HANGS) {
            process::abort();
        }
    }
}

#[test]
fn whatever_is_written_is_read_or_refused_with_its_place() {
    thread::spawn(watch);
    let seconds = env::var("FUZZ_SECONDS").map_or(SECONDS, |seconds| seconds.parse().unwrap());
    let end = Instant::now() + Duration::from_secs(seconds);
    let config = ProptestConfig {
        cases: 64,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        source_file: Some(file!()),
        ..ProptestConfig::default()
    };
    let changed = (any::<Index>(), prop::collection::vec(change(), 0..8));
    let read = Cell::new(0);
    while Instant::now() < end {
        // A runner that has run its cases runs no more of them.
        let found = TestRunner::new(config.clone()).run(&changed, |(file, changes)| {
            let mut text = file.get(&CORPUS).clone();
            for change in &changes {
                change.apply(&mut text);
            }
            fs::write(reading(), &text).unwrap();
            *SINCE.lock().unwrap() = Some(Instant::now());
            let checked = check(&text);
            *SINCE.lock().unwrap() = None;
            read.update(|read| read + 1);
            checked.map(drop).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))
        });
        if let Err(failure) = found {
            panic!("{failure}");
        }
    }
    assert!(read.get() > 20 * seconds, "only {} texts were read", read.get());
}

#[test]
fn the_scenarios_that_are_changed_can_be_read() {
    assert!(CORPUS.len() > 10 && KEYS.len() > 20, "{} files, {KEYS:?}", CORPUS.len());
    for text in CORPUS.iter() {
        assert!(check(text).unwrap(), "{text}");
    }
}

/// All files of the load tests.
fn files() -> Vec<PathBuf> {
    files_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests"))
}

fn files_in(path: &Path) -> Vec<PathBuf> {
    if !path.is_dir() {
        return vec![path.to_owned()];
    }
    let entries = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.flat_map(|path| files_in(&path)).collect();
    files.sort();
    files
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    path.extension().and_then(OsStr::to_str).is_some_and(|ending| endings.contains(&ending))
}
