//! How failures are counted. `scenario.yml` beside this is the same in YAML.

use std::time::Duration;

use engine::{
    expected::Expected,
    scenario::{Scenario, Task, TaskResult, TaskSet, UserClass},
    user::User,
    wait_time::WaitTime,
};

/// One in three requests is answered with a status at random.
pub(crate) fn scenario() -> Scenario {
    let tasks = TaskSet::weighted([
        Task::new("A Random HTTP Status", random_status).weight(1),
        Task::new("A 200 Status", status_200).weight(2),
    ]);
    let wait = WaitTime::Between(Duration::from_secs(1), Duration::from_secs(5));
    Scenario::new([UserClass::new("Visitor", tasks).wait_time(wait)])
}

/// Nothing is said of what is expected: a status from 400 is a failure.
async fn random_status(user: &mut User) -> TaskResult {
    user.get("/status/random").name("A Random HTTP Status").send().await?;
    Ok(())
}

async fn status_200(user: &mut User) -> TaskResult {
    let expected = Expected::status([http::StatusCode::OK]);
    user.get("/status/200").name("A 200 Status").expect(expected).send().await?;
    Ok(())
}
