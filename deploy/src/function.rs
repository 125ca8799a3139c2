//! The function in a region.

mod state;

use std::collections::HashMap;

use aws_sdk_lambda::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    primitives::Blob,
    types::{
        Architecture as Built, Environment, FunctionCode, LastUpdateStatus, Runtime,
        State as Stage, VpcConfig,
    },
};
use cloud::names;
use tokio::time::sleep;

pub(crate) use self::state::State;
use crate::{
    account::Account,
    bucket::Bucket,
    build::zip::Package,
    call::{self, Said},
    change::{self, Change, Changes, has_tags},
    clients::Clients,
    error::Error,
    pace::Pace,
    progress::Line,
};

/// Lambda's answer for what is not there.
const ABSENT: [&str; 1] = ["ResourceNotFoundException"];

/// A longer zip does not fit into a call, and goes through the bucket.
const DIRECT: usize = 50_000_000;

/// The runtime of binaries that bring everything with them.
const RUNTIME: &str = "provided.al2023";

/// What such a binary is called.
const HANDLER: &str = "bootstrap";

/// A test's function in a region.
pub(crate) struct Function<'a> {
    client: Client,
    region: String,
    name: String,
    arn: String,
    /// The role that is made for it, if none is given.
    own_role: String,
    pace: Pace,
    line: &'a Line,
}

/// Where a function's code comes from.
pub(crate) struct Code<'a> {
    pub(crate) package: &'a Package,
    /// For what does not fit into a call.
    pub(crate) bucket: &'a Bucket,
}

enum Delivered {
    Directly(Blob),
    Through { bucket: String, key: String },
}

impl<'a> Function<'a> {
    pub(crate) fn new(
        clients: &Clients,
        account: &Account,
        test: &str,
        pace: Pace,
        line: &'a Line,
    ) -> Self {
        let region = line.name();
        Self {
            client: clients.lambda(region),
            region: region.into(),
            name: test.into(),
            arn: account.function(region, test),
            own_role: account.role(test),
            pace,
            line,
        }
    }

    /// How it is, if there is one that was made for this test.
    ///
    /// # Errors
    ///
    /// There is another one of that name, or AWS does not say.
    pub(crate) async fn read(&self) -> Result<Option<State>, Error> {
        let found = self.client.get_function().function_name(&self.name).send().await;
        let found = call::if_any(found, &ABSENT).map_err(self.failed("lambda:GetFunction"))?;
        let Some(found) = found else { return Ok(None) };
        if let Some(error) = found.tags_error() {
            return Err(Error::Denied {
                region: self.region.clone(),
                action: "lambda:ListTags",
                resource: self.arn.clone(),
                message: error.message().to_owned(),
            });
        }
        if found.tags().and_then(|tags| tags.get(names::TAG)) != Some(&self.name) {
            let (region, name) = (self.region.clone(), self.name.clone());
            return Err(Error::Foreign { region, kind: "function", name });
        }
        Ok(Some(State::of(found)))
    }

    /// Makes it what it is to be, and waits until it can be invoked.
    pub(crate) async fn ensure(
        &self,
        wanted: &State,
        code: &Code<'_>,
        changes: &mut Changes,
    ) -> Result<(), Error> {
        let Some(is) = self.read().await? else {
            let what = format!("function {} ({})", self.name, wanted.summary());
            if changes.due(Change::create(what)) {
                self.create(wanted, code).await?;
            }
            return Ok(());
        };
        self.update(&is, wanted, code, changes).await?;
        self.update_retries(changes).await?;
        if changes.applied() && !is.ready {
            self.settle().await?;
        }
        Ok(())
    }

    async fn create(&self, wanted: &State, code: &Code<'_>) -> Result<(), Error> {
        let code = match self.deliver(code).await? {
            Delivered::Directly(zip) => FunctionCode::builder().zip_file(zip),
            Delivered::Through { bucket, key } => {
                FunctionCode::builder().s3_bucket(bucket).s3_key(key)
            }
        };
        let request = self
            .client
            .create_function()
            .function_name(&self.name)
            .description("Makes load for a load test")
            .runtime(Runtime::from(RUNTIME))
            .handler(HANDLER)
            .architectures(Built::from(wanted.architecture.as_str()))
            .role(&wanted.role)
            .memory_size(wanted.memory_mb)
            .timeout(wanted.timeout_s)
            .set_vpc_config(wanted.vpc_config())
            .set_tags(Some(wanted.tags.clone().into_iter().collect()))
            .code(code.build());
        let created = self.patiently_as(&wanted.role, async || request.clone().send().await);
        created.await.map_err(self.failed("lambda:CreateFunction"))?;
        self.settle().await?;
        if let Some(reserved) = wanted.reserved {
            self.reserve(Some(reserved)).await?;
        }
        self.put_no_retries().await
    }

    async fn update(
        &self,
        is: &State,
        wanted: &State,
        code: &Code<'_>,
        changes: &mut Changes,
    ) -> Result<(), Error> {
        if let Some(change) = is.other_code(wanted)
            && changes.due(change)
        {
            self.put_code(wanted, code).await?;
        }
        let configuration = is.other_configuration(wanted).into_iter();
        if configuration.fold(false, |_, change| changes.due(change)) {
            self.put_configuration(is, wanted).await?;
        }
        if !has_tags(&is.tags, &wanted.tags) && changes.due(Change::set("the function's tags")) {
            let tags: HashMap<_, _> = wanted.tags.clone().into_iter().collect();
            let request = self.client.tag_resource().resource(&self.arn).set_tags(Some(tags));
            let tagged = self.patiently(async || request.clone().send().await).await;
            tagged.map_err(self.failed("lambda:TagResource"))?;
        }
        let what = "reserved concurrency";
        if let Some(change) = change::optional(what, is.reserved, wanted.reserved)
            && changes.due(change)
        {
            self.reserve(wanted.reserved).await?;
        }
        Ok(())
    }

    async fn put_code(&self, wanted: &State, code: &Code<'_>) -> Result<(), Error> {
        let request = self.client.update_function_code().function_name(&self.name);
        let request = request.architectures(Built::from(wanted.architecture.as_str()));
        let request = match self.deliver(code).await? {
            Delivered::Directly(zip) => request.zip_file(zip),
            Delivered::Through { bucket, key } => request.s3_bucket(bucket).s3_key(key),
        };
        let updated = self.patiently(async || request.clone().send().await).await;
        updated.map_err(self.failed("lambda:UpdateFunctionCode"))?;
        self.settle().await
    }

    async fn put_configuration(&self, is: &State, wanted: &State) -> Result<(), Error> {
        // Nothing is said of the network where it stays none.
        let vpc = wanted.vpc_config().or_else(|| {
            let none = VpcConfig::builder().set_subnet_ids(Some(Vec::new()));
            is.vpc.as_ref().map(|_| none.set_security_group_ids(Some(Vec::new())).build())
        });
        let request = self
            .client
            .update_function_configuration()
            .function_name(&self.name)
            .runtime(Runtime::from(RUNTIME))
            .handler(HANDLER)
            .role(&wanted.role)
            .memory_size(wanted.memory_mb)
            .timeout(wanted.timeout_s)
            .environment(Environment::builder().set_variables(Some(HashMap::new())).build())
            .set_vpc_config(vpc);
        let updated = self.patiently_as(&wanted.role, async || request.clone().send().await);
        updated.await.map_err(self.failed("lambda:UpdateFunctionConfiguration"))?;
        self.settle().await
    }

    async fn reserve(&self, concurrency: Option<i32>) -> Result<(), Error> {
        let Some(concurrency) = concurrency else {
            let request = self.client.delete_function_concurrency().function_name(&self.name);
            let deleted = self.patiently(async || request.clone().send().await).await;
            return deleted.map(drop).map_err(self.failed("lambda:DeleteFunctionConcurrency"));
        };
        let request = self.client.put_function_concurrency().function_name(&self.name);
        let request = request.reserved_concurrent_executions(concurrency);
        let put = self.patiently(async || request.clone().send().await).await;
        put.map(drop).map_err(self.failed("lambda:PutFunctionConcurrency"))
    }

    async fn update_retries(&self, changes: &mut Changes) -> Result<(), Error> {
        let asked = self.client.get_function_event_invoke_config().function_name(&self.name);
        let is = call::if_any(asked.send().await, &ABSENT);
        let is = is.map_err(self.failed("lambda:GetFunctionEventInvokeConfig"))?;
        let retries = is.and_then(|output| output.maximum_retry_attempts);
        if retries != Some(0) && changes.due(Change::set("no retries of asynchronous invocations"))
        {
            self.put_no_retries().await?;
        }
        Ok(())
    }

    /// Of what is invoked without anyone waiting for it, AWS would make load again after a failure.
    async fn put_no_retries(&self) -> Result<(), Error> {
        let request = self.client.put_function_event_invoke_config().function_name(&self.name);
        let request = request.maximum_retry_attempts(0);
        let put = self.patiently(async || request.clone().send().await).await;
        put.map(drop).map_err(self.failed("lambda:PutFunctionEventInvokeConfig"))
    }

    pub(crate) async fn remove(&self) -> Result<(), Error> {
        let request = self.client.delete_function().function_name(&self.name);
        let removed = self.patiently(async || request.clone().send().await).await;
        call::if_any(removed, &ABSENT).map_err(self.failed("lambda:DeleteFunction"))?;
        Ok(())
    }

    async fn deliver(&self, code: &Code<'_>) -> Result<Delivered, Error> {
        let bytes = code.package.bytes();
        self.line.step(&format!("uploading {:.1} MB", megabytes(bytes.len())));
        if bytes.len() <= DIRECT {
            return Ok(Delivered::Directly(Blob::new(bytes)));
        }
        let key = code.bucket.put(code.package).await?;
        Ok(Delivered::Through { bucket: code.bucket.name().into(), key })
    }

    /// Waits until nothing is under way any more.
    async fn settle(&self) -> Result<(), Error> {
        let mut waits = self.pace.waits();
        loop {
            let asked = self.client.get_function_configuration().function_name(&self.name);
            let is = asked.send().await.map_err(self.failed("lambda:GetFunctionConfiguration"))?;
            let reason = match (is.state(), is.last_update_status()) {
                (Some(Stage::Failed), _) => is.state_reason(),
                (_, Some(LastUpdateStatus::Failed)) => is.last_update_status_reason(),
                (stage, update) if state::is_ready(stage, update) => return Ok(()),
                (stage, _) => {
                    let is_new = stage == Some(&Stage::Pending);
                    let what = if is_new { "being created" } else { "being updated" };
                    self.line.step(&format!("waiting: the function is {what}"));
                    let late =
                        || Error::NotInTime { region: self.region.clone(), state: what.into() };
                    sleep(waits.next().ok_or_else(late)?).await;
                    continue;
                }
            };
            let reason = reason.unwrap_or("AWS does not say why").to_owned();
            return Err(Error::NotReady { region: self.region.clone(), reason });
        }
    }

    /// Does something again as long as another change is under way.
    async fn patiently<T, E: ProvideErrorMetadata>(
        &self,
        attempt: impl AsyncFnMut() -> Result<T, SdkError<E>>,
    ) -> Result<T, SdkError<E>> {
        self.retry(attempt, is_busy).await
    }

    /// Does something that names a role: one of our own may be so new that it is not known
    /// everywhere, and one that was given is known or wrong.
    async fn patiently_as<T, E: ProvideErrorMetadata>(
        &self,
        role: &str,
        attempt: impl AsyncFnMut() -> Result<T, SdkError<E>>,
    ) -> Result<T, SdkError<E>> {
        let is_own = role == self.own_role;
        let why = |code: &str, message: &str| {
            is_busy(code, message).or_else(|| is_new_role(code, message).filter(|_| is_own))
        };
        self.retry(attempt, why).await
    }

    async fn retry<T, E: ProvideErrorMetadata>(
        &self,
        attempt: impl AsyncFnMut() -> Result<T, SdkError<E>>,
        why: impl Fn(&str, &str) -> Option<&'static str>,
    ) -> Result<T, SdkError<E>> {
        let passing = |error: &SdkError<E>| {
            let why = why(error.code().unwrap_or_default(), error.message().unwrap_or_default());
            why.inspect(|why| self.line.step(&format!("waiting: {why}"))).is_some()
        };
        self.pace.retry(attempt, passing).await
    }

    fn failed<E: Said>(&self, action: &'static str) -> impl FnOnce(SdkError<E>) -> Error {
        call::failed(&self.region, action, &self.arn)
    }
}

fn is_busy(code: &str, message: &str) -> Option<&'static str> {
    let is_busy = code == "ResourceConflictException" && !message.contains("already exist");
    is_busy.then_some("another change of the function is under way")
}

/// A role takes some seconds until it, and what it may do, is known everywhere.
fn is_new_role(code: &str, message: &str) -> Option<&'static str> {
    let is_role = message.contains("cannot be assumed by Lambda")
        || message.contains("CreateNetworkInterface");
    let is_new = code == "InvalidParameterValueException" && is_role;
    is_new.then_some("the role is not known everywhere yet")
}

/// Whether a region has another test's function, by the tags of all that could be one.
pub(crate) async fn any_other(
    clients: &Clients,
    account: &Account,
    region: &str,
    test: &str,
) -> Result<bool, Error> {
    let client = clients.lambda(region);
    let all = account.function(region, "*");
    let mut functions = client.list_functions().into_paginator().items().send();
    while let Some(function) = functions.next().await {
        let function = function.map_err(call::failed(region, "lambda:ListFunctions", "*"))?;
        let alike = function.handler() == Some(HANDLER)
            && function.runtime().is_some_and(|runtime| runtime.as_str() == RUNTIME)
            && function.function_name() != Some(test);
        let Some(arn) = function.function_arn().filter(|_| alike) else { continue };
        let tags = call::if_any(client.list_tags().resource(arn).send().await, &ABSENT);
        let tags = tags.map_err(call::failed(region, "lambda:ListTags", &all))?;
        let tags = tags.and_then(|output| output.tags).unwrap_or_default();
        if tags.contains_key(names::TAG) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// So many bytes in megabytes, for people.
#[expect(clippy::cast_precision_loss, reason = "shown to a tenth")]
pub(crate) fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_passes_is_waited_for() {
        let conflict = "ResourceConflictException";
        assert!(is_busy(conflict, "An update is in progress for resource").is_some());
        assert!(is_busy(conflict, "Function already exist: shop").is_none());
        let invalid = "InvalidParameterValueException";
        let role = "The role defined for the function cannot be assumed by Lambda.";
        assert!(is_new_role(invalid, role).is_some());
        assert!(is_new_role(invalid, "MemorySize must be at most 3008").is_none());
        assert!(is_new_role(conflict, role).is_none());
    }
}
