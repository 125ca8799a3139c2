//! A small API with a collection in it: the kinds of tests there are.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header::LOCATION},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// How many are kept: the oldest make way, so a long test does not fill the memory.
const KEPT: usize = 100;

/// The kinds there are from the start.
const FROM_THE_START: [(&str, &str); 4] = [
    ("unit", "functional"),
    ("integration", "functional"),
    ("load", "performance"),
    ("endurance", "performance"),
];

/// The type of one that was added without.
const ADDED: &str = "custom";

#[derive(Clone, Serialize)]
struct TestType {
    id: u64,
    name: String,
    r#type: String,
}

struct TestTypes {
    kept: VecDeque<TestType>,
    next_id: u64,
}

impl Default for TestTypes {
    fn default() -> Self {
        let mut types = Self { kept: VecDeque::with_capacity(KEPT), next_id: 1 };
        for (name, r#type) in FROM_THE_START {
            types.add(name.to_owned(), r#type.to_owned());
        }
        types
    }
}

impl TestTypes {
    fn add(&mut self, name: String, r#type: String) -> u64 {
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        let id = self.next_id;
        self.next_id += 1;
        self.kept.push_back(TestType { id, name, r#type });
        id
    }
}

type Shared = Arc<Mutex<TestTypes>>;

pub(super) fn router() -> Router {
    Router::new().route("/tests", get(list).post(add)).with_state(Shared::default())
}

async fn list(State(types): State<Shared>) -> Json<VecDeque<TestType>> {
    Json(types.lock().unwrap_or_else(PoisonError::into_inner).kept.clone())
}

#[derive(Deserialize)]
struct NewTestType {
    name: String,
    r#type: Option<String>,
}

async fn add(State(types): State<Shared>, Json(new): Json<NewTestType>) -> Response {
    let r#type = new.r#type.unwrap_or_else(|| ADDED.to_owned());
    let id = types.lock().unwrap_or_else(PoisonError::into_inner).add(new.name.clone(), r#type);
    let location = [(LOCATION, format!("/tests/{id}"))];
    (StatusCode::CREATED, location, Json(json!({"id": id, "name": new.name}))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_make_way() {
        let mut types = TestTypes::default();
        for _ in 0..KEPT {
            types.add("smoke".to_owned(), ADDED.to_owned());
        }
        assert_eq!(types.kept.len(), KEPT);
        assert_eq!(types.kept[0].id, 1 + FROM_THE_START.len() as u64);
    }
}
