//! Who may do what: the function's role, and the people who deploy and run.

use std::collections::BTreeSet;

use listeners::Reference;
use serde_json::{Map, Value, json};

use crate::{account::Account, deployment::Deployment};

/// Who may assume a function's role: Lambda.
pub(crate) fn trust() -> Value {
    document(&[json!({
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    })])
}

/// What a function may do: write its own logs, see what keeps its runs going, and read what its
/// listeners need.
pub(crate) fn function(account: &Account, deployment: &Deployment) -> Value {
    let logs = account.log_group("*", &deployment.function);
    let mut statements = vec![
        allow("Logs", &["logs:CreateLogStream", "logs:PutLogEvents"], &[format!("{logs}:*")]),
        allow(
            "Runs",
            &["s3:GetObject", "s3:PutObject"],
            &[format!("{}/runs/*", account.bucket("*"))],
        ),
    ];
    statements.extend(secrets(account, &deployment.secrets));
    if deployment.vpc.is_some() {
        // Of what AWS asks for to attach a function, nothing can be narrowed down to it.
        let actions = [
            "ec2:CreateNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
            "ec2:DeleteNetworkInterface",
            "ec2:AssignPrivateIpAddresses",
            "ec2:UnassignPrivateIpAddresses",
        ];
        statements.push(allow("Network", &actions, &["*".into()]));
    }
    document(&statements)
}

/// Reading these secrets, and no others. AWS's own keys decrypt them for whoever may read them; of
/// another key its owner must allow it.
fn secrets(account: &Account, secrets: &[Reference]) -> Vec<Value> {
    let arns = |of: fn(&Account, &Reference) -> Option<String>| {
        let arns: BTreeSet<_> = secrets.iter().filter_map(|secret| of(account, secret)).collect();
        arns.into_iter().collect::<Vec<_>>()
    };
    let kept = [
        ("Secrets", "secretsmanager:GetSecretValue", arns(Account::secret)),
        ("Parameters", "ssm:GetParameter", arns(Account::parameter)),
    ];
    let kept = kept.into_iter().filter(|(_, _, arns)| !arns.is_empty());
    kept.map(|(id, action, arns)| allow(id, &[action], &arns)).collect()
}

/// What a person does who needs a policy.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
pub enum Task {
    /// `prepare-lambda --upload`.
    Upload,
    /// `prepare-lambda --destroy`.
    Destroy,
    /// `load-test run`.
    Run,
    /// `load-test doctor`.
    Doctor,
    /// Each of them.
    All,
}

/// The least that a person needs for a task, without asking AWS: what is not known is `*`.
pub fn person(task: Task, deployment: &Deployment) -> Value {
    let names = Names::of(deployment);
    match task {
        Task::Upload => document(&upload(&names, deployment)),
        Task::Destroy => document(&destroy(&names)),
        Task::Run => document(&run(&names)),
        Task::Doctor => document(&doctor(&names)),
        Task::All => {
            let commands = [
                ("prepare-lambda --upload", Task::Upload),
                ("prepare-lambda --destroy", Task::Destroy),
                ("load-test run", Task::Run),
                ("load-test doctor", Task::Doctor),
            ];
            let policies = commands.map(|(name, task)| (name.to_owned(), person(task, deployment)));
            Value::Object(Map::from_iter(policies))
        }
    }
}

/// The ARNs of a test's things.
struct Names {
    functions: Vec<String>,
    log_groups: Vec<String>,
    buckets: Vec<String>,
    /// Our own role.
    role: String,
    /// The role of the function.
    passed: String,
    account: Account,
    function: String,
}

impl Names {
    fn of(deployment: &Deployment) -> Self {
        let account = account(deployment);
        let regions = match deployment.regions.as_slice() {
            [] => vec!["*"],
            regions => regions.iter().map(String::as_str).collect(),
        };
        let name = &deployment.function;
        let each =
            |arn: &dyn Fn(&str) -> String| regions.iter().map(|region| arn(region)).collect();
        let role = account.role(name);
        Self {
            functions: each(&|region| account.function(region, name)),
            log_groups: regions
                .iter()
                .flat_map(|region| log_group(&account, region, name))
                .collect(),
            buckets: each(&|region| account.bucket(region)),
            passed: deployment.role.clone().unwrap_or_else(|| role.clone()),
            role,
            account,
            function: name.clone(),
        }
    }
}

/// What is known of the account: a role that is given names it.
fn account(deployment: &Deployment) -> Account {
    let role = deployment.role.as_deref().unwrap_or_default();
    let parts: Vec<_> = role.split(':').collect();
    match parts.as_slice() {
        ["arn", partition, "iam", _, id, ..] => {
            Account { id: (*id).into(), partition: (*partition).into() }
        }
        _ => Account { id: "*".into(), partition: "aws".into() },
    }
}

fn upload(names: &Names, deployment: &Deployment) -> Vec<Value> {
    let mut statements = Vec::new();
    if deployment.role.is_none() {
        let actions = [
            "iam:GetRole",
            "iam:GetRolePolicy",
            "iam:CreateRole",
            "iam:TagRole",
            "iam:PutRolePolicy",
            "iam:UpdateAssumeRolePolicy",
        ];
        statements.push(allow("Role", &actions, std::slice::from_ref(&names.role)));
    }
    statements.push(json!({
        "Sid": "PassRole",
        "Effect": "Allow",
        "Action": "iam:PassRole",
        "Resource": names.passed,
        "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}},
    }));
    let function = [
        "lambda:GetFunction",
        "lambda:GetFunctionConfiguration",
        "lambda:ListTags",
        "lambda:CreateFunction",
        "lambda:UpdateFunctionCode",
        "lambda:UpdateFunctionConfiguration",
        "lambda:TagResource",
        "lambda:PutFunctionConcurrency",
        "lambda:DeleteFunctionConcurrency",
        "lambda:GetFunctionEventInvokeConfig",
        "lambda:PutFunctionEventInvokeConfig",
    ];
    statements.push(allow("Function", &function, &names.functions));
    let logs = [
        "logs:CreateLogGroup",
        "logs:PutRetentionPolicy",
        "logs:DeleteRetentionPolicy",
        "logs:ListTagsForResource",
        "logs:TagResource",
    ];
    statements.push(allow("LogGroup", &logs, &names.log_groups));
    statements.push(describe_log_groups());
    let bucket = [
        "s3:CreateBucket",
        "s3:GetBucketTagging",
        "s3:PutBucketTagging",
        "s3:GetBucketPublicAccessBlock",
        "s3:PutBucketPublicAccessBlock",
        "s3:GetLifecycleConfiguration",
        "s3:PutLifecycleConfiguration",
    ];
    statements.push(allow("Bucket", &bucket, &names.buckets));
    let code: Vec<_> = names.buckets.iter().map(|bucket| format!("{bucket}/code/*")).collect();
    statements.push(allow("LargeZips", &["s3:PutObject", "s3:GetObject"], &code));
    if deployment.vpc.is_some() {
        let network = ["ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"];
        statements.push(allow("Network", &network, &["*".into()]));
    }
    statements
}

/// Everywhere: what is left in a region that the profile no longer names is to be found.
fn destroy(names: &Names) -> Vec<Value> {
    let Names { account, function, role, .. } = names;
    let roles = [
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:ListRolePolicies",
        "iam:DeleteRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:DetachRolePolicy",
        "iam:DeleteRole",
    ];
    let functions = ["lambda:GetFunction", "lambda:DeleteFunction"];
    let logs = ["logs:ListTagsForResource", "logs:DeleteLogGroup"];
    let bucket = account.bucket("*");
    vec![
        allow("Role", &roles, std::slice::from_ref(role)),
        allow("Function", &functions, &[account.function("*", function)]),
        // Whether another test still needs a region's bucket.
        allow("ListFunctions", &["lambda:ListFunctions"], &["*".into()]),
        allow("TagsOfFunctions", &["lambda:ListTags"], &[account.function("*", "*")]),
        allow("LogGroup", &logs, &log_group(account, "*", function)),
        describe_log_groups(),
        allow(
            "Bucket",
            &["s3:GetBucketTagging", "s3:ListBucket", "s3:DeleteBucket"],
            std::slice::from_ref(&bucket),
        ),
        allow("Objects", &["s3:DeleteObject"], &[format!("{bucket}/*")]),
    ]
}

fn run(names: &Names) -> Vec<Value> {
    let runs: Vec<_> = names.buckets.iter().map(|bucket| format!("{bucket}/runs/*")).collect();
    vec![
        invoke(names),
        quota(),
        // Without it, an object that is not there looks like one that may not be read.
        allow("Bucket", &["s3:ListBucket"], &names.buckets),
        allow("Runs", &["s3:GetObject", "s3:PutObject"], &runs),
    ]
}

fn doctor(names: &Names) -> Vec<Value> {
    let probes: Vec<_> =
        names.buckets.iter().map(|bucket| format!("{bucket}/{}", cloud::lease::PROBE)).collect();
    vec![
        invoke(names),
        allow("LookAtFunction", &["lambda:GetFunctionConfiguration"], &names.functions),
        quota(),
        allow("Probe", &["s3:PutObject"], &probes),
    ]
}

fn invoke(names: &Names) -> Value {
    allow("Function", &["lambda:InvokeFunction"], &names.functions)
}

fn quota() -> Value {
    // It belongs to the account, so AWS takes no resource.
    allow("Quota", &["lambda:GetAccountSettings"], &["*".into()])
}

/// Of its calls, some name a log group in one way, and some in the other.
fn log_group(account: &Account, region: &str, function: &str) -> [String; 2] {
    let arn = account.log_group(region, function);
    [format!("{arn}:*"), arn]
}

fn describe_log_groups() -> Value {
    // AWS lists them all or none.
    allow("LogGroups", &["logs:DescribeLogGroups"], &["*".into()])
}

fn document(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// A single action or resource stands for itself, as IAM keeps it.
fn allow(id: &str, actions: &[&str], resources: &[String]) -> Value {
    let resource = match resources {
        [resource] => json!(resource),
        resources => json!(resources),
    };
    let action = match actions {
        [action] => json!(action),
        actions => json!(actions),
    };
    json!({"Sid": id, "Effect": "Allow", "Action": action, "Resource": resource})
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::deployment::{Architecture, Vpc};

    fn deployment(vpc: Option<Vpc>) -> Deployment {
        Deployment {
            function: "shop".into(),
            regions: Vec::new(),
            memory_mb: 1769,
            architecture: Architecture::X86_64,
            role: None,
            log_retention_days: None,
            tags: BTreeMap::new(),
            reserved_concurrency: None,
            vpc,
            secrets: Vec::new(),
        }
    }

    #[test]
    fn a_function_may_do_what_it_needs_and_no_more() {
        let account = Account { id: "123456789012".into(), partition: "aws".into() };
        let logs = "arn:aws:logs:*:123456789012:log-group:/aws/lambda/shop:*";
        let runs = "arn:aws:s3:::load-test-123456789012-*/runs/*";
        let statements = json!([
            {
                "Sid": "Logs",
                "Effect": "Allow",
                "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": logs,
            },
            {
                "Sid": "Runs",
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:PutObject"],
                "Resource": runs,
            },
        ]);
        assert_eq!(function(&account, &deployment(None))["Statement"], statements);
        let vpc = Vpc { subnets: vec!["subnet-1".into()], security_groups: vec!["sg-1".into()] };
        let attached = function(&account, &deployment(Some(vpc)));
        assert_eq!(attached["Statement"].as_array().unwrap().len(), 3);
        assert_eq!(attached["Statement"][2]["Action"][0], "ec2:CreateNetworkInterface");
    }

    #[test]
    fn a_function_may_read_its_secrets_and_no_others() {
        let account = Account { id: "123456789012".into(), partition: "aws".into() };
        let secret = |id: &str| Reference::SecretsManager { id: id.into(), key: Some("a".into()) };
        let parameter = |name: &str| Reference::Parameter { name: name.into() };
        let given = "arn:aws:secretsmanager:eu-west-1:210987654321:secret:ours-AbCdEf";
        let mut wanted = deployment(None);
        wanted.secrets = vec![
            secret("team/splunk"),
            secret("team/splunk"),
            secret(given),
            secret("arn:aws:secretsmanager:eu-west-1:210987654321:secret:theirs"),
            parameter("/team/token:3"),
            parameter("token"),
            parameter("arn:aws:ssm:us-east-1:210987654321:parameter/theirs:live"),
        ];
        let statements = function(&account, &wanted)["Statement"].as_array().unwrap()[2..].to_vec();
        let expected = json!([
            {
                "Sid": "Secrets",
                "Effect": "Allow",
                "Action": "secretsmanager:GetSecretValue",
                "Resource": [
                    "arn:aws:secretsmanager:*:123456789012:secret:team/splunk-??????",
                    given,
                    "arn:aws:secretsmanager:eu-west-1:210987654321:secret:theirs-??????",
                ],
            },
            {
                "Sid": "Parameters",
                "Effect": "Allow",
                "Action": "ssm:GetParameter",
                "Resource": [
                    "arn:aws:ssm:*:123456789012:parameter/team/token",
                    "arn:aws:ssm:*:123456789012:parameter/token",
                    "arn:aws:ssm:us-east-1:210987654321:parameter/theirs",
                ],
            },
        ]);
        assert_eq!(Value::Array(statements), expected);
    }

    #[test]
    fn what_is_not_known_is_any() {
        let policy = person(Task::Upload, &deployment(None));
        assert_eq!(policy["Statement"][0]["Resource"], "arn:aws:iam::*:role/load-test/shop");
        assert_eq!(policy["Statement"][2]["Resource"], "arn:aws:lambda:*:*:function:shop");
    }
}
