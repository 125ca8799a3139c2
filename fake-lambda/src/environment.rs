//! An execution environment: a process, and the interface that its runtime talks to.

use std::{
    future::pending,
    io, mem,
    process::Stdio,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use bytes::Bytes;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpListener,
    process::{Child, ChildStderr, ChildStdout, Command},
    select,
    sync::{
        Mutex as AsyncMutex, Notify,
        mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    },
    time::sleep,
};

use crate::{
    actions::FUNCTION_KEY,
    reply::{Failure, Reply},
    runtime_api,
    server::serve,
    state::State,
};

/// How much of what a program logs is kept, bytes: what AWS gives with an answer.
const LOG: usize = 4096;

/// The error of an invocation whose program ends.
const EXIT_ERROR: &str = "Runtime.ExitError";

/// An invocation on its way to a program.
pub(crate) struct Delivery {
    pub(crate) request: String,
    /// Its place in the log.
    pub(crate) place: usize,
    pub(crate) payload: Bytes,
    pub(crate) replies: UnboundedSender<Reply>,
    pub(crate) kill_after: Option<Duration>,
    pub(crate) break_after: Option<usize>,
}

/// An environment.
pub(crate) struct Environment {
    state: Arc<State>,
    pub(crate) region: String,
    pub(crate) pid: u32,
    began: Instant,
    busy: AtomicBool,
    gone: AtomicBool,
    deliver: UnboundedSender<Delivery>,
    deliveries: AsyncMutex<UnboundedReceiver<Delivery>>,
    inner: Mutex<Inner>,
    kill: Notify,
    ended: Notify,
}

#[derive(Default)]
struct Inner {
    current: Option<Current>,
    initialised: bool,
    /// How long it took to ask for the first invocation, until that was told.
    init: Option<Duration>,
    log: String,
}

struct Current {
    request: String,
    place: usize,
    replies: UnboundedSender<Reply>,
    /// How many lines are taken until the connection breaks.
    lines_left: Option<usize>,
    /// How the answer ended; the invocation ends when the program asks for the next one.
    end: Option<Reply>,
}

impl Environment {
    /// Starts a process that is busy with a first delivery.
    pub(crate) async fn start(
        state: &Arc<State>,
        region: &str,
        number: usize,
        first: Delivery,
    ) -> io::Result<Arc<Self>> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let log_stream = format!("2026/01/01/[$LATEST]{number:032x}");
        let address = listener.local_addr()?.to_string();
        let mut child = command(state, region, &log_stream, &address).spawn()?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let (deliver, deliveries) = unbounded_channel();
        let environment = Arc::new(Self {
            state: Arc::clone(state),
            region: region.into(),
            pid: child.id().unwrap_or_default(),
            began: Instant::now(),
            busy: AtomicBool::new(true),
            gone: AtomicBool::new(false),
            deliver,
            deliveries: AsyncMutex::new(deliveries),
            inner: Mutex::default(),
            kill: Notify::new(),
            ended: Notify::new(),
        });
        environment.give(first);
        tokio::spawn(Arc::clone(&environment).end_unless_it_asks());
        tokio::spawn(Arc::clone(&environment).live(child, listener, stdout, stderr));
        Ok(environment)
    }

    /// Takes it for an invocation if it is idle.
    pub(crate) fn take(&self) -> bool {
        !self.gone.load(Ordering::SeqCst)
            && self.busy.compare_exchange(false, true, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.busy.load(Ordering::SeqCst) && !self.is_gone()
    }

    pub(crate) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::SeqCst)
    }

    /// Gives it a delivery for which it was taken.
    pub(crate) fn give(&self, delivery: Delivery) {
        self.state.log.change(delivery.place, |invocation| invocation.pid = Some(self.pid));
        // It holds the receiver itself.
        let _ = self.deliver.send(delivery);
    }

    pub(crate) fn arn(&self) -> String {
        self.state.arn(&self.region)
    }

    pub(crate) fn kill(&self) {
        self.kill.notify_one();
    }

    /// Waits until its process has ended.
    pub(crate) async fn ended(&self) {
        let ended = self.ended.notified();
        if !self.is_gone() {
            ended.await;
        }
    }

    async fn live(
        self: Arc<Self>,
        mut child: Child,
        listener: TcpListener,
        stdout: Option<ChildStdout>,
        stderr: Option<ChildStderr>,
    ) {
        let api = Arc::clone(&self);
        let api = serve(listener, move |request| runtime_api::answer(Arc::clone(&api), request));
        let log = self.read_log(stderr);
        let output = self.read_output(stdout);
        let wait = async {
            select! {
                status = child.wait() => return status,
                () = self.kill.notified() => {}
            }
            child.start_kill()?;
            child.wait().await
        };
        let status = select! {
            status = wait => status,
            never = api => match never {},
            never = log => never,
            never = output => never,
        };
        let status = status.map_or_else(|error| error.to_string(), |status| status.to_string());
        self.gone.store(true, Ordering::SeqCst);
        let message = |request: &str| {
            format!("RequestId: {request} Error: Runtime exited with error: {status}")
        };
        self.fail(EXIT_ERROR, message);
        self.finish();
        // What it never asked for, it will not get.
        while let Ok(delivery) = self.deliveries.lock().await.try_recv() {
            let Delivery { request, place, replies, .. } = delivery;
            self.state.log.change(place, |own| own.error = Some(EXIT_ERROR.into()));
            let _ = replies.send(Reply::Failed(Failure::new(EXIT_ERROR, message(&request))));
        }
        self.ended.notify_waiters();
    }

    /// Keeps the last of what the program logs. Never returns.
    async fn read_log(&self, stderr: Option<ChildStderr>) -> ! {
        if let Some(stderr) = stderr {
            let mut lines = BufReader::new(stderr).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                self.state.written.add(&line);
                let log = &mut self.lock().log;
                log.push_str(&line);
                log.push('\n');
                let over = log.len().saturating_sub(LOG);
                let over = (over..log.len()).find(|at| log.is_char_boundary(*at)).unwrap_or(0);
                log.drain(..over);
            }
        }
        pending().await
    }

    /// Keeps what the program says on its standard output. Never returns.
    async fn read_output(&self, stdout: Option<ChildStdout>) -> ! {
        if let Some(stdout) = stdout {
            let mut lines = BufReader::new(stdout).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                self.state.written.add(&line);
            }
        }
        pending().await
    }

    /// The program asks for an invocation: it is done with the one before.
    pub(crate) async fn next(self: &Arc<Self>) -> Option<(String, SystemTime, Bytes)> {
        self.note_init();
        let mut deliveries = self.deliveries.lock().await;
        let waiting = deliveries.try_recv().ok();
        let before = self.finish();
        if waiting.is_none() {
            self.busy.store(false, Ordering::SeqCst);
        }
        // Whoever hears of the end may rely on the environment being free.
        if let Some(Current { end, replies, .. }) = before {
            let _ = replies.send(end.unwrap_or_else(no_answer));
        }
        let delivery = match waiting {
            Some(delivery) => delivery,
            None => deliveries.recv().await?,
        };
        let Delivery { request, place, payload, replies, kill_after, break_after } = delivery;
        self.state.log.change(place, |invocation| invocation.started = Some(SystemTime::now()));
        self.lock().current = Some(Current {
            request: request.clone(),
            place,
            replies,
            lines_left: break_after,
            end: None,
        });
        let timeout = self.state.settings.timeout;
        tokio::spawn(Arc::clone(self).end_at_deadline(request.clone(), timeout));
        if let Some(after) = kill_after {
            let (environment, request) = (Arc::clone(self), request.clone());
            tokio::spawn(async move {
                sleep(after).await;
                if environment.is_current(&request) {
                    environment.kill();
                }
            });
        }
        Some((request, SystemTime::now() + timeout, payload))
    }

    fn note_init(&self) {
        let mut inner = self.lock();
        if !mem::replace(&mut inner.initialised, true) {
            inner.init = Some(self.began.elapsed());
        }
    }

    async fn end_unless_it_asks(self: Arc<Self>) {
        sleep(self.state.settings.timeout).await;
        if !self.lock().initialised {
            self.kill();
        }
    }

    async fn end_at_deadline(self: Arc<Self>, request: String, timeout: Duration) {
        sleep(timeout).await;
        if self.is_current(&request) {
            let seconds = timeout.as_secs_f64();
            self.fail("Sandbox.Timedout", |request| {
                format!("RequestId: {request} Error: Task timed out after {seconds:.2} seconds")
            });
            self.kill();
        }
    }

    pub(crate) fn is_current(&self, request: &str) -> bool {
        self.lock().current.as_ref().is_some_and(|current| current.request == request)
    }

    /// Passes on a part of the program's answer; false if no more of it is to be taken.
    pub(crate) fn chunk(&self, data: &Bytes) -> bool {
        let mut inner = self.lock();
        let Some(current) = &mut inner.current else { return false };
        let lines = data.split(|byte| *byte == b'\n').count() - 1;
        // A caller that is gone does not stop the program.
        let _ = current.replies.send(Reply::Chunk(data.clone()));
        let Some(left) = &mut current.lines_left else { return true };
        *left = left.saturating_sub(lines);
        *left > 0
    }

    /// Notes how the program's answer ended.
    pub(crate) fn end(&self, failure: Option<Failure>) {
        if let Some(current) = &mut self.lock().current {
            if let Some(failure) = &failure {
                self.note_error(current.place, &failure.kind);
            }
            current.end = Some(failure.map_or(Reply::Done, Reply::Failed));
        }
    }

    /// The invocation fails, whatever the program does.
    fn fail(&self, kind: &str, message: impl FnOnce(&str) -> String) {
        if let Some(current) = &self.lock().current {
            self.note_error(current.place, kind);
            let failure = Failure::new(kind, message(&current.request));
            let _ = current.replies.send(Reply::Failed(failure));
        }
    }

    fn note_error(&self, place: usize, kind: &str) {
        self.state.log.change(place, |invocation| {
            invocation.error.get_or_insert_with(|| kind.into());
        });
    }

    fn finish(&self) -> Option<Current> {
        let current = self.lock().current.take()?;
        let now = SystemTime::now();
        self.state.log.change(current.place, |invocation| invocation.ended = Some(now));
        Some(current)
    }

    /// What AWS says of an invocation in the log: the program's own last lines, and what it cost.
    pub(crate) fn report(&self, request: &str, took: Duration) -> String {
        let memory_mb = self.state.settings.memory_mb;
        let used = self.peak_memory_mb().unwrap_or(memory_mb);
        let mut inner = self.lock();
        let (init, log) = (inner.init.take(), mem::take(&mut inner.log));
        let ms = took.as_secs_f64() * 1000.0;
        let billed = (took + init.unwrap_or_default()).as_secs_f64() * 1000.0;
        let init =
            init.map(|init| format!("\tInit Duration: {:.2} ms\t", init.as_secs_f64() * 1000.0));
        format!(
            "{log}END RequestId: {request}\nREPORT RequestId: {request}\tDuration: {ms:.2} ms\t\
             Billed Duration: {:.0} ms\tMemory Size: {memory_mb} MB\tMax Memory Used: {used} MB{}\n",
            billed.ceil(),
            init.unwrap_or_default(),
        )
    }

    fn peak_memory_mb(&self) -> Option<u32> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid)).ok()?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kilobytes: u32 = peak.trim().strip_suffix(" kB")?.parse().ok()?;
        Some(kilobytes.div_ceil(1024))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn no_answer() -> Reply {
    let message = "the program asked for the next invocation without an answer".into();
    Reply::Failed(Failure::new("Runtime.NoResponse", message))
}

fn command(state: &State, region: &str, log_stream: &str, api: &str) -> Command {
    let settings = &state.settings;
    let function = &settings.function;
    let mut command = Command::new(&settings.program);
    command
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", api)
        .env("AWS_LAMBDA_FUNCTION_NAME", function)
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", settings.memory_mb.to_string())
        .env("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{function}"))
        .env("AWS_LAMBDA_LOG_STREAM_NAME", log_stream)
        .env("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
        .env("AWS_REGION", region)
        .env("AWS_DEFAULT_REGION", region)
        .env("AWS_ACCESS_KEY_ID", FUNCTION_KEY)
        .env("AWS_SECRET_ACCESS_KEY", "none")
        .env("AWS_SESSION_TOKEN", "none")
        .env("AWS_ENDPOINT_URL_S3", state.endpoint())
        .env("_HANDLER", "bootstrap")
        .envs(settings.variables.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}
