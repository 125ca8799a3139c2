//! What becomes of what the page asks for.

use controller::ui::{Order, Session};
use serde_json::json;

use crate::{client::is, served::Served, support::sample_run::TEST};

fn next(served: &mut Served) -> Order {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(served.orders.next()).unwrap()
}

#[test]
fn one_runs_at_a_time() {
    let mut served = Served::new();
    let order = json!({"test": TEST, "clients": "7"});
    assert_eq!(served.client.post("/api/run", &order).status, 202);
    let second = served.client.post("/api/run", &order);
    assert_eq!(second.status, 409);
    assert!(second.text().contains("on its way"), "{}", second.text());
    assert_eq!(next(&mut served).test, TEST);
    assert!(is(&served.client.view(), "preparing"));

    served.session.refused("error: the API is not healthy\n");
    let view = served.client.view();
    assert!(is(&view, "idle"));
    assert_eq!(view["message"], "error: the API is not healthy\n");
    assert_eq!(served.client.post("/api/run", &order).status, 202);
}

#[test]
fn what_cannot_run_leaves_room_for_another() {
    let served = Served::new();
    for _ in 0..2 {
        let answer = served.client.post("/api/run", &json!({"test": "other"}));
        assert_eq!(answer.status, 422);
        assert_eq!(answer.json()["problems"], "error: no such load test\n");
    }
    assert_eq!(served.client.post("/api/run", &json!({"test": TEST})).status, 202);
}

#[test]
fn what_does_not_run_cannot_be_stopped_or_changed() {
    let served = Served::new();
    for (path, body) in [("/api/stop", json!({})), ("/api/users", json!({"clients": 5}))] {
        let answer = served.client.post(path, &body);
        assert_eq!(answer.status, 409, "{path}");
        assert_eq!(answer.json()["problems"], "nothing runs");
    }
}

#[test]
fn what_is_being_prepared_can_be_stopped() {
    let mut served = Served::new();
    assert_eq!(served.client.post("/api/run", &json!({"test": TEST})).status, 202);
    next(&mut served);
    let users = served.client.post("/api/users", &json!({"clients": 5}));
    assert_eq!(users.status, 409);
    assert_eq!(served.client.post("/api/stop", &json!({})).status, 202);
    let wait = |session: &Session| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            tokio::time::timeout(std::time::Duration::from_secs(5), session.cancelled()).await
        })
    };
    wait(&served.session).expect("it is not wanted any more");
}

#[test]
fn a_plan_is_shown_before_the_start() {
    let served = Served::new();
    let plan = served.client.post("/api/plan", &json!({"test": TEST})).json();
    assert_eq!(plan["peak"], 30);
    assert_eq!(plan["duration_s"], 6.0);
    assert_eq!((&plan["intervals"], &plan["generators"]), (&json!(2), &json!(4)));
    assert_eq!(plan["regions"], json!(["local"]));
    assert_eq!(plan["curve"], json!([[0.0, 0.0], [3.0, 30.0], [6.0, 30.0]]));
    assert_eq!(plan["expected_usd"], json!(null));
    assert!(is(&served.client.view(), "idle"));
}
