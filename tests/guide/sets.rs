//! Tasks that are sets of tasks.

use std::time::Duration;

use engine::{
    scenario::{Scenario, Task, TaskError, TaskResult, TaskSet, UserClass},
    user::User,
    wait_time::WaitTime,
};

pub(crate) fn scenario() -> Scenario {
    let lamp = TaskSet::weighted([
        Task::new("look again", look_at_the_lamp).weight(3),
        Task::new("leave", leave),
    ])
    .wait_time(WaitTime::Constant(Duration::from_millis(500)))
    .on_start(look_at_the_lamp)
    .on_stop(empty_the_cart);
    let tasks =
        TaskSet::sequence([Task::new("look around", look_around), Task::set("the lamp", lamp)]);
    let wait = WaitTime::Between(Duration::from_secs(1), Duration::from_secs(5));
    Scenario::new([UserClass::new("Visitor", tasks).wait_time(wait)])
}

async fn leave(_user: &mut User) -> TaskResult {
    Err(TaskError::Interrupt { reschedule: true })
}

async fn look_around(user: &mut User) -> TaskResult {
    user.get("/products").send().await?;
    Ok(())
}

async fn look_at_the_lamp(user: &mut User) -> TaskResult {
    user.get("/products/1").name("a product").send().await?;
    Ok(())
}

async fn empty_the_cart(user: &mut User) -> TaskResult {
    user.delete("/cart").send().await?;
    Ok(())
}
