//! Where a function's logs go.

use std::collections::BTreeMap;

use aws_sdk_cloudwatchlogs::{Client, error::SdkError};
use cloud::names;

use crate::{
    account::Account,
    call::{self, Said},
    change::{self, Change, Changes, has_tags},
    clients::Clients,
    deployment::Deployment,
    error::Error,
};

/// The service's answer for what is not there.
const ABSENT: [&str; 1] = ["ResourceNotFoundException"];

/// A function's log group in a region.
pub(crate) struct LogGroup {
    client: Client,
    region: String,
    test: String,
    name: String,
    arn: String,
}

struct State {
    retention: Option<i32>,
    tags: BTreeMap<String, String>,
}

impl LogGroup {
    pub(crate) fn new(clients: &Clients, account: &Account, region: &str, test: &str) -> Self {
        Self {
            client: clients.logs(region),
            region: region.into(),
            test: test.into(),
            name: names::log_group(test),
            arn: account.log_group(region, test),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Whether there is one that was made for this test.
    pub(crate) async fn exists(&self) -> Result<bool, Error> {
        let state = self.read().await?;
        Ok(state.is_some_and(|state| state.tags.get(names::TAG) == Some(&self.test)))
    }

    /// Makes it what it is to be. One that is there already is taken over: AWS makes one for
    /// a function that may, and its name says whose it is.
    pub(crate) async fn ensure(
        &self,
        deployment: &Deployment,
        changes: &mut Changes,
    ) -> Result<(), Error> {
        let (tags, wanted) = (deployment.all_tags(), deployment.log_retention_days);
        let Some(is) = self.read().await? else {
            if changes.due(Change::create(format!("log group {}", self.name))) {
                let created = self.client.create_log_group().log_group_name(&self.name);
                let created = created.set_tags(Some(tags.into_iter().collect())).send().await;
                created.map_err(self.failed("logs:CreateLogGroup"))?;
                self.put_retention(wanted).await?;
            }
            return Ok(());
        };
        if let Some(change) = change::optional("days of log retention", is.retention, wanted)
            && changes.due(change)
        {
            self.put_retention(wanted).await?;
        }
        if !has_tags(&is.tags, &tags) && changes.due(Change::set("the log group's tags")) {
            let tagged = self.client.tag_resource().resource_arn(&self.arn);
            let tagged = tagged.set_tags(Some(tags.into_iter().collect())).send().await;
            tagged.map_err(self.failed("logs:TagResource"))?;
        }
        Ok(())
    }

    pub(crate) async fn remove(&self) -> Result<(), Error> {
        let removed = self.client.delete_log_group().log_group_name(&self.name).send().await;
        call::if_any(removed, &ABSENT).map_err(self.failed("logs:DeleteLogGroup"))?;
        Ok(())
    }

    async fn read(&self) -> Result<Option<State>, Error> {
        // The name may be the beginning of others', which sort after it.
        let groups = self.client.describe_log_groups().log_group_name_prefix(&self.name);
        let groups = groups.send().await.map_err(self.failed("logs:DescribeLogGroups"))?;
        let group = groups.log_groups.unwrap_or_default().into_iter();
        let Some(group) =
            group.into_iter().find(|group| group.log_group_name() == Some(&self.name))
        else {
            return Ok(None);
        };
        let tags = self.client.list_tags_for_resource().resource_arn(&self.arn).send().await;
        let tags = call::if_any(tags, &ABSENT).map_err(self.failed("logs:ListTagsForResource"))?;
        let tags = tags.and_then(|output| output.tags).unwrap_or_default();
        Ok(Some(State { retention: group.retention_in_days, tags: tags.into_iter().collect() }))
    }

    async fn put_retention(&self, days: Option<i32>) -> Result<(), Error> {
        let Some(days) = days else {
            let removed = self.client.delete_retention_policy().log_group_name(&self.name);
            let removed = call::if_any(removed.send().await, &ABSENT);
            removed.map_err(self.failed("logs:DeleteRetentionPolicy"))?;
            return Ok(());
        };
        let put = self.client.put_retention_policy().log_group_name(&self.name);
        let put = put.retention_in_days(days).send().await;
        put.map_err(self.failed("logs:PutRetentionPolicy"))?;
        Ok(())
    }

    fn failed<E: Said>(&self, action: &'static str) -> impl FnOnce(SdkError<E>) -> Error {
        call::failed(&self.region, action, format!("{}:*", self.arn))
    }
}
