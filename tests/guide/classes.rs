//! User classes with weights, fixed counts and tags.

use std::time::Duration;

use engine::{
    scenario::{Scenario, Task, TaskResult, TaskSet, UserClass},
    user::User,
    wait_time::WaitTime,
};

pub(crate) fn scenario() -> Scenario {
    let wait = WaitTime::Between(Duration::from_secs(1), Duration::from_secs(5));
    let admin = TaskSet::weighted([Task::new("check health", check_health).tags(["health"])]);
    let visitor = TaskSet::weighted([
        Task::new("look around", look_around).weight(5).tags(["read"]),
        Task::new("search", search).tags(["read", "slow"]),
    ]);
    let customer = TaskSet::weighted([Task::new("look at one", look_at_one).tags(["read"])]);
    Scenario::new([
        UserClass::new("Admin", admin)
            .fixed_count(1)
            .wait_time(WaitTime::Constant(Duration::from_secs(10))),
        UserClass::new("Visitor", visitor).weight(3).wait_time(wait),
        UserClass::new("Customer", customer).wait_time(wait),
    ])
}

async fn check_health(user: &mut User) -> TaskResult {
    user.get("/health").send().await?;
    Ok(())
}

async fn look_around(user: &mut User) -> TaskResult {
    user.get("/products").send().await?;
    Ok(())
}

async fn search(user: &mut User) -> TaskResult {
    user.get("/products").query("search", &"lamp").send().await?;
    Ok(())
}

async fn look_at_one(user: &mut User) -> TaskResult {
    user.get("/products/1").send().await?;
    Ok(())
}
