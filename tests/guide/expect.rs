//! What is expected of a response.

use std::time::Duration;

use engine::{
    expected::{Comparison, Expected, ExpectedStatus},
    scenario::{Scenario, Task, TaskResult, TaskSet, UserClass},
    user::User,
};
use http::{HeaderName, StatusCode, header::CONTENT_TYPE};
use serde_json::json;

pub(crate) fn scenario() -> Scenario {
    let tasks = TaskSet::weighted([Task::new("check what comes", check_what_comes)]);
    Scenario::new([UserClass::new("Visitor", tasks)])
}

async fn check_what_comes(user: &mut User) -> TaskResult {
    let lamps = Expected::status([ExpectedStatus::SUCCESS])
        .text("red lamp")
        .not_text("out of stock")
        .regex(r#""price":\d+\.99"#)
        .header(CONTENT_TYPE, "json")
        .header_is(HeaderName::from_static("x-debug"), Comparison::missing())
        .json_path("$", Comparison::length(Comparison::is(5)))
        .json_path("$[0].id", Comparison::is(1))
        .json_path("$[*].price", Comparison::at_least(0))
        .json_path("$[*].price", Comparison::less_than(1000))
        .json_path("$[*].name", Comparison::count(Comparison::at_most(20)))
        .json_path("$[*].name", Comparison::matches("lamp$"))
        .json_path(r#"$[?@.name == "blue lamp"]"#, Comparison::exists())
        .size(100..=4096)
        .duration(Duration::from_secs(5));
    user.get("/products").query("search", &"lamp").expect(lamps).send().await?;

    let lamp = Expected::status([StatusCode::OK]).json(json!({"name": "red lamp"}));
    user.get("/products/1").expect(lamp).send().await?;

    let missing = Expected::status([StatusCode::NOT_FOUND]);
    user.get("/products/0").expect(missing).send().await?;
    Ok(())
}
