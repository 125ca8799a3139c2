//! The function under AWS's own emulator of its environment: the second opinion on the stand-in.

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

#[path = "function/support.rs"]
#[allow(dead_code, reason = "the emulator streams nothing, and has no bucket")]
mod support;

use std::{
    env, fs,
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use cloud::{
    ask::{Ask, Reply, Run},
    reply::unpack,
};
use controller::demo_api::DemoApi;
use engine::job::ScenarioSource;
use support::{Lines, job, payload, run, seconds};

/// The emulator with the function, until it is dropped. It takes one call at a time.
struct Emulator {
    process: Child,
    port: u16,
}

impl Emulator {
    fn start(timeout_s: u32) -> Self {
        let target = env::current_exe().unwrap().ancestors().nth(3).unwrap().to_owned();
        let program = target.join("python/aws-lambda-rie");
        assert!(program.exists(), "{} is missing: run scripts/python_tools", program.display());
        let (port, runtime_port) = (free_port(), free_port());
        let process = Command::new(program)
            .args(["--runtime-interface-emulator-address", &format!("127.0.0.1:{port}")])
            .args(["--runtime-api-address", &format!("127.0.0.1:{runtime_port}")])
            .arg(env!("CARGO_BIN_EXE_bootstrap"))
            .env("AWS_LAMBDA_FUNCTION_TIMEOUT", timeout_s.to_string())
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let emulator = Self { process, port };
        let began = Instant::now();
        while emulator.connect().is_err() {
            assert!(began.elapsed() < seconds(10.0), "the emulator does not start");
            thread::sleep(Duration::from_millis(20));
        }
        emulator
    }

    fn connect(&self) -> std::io::Result<TcpStream> {
        TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))
    }

    /// What is answered to an invocation, in one piece.
    fn invoke(&self, ask: &Ask) -> Vec<u8> {
        let mut connection = self.connect().unwrap();
        connection.set_read_timeout(Some(seconds(60.0))).unwrap();
        let body = payload(ask).into_inner();
        write!(
            connection,
            "POST /2015-03-31/functions/function/invocations HTTP/1.0\r\n\
             Host: localhost\r\nContent-Length: {}\r\n\r\n",
            body.len()
        )
        .unwrap();
        connection.write_all(&body).unwrap();
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).unwrap();
        let body = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap() + 4;
        answer.split_off(body)
    }

    /// The function's processes.
    fn functions(&self) -> Vec<String> {
        let pid = self.process.id();
        let tasks = fs::read_dir(format!("/proc/{pid}/task")).unwrap();
        let children = tasks.map(|task| fs::read_to_string(task.unwrap().path().join("children")));
        let children: Vec<String> = children.filter_map(Result::ok).collect();
        children.join(" ").split_whitespace().map(str::to_owned).collect()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        for pid in self.functions() {
            let _ = Command::new("kill").args(["-KILL", &pid]).status();
        }
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

fn whole(run: Run) -> Ask {
    Ask::Run(Box::new(Run { reply: Reply::Whole, ..run }))
}

#[test]
fn jobs_run_in_both_ways() {
    let (emulator, api) = (Emulator::start(30), DemoApi::spawn().unwrap());
    let answer = emulator.invoke(&whole(run(job(&api, "a", 2.0))));
    let lines = Lines::read(&unpack(&answer).unwrap());
    assert!(lines.hello.cold);
    assert_eq!(lines.hello.memory_mb, 512);
    assert!(lines.requests() > 50, "{}", lines.requests());
    assert_eq!(lines.requests(), api.counters().total());

    let before = api.counters().total();
    let answer = emulator.invoke(&Ask::Run(Box::new(run(job(&api, "b", 2.0)))));
    let prelude = answer.windows(8).position(|bytes| bytes == [0; 8]).unwrap();
    let lines = Lines::read(&answer[prelude + 8..]);
    assert!(!lines.hello.cold);
    assert_eq!(lines.requests(), api.counters().total() - before);
}

#[test]
fn results_get_out_before_the_timeout() {
    let (emulator, api) = (Emulator::start(6), DemoApi::spawn().unwrap());
    let began = Instant::now();
    let answer = emulator.invoke(&whole(run(job(&api, "a", 60.0))));
    assert!(began.elapsed() < seconds(6.0), "{:?}", began.elapsed());
    let lines = Lines::read(&unpack(&answer).unwrap());
    assert!(lines.stopped_early());
    assert_eq!(lines.requests(), api.counters().total());
}

#[test]
fn a_function_that_hangs_is_ended_by_the_timeout() {
    let (emulator, api) = (Emulator::start(3), DemoApi::spawn().unwrap());
    emulator.invoke(&Ask::Ping(cloud::ask::Ping::default()));
    let functions = emulator.functions();
    assert!(!functions.is_empty());
    assert!(Command::new("kill").arg("-STOP").args(&functions).status().unwrap().success());
    let answer = emulator.invoke(&whole(run(job(&api, "a", 1.0))));
    let said = String::from_utf8(answer).unwrap();
    assert!(said.contains("Task timed out after 3.00 seconds"), "{said}");
    assert_eq!(api.counters().total(), 0);
}

/// Frames that bear a long name are larger together than an answer may be; packed they are not.
#[test]
fn an_answer_that_is_too_large_as_lines_fits_when_packed() {
    let (emulator, api) = (Emulator::start(30), DemoApi::spawn().unwrap());
    let name = "n".repeat(2_000_000);
    let with_long_name = |id| {
        let mut run = run(job(&api, id, 4.0));
        let text = format!(
            "users:\n  Visitor:\n    wait_time: {{constant: 1s}}\n    tasks:\n      look:\n\
             \x20       - get: {{path: /products, name: {name}}}\n"
        );
        run.job.scenario = ScenarioSource::yaml("long.yml", text);
        run
    };
    let answer = emulator.invoke(&Ask::Run(Box::new(with_long_name("a"))));
    let said = String::from_utf8_lossy(&answer[..answer.len().min(500)]).into_owned();
    assert!(said.contains("Function.ResponseSizeTooLarge"), "{said}");

    let before = api.counters().total();
    let answer = emulator.invoke(&whole(with_long_name("b")));
    assert!(answer.len() < 1_000_000, "{}", answer.len());
    let lines = unpack(&answer).unwrap();
    assert!(lines.len() > 6_291_556, "{}", lines.len());
    assert_eq!(Lines::read(&lines).requests(), api.counters().total() - before);
}
