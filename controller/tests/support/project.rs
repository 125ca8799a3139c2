//! A project in a temporary directory, and the real command run in it.

use std::{
    ffi::OsStr,
    fmt::Display,
    fs,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::Arc,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

/// How long a run may take before its test fails instead of hanging.
const PATIENCE: Duration = Duration::from_mins(1);

/// The name of the project's only test.
pub(crate) const TEST: &str = "sample";

/// A project under construction: `Project::new().host(..).scenario(..).run(["--duration", "1s"])`.
pub(crate) struct Project {
    directory: Arc<TempDir>,
    host: String,
    /// The regions of its functions, separated by commas.
    location: String,
    /// The keys of the profile's `runner` section, each with its value.
    runner: Vec<(String, String)>,
    /// Further sections of the profile, as they stand in the file.
    profile: String,
    /// Further lines of the environment.
    environment: String,
    scenario: String,
    /// Whether it has no files but those that were given one by one.
    empty: bool,
    /// Environment variables of the command.
    variables: Vec<(String, String)>,
}

impl Project {
    /// A project whose test has one user do one thing for a second.
    pub(crate) fn new() -> Self {
        Self {
            directory: Arc::new(tempfile::tempdir().expect("a temporary directory")),
            host: "http://127.0.0.1:9".to_owned(),
            location: String::new(),
            runner: Vec::new(),
            profile: String::new(),
            environment: String::new(),
            scenario: "users:\n  User:\n    tasks:\n      look:\n        - get: /\n".to_owned(),
            empty: false,
            variables: Vec::new(),
        }
        .runner("clients", 1)
        .runner("hatch_rate", 1)
        .runner("duration", "1s")
    }

    /// An empty directory.
    pub(crate) fn empty() -> Self {
        Self { empty: true, ..Self::new() }
    }

    /// The same directory as it is now, for a further command.
    pub(crate) fn again(&self) -> Self {
        Self { directory: Arc::clone(&self.directory), ..Self::empty() }
    }

    /// The system under test.
    pub(crate) fn host(mut self, url: impl Into<String>) -> Self {
        self.host = url.into();
        self
    }

    /// The regions of its functions, separated by commas.
    pub(crate) fn location(mut self, regions: &str) -> Self {
        regions.clone_into(&mut self.location);
        self
    }

    /// Sets a key of the profile's `runner` section.
    pub(crate) fn runner(mut self, key: &str, value: impl Display) -> Self {
        self.runner.retain(|(present, _)| present != key);
        self.runner.push((key.to_owned(), format!("{value}")));
        self
    }

    /// Adds to the profile's `profile` section, beside `runner` and `test`.
    pub(crate) fn profile(mut self, yaml: &str) -> Self {
        self.profile += &indented(yaml, "  ");
        self
    }

    /// Adds to the environment, beside `host`.
    pub(crate) fn environment(mut self, yaml: &str) -> Self {
        self.environment += &indented(yaml, "");
        self
    }

    /// Replaces the scenario.
    pub(crate) fn scenario(mut self, yaml: &str) -> Self {
        self.scenario = indented(yaml, "");
        self
    }

    /// Has users of one class take these steps, over and over, without waiting.
    pub(crate) fn steps(self, yaml: &str) -> Self {
        let steps = indented(yaml, "        ");
        self.scenario(&format!("users:\n  User:\n    tasks:\n      all:\n{steps}"))
    }

    /// Sets an environment variable of the command.
    pub(crate) fn variable(mut self, name: &str, value: impl AsRef<Path>) -> Self {
        self.variables.push((name.to_owned(), value.as_ref().display().to_string()));
        self
    }

    /// Writes one more file, or another text for one that a project has anyway once it is run.
    pub(crate) fn file(self, path: &str, text: &str) -> Self {
        write(&self.directory.path().join(path), text);
        self
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Runs its test to the end, with further arguments after `run <test>`.
    pub(crate) fn run<const N: usize>(self, arguments: [&str; N]) -> Finished {
        self.start(arguments).finish()
    }

    /// Starts its test, with further arguments after `run <test>`.
    pub(crate) fn start<const N: usize>(self, arguments: [&str; N]) -> Started {
        self.spawn(["run", TEST].into_iter().chain(arguments))
    }

    /// Calls the command with these arguments instead of `run <test>`.
    pub(crate) fn call<const N: usize>(self, arguments: [&str; N]) -> Finished {
        self.spawn(arguments).finish()
    }

    /// Calls the command with these arguments, and does not wait for its end.
    pub(crate) fn begin<const N: usize>(self, arguments: [&str; N]) -> Started {
        self.spawn(arguments)
    }

    fn spawn(self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Started {
        self.write();
        let child = Command::new(env!("CARGO_BIN_EXE_load-test"))
            .arg("--project")
            .arg(self.path())
            .args(arguments)
            .current_dir(self.path())
            .env_remove("RUST_LOG")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command starts");
        Started { child: Some(child), heard: None, directory: self.directory }
    }

    /// Writes what the builder was told, except where [`Project::file`] came first.
    pub(crate) fn write(&self) {
        if self.empty {
            return;
        }
        for (path, text) in self.files() {
            let path = self.path().join(path);
            if !path.exists() {
                write(&path, &text);
            }
        }
    }

    fn files(&self) -> [(&'static str, String); 4] {
        let runner: Vec<_> =
            self.runner.iter().map(|(key, value)| format!("    {key}: {value}")).collect();
        let runner = runner.join("\n");
        let Self { host, location, profile, environment, scenario, .. } = self;
        let registry =
            format!("current: {TEST}\nregistered:\n  {TEST}: {{profile: profiles/sample.yml}}\n");
        let profile = format!(
            "test_header: {{name: {TEST}, description: A sample, env: sample, location: [{location}]}}\n\
             profile:\n  test: {{scenario: tests/sample/scenario.yml}}\n{profile}  runner:\n{runner}\n"
        );
        [
            ("config/loadtest_registry.yml", registry),
            ("config/sample.yml", format!("host: {host}\n{environment}")),
            ("profiles/sample.yml", profile),
            ("tests/sample/scenario.yml", scenario.clone()),
        ]
    }
}

/// A command at work, killed when its test fails before the end of it.
pub(crate) struct Started {
    /// None once it has been waited for.
    child: Option<Child>,
    /// What was said among the errors until someone listened, and who reads the rest.
    heard: Option<(String, JoinHandle<String>)>,
    directory: Arc<TempDir>,
}

impl Started {
    /// Sends what Ctrl-C sends.
    pub(crate) fn interrupt(&self) {
        let child = self.child.as_ref().expect("not waited for");
        kill_process(Pid::from_child(child), Signal::INT).expect("it still runs");
    }

    /// Ends it as the system does a process that uses too much memory: without a word.
    pub(crate) fn kill(&mut self) {
        let child = self.child.as_mut().expect("not waited for");
        child.kill().expect("it still runs");
        child.wait().expect("its end");
    }

    /// Waits until a line among the errors has this in it, and returns the line. Once.
    #[track_caller]
    pub(crate) fn hear(&mut self, part: &str) -> String {
        let stderr = self.child.as_mut().expect("not waited for").stderr.take();
        let mut stderr = BufReader::new(stderr.expect("nobody has listened before"));
        let mut heard = String::new();
        loop {
            let mut line = String::new();
            let length = stderr.read_line(&mut line).expect("text");
            assert!(length > 0, "no {part:?} in:\n{heard}");
            heard += &line;
            if line.contains(part) {
                let rest = thread::spawn(move || {
                    let mut rest = String::new();
                    stderr.read_to_string(&mut rest).expect("text");
                    rest
                });
                self.heard = Some((heard, rest));
                return line;
            }
        }
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.as_ref().expect("not waited for").id()
    }

    /// The project's directory.
    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Waits for the end.
    pub(crate) fn finish(mut self) -> Finished {
        let child = self.child.take().expect("waited for once");
        let pid = Pid::from_child(&child);
        // The pipes have to be read while it runs: a command that fills one waits for its reader.
        let waiting = thread::spawn(move || child.wait_with_output());
        let deadline = Instant::now() + PATIENCE;
        while !waiting.is_finished() {
            if Instant::now() > deadline {
                kill_process(pid, Signal::KILL).ok();
                let output = waiting.join().expect("no panic").expect("output");
                panic!("still running after {PATIENCE:?}: {}", text(&output.stderr));
            }
            thread::sleep(Duration::from_millis(5));
        }
        let output = waiting.join().expect("no panic").expect("output");
        let (stdout, mut stderr) = (text(&output.stdout), text(&output.stderr));
        if let Some((heard, rest)) = self.heard.take() {
            stderr = heard + &rest.join().expect("no panic");
        }
        let directory = Arc::clone(&self.directory);
        Finished { status: output.status, stdout, stderr, directory }
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

/// A command that has come to its end.
pub(crate) struct Finished {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    directory: Arc<TempDir>,
}

impl Finished {
    /// The project's directory.
    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The exit code; fails when a signal ended it.
    pub(crate) fn code(&self) -> i32 {
        self.status.code().unwrap_or_else(|| panic!("{}: {}", self.status, self.stderr))
    }

    /// Fails unless the exit code is this one, and shows what was said.
    #[track_caller]
    pub(crate) fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code(), code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Fails unless this was said among the errors.
    #[track_caller]
    pub(crate) fn expect_stderr(self, part: &str) -> Self {
        assert!(self.stderr.contains(part), "no {part:?} in:\n{}", self.stderr);
        self
    }

    /// Fails unless this was printed.
    #[track_caller]
    pub(crate) fn expect_stdout(self, part: &str) -> Self {
        assert!(self.stdout.contains(part), "no {part:?} in:\n{}", self.stdout);
        self
    }

    /// The folder of its results: the newest under `results`, wherever its report is in it.
    #[track_caller]
    pub(crate) fn run_folder(&self) -> PathBuf {
        let results = self.path().join("results");
        let newest = reports(&results).into_iter().max_by_key(|report| modified(report));
        let report = newest.unwrap_or_else(|| panic!("no report.json: {}", self.stderr));
        report.parent().expect("a folder").to_owned()
    }

    /// A file of its results.
    #[track_caller]
    pub(crate) fn result(&self, name: &str) -> String {
        let path = self.run_folder().join(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Its report.
    #[track_caller]
    pub(crate) fn report(&self) -> Value {
        serde_json::from_str(&self.result("report.json")).expect("a report of JSON")
    }
}

/// All reports under a directory.
fn reports(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let found = entries.flat_map(|entry| {
        let path = entry.path();
        // A link to the newest run would name its report twice.
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => reports(&path),
            Ok(kind) if kind.is_file() && entry.file_name() == "report.json" => vec![path],
            _ => Vec::new(),
        }
    });
    found.collect()
}

fn modified(path: &Path) -> Option<std::time::SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a file in a directory")).expect("a directory");
    fs::write(path, text).expect("a file");
}

/// The text with its own common indentation taken off, and another put on.
fn indented(yaml: &str, by: &str) -> String {
    let lines: Vec<_> = yaml.lines().filter(|line| !line.trim().is_empty()).collect();
    let depth = |line: &&str| line.len() - line.trim_start().len();
    let common = lines.iter().map(depth).min().unwrap_or(0);
    lines.iter().flat_map(|line| [by, &line[common..], "\n"]).collect()
}
