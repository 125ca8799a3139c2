//! What a policy must allow for a call.

use axum::http::request::Parts;

/// The action of a call; `text` is all of it.
pub(super) fn of(parts: &Parts, text: &str) -> String {
    let service = ["iam", "sts", "logs", "lambda", "s3"];
    let service = service.into_iter().find(|name| text.contains(&format!("/{name}/aws4_request")));
    let name = match service.unwrap() {
        "logs" => parts.headers["x-amz-target"].to_str().unwrap().split('.').nth(1).unwrap(),
        "lambda" => lambda(parts),
        "s3" => s3(parts),
        _ => text.split("Action=").nth(1).unwrap().split('&').next().unwrap(),
    };
    format!("{}:{name}", service.unwrap())
}

fn lambda(parts: &Parts) -> &'static str {
    let path: Vec<_> = parts.uri.path().trim_matches('/').split('/').collect();
    match (parts.method.as_str(), &path[1..]) {
        ("GET", ["functions"]) => "ListFunctions",
        ("POST", ["functions"]) => "CreateFunction",
        ("GET", ["functions", _]) => "GetFunction",
        ("DELETE", ["functions", _]) => "DeleteFunction",
        ("PUT", ["functions", _, "code"]) => "UpdateFunctionCode",
        ("GET", ["functions", _, "configuration"]) => "GetFunctionConfiguration",
        ("PUT", ["functions", _, "configuration"]) => "UpdateFunctionConfiguration",
        ("PUT", ["functions", _, "concurrency"]) => "PutFunctionConcurrency",
        ("DELETE", ["functions", _, "concurrency"]) => "DeleteFunctionConcurrency",
        ("GET", ["functions", _, "event-invoke-config"]) => "GetFunctionEventInvokeConfig",
        ("PUT", ["functions", _, "event-invoke-config"]) => "PutFunctionEventInvokeConfig",
        ("GET", ["tags", ..]) => "ListTags",
        ("POST", ["tags", ..]) => "TagResource",
        other => panic!("an unknown call: {other:?}"),
    }
}

fn s3(parts: &Parts) -> &'static str {
    let is_bucket = !parts.uri.path().trim_matches('/').contains('/');
    let query = parts.uri.query().unwrap_or_default().split(['=', '&']).next().unwrap();
    match (parts.method.as_str(), query, is_bucket) {
        ("GET", "tagging", true) => "GetBucketTagging",
        ("PUT", "tagging", true) => "PutBucketTagging",
        ("GET", "publicAccessBlock", true) => "GetBucketPublicAccessBlock",
        ("PUT", "publicAccessBlock", true) => "PutBucketPublicAccessBlock",
        ("GET", "lifecycle", true) => "GetLifecycleConfiguration",
        ("PUT", "lifecycle", true) => "PutLifecycleConfiguration",
        ("GET", "list-type", true) => "ListBucket",
        ("POST", "delete", true) => "DeleteObject",
        ("PUT", _, false) => "PutObject",
        ("PUT", "", true) => "CreateBucket",
        ("DELETE", "", true) => "DeleteBucket",
        other => panic!("an unknown call: {other:?}"),
    }
}
