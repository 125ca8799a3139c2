//! What is answered under which address.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Path, State},
    http::{StatusCode, header},
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use engine::{clients::Clients, hatch_rate::HatchRate};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::{
    Order, Session, chart, events, files, form::Form, guard::Guard, headers, page, refusal::Refusal,
};
use crate::view::PlanView;

/// How many may look at once.
const MOST_VIEWERS: usize = 64;

/// The longest body of a request, bytes.
const LONGEST_BODY: usize = 64 * 1024;

/// What all answers are made from.
pub(super) struct Page {
    pub(super) session: Arc<Session>,
    /// One for each viewer.
    pub(super) seats: Arc<Semaphore>,
}

pub(super) fn router(session: Arc<Session>, guard: Guard) -> Router {
    let page = Page { session, seats: Arc::new(Semaphore::new(MOST_VIEWERS)) };
    page::router()
        .route("/api/events", get(events::stream))
        .route("/api/view", get(view))
        .route("/api/chart", get(chart::part))
        .route("/api/tests", get(tests))
        .route("/api/plan", post(plan))
        .route("/api/run", post(run))
        .route("/api/stop", post(stop))
        .route("/api/users", post(users))
        .route("/files/{name}", get(file))
        .fallback(|| async { Refusal::absent("there is nothing here") })
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .layer(from_fn_with_state(Arc::new(guard), Guard::watch))
        .layer(axum::middleware::from_fn(headers::add))
        .with_state(Arc::new(page))
}

async fn view(State(page): State<Arc<Page>>) -> Response {
    let json = page.session.board().watch().await.borrow_and_update().json();
    ([(header::CONTENT_TYPE, "application/json")], json).into_response()
}

async fn tests(State(page): State<Arc<Page>>) -> Json<Value> {
    Json(json!({"tests": page.session.tests().await}))
}

async fn plan(State(page): State<Arc<Page>>, form: Form) -> Result<Json<PlanView>, Refusal> {
    let plan = page.session.plan(order(&form)?).await?;
    Ok(Json(PlanView::new(&plan, &plan.load)))
}

async fn run(State(page): State<Arc<Page>>, form: Form) -> Result<StatusCode, Refusal> {
    page.session.start(order(&form)?).await?;
    Ok(StatusCode::ACCEPTED)
}

async fn stop(State(page): State<Arc<Page>>) -> Result<StatusCode, Refusal> {
    page.session.stop()?;
    Ok(StatusCode::ACCEPTED)
}

/// How many users shall run, and how fast they come and go.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Users {
    clients: u32,
    hatch_rate: Option<f64>,
}

async fn users(State(page): State<Arc<Page>>, form: Form) -> Result<Json<Value>, Refusal> {
    let Users { clients, hatch_rate } = serde_json::from_slice(&form.0).map_err(|error| {
        Refusal::malformed(format!("expected {{clients, hatch_rate}}: {error}"))
    })?;
    let clients =
        Clients::try_new(clients).map_err(|error| Refusal::conflict(error.to_string()))?;
    let rate = hatch_rate.map(HatchRate::try_new).transpose();
    let rate = rate.map_err(|error| Refusal::conflict(error.to_string()))?;
    let at = page.session.users(clients, rate).await?;
    Ok(Json(json!({"at_s": at.as_secs_f64()})))
}

async fn file(
    State(page): State<Arc<Page>>,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    let folder = page.session.board().folder();
    let folder = folder.ok_or_else(|| Refusal::absent("there is no run"))?;
    files::download(&folder, &name)
}

fn order(form: &Form) -> Result<Order, Refusal> {
    Order::read(&form.0).map_err(Refusal::malformed)
}
