//! What of a function is compared.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_lambda::{
    operation::get_function::GetFunctionOutput,
    types::{LastUpdateStatus, State as Stage, VpcConfig, VpcConfigResponse},
};

use super::{HANDLER, RUNTIME};
use crate::{
    build::zip::Package,
    change::Change,
    deployment::{Deployment, Vpc},
};

/// The longest that a function may run, seconds.
const TIMEOUT_S: i32 = 900;

/// A function as it is, or is to be.
pub(crate) struct State {
    code: String,
    pub(super) architecture: String,
    runtime: String,
    handler: String,
    pub(super) role: String,
    pub(super) memory_mb: i32,
    pub(super) timeout_s: i32,
    has_variables: bool,
    pub(super) vpc: Option<Network>,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) reserved: Option<i32>,
    /// It can be invoked.
    pub(super) ready: bool,
}

/// Where it is attached, in no order.
#[derive(Eq, PartialEq)]
pub(super) struct Network {
    subnets: BTreeSet<String>,
    security_groups: BTreeSet<String>,
}

impl State {
    /// As it is to be.
    pub(crate) fn wanted(deployment: &Deployment, role: &str, package: &Package) -> Self {
        Self {
            code: package.sha256(),
            architecture: deployment.architecture.name().into(),
            runtime: RUNTIME.into(),
            handler: HANDLER.into(),
            role: role.into(),
            memory_mb: i32::try_from(deployment.memory_mb).unwrap_or(i32::MAX),
            timeout_s: TIMEOUT_S,
            has_variables: false,
            vpc: deployment.vpc.as_ref().map(Network::wanted),
            tags: deployment.all_tags(),
            reserved: deployment.reserved_concurrency,
            ready: true,
        }
    }

    /// As it is.
    pub(super) fn of(found: GetFunctionOutput) -> Self {
        let is = found
            .configuration
            .unwrap_or_else(|| aws_sdk_lambda::types::FunctionConfiguration::builder().build());
        let architecture = is.architectures().first();
        let variables = is.environment().and_then(|environment| environment.variables());
        Self {
            architecture: architecture.map_or("x86_64", |name| name.as_str()).into(),
            runtime: is.runtime().map(|name| name.as_str().to_owned()).unwrap_or_default(),
            memory_mb: is.memory_size().unwrap_or_default(),
            timeout_s: is.timeout().unwrap_or_default(),
            has_variables: variables.is_some_and(|variables| !variables.is_empty()),
            vpc: is.vpc_config().and_then(Network::of),
            ready: is_ready(is.state(), is.last_update_status()),
            tags: found.tags.unwrap_or_default().into_iter().collect(),
            reserved: found.concurrency.and_then(|c| c.reserved_concurrent_executions),
            code: is.code_sha256.unwrap_or_default(),
            handler: is.handler.unwrap_or_default(),
            role: is.role.unwrap_or_default(),
        }
    }

    /// The code, and with it the processor that it is for.
    pub(super) fn other_code(&self, wanted: &Self) -> Option<Change> {
        if self.architecture != wanted.architecture {
            let what = "the code and its architecture";
            return Some(Change::value(what, &self.architecture, &wanted.architecture));
        }
        (self.code != wanted.code).then(|| Change::set("the code"))
    }

    /// What a single call sets.
    pub(super) fn other_configuration(&self, wanted: &Self) -> Vec<Change> {
        let mut changes = Vec::new();
        if self.memory_mb != wanted.memory_mb {
            changes.push(Change::value("MB of memory", self.memory_mb, wanted.memory_mb));
        }
        if self.timeout_s != wanted.timeout_s {
            changes.push(Change::value("seconds of timeout", self.timeout_s, wanted.timeout_s));
        }
        if self.role != wanted.role {
            changes.push(Change::value("the function's role", &self.role, &wanted.role));
        }
        if self.runtime != wanted.runtime || self.handler != wanted.handler {
            let [is, to] =
                [self, wanted].map(|state| format!("{} {}", state.runtime, state.handler));
            changes.push(Change::value("runtime and handler", is, to));
        }
        if self.has_variables {
            changes.push(Change::remove("the environment variables"));
        }
        if self.vpc != wanted.vpc {
            changes.push(match wanted.vpc {
                Some(_) => Change::set("the network"),
                None => Change::remove("the network"),
            });
        }
        changes
    }

    pub(super) fn vpc_config(&self) -> Option<VpcConfig> {
        let Network { subnets, security_groups } = self.vpc.as_ref()?;
        let config = VpcConfig::builder();
        let config = config.set_subnet_ids(Some(subnets.iter().cloned().collect()));
        Some(config.set_security_group_ids(Some(security_groups.iter().cloned().collect())).build())
    }

    /// In a few words.
    pub(super) fn summary(&self) -> String {
        format!("{}, {} MB", self.architecture, self.memory_mb)
    }
}

impl Network {
    fn wanted(vpc: &Vpc) -> Self {
        Self {
            subnets: vpc.subnets.iter().cloned().collect(),
            security_groups: vpc.security_groups.iter().cloned().collect(),
        }
    }

    /// None if it has no subnets: AWS answers so for a function that is in no network.
    fn of(vpc: &VpcConfigResponse) -> Option<Self> {
        let network = Self {
            subnets: vpc.subnet_ids().iter().cloned().collect(),
            security_groups: vpc.security_group_ids().iter().cloned().collect(),
        };
        (!network.subnets.is_empty()).then_some(network)
    }
}

/// Whether a function can be invoked, as it is to be. One that was not for long is inactive, and
/// wakes up when it is.
pub(super) fn is_ready(stage: Option<&Stage>, update: Option<&LastUpdateStatus>) -> bool {
    !matches!(stage, Some(Stage::Pending | Stage::Failed))
        && !matches!(update, Some(LastUpdateStatus::InProgress | LastUpdateStatus::Failed))
}

#[cfg(test)]
mod tests {
    use aws_sdk_lambda::types::FunctionConfiguration;

    use super::*;

    fn wanted(vpc: Option<Vpc>) -> State {
        let deployment = Deployment {
            function: "shop".into(),
            regions: Vec::new(),
            memory_mb: 1769,
            architecture: crate::deployment::Architecture::X86_64,
            role: None,
            log_retention_days: None,
            tags: BTreeMap::new(),
            reserved_concurrency: None,
            vpc,
            secrets: Vec::new(),
        };
        State::wanted(&deployment, "role", &Package::new(Vec::new()))
    }

    fn is(vpc: Option<VpcConfigResponse>) -> State {
        let configuration = FunctionConfiguration::builder()
            .runtime(RUNTIME.into())
            .handler(HANDLER)
            .role("role")
            .memory_size(1769)
            .timeout(900)
            .set_vpc_config(vpc);
        State::of(GetFunctionOutput::builder().configuration(configuration.build()).build())
    }

    fn attached(subnets: &[&str]) -> VpcConfigResponse {
        let subnets = subnets.iter().map(|id| (*id).to_owned()).collect();
        VpcConfigResponse::builder().set_subnet_ids(Some(subnets)).security_group_ids("sg").build()
    }

    fn changes(is: &State, wanted: &State) -> Vec<String> {
        is.other_configuration(wanted).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_network_is_compared_whatever_its_order() {
        let vpc = Vpc { subnets: vec!["a".into(), "b".into()], security_groups: vec!["sg".into()] };
        let wanted_vpc = wanted(Some(vpc));
        assert!(changes(&is(Some(attached(&["b", "a"]))), &wanted_vpc).is_empty());
        assert_eq!(changes(&is(Some(attached(&["a"]))), &wanted_vpc), ["set the network"]);
        assert_eq!(changes(&is(None), &wanted_vpc), ["set the network"]);
        assert_eq!(changes(&is(Some(attached(&["a"]))), &wanted(None)), ["remove the network"]);
        // So AWS says that there is none.
        let none = VpcConfigResponse::builder().vpc_id("").build();
        assert!(changes(&is(Some(none)), &wanted(None)).is_empty());
    }

    #[test]
    fn a_function_is_ready_unless_something_is_under_way_or_failed() {
        assert!(is_ready(Some(&Stage::Active), Some(&LastUpdateStatus::Successful)));
        assert!(is_ready(Some(&Stage::Inactive), None));
        assert!(!is_ready(Some(&Stage::Pending), None));
        assert!(!is_ready(Some(&Stage::Failed), Some(&LastUpdateStatus::Successful)));
        assert!(!is_ready(Some(&Stage::Active), Some(&LastUpdateStatus::InProgress)));
        assert!(!is_ready(Some(&Stage::Active), Some(&LastUpdateStatus::Failed)));
    }
}
