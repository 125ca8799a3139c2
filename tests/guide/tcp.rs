//! A protocol that is not HTTP: each line that is sent is answered with one.

use std::{io, time::Duration};

use engine::{
    scenario::{Scenario, Task, TaskResult, TaskSet, UserClass},
    user::User,
    wait_time::WaitTime,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufStream},
    net::TcpStream,
};

pub(crate) fn scenario() -> Scenario {
    let tasks = TaskSet::weighted([Task::new("ping", ping)]);
    let wait = WaitTime::Constant(Duration::from_secs(1));
    Scenario::new([UserClass::new("Pinger", tasks).on_start(connect).wait_time(wait)])
}

async fn connect(user: &mut User) -> TaskResult {
    let host = user.environment().host.clone().unwrap_or_default();
    let line = user.measure("TCP", "connect", Line::connect(&host)).run().await?;
    // Kept for the user's tasks, in which it is found by its type.
    if let Some(line) = line {
        user.keep(line);
    }
    Ok(())
}

async fn ping(user: &mut User) -> TaskResult {
    let Some(mut line) = user.take::<Line>() else { return connect(user).await };
    let pong = user.measure("TCP", "PING", line.ask("PING", "PONG"));
    // A connection on which it failed is not kept, and the next task makes another.
    if pong.bytes(String::len).timeout(Duration::from_secs(5)).run().await?.is_some() {
        user.keep(line);
    }
    Ok(())
}

/// A connection that speaks the protocol.
struct Line(BufStream<TcpStream>);

impl Line {
    /// Connects to the demo API, which has the protocol behind an HTTP upgrade.
    async fn connect(host: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(host.trim_start_matches("http://")).await?;
        stream.set_nodelay(true)?;
        let mut line = Self(BufStream::new(stream));
        let upgrade =
            "GET /line HTTP/1.1\r\nHost: demo\r\nConnection: upgrade\r\nUpgrade: line\r\n";
        let status = line.exchange(&format!("{upgrade}\r\n")).await?;
        while line.read().await? != "\r\n" {}
        expect(&status, "HTTP/1.1 101 Switching Protocols")?;
        Ok(line)
    }

    /// Asks one line, and expects one.
    async fn ask(&mut self, question: &str, expected: &str) -> io::Result<String> {
        let answer = self.exchange(&format!("{question}\n")).await?;
        expect(&answer, expected)?;
        Ok(answer)
    }

    async fn exchange(&mut self, text: &str) -> io::Result<String> {
        self.0.write_all(text.as_bytes()).await?;
        self.0.flush().await?;
        self.read().await
    }

    async fn read(&mut self) -> io::Result<String> {
        let mut line = String::new();
        match self.0.read_line(&mut line).await? {
            0 => Err(io::Error::other("the connection was closed")),
            _ => Ok(line),
        }
    }
}

/// What an error says is the reason that the report counts.
fn expect(answer: &str, expected: &str) -> io::Result<()> {
    let answer = answer.trim_end();
    let failure = || io::Error::other(format!("expected {expected}, got {answer}"));
    (answer == expected).then_some(()).ok_or_else(failure)
}
