//! A project whose functions are in a stand-in's account.

use fake_lambda::{FakeLambda, Settings};

use crate::support::project::{Project, TEST};

/// The regions of most tests.
pub(crate) const REGIONS: [&str; 3] = ["us-west-2", "eu-west-1", "ap-south-1"];

/// An account with the test's function in each of the regions.
pub(crate) fn account(regions: &[&str]) -> FakeLambda {
    FakeLambda::start(settings(regions)).unwrap()
}

/// What [`account`] is like.
pub(crate) fn settings(regions: &[&str]) -> Settings {
    Settings { function: TEST.into(), ..Settings::in_regions(regions) }
}

/// A project that runs in these regions of the account, with at most so many users per function.
pub(crate) fn project(account: &FakeLambda, regions: &[&str], users_per_function: u32) -> Project {
    let functions = format!("lambda: {{users_per_function: {users_per_function}}}");
    Project::new()
        .location(&regions.join(", "))
        .profile("backend: lambda")
        .profile(&functions)
        .variable("AWS_ENDPOINT_URL", account.endpoint())
        .variable("AWS_ACCESS_KEY_ID", "test")
        .variable("AWS_SECRET_ACCESS_KEY", "test")
        .variable("AWS_REGION", "us-east-1")
}
