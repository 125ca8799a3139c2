//! How things in an account are called.

/// The tag that everything carries which is made for load tests; its value is the test's name.
pub const TAG: &str = "load-test";

/// The path of the roles.
pub const ROLE_PATH: &str = "/load-test/";

/// The bucket of an account and region, shared by its load tests.
pub fn bucket(account: &str, region: &str) -> String {
    format!("load-test-{account}-{region}")
}

/// The log group of a function.
pub fn log_group(function: &str) -> String {
    format!("/aws/lambda/{function}")
}
