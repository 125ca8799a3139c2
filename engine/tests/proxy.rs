//! Through a proxy, as the proxy and the servers behind it see it. The proxy is proxy.py.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::{
    fs,
    os::unix::process::CommandExt as _,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use engine::{environment::Environment, files::Files, yaml};
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::json;
use support::{
    https::{Authority, Server, Speaks},
    once, once_with, reasons,
    web::{Answer, Web},
};

/// A running proxy, until it is dropped.
struct Proxy {
    process: Child,
    directory: PathBuf,
}

impl Proxy {
    /// Starts one for a test; it wants the user `me` with the password `pa:55`.
    fn start(test: &str) -> Self {
        let own = std::env::current_exe().unwrap();
        let target = own.ancestors().nth(3).unwrap();
        let program = target.join("python/bin/proxy");
        assert!(program.exists(), "{} is missing: run scripts/python_tools", program.display());
        let directory = target.join(format!("tests/proxy-{test}-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let file = |name| directory.join(name);
        let process = Command::new(program)
            .args(["--hostname", "127.0.0.1", "--port", "0", "--basic-auth", "me:pa:55"])
            .args(["--num-workers", "1", "--num-acceptors", "1", "--threaded"])
            .arg("--port-file")
            .arg(file("port"))
            .arg("--log-file")
            .arg(file("log"))
            .arg("--pid-file")
            .arg(file("pid"))
            .process_group(0)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { process, directory }
    }

    fn address(&self) -> String {
        let port = self.eventually(|| {
            fs::read_to_string(self.directory.join("port")).ok().filter(|port| !port.is_empty())
        });
        format!("127.0.0.1:{}", port.trim())
    }

    /// What it says of its connections, once it says something of so many.
    fn told(&self, connections: usize) -> Vec<String> {
        self.eventually(|| {
            let log = fs::read_to_string(self.directory.join("log")).ok()?;
            let lines = log.lines().filter(|line| line.contains("access_log"));
            let lines: Vec<_> = lines.map(str::to_owned).collect();
            (lines.len() >= connections).then_some(lines)
        })
    }

    fn eventually<T>(&self, look: impl Fn() -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            if let Some(seen) = look() {
                return seen;
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "{}", self.directory.display());
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // It has processes of its own.
        kill_process_group(Pid::from_child(&self.process), Signal::KILL).unwrap();
        self.process.wait().unwrap();
        fs::remove_dir_all(&self.directory).unwrap();
    }
}

const ASK: &str = "users: {U: {tasks: {t: [get: /a, get: /b]}}}";

#[test]
fn plain_requests_are_asked_of_the_proxy_which_alone_learns_the_password() {
    let proxy = Proxy::start("plain");
    let web = Web::start(|_| Answer::status(200));
    let address = proxy.address();
    let stats = once(&web.url(), &format!("http: {{proxy: 'http://me:pa%3A55@{address}'}}\n{ASK}"));
    assert_eq!(reasons(&stats), [""; 0]);
    let asked = web.asked();
    assert_eq!(web.lines(), ["GET /a", "GET /b"]);
    assert!(asked.iter().all(|asked| asked.connection == 0));
    // By which the proxy tells of itself; what follows on a connection it passes on as it is.
    assert!(asked[0].header("via").is_some(), "{asked:?}");
    assert!(asked[0].header("proxy-authorization").is_none());
    let host = web.url().replace("http://", "");
    assert!(asked.iter().all(|asked| asked.header("host") == Some(&host)));
    let told = proxy.told(1);
    assert!(
        told[0].contains("GET") && told[0].contains(&host.replace("127.0.0.1:", "")),
        "{told:?}"
    );
}

#[test]
fn tls_goes_through_a_tunnel() {
    let proxy = Proxy::start("tunnel");
    let authority = Authority::new();
    let server = Server::plain(Speaks::tls(&authority, &["h2", "http/1.1"], None));
    let files = Files::default().with("ca.pem", authority.pem().into_bytes());
    let address = proxy.address();
    // The name is the proxy's to resolve.
    let host = format!("https://localhost:{}", server.address.port());
    let scenario = |settings: &str| {
        format!("http: {{proxy: 'http://me:pa%3A55@{address}', {settings}}}\n{ASK}")
    };
    assert_eq!(reasons(&once_with(&host, &scenario("tls: {verify: false}"), &files)), [""; 0]);
    let came = server.came();
    assert_eq!(came.iter().map(|came| &*came.line).collect::<Vec<_>>(), ["GET /a", "GET /b"]);
    assert!(came.iter().all(|came| came.connection == 0));
    assert_eq!(came[0].tls.host.as_deref(), Some("localhost"));
    assert!(!came[0].headers.keys().any(|name| name.as_str().starts_with("proxy")));
    let told = proxy.told(1);
    assert!(told[0].contains(&format!("CONNECT localhost:{}", server.address.port())), "{told:?}");
    let http2 = scenario("tls: {verify: false}, version: 2");
    assert_eq!(reasons(&once_with(&host, &http2, &files)), [""; 0]);
    assert_eq!(server.came()[2].tls.protocol.as_deref(), Some("h2"));
    // The certificate is for another name: the proxy is not trusted to have found the right one.
    let reasons = reasons(&once_with(&host, &scenario("tls: {ca: ca.pem}"), &files));
    assert!(reasons[0].contains("not for this host's name"), "{reasons:?}");
}

#[test]
fn http2_without_tls_goes_through_a_tunnel_too() {
    let proxy = Proxy::start("h2c");
    let server = Server::plain(Speaks::http2());
    let address = proxy.address();
    let settings = format!("proxy: 'http://me:pa%3A55@{address}', version: 2_prior_knowledge");
    let host = format!("http://{}", server.address);
    assert_eq!(reasons(&once(&host, &format!("http: {{{settings}}}\n{ASK}"))), [""; 0]);
    assert_eq!(server.came().len(), 2);
    let told = proxy.told(1);
    assert!(told[0].contains(&format!("CONNECT {}", server.address)), "{told:?}");
}

#[test]
fn what_a_proxy_refuses_is_told() {
    let proxy = Proxy::start("refuses");
    let address = proxy.address();
    let ask = |proxy: &str, host: &str| {
        let reasons = reasons(&once(host, &format!("http: {{proxy: '{proxy}'}}\n{ASK}")));
        assert!(!reasons.is_empty());
        reasons.into_iter().next().unwrap()
    };
    let nowhere = "https://127.0.0.1:1";
    assert_eq!(
        ask(&format!("http://{address}"), nowhere),
        "the proxy refused the connection: 407: it wants a user and password"
    );
    assert_eq!(
        ask(&format!("http://me:wrong@{address}"), nowhere),
        "the proxy refused the connection: 407: it does not accept the user and password"
    );
    assert_eq!(
        ask(&format!("http://me:wrong@{address}"), "http://127.0.0.1:1"),
        "expected status below 400, got 407"
    );
    assert_eq!(
        ask(&format!("http://me:pa%3A55@{address}"), nowhere),
        "the proxy refused the connection: 502 Bad Gateway"
    );
    assert_eq!(
        ask("http://127.0.0.1:1", nowhere),
        "could not connect to the proxy: connection refused"
    );
}

#[test]
fn some_hosts_need_no_proxy() {
    let web = Web::start(|_| Answer::status(200));
    let http = "http: {proxy: 'http://127.0.0.1:1', no_proxy: [127.0.0.1, .example]}";
    assert_eq!(reasons(&once(&web.url(), &format!("{http}\n{ASK}"))), [""; 0]);
    assert_eq!(web.lines(), ["GET /a", "GET /b"]);
}

#[test]
fn a_proxy_comes_from_the_environment_and_its_password_is_never_shown() {
    let read = |url: &str, http: &str| {
        let data = json!({"proxy": url});
        let host = Some("http://shop.example".into());
        let environment = Environment { host, data, ..Environment::default() };
        yaml::read("s.yml", &format!("http:\n  {http}\n{ASK}"), &environment, &Files::default())
            .map(|scenario| format!("{:?}", scenario.http))
            .map_err(|problems| problems[0].to_string())
    };
    let shown = read("http://me:pa55@proxy:3128", "proxy: ${env.proxy}").unwrap();
    assert!(shown.contains("proxy:3128") && !shown.contains("pa55"), "{shown}");
    let told = read("", "proxy: socks5://me:pa55@proxy").unwrap_err();
    assert!(told.contains("http.proxy: a proxy of the kind `socks5` is not known"), "{told}");
    assert!(!told.contains("pa55"), "{told}");
    let told = read("me:pa55@proxy", "proxy: ${env.proxy}").unwrap_err();
    assert!(told.starts_with("s.yml:2:10: http.proxy: "), "{told}");
    assert!(!told.contains("pa55"), "{told}");
    let told = read("", "no_proxy: [a]").unwrap_err();
    assert!(told.contains("http.no_proxy: expected a `proxy`"), "{told}");
    let told = read("", "proxy: 'http://${user.id}:1'").unwrap_err();
    assert!(told.contains("it is the same for all users"), "{told}");
}
