//! The command itself, as a person runs it, with moto as AWS.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use deploy::build::zip::Package;
use serde_json::Value;
use tempfile::TempDir;

use self::support::Moto;

const PROFILE: &str = "\
test_header:
  name: shop
  env: shop
  location: [us-east-1, eu-west-1]
profile:
  runner: {clients: 10, hatch_rate: 1, duration: 1m}
  test: {scenario: tests/shop/scenario.yml}
";

/// A project with one test, and a function that was built.
struct Project {
    directory: TempDir,
    url: String,
}

impl Project {
    fn new(url: &str) -> Self {
        let directory = TempDir::new().unwrap();
        let registry = "registered: {shop: {profile: profiles/shop.yml}}\ncurrent: shop\n";
        let zip = Package::pack(b"function").unwrap();
        let files: [(&str, &[u8]); 3] = [
            ("config/loadtest_registry.yml", registry.as_bytes()),
            ("profiles/shop.yml", PROFILE.as_bytes()),
            ("target/lambda/x86_64/bootstrap.zip", zip.bytes()),
        ];
        for (path, content) in files {
            let path = directory.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        Self { directory, url: url.into() }
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.directory.path().join(path), text).unwrap();
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_prepare-lambda"));
        command
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
            .arg("--project")
            .arg(self.directory.path())
            .args(arguments.split_whitespace())
            .env("CARGO_TARGET_DIR", self.directory.path().join("target"))
            .env("AWS_ENDPOINT_URL", &self.url)
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("HOME", self.directory.path())
            .env("CARGO_HOME", cargo_home())
            .env("RUSTUP_HOME", rustup_home())
            .env_remove("AWS_PROFILE")
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &str) -> Output {
        let mut command = self.command(arguments);
        command.env("AWS_ACCESS_KEY_ID", "key").env("AWS_SECRET_ACCESS_KEY", "secret");
        command.output().unwrap()
    }
}

/// Where cargo keeps its own things, which is not below another home.
fn cargo_home() -> PathBuf {
    home("CARGO_HOME", ".cargo")
}

fn rustup_home() -> PathBuf {
    home("RUSTUP_HOME", ".rustup")
}

fn home(variable: &str, below: &str) -> PathBuf {
    let home = || Path::new(&std::env::var_os("HOME").unwrap()).join(below);
    std::env::var_os(variable).map_or_else(home, Into::into)
}

/// A small binary for a processor: the number that ELF has for it.
fn binary(machine: u8) -> Vec<u8> {
    let mut header = b"\x7fELF\x02\x01\x01".to_vec();
    header.resize(64, 0);
    header[16] = 2;
    header[18] = machine;
    header[20] = 1;
    header[52] = 64;
    header
}

const BUILD: &str = "--build --architecture x86_64";
const X86_64: u8 = 62;
const ARM64: u8 = 183;

impl Project {
    /// What is run instead of cargo: it knows where `target` is, and does `build` to build there.
    fn cargo(&self, arguments: &str, has_lambda: bool, build: &str) -> Output {
        let target = self.directory.path().join("target").display().to_string();
        let path = self.directory.path().join("cargo");
        let script = format!(
            "#!/bin/sh\ncd {target}\ncase \"$*\" in\n\
             metadata*) echo '{{\"target_directory\": \"{target}\"}}' ;;\n\
             'lambda --version') {has_lambda} ;;\n\
             *build*) echo \"$*\" > asked; {build} ;;\nesac\n"
        );
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        self.command(arguments).env("CARGO", path).output().unwrap()
    }

    fn asked(&self) -> String {
        fs::read_to_string(self.directory.path().join("target/asked")).unwrap()
    }

    /// Keeps what a build gives, for it to copy.
    fn gives(&self, content: &[u8]) {
        fs::write(self.directory.path().join("target/given"), content).unwrap();
    }
}

/// Copies what is given to where cargo-lambda leaves it.
const LEAVE: &str =
    "mkdir -p lambda/x86_64/bootstrap && cp given lambda/x86_64/bootstrap/bootstrap";

#[test]
fn what_is_built_is_packed() {
    let project = Project::new("http://127.0.0.1:1");
    project.gives(&binary(X86_64));
    let mut hashes = Vec::new();
    for _ in 0..2 {
        let output = project.cargo(BUILD, true, LEAVE);
        let text = stdout(&output);
        assert!(output.status.success(), "{}", stderr(&output));
        assert!(text.contains(" MB for x86_64, needs no glibc\n"), "{text}");
        hashes.push(text.split("SHA-256 ").nth(1).unwrap().to_owned());
    }
    assert_eq!(hashes[0], hashes[1]);
    let asked = project.asked();
    assert!(asked.starts_with("lambda build ") && asked.contains("--bin bootstrap"), "{asked}");
    let zip = fs::read(project.directory.path().join("target/lambda/x86_64/bootstrap.zip"));
    assert_eq!(Package::new(zip.unwrap()).sha256(), hashes[0].trim());
}

#[test]
fn what_would_not_run_is_not_packed() {
    let project = Project::new("http://127.0.0.1:1");
    project.gives(&binary(ARM64));
    let output = project.cargo(BUILD, true, LEAVE);
    let text = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("it is for Aarch64, and the function is to run on x86_64"), "{text}");

    project.gives(b"#!/bin/sh\n");
    let text = stderr(&project.cargo(BUILD, true, LEAVE));
    assert!(text.contains("it is no 64-bit ELF binary"), "{text}");

    let output = project.cargo(BUILD, true, "echo 'error: no such thing' >&2; exit 101");
    let text = stderr(&output);
    assert_eq!(output.status.code(), Some(3), "{text}");
    assert!(text.contains("error: no such thing"), "{text}");
}

#[test]
fn without_cargo_lambda_only_this_machines_processor_is_built_for() {
    let project = Project::new("http://127.0.0.1:1");
    let (own, other) =
        if cfg!(target_arch = "aarch64") { ("arm64", "x86_64") } else { ("x86_64", "arm64") };
    let build = |architecture| {
        let arguments = format!("--build --dry-run --architecture {architecture}");
        project.cargo(&arguments, false, "exit 1")
    };
    let text = stdout(&build(own));
    assert!(text.contains("would run    cargo build --profile function --target "), "{text}");
    let output = build(other);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("`pip install cargo-lambda`"), "{}", stderr(&output));
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_function_comes_and_goes() {
    let moto = Moto::start();
    let project = Project::new(&moto.url);
    let output = project.run("--upload --dry-run --architecture x86_64");
    let text = stdout(&output);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(text.contains("7 changes to be made; nothing was changed"), "{text}");

    let output = project.run("shop --upload --architecture x86_64");
    let text = stdout(&output);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(text.contains("  us-east-1       created bucket load-test-123456789012-us-east-1"));
    assert!(text.contains("\n7 changes, "), "{text}");
    // Nothing on the way disturbs whoever reads lines.
    assert!(stderr(&output).contains("eu-west-1: uploading"), "{}", stderr(&output));
    assert!(!stderr(&output).contains('\r') && !text.contains('\x1b'), "{text}");

    let text = stdout(&project.run("--upload --architecture x86_64"));
    assert!(text.contains("  role            unchanged\n"), "{text}");
    assert!(text.contains("  eu-west-1       unchanged\n"), "{text}");
    assert!(text.contains("\nnothing to change, "), "{text}");

    let output = project.run("--destroy");
    assert_eq!(output.status.code(), Some(2), "nobody can be asked");
    assert!(stderr(&output).contains("add `--yes`"), "{}", stderr(&output));
    let text = stdout(&project.run("--destroy --dry-run"));
    assert!(text.contains("log group /aws/lambda/shop"), "{text}");
    assert!(text.ends_with("nothing was removed\n"), "{text}");

    let output = project.run("--destroy --yes");
    assert!(output.status.success(), "{}", stderr(&output));
    let text = stdout(&output);
    assert!(text.contains("all regions     role shop"), "{text}");
    assert!(text.contains(" regions: nothing is left\n"), "{text}");
    let text = stdout(&project.run("--destroy --yes"));
    assert!(text.starts_with("shop: nothing to remove\n"), "{text}");
}

#[test]
fn what_is_wrong_is_told_with_what_to_do() {
    let project = Project::new("http://127.0.0.1:1");
    let failed = |output: Output, code: i32, texts: &[&str]| {
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(code), "{text}");
        for part in texts {
            assert!(text.contains(part), "{part}: {text}");
        }
    };
    let without = project.command("--upload --architecture x86_64").output().unwrap();
    failed(without, 3, &["error: there are no AWS credentials", "hint: `aws configure sso`"]);
    let texts = ["us-east-1: no answer from AWS to sts:GetCallerIdentity", "online"];
    failed(project.run("--upload --architecture x86_64"), 3, &texts);
    let missing = ["there is no function to upload", "arm64/bootstrap.zip", "hint: add `--build`"];
    failed(project.run("--upload --architecture arm64"), 2, &missing);
    let nowhere = project.run("--upload --set test_header.location=[]");
    failed(nowhere, 2, &["shop has no region to upload to", "test_header.location"]);
    failed(project.run("other --upload"), 2, &["no such load test", "other"]);
    failed(project.run("shop"), 2, &["--build", "--upload", "--destroy"]);
}

#[test]
fn policies_are_valid_json_with_what_is_known() {
    let project = Project::new("http://127.0.0.1:1");
    let output = project.run("--print-policy");
    let all: Value = serde_json::from_slice(&output.stdout).unwrap();
    let names: Vec<_> = all.as_object().unwrap().keys().collect();
    let commands = [
        "prepare-lambda --upload",
        "prepare-lambda --destroy",
        "load-test run",
        "load-test doctor",
    ];
    assert_eq!(names, commands);
    let run: Value = serde_json::from_slice(&project.run("--print-policy=run").stdout).unwrap();
    assert_eq!(run, all["load-test run"]);
    assert_eq!(run["Statement"][0]["Resource"][1], "arn:aws:lambda:eu-west-1:*:function:shop");
}

#[test]
fn a_dry_run_shows_which_secrets_the_function_may_read() {
    let moto = Moto::start();
    let project = Project::new(&moto.url);
    let profile = PROFILE.to_owned() + "  logging: {listeners: [Sfx]}\n";
    project.write("profiles/shop.yml", &profile);
    // Whoever deploys need not have what is in variables.
    let credentials = "splunk: {host: '${NOBODYS}', token: '${NOBODYS}'}\nsfx: {realm: us1, token: {secret: team/sfx, key: a}}\n";
    project.write("config/systems_credentials.yml", credentials);
    let output = project.run("--upload --dry-run --architecture x86_64");
    let text = stdout(&output);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(text.contains("create role shop, which may read secret team/sfx\n"), "{text}");

    project
        .write("config/systems_credentials.yml", "sfx: {realm: us1, token: {secret: 'team/*'}}\n");
    let output = project.run("--upload --dry-run --architecture x86_64");
    assert_eq!(output.status.code(), Some(2), "a star would be all of them");
    assert!(stderr(&output).contains("sfx.token"), "{}", stderr(&output));
}
