//! The `load-test` binary as a person or a script meets it.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use tempfile::TempDir;

/// A project directory, and the binary run in it.
struct Shell {
    folder: TempDir,
}

/// What a command left behind.
struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Shell {
    fn new() -> Self {
        Self { folder: TempDir::new().expect("a temporary directory") }
    }

    fn run(&self, arguments: &str) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_load-test"))
            .args(arguments.split_whitespace())
            .current_dir(self.folder.path())
            .output()
            .expect("the binary runs");
        Ran::from(output)
    }

    fn file(&self, path: &str) -> String {
        fs::read_to_string(self.folder.path().join(path)).expect("the file is there")
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

#[test]
fn an_empty_directory_says_how_to_begin() {
    let ran = Shell::new().run("plan");
    let expected = "error: there are no load tests here\n\n\
                    config/loadtest_registry.yml: cannot be read: there is no such file\n\n\
                    hint: `load-test init NAME` begins a project here; `--project DIR` names one \
                    elsewhere\n";
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(2), "", expected));
}

#[test]
fn what_init_writes_can_be_planned() {
    let shell = Shell::new();
    assert_eq!(shell.run("init shop --host https://shop.example.org").code, Some(0));
    assert_eq!(shell.run("init 007").code, Some(0));
    assert_eq!(shell.run("init true --host http://localhost:1").code, Some(0));
    for (name, host) in [
        ("shop", "https://shop.example.org"),
        ("007", "https://shop.example.org"),
        ("true", "http://localhost:1"),
    ] {
        let ran = shell.run(&format!("plan {name} --json"));
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{name}");
        let plan: controller::plan::Plan = serde_json::from_str(&ran.out).expect("a plan");
        assert_eq!((plan.test.as_str(), plan.host.as_deref()), (name, Some(host)));
    }
    let listed = shell.run("list").out;
    let shop = "*  shop     10        1m  profiles/shop.yml  What this test is for\n";
    assert!(listed.contains(shop), "{listed}");
    assert!(shell.run("plan").out.starts_with("shop: What this test is for\n"));
}

#[test]
fn options_of_locust_are_told_the_option_here() {
    let shell = Shell::new();
    shell.run("init shop");
    for (arguments, tip) in [
        ("-u 50 -r 5", "here it is `--clients`"),
        ("--users=50", "here it is `--clients`"),
        ("--spawn-rate 5", "here it is `--hatch-rate`"),
        ("-t 1m", "here it is `--duration`"),
        ("-f locustfile.py", "`--profile FILE`"),
        ("--headless", "leave it out"),
    ] {
        let ran = shell.run(&format!("plan shop {arguments}"));
        assert_eq!(ran.code, Some(2), "{arguments}");
        assert!(ran.err.contains(tip), "{arguments}: {}", ran.err);
    }
    let help = shell.run("plan --help").out;
    assert!(!help.contains("--users") && !help.contains("--headless"), "{help}");
    let profile = shell.run("plan profiles/shop.yml");
    assert!(profile.err.contains("`--profile profiles/shop.yml` takes it"), "{}", profile.err);
}

#[test]
fn init_overwrites_nothing() {
    let shell = Shell::new();
    shell.run("init shop");
    fs::write(shell.path().join("profiles/cart.yml"), "mine").expect("written");
    let registry = shell.file("config/loadtest_registry.yml");
    let ran = shell.run("init cart");
    let expected = "error: there is already profiles/cart.yml\n\
                    hint: choose another name; nothing was changed\n";
    assert_eq!((ran.code, ran.err.as_str()), (Some(2), expected));
    assert_eq!(shell.file("profiles/cart.yml"), "mine");
    assert!(!shell.path().join("tests/cart").exists());
    assert_eq!(shell.file("config/loadtest_registry.yml"), registry);
    let ran = shell.run("init shop");
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
    assert_eq!(ran.err, "error: `shop` is registered already\nhint: choose another name\n");
}

#[test]
fn init_refuses_what_cannot_be_a_name_or_a_host() {
    let cases = [
        ("init ../x", "error: found the name `../x`, expected a name of at most 64 letters"),
        ("init x --host shop", "error: --host: found `shop`, expected an http or https address"),
    ];
    for (line, expected) in cases {
        let shell = Shell::new();
        let ran = shell.run(line);
        assert_eq!(ran.code, Some(2));
        assert!(ran.err.starts_with(expected), "{}", ran.err);
        assert_eq!(fs::read_dir(shell.path()).expect("listed").count(), 0);
    }
}

#[test]
fn a_registry_that_cannot_be_added_to_is_left_alone() {
    let shell = Shell::new();
    shell.run("init shop");
    let registry = "{current: shop, registered: {shop: {profile: profiles/shop.yml}}}\n";
    fs::write(shell.path().join("config/loadtest_registry.yml"), registry).expect("written");
    let ran = shell.run("init cart");
    let expected = "error: config/loadtest_registry.yml is written in a way that cannot be added \
                    to\nhint: add `cart: {profile: profiles/cart.yml}` under `registered`, and \
                    write profiles/cart.yml by hand\n";
    assert_eq!((ran.code, ran.err.as_str()), (Some(2), expected));
    assert!(!shell.path().join("profiles/cart.yml").exists());
}

#[test]
fn a_project_may_be_elsewhere() {
    let shell = Shell::new();
    shell.run("init shop --project there");
    assert_eq!(shell.run("plan --project there").code, Some(0));
    let ran = shell.run("plan --project there --env none");
    assert!(ran.err.contains("there is no config/none.yml, and no other environment"));
    let ran = shell.run("plan --profile there/profiles/shop.yml --project there");
    assert_eq!(ran.code, Some(0));
}

#[test]
fn usage_errors_have_the_same_code_as_invalid_configurations() {
    assert_eq!(Shell::new().run("plan --cleints 5").code, Some(2));
    assert_eq!(Shell::new().run("plan a --demo").code, Some(2));
    assert_eq!(Shell::new().run("plan --demo --env cs1").code, Some(2));
    assert_eq!(Shell::new().run("plan --demo").code, Some(0));
}

#[test]
fn a_run_that_may_cost_too_much_does_not_start() {
    let shell = Shell::new();
    shell.run("init shop --host https://shop.example.org");
    let options = "shop --backend lambda --duration 2h --set test_header.location=us-west-2 --set \
                   profile.lambda.architecture=x86_64";
    let ran = shell.run(&format!("run {options} --max-cost 0.10"));
    let expected = "error: the run may cost up to $0.2239 (about $0.2202 is expected), which is \
                    more than the $0.1000 of max_cost\n\
                    hint: raise max_cost, or lower duration, clients or memory; more \
                    users_per_function take fewer functions\n";
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(2), "", expected));
    assert!(!shell.path().join("results").exists());
    let ran = shell.run(&format!("plan {options} --max-cost 0.10"));
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert!(
        ran.out.contains("\nwarning: `run` refuses: the run may cost up to $0.2239"),
        "{}",
        ran.out
    );
    let ran = shell.run(&format!("plan {options} --max-cost 5.00"));
    assert!(!ran.out.contains("warning"), "{}", ran.out);
}

#[test]
fn data_that_no_function_takes_is_told_before_anything_starts() {
    let shell = Shell::new();
    shell.run("init shop --host https://shop.example.org");
    let mut state = 1_u64;
    let mut letter = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"[(state >> 58) as usize]
    };
    let mut rows: Vec<u8> = (0..7_000_000).map(|_| letter()).collect();
    rows.chunks_mut(1000).for_each(|row| row[999] = b'\n');
    let path = shell.path();
    let data = [b"name\n", &*rows].concat();
    std::fs::write(path.join("tests/shop/accounts.csv"), data).unwrap();
    let scenario = "data: {account: {file: accounts.csv}}\n\
                    users: {User: {tasks: {visit: [feed: account, get: '/${account.name}']}}}\n";
    std::fs::write(path.join("tests/shop/scenario.yml"), scenario).unwrap();
    for command in ["plan", "run"] {
        let options = "shop --backend lambda --set test_header.location=us-west-2";
        let ran = shell.run(&format!("{command} {options}"));
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{}", ran.err);
        let told = ran.err.contains("a function takes: accounts.csv (")
            && ran.err.contains("compressed) travels with it");
        assert!(told, "{}", ran.err);
        assert!(!path.join("results").exists());
    }
    assert_eq!(shell.run("plan shop --backend local").code, Some(0));
}
