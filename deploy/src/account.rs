//! An account, and what its things are called in full.

use cloud::names;

use crate::{call, clients::Clients, error::Error};

/// Whose things they are. In policies that are written without asking AWS, either may be `*`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Account {
    /// The account's number.
    pub(crate) id: String,
    /// Which of AWS's worlds it is in: `aws`, `aws-cn`, `aws-us-gov`.
    pub(crate) partition: String,
}

impl Account {
    /// The account that the credentials are of.
    pub(crate) async fn of(clients: &Clients, region: &str) -> Result<Self, Error> {
        let action = "sts:GetCallerIdentity";
        let identity = clients.sts(region).get_caller_identity().send().await;
        let identity = identity.map_err(call::failed(region, action, "*"))?;
        let partition = identity.arn().and_then(|arn| arn.split(':').nth(1)).unwrap_or("aws");
        Ok(Self {
            id: identity.account().unwrap_or_default().to_owned(),
            partition: partition.to_owned(),
        })
    }

    pub(crate) fn function(&self, region: &str, name: &str) -> String {
        let Self { id, partition } = self;
        format!("arn:{partition}:lambda:{region}:{id}:function:{name}")
    }

    pub(crate) fn role(&self, name: &str) -> String {
        let Self { id, partition } = self;
        format!("arn:{partition}:iam::{id}:role{}{name}", names::ROLE_PATH)
    }

    pub(crate) fn log_group(&self, region: &str, function: &str) -> String {
        let Self { id, partition } = self;
        format!("arn:{partition}:logs:{region}:{id}:log-group:{}", names::log_group(function))
    }

    pub(crate) fn bucket(&self, region: &str) -> String {
        format!("arn:{}:s3:::{}", self.partition, names::bucket(&self.id, region))
    }
}
