//! What the sample API answered, counted on its side.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Json, Router,
    extract::{MatchedPath, Request, State},
    http::{Method, StatusCode},
    middleware::Next,
    response::Response,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The route of requests whose path is none of the API's.
const NO_ROUTE: &str = "(no such path)";

/// The status of requests whose client hung up before the answer, as nginx counts them.
const CLIENT_HUNG_UP: u16 = 499;

/// How often each route answered with each status.
#[derive(Debug, Default)]
pub struct Counters(Mutex<BTreeMap<Key, u64>>);

/// How often one route answered with one status.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Count {
    /// The request's method.
    pub method: String,
    /// The route's pattern, such as `/products/{id}`.
    pub route: String,
    /// The answer's status; 499 when the client hung up before it.
    pub status: u16,
    /// How many such answers.
    pub count: u64,
}

#[derive(Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Key {
    route: String,
    method: String,
    status: u16,
}

impl Counters {
    /// All counts, in the order of route, method and status.
    pub fn counts(&self) -> Vec<Count> {
        let count = |(key, &count): (&Key, &u64)| {
            let Key { route, method, status } = key;
            Count { method: method.clone(), route: route.clone(), status: *status, count }
        };
        self.lock().iter().map(count).collect()
    }

    /// How many requests were answered, or given up by their clients.
    pub fn total(&self) -> u64 {
        self.lock().values().sum()
    }

    /// How many requests of a route were answered, or given up by their clients.
    pub fn of(&self, method: &str, route: &str) -> u64 {
        let counts = self.lock();
        let of_route = counts.iter().filter(|(key, _)| key.method == method && key.route == route);
        of_route.map(|(_, count)| count).sum()
    }

    /// Starts again from nothing.
    pub fn reset(&self) {
        self.lock().clear();
    }

    fn add(&self, key: Key) {
        *self.lock().entry(key).or_default() += 1;
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Key, u64>> {
        // Nothing is ever left half done under the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that is counted when its answer is known, or when its client hangs up first.
struct Pending {
    counters: Arc<Counters>,
    method: Method,
    route: String,
    status: u16,
}

impl Drop for Pending {
    fn drop(&mut self) {
        let route = std::mem::take(&mut self.route);
        self.counters.add(Key { route, method: self.method.to_string(), status: self.status });
    }
}

/// Counts a request.
pub(super) async fn count(
    State(counters): State<Arc<Counters>>,
    request: Request,
    next: Next,
) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or(NO_ROUTE, MatchedPath::as_str);
    let route = route.to_owned();
    let method = request.method().clone();
    let mut pending = Pending { counters, method, route, status: CLIENT_HUNG_UP };
    let response = next.run(request).await;
    pending.status = response.status().as_u16();
    response
}

/// The routes that show and reset the counts, themselves not counted.
pub(super) fn router(counters: Arc<Counters>) -> Router {
    Router::new()
        .route("/_stats", get(stats))
        .route("/_stats/reset", post(reset))
        .with_state(counters)
}

async fn stats(State(counters): State<Arc<Counters>>) -> Json<Value> {
    let requests = counters.counts();
    let total: u64 = requests.iter().map(|count| count.count).sum();
    Json(json!({"total": total, "requests": requests}))
}

async fn reset(State(counters): State<Arc<Counters>>) -> StatusCode {
    counters.reset();
    StatusCode::NO_CONTENT
}
