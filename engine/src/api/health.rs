//! Whether the APIs of a scenario are there.

use std::{rc::Rc, sync::Arc};

use tokio::runtime::{Builder, LocalOptions};

use super::{Api, ApiVersion, Healthcheck};
use crate::{
    capture::Capture,
    environment::Environment,
    http::{Addresses, Client, Request, Response, Scratch, Shared, Target, tls_config},
    run::RunError,
    scenario::Scenario,
    secret::mask,
    template::without_user,
    variables::plain_text,
};

/// What a healthcheck found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Health {
    /// The API's name.
    pub api: Arc<str>,
    /// Where was asked, without secrets.
    pub url: String,
    /// The version, or why the API is not healthy, without secrets.
    pub result: Result<ApiVersion, String>,
}

/// The most characters of a version.
const LONGEST: usize = 100;

/// Asks the APIs of a scenario that have a healthcheck, one after the other, on the current
/// thread: from here, with the scenario's own client and settings.
///
/// # Errors
///
/// What keeps it from asking at all; an API that is not healthy is part of the result.
pub fn check(scenario: &Scenario, environment: &Environment) -> Result<Vec<Health>, RunError> {
    let shared = Rc::new(Shared {
        settings: scenario.http.clone(),
        addresses: Addresses::default(),
        tls: tls_config(&scenario.http)?,
        scratch: Scratch::default(),
        unexpected_body: 0,
        tracer: None,
    });
    let base = environment.host.as_ref().map(|host| Target::parse(host)).transpose()?;
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default())
        .map_err(RunError::Thread)?;
    runtime.block_on(async {
        let mut found = Vec::new();
        for api in &scenario.apis {
            let Some(healthcheck) = &api.healthcheck else { continue };
            let client = Client::new(Rc::clone(&shared), base.clone());
            found.push(ask(&client, api, healthcheck, environment).await);
        }
        Ok(found)
    })
}

async fn ask(
    client: &Client,
    api: &Api,
    healthcheck: &Healthcheck,
    environment: &Environment,
) -> Health {
    let mut request = Request { keep_response: true, ..healthcheck.request.clone() };
    let made = without_user(environment, |scope| {
        api.without_users(environment).apply(&mut request, scope)
    });
    let told = match made {
        Ok(()) => answer(client, &request, healthcheck).await,
        Err(error) => Err(error.to_string()),
    };
    let url = client.target(&request.url).map_or(request.url.to_string(), |to| to.to_string());
    let masked = |text: &str| mask(text, &environment.secrets());
    let version = |version: Option<String>| ApiVersion {
        name: api.name.to_string(),
        version: version.map(|text| masked(&text)),
    };
    Health {
        api: Arc::clone(&api.name),
        url: masked(&url),
        result: told.map(version).map_err(|reason| masked(&reason)),
    }
}

async fn answer(
    client: &Client,
    request: &Request,
    healthcheck: &Healthcheck,
) -> Result<Option<String>, String> {
    let response = client.execute(request).await.result.map_err(|error| error.to_string())?;
    match request.expected.failure(&response) {
        Some(reason) => Err(reason),
        None => version(healthcheck, &response),
    }
}

/// The version that a response tells. It comes from a server, and is shown in one line.
fn version(healthcheck: &Healthcheck, response: &Response) -> Result<Option<String>, String> {
    let Some(from) = healthcheck.version.clone() else { return Ok(None) };
    let value = Capture { variable: "version".into(), from }.take(response)?;
    let text = plain_text(&value);
    Ok(Some(text.chars().filter(|c| !c.is_control()).take(LONGEST).collect()))
}
