//! The smallest load test.

use std::time::Duration;

use engine::{
    scenario::{Scenario, Task, TaskResult, TaskSet, UserClass},
    user::User,
    wait_time::WaitTime,
};

pub(crate) fn scenario() -> Scenario {
    let tasks = TaskSet::weighted([Task::new("look around", look_around)]);
    let wait = WaitTime::Between(Duration::from_secs(1), Duration::from_secs(5));
    Scenario::new([UserClass::new("Visitor", tasks).wait_time(wait)])
}

async fn look_around(user: &mut User) -> TaskResult {
    user.get("/products").send().await?;
    Ok(())
}
