//! The role that a function runs as.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_iam::{Client, error::SdkError, types::Tag};
use cloud::names;
use listeners::Reference;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::{
    account::Account,
    call::{self, Said},
    change::{Change, Changes, has_tags},
    clients::Clients,
    deployment::Deployment,
    error::Error,
    policy,
};

/// The name of its inline policy.
const POLICY: &str = "load-test";

/// IAM's answer for what is not there.
const ABSENT: [&str; 1] = ["NoSuchEntity"];

/// What is told of IAM, which is in no region.
const PLACE: &str = "IAM";

/// A test's own role.
pub(crate) struct Role {
    client: Client,
    name: String,
    arn: String,
}

/// A role as it is, or is to be.
pub(crate) struct State {
    tags: BTreeMap<String, String>,
    trust: Value,
    policy: Option<Value>,
}

impl Role {
    /// The role of a test; `region` only tells in which partition to ask.
    pub(crate) fn new(clients: &Clients, account: &Account, region: &str, test: &str) -> Self {
        Self { client: clients.iam(region), name: test.into(), arn: account.role(test) }
    }

    /// How it is, if there is one that was made for this test.
    ///
    /// # Errors
    ///
    /// There is another one of that name, or AWS does not say.
    pub(crate) async fn read(&self) -> Result<Option<State>, Error> {
        let role = self.client.get_role().role_name(&self.name).send().await;
        let role = call::if_any(role, &ABSENT).map_err(self.failed("iam:GetRole"))?;
        let Some(role) = role.and_then(|output| output.role) else { return Ok(None) };
        let tags = role.tags().iter().map(|tag| (tag.key.clone(), tag.value.clone()));
        let tags: BTreeMap<_, _> = tags.collect();
        if tags.get(names::TAG) != Some(&self.name) || role.arn() != self.arn {
            return Err(Error::Foreign {
                region: PLACE.into(),
                kind: "role",
                name: self.name.clone(),
            });
        }
        let policy = self.client.get_role_policy().role_name(&self.name).policy_name(POLICY);
        let policy = call::if_any(policy.send().await, &ABSENT);
        let policy = policy.map_err(self.failed("iam:GetRolePolicy"))?;
        Ok(Some(State {
            tags,
            trust: role.assume_role_policy_document().map(document).unwrap_or_default(),
            policy: policy.map(|output| document(output.policy_document())),
        }))
    }

    /// Makes it what it is to be.
    pub(crate) async fn ensure(
        &self,
        account: &Account,
        deployment: &Deployment,
        changes: &mut Changes,
    ) -> Result<(), Error> {
        let wanted = State {
            tags: deployment.all_tags(),
            trust: policy::trust(),
            policy: Some(policy::function(account, deployment)),
        };
        let reading = reading(&deployment.secrets);
        let Some(is) = self.read().await? else {
            if changes.due(Change::create(format!("role {}{reading}", self.name))) {
                self.create(&wanted).await?;
                self.put_policy(&wanted).await?;
            }
            return Ok(());
        };
        if is.trust != wanted.trust && changes.due(Change::set("who may assume the role")) {
            self.put_trust(&wanted).await?;
        }
        if is.policy != wanted.policy
            && changes.due(Change::set(format!("the role's policy{reading}")))
        {
            self.put_policy(&wanted).await?;
        }
        if !has_tags(&is.tags, &wanted.tags) && changes.due(Change::set("the role's tags")) {
            self.put_tags(&wanted).await?;
        }
        Ok(())
    }

    async fn create(&self, wanted: &State) -> Result<(), Error> {
        let created = self.client.create_role().path(names::ROLE_PATH).role_name(&self.name);
        let created = created
            .description("What the function of a load test may do")
            .assume_role_policy_document(wanted.trust.to_string())
            .set_tags(Some(tags(&wanted.tags)));
        created.send().await.map_err(self.failed("iam:CreateRole"))?;
        Ok(())
    }

    async fn put_trust(&self, wanted: &State) -> Result<(), Error> {
        let put = self.client.update_assume_role_policy().role_name(&self.name);
        let put = put.policy_document(wanted.trust.to_string()).send().await;
        put.map_err(self.failed("iam:UpdateAssumeRolePolicy"))?;
        Ok(())
    }

    async fn put_policy(&self, wanted: &State) -> Result<(), Error> {
        let document = wanted.policy.as_ref().map(Value::to_string);
        let put = self.client.put_role_policy().role_name(&self.name).policy_name(POLICY);
        let put = put.set_policy_document(document).send().await;
        put.map_err(self.failed("iam:PutRolePolicy"))?;
        Ok(())
    }

    async fn put_tags(&self, wanted: &State) -> Result<(), Error> {
        let put = self.client.tag_role().role_name(&self.name);
        let put = put.set_tags(Some(tags(&wanted.tags))).send().await;
        put.map_err(self.failed("iam:TagRole"))?;
        Ok(())
    }

    /// Removes it, with the policies that are in it or attached to it.
    pub(crate) async fn remove(&self) -> Result<(), Error> {
        let inline = self.client.list_role_policies().role_name(&self.name).send().await;
        let inline = inline.map_err(self.failed("iam:ListRolePolicies"))?;
        for name in inline.policy_names() {
            let removed = self.client.delete_role_policy().role_name(&self.name);
            let removed = removed.policy_name(name).send().await;
            removed.map_err(self.failed("iam:DeleteRolePolicy"))?;
        }
        let attached = self.client.list_attached_role_policies().role_name(&self.name).send().await;
        let attached = attached.map_err(self.failed("iam:ListAttachedRolePolicies"))?;
        for policy in attached.attached_policies() {
            let detached = self.client.detach_role_policy().role_name(&self.name);
            let detached = detached.set_policy_arn(policy.policy_arn.clone()).send().await;
            detached.map_err(self.failed("iam:DetachRolePolicy"))?;
        }
        let removed = self.client.delete_role().role_name(&self.name).send().await;
        call::if_any(removed, &ABSENT).map_err(self.failed("iam:DeleteRole"))?;
        Ok(())
    }

    fn failed<E: Said>(&self, action: &'static str) -> impl FnOnce(SdkError<E>) -> Error {
        call::failed(PLACE, action, &self.arn)
    }
}

/// What a person should know of what a function is allowed.
fn reading(secrets: &[Reference]) -> String {
    if secrets.is_empty() {
        return String::new();
    }
    let names: BTreeSet<_> = secrets.iter().map(Reference::of_all_keys).collect();
    let names: Vec<_> = names.iter().map(Reference::to_string).collect();
    format!(", which may read {}", names.join(", "))
}

fn tags(tags: &BTreeMap<String, String>) -> Vec<Tag> {
    let tags = tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build());
    tags.map(|tag| tag.expect("it has a key and a value")).collect()
}

/// A policy as IAM gives it: JSON that is percent-encoded.
fn document(encoded: &str) -> Value {
    let text = percent_decode_str(encoded).decode_utf8_lossy();
    serde_json::from_str(&text).unwrap_or_default()
}
