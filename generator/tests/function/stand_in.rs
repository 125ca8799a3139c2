//! The stand-in itself: what AWS documents, as the SDK sees it.

use std::{fs, path::Path, process::Command, time::Instant};

use aws_config::{BehaviorVersion, Region};
use aws_sdk_lambda::{Client, config::Credentials, error::ProvideErrorMetadata, types::LogType};
use base64::{Engine, prelude::BASE64_STANDARD};
use cloud::ask::{Ask, Ping};
use controller::demo_api::DemoApi;
use fake_lambda::{FakeLambda, Fault, Rule, Settings};

use crate::support::{
    FUNCTION, REGION, client, eventually, fake, job, payload, run, seconds, stream,
};

fn ping() -> Ask {
    Ask::Ping(Ping::default())
}

/// The code of the error with which a streamed ping ends before it begins.
async fn code(client: &Client) -> Option<String> {
    stream(client, &ping()).await.err().and_then(|error| error.code().map(str::to_owned))
}

fn alive(pid: u32) -> bool {
    // A zombie has no command line.
    fs::read(Path::new("/proc").join(pid.to_string()).join("cmdline"))
        .is_ok_and(|line| !line.is_empty())
}

#[tokio::test]
async fn environments_run_side_by_side_and_are_used_again() {
    let (fake, api) = (fake(), DemoApi::spawn().unwrap());
    let client = client(&fake, REGION);
    let (a, b) = (run(job(&api, "a", 1.0)), run(job(&api, "b", 1.0)));
    let (a, b) = (Ask::Run(Box::new(a)), Ask::Run(Box::new(b)));
    let (a, b) = tokio::join!(stream(&client, &a), stream(&client, &b));
    let (a, b) = (a.unwrap().read().hello, b.unwrap().read().hello);
    assert_ne!(a.environment, b.environment);
    let again = stream(&client, &ping()).await.unwrap().read().hello;
    assert!(!again.cold && [a.environment, b.environment].contains(&again.environment));
    assert_eq!(fake.pids().len(), 2);
}

#[tokio::test]
async fn all_processes_end_with_the_stand_in() {
    let fake = fake();
    stream(&client(&fake, REGION), &ping()).await.unwrap();
    let pids = fake.pids();
    assert!(pids.iter().all(|pid| alive(*pid)));
    drop(fake);
    assert_eq!(pids.iter().filter(|pid| alive(**pid)).count(), 0);
}

#[tokio::test]
async fn a_full_region_throttles_and_no_other() {
    let mut settings = Settings::in_regions(&[REGION, "us-east-1"]);
    settings.concurrency = 1;
    let fake = FakeLambda::start(settings).unwrap();
    let api = DemoApi::spawn().unwrap();
    let running = client(&fake, REGION);
    let ask = Ask::Run(Box::new(run(job(&api, "a", 2.0))));
    let running = tokio::spawn(async move { stream(&running, &ask).await });
    eventually(|| (fake.running(REGION) == 1).then_some(())).await;
    let throttled = code(&client(&fake, REGION)).await;
    assert_eq!(throttled.as_deref(), Some("TooManyRequestsException"));
    assert_eq!(code(&client(&fake, "us-east-1")).await, None);
    running.await.unwrap().unwrap().read();
    assert_eq!(code(&client(&fake, REGION)).await, None);
}

#[tokio::test]
async fn faults_meet_whom_they_are_meant_for() {
    let fake = FakeLambda::start(Settings::in_regions(&[REGION, "us-east-1"])).unwrap();
    fake.add(Rule::new(Fault::Throttle).in_region(REGION).after(1).times(2));
    fake.add(Rule::new(Fault::Throttle).when(|payload| payload["run"].is_object()));
    let (here, there) = (client(&fake, REGION), client(&fake, "us-east-1"));
    let mut codes = Vec::new();
    for _ in 0..4 {
        codes.push(code(&here).await.is_some());
        assert_eq!(code(&there).await, None);
    }
    assert_eq!(codes, [false, true, true, false]);
}

#[tokio::test]
async fn an_answer_tells_what_it_cost() {
    let fake = fake();
    let client = client(&fake, REGION);
    let call = || client.invoke().function_name(FUNCTION).payload(payload(&ping()));
    let log = async || {
        let log = call().log_type(LogType::Tail).send().await.unwrap().log_result.unwrap();
        String::from_utf8(BASE64_STANDARD.decode(log).unwrap()).unwrap()
    };
    let (cold, warm) = (log().await, log().await);
    for (log, init) in [(&cold, true), (&warm, false)] {
        let report = log.lines().find(|line| line.starts_with("REPORT RequestId: ")).unwrap();
        assert!(
            report.contains("\tBilled Duration: ") && report.contains(" MB\tMax Memory Used: ")
        );
        assert_eq!(report.contains("\tInit Duration: "), init, "{report}");
    }
    assert_eq!(call().send().await.unwrap().log_result, None);
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_none() {
    let mut settings = Settings::in_regions(&[REGION]);
    settings.largest_answer = 20;
    let fake = FakeLambda::start(settings).unwrap();
    let client = client(&fake, REGION);
    let call = client.invoke().function_name(FUNCTION).payload(payload(&ping()));
    let output = call.send().await.unwrap();
    assert_eq!(output.function_error(), Some("Unhandled"));
    let said = String::from_utf8(output.payload.unwrap().into_inner()).unwrap();
    assert!(said.contains("Function.ResponseSizeTooLarge"), "{said}");
    // A streamed answer may be.
    stream(&client, &ping()).await.unwrap().read();
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let fake = fake();
    let missing = code(&client(&fake, "us-east-1")).await;
    assert_eq!(missing.as_deref(), Some("ResourceNotFoundException"));
    let other = client(&fake, REGION).get_function().function_name("other").send().await;
    assert!(other.unwrap_err().into_service_error().is_resource_not_found_exception());
}

#[tokio::test]
async fn what_breaks_before_the_function_starts() {
    let fake = fake();
    let client = client(&fake, REGION);
    fake.add(Rule::new(Fault::HangUp).times(1));
    assert!(stream(&client, &ping()).await.is_err_and(|error| error.as_service_error().is_none()));
    fake.add(Rule::new(Fault::ExitAtStart).times(1));
    assert_eq!(stream(&client, &ping()).await.unwrap().error(), "Runtime.ExitError");
    fake.add(Rule::new(Fault::Delay(seconds(0.5))).times(1));
    let began = Instant::now();
    stream(&client, &ping()).await.unwrap().read();
    assert!(began.elapsed() > seconds(0.5));
    fake.set_away(true);
    eventually(|| std::net::TcpStream::connect(fake.endpoint().strip_prefix("http://")?).err())
        .await;
    assert!(stream(&client, &ping()).await.is_err_and(|error| error.as_service_error().is_none()));
    fake.set_away(false);
    eventually(|| std::net::TcpStream::connect(fake.endpoint().strip_prefix("http://")?).ok())
        .await;
    stream(&client, &ping()).await.unwrap().read();
}

#[tokio::test]
async fn a_timeout_kills() {
    let mut settings = Settings::in_regions(&[REGION]);
    settings.timeout = seconds(1.0);
    let fake = FakeLambda::start(settings).unwrap();
    let client = client(&fake, REGION);
    stream(&client, &ping()).await.unwrap().read();
    let pid = fake.pids()[0];
    // It lives, but does nothing any more.
    assert!(Command::new("kill").args(["-STOP", &pid.to_string()]).status().unwrap().success());
    let answer = stream(&client, &ping()).await.unwrap();
    assert_eq!(answer.error(), "Sandbox.Timedout");
    let details = answer.complete.unwrap().error_details.unwrap();
    assert!(details.contains("Task timed out after 1.00 seconds"), "{details}");
    eventually(|| (!alive(pid)).then_some(())).await;
    assert!(stream(&client, &ping()).await.unwrap().read().hello.cold);
}

#[tokio::test]
async fn a_program_that_never_asks_is_killed() {
    let mut settings = Settings::in_regions(&[REGION]);
    settings.timeout = seconds(0.5);
    settings.program = "/usr/bin/yes".into();
    let fake = FakeLambda::start(settings).unwrap();
    let answer = stream(&client(&fake, REGION), &ping()).await.unwrap();
    assert_eq!(answer.error(), "Runtime.ExitError");
}

#[tokio::test]
async fn a_region_without_streaming_says_so() {
    let mut settings = Settings::in_regions(&[REGION]);
    settings.without_streaming = vec![REGION.into()];
    let fake = FakeLambda::start(settings).unwrap();
    let client = client(&fake, REGION);
    assert_eq!(code(&client).await.as_deref(), Some("InvalidParameterValueException"));
    let call = client.invoke().function_name(FUNCTION).payload(payload(&ping()));
    assert_eq!(call.send().await.unwrap().function_error(), None);
}

#[tokio::test]
async fn the_account_and_the_function_can_be_read() {
    let fake = fake();
    let client = client(&fake, REGION);
    let function = client.get_function().function_name(FUNCTION).send().await.unwrap();
    let hash = function.configuration.unwrap().code_sha256.unwrap();
    let read = client.get_function_configuration().function_name(FUNCTION).send().await.unwrap();
    assert_eq!(read.code_sha256, Some(hash));
    assert_eq!(read.memory_size, Some(1769));
    let account = client.get_account_settings().send().await.unwrap();
    assert_eq!(account.account_limit.unwrap().concurrent_executions, 1000);

    let config = aws_sdk_sts::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .credentials_provider(Credentials::new("AKIDCALLER", "none", None, None, "test"))
        .endpoint_url(fake.endpoint())
        .http_client(
            aws_smithy_http_client::Builder::new()
                .tls_provider(aws_smithy_http_client::tls::Provider::Rustls(
                    aws_smithy_http_client::tls::rustls_provider::CryptoMode::Ring,
                ))
                .build_https(),
        )
        .build();
    let identity = aws_sdk_sts::Client::from_conf(config).get_caller_identity().send().await;
    assert_eq!(identity.unwrap().account.as_deref(), Some(fake.account()));
}
