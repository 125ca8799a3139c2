//! An account, and what its things are called in full.

use cloud::names;
use listeners::Reference;

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

    /// A secret of Secrets Manager, which ends its ARN with six characters that nobody knows before;
    /// none if it is kept elsewhere.
    pub(crate) fn secret(&self, reference: &Reference) -> Option<String> {
        let Self { id: account, partition } = self;
        let Reference::SecretsManager { id, .. } = reference else { return None };
        Some(if !id.starts_with("arn:") {
            format!("arn:{partition}:secretsmanager:*:{account}:secret:{id}-??????")
        } else if is_whole(id) {
            id.clone()
        } else {
            format!("{id}-??????")
        })
    }

    /// A parameter, whatever its version; none if it is kept elsewhere.
    pub(crate) fn parameter(&self, reference: &Reference) -> Option<String> {
        let Self { id, partition } = self;
        let Reference::Parameter { name } = reference else { return None };
        let parts: Vec<_> = name.split(':').collect();
        Some(if name.starts_with("arn:") {
            parts[..parts.len().min(6)].join(":")
        } else {
            let name = parts[0].trim_start_matches('/');
            format!("arn:{partition}:ssm:*:{id}:parameter/{name}")
        })
    }

    pub(crate) fn bucket(&self, region: &str) -> String {
        format!("arn:{}:s3:::{}", self.partition, names::bucket(&self.id, region))
    }
}

/// Whether a secret's ARN has the six characters that AWS ends it with.
fn is_whole(arn: &str) -> bool {
    let end = arn.rsplit_once('-').map(|(_, end)| end);
    end.is_some_and(|end| end.len() == 6 && end.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}
