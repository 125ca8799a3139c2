//! Test data, from its file to the server.

use controller::demo_api::DemoApi;

use crate::support::project::{Project, TEST};

const SCENARIO: &str = "
data:
  account: {file: accounts.csv, order: unique, exhausted: fail}
users:
  Customer:
    wait_time: {constant: 10s}
    tasks:
      sign in:
        - feed: account
        - post: {path: /login, name: \"login of ${account.name}\", json: {user: \"${account.name}\", password: \"${account.password}\"}}
";

const ACCOUNTS: &str = "name,password\nann,secret\nbob,secret\ncid,secret\n";

fn project(accounts: &str) -> Project {
    Project::new()
        .host("http://127.0.0.1:9")
        .runner("clients", 5)
        .runner("hatch_rate", 100)
        .runner("duration", "1s")
        .scenario(SCENARIO)
        .file("tests/sample/accounts.csv", accounts)
}

#[test]
fn each_user_has_its_row_and_those_without_fail() {
    let api = DemoApi::spawn().unwrap();
    let project = project(ACCOUNTS).host(format!("http://{}", api.addr()));
    let warning = "the data `account` has 3 rows for 5 users: 2 of them fail";
    let finished = project.run([]).expect_code(0).expect_stdout(warning);
    let report = finished.report();
    let transactions = report["transactions"].as_array().unwrap().iter();
    let logins: Vec<_> =
        transactions.map(|each| (each["name"].as_str().unwrap(), &each["requests"])).collect();
    assert_eq!(logins.len(), 3, "{logins:?}");
    for (name, (login, requests)) in ["ann", "bob", "cid"].into_iter().zip(logins) {
        assert_eq!((login, requests), (&*format!("login of {name}"), &1.into()));
    }
    let exception = &report["exceptions"][0];
    assert_eq!(exception["message"], "`account` has no more rows");
    assert_eq!(exception["count"], 2);
}

#[test]
fn the_plan_tells_who_has_no_row() {
    let warning = "the data `account` has 3 rows for 5 users: 2 of them fail";
    project(ACCOUNTS).call(["plan", TEST]).expect_code(0).expect_stdout(warning);
    let enough = ["plan", TEST, "--clients", "3"];
    let finished = project(ACCOUNTS).call(enough).expect_code(0);
    assert!(!finished.stdout.contains("account"), "{}", finished.stdout);
}

#[test]
fn what_is_wrong_with_a_file_is_told_before_anything_starts() {
    let place = "tests/sample/scenario.yml:2:19: data.account.file: `accounts.csv`: ";
    let broken = project("name,password\nann\n").call(["plan", TEST]).expect_code(2);
    broken.expect_stderr(&format!("{place}line 2: found 1 column, expected 2"));
    let empty = project("name,password\n").call(["run", TEST]).expect_code(2);
    empty.expect_stderr(&format!("{place}it has no rows"));
    let other = project("user,password\nann,secret\n").call(["debug", TEST]).expect_code(2);
    other.expect_stderr("`account` has no `name`, expected one of user, password");
}
