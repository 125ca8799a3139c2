//! Prometheus asks the laptop.

use std::{
    net::{SocketAddr, TcpListener},
    time::SystemTime,
};

use controller::demo_api::DemoApi;

use super::prometheus::{Prometheus, free, get};
use crate::support::project::Project;

fn asked_at(address: SocketAddr) -> Project {
    let credentials = format!("stats_interval: 1\nprometheus: {{listen: '{address}'}}");
    // Who asks is not told at the end, but answered at any time.
    Project::new().heard_by("listeners: [Prometheus], final_stats: true", &credentials)
}

/// How many requests a page shows.
fn requests(page: &str) -> u64 {
    let lines = page.lines().filter(|line| line.starts_with("loadtest_requests_total{"));
    lines.map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap()).sum()
}

#[test]
fn prometheus_asks_while_a_run_goes() {
    let (api, address) = (DemoApi::spawn().unwrap(), free());
    let server = Prometheus::start(&["--enable-feature=native-histograms"], &[address]);
    let mut started = asked_at(address)
        .host(format!("http://{}", api.addr()))
        .scenario("users: {User: {wait_time: {constant: 20ms}, tasks: {look: [get: /health]}}}")
        .runner("duration", "5s")
        .runner("interval", "2s")
        .start([]);
    let said = started.hear("metrics for Prometheus at");
    assert!(said.contains(&format!("http://{address}/metrics")), "{said}");
    let page = || get(address, "/metrics", "").map_or_else(String::new, |(_, page)| page);
    Prometheus::until("measured", || requests(&page()) > 0);
    let first = page();
    assert!(first.contains("loadtest_users{test=\"sample\",env=\"sample\"} 1"), "{first}");
    // Beyond the first interval: the totals are of all generators.
    Prometheus::until("more", || requests(&page()) > requests(&first) * 2);
    if let Some(server) = server {
        let count = "sum(histogram_count(loadtest_request_duration_seconds))";
        let found = || server.query(count, SystemTime::now());
        Prometheus::until("scraped", || found().first().is_some_and(|(_, count)| *count > 0.0));
    }
    let finished = started.finish().expect_code(0);
    assert!(finished.report()["summary"]["requests"].as_u64().unwrap() > requests(&first));
    assert!(get(address, "/metrics", "").is_none(), "it answers while the test runs");
}

#[test]
fn a_port_that_is_taken_is_an_error_before_the_run() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let expected = format!("cannot listen on {address} (`prometheus.listen`): Address already");
    let finished = asked_at(address).run([]).expect_code(2).expect_stderr(&expected);
    assert!(!finished.path().join("results").exists());
}
