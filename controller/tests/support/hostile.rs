//! A server that does each of the things a system under test does on its worst day.
//!
//! The path decides:
//!
//! | path | what happens |
//! |---|---|
//! | `/ok` | 200, keeps the connection |
//! | `/500` | 500, keeps the connection |
//! | `/hang` | no answer, ever |
//! | `/reset` | the connection is reset once the request is read |
//! | `/truncated` | closes before the promised length is sent |
//! | `/huge` | a body of 1 GB |
//! | `/garbage` | bytes that are not HTTP, then closes |
//! | `/slowloris` | a byte of the header per second |
//! | `/close` | 200 with `Connection: close` |
//! | `/early-close` | 200, then closes without having said so |
//! | anything else | 404, keeps the connection |

use std::{
    collections::BTreeMap,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    runtime,
    sync::oneshot,
};

/// How long the body of `/huge` is.
pub(crate) const HUGE: u64 = 1 << 30;

/// The body of `/ok`, `/close` and `/early-close`.
pub(crate) const OK: &str = r#"{"status":"ok"}"#;

static BLOCK: [u8; 64 << 10] = [b'x'; 64 << 10];

/// How many requests each path has had.
type Counts = Arc<Mutex<BTreeMap<String, u64>>>;

/// The server, on a thread of its own until this is dropped.
pub(crate) struct Hostile {
    addr: SocketAddr,
    counts: Counts,
    shutdown: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Hostile {
    /// Starts it on a free port of the loopback interface.
    pub(crate) fn spawn() -> Self {
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
        let listener = listener.expect("a free port");
        let addr = listener.local_addr().expect("an address");
        let counts = Counts::default();
        let (shutdown, stop) = oneshot::channel();
        let serve = accept(listener, Arc::clone(&counts));
        let thread = thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = serve => {}
                    _ = stop => {}
                }
            });
        });
        Self { addr, counts, shutdown: Some(shutdown), thread: Some(thread) }
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Its base URL.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// How many requests a path has had; one that was not read to its end is none.
    pub(crate) fn requests(&self, path: &str) -> u64 {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.get(path).copied().unwrap_or_default()
    }
}

impl Drop for Hostile {
    fn drop(&mut self) {
        drop(self.shutdown.take());
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

/// A port where connections are refused for as long as this lives.
///
/// It is bound, so that nobody else is given it, and not listened on.
pub(crate) struct Refusing {
    addr: SocketAddr,
    _socket: std::os::fd::OwnedFd,
}

impl Refusing {
    pub(crate) fn new() -> Self {
        use rustix::net::{AddressFamily, SocketType, bind, getsockname, socket};

        let socket = socket(AddressFamily::INET, SocketType::STREAM, None).expect("a socket");
        bind(&socket, &SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).expect("a free port");
        let addr = getsockname(&socket).expect("an address").try_into().expect("an IP address");
        Self { addr, _socket: socket }
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Its base URL.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.addr)
    }
}

async fn accept(listener: TcpListener, counts: Counts) {
    while let Ok((stream, _)) = listener.accept().await {
        let counts = Arc::clone(&counts);
        // What the client makes of it is the client's business.
        tokio::spawn(async move { serve(stream, &counts).await.ok() });
    }
}

/// Whether a connection goes on after an answer.
#[derive(PartialEq)]
enum Then {
    Keep,
    Close,
}

async fn serve(stream: TcpStream, counts: &Counts) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    while let Some(path) = read_request(&mut stream).await? {
        *counts.lock().unwrap_or_else(PoisonError::into_inner).entry(path.clone()).or_default() +=
            1;
        if answer(&path, stream.get_mut()).await? == Then::Close {
            return Ok(());
        }
    }
    Ok(())
}

/// The path of the next request, its query left out; none at the end of the connection.
async fn read_request(stream: &mut BufReader<TcpStream>) -> io::Result<Option<String>> {
    let mut first = String::new();
    if stream.read_line(&mut first).await? == 0 {
        return Ok(None);
    }
    let mut length = 0;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        let Some((name, value)) = line.split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
    tokio::io::copy(&mut stream.take(length), &mut tokio::io::sink()).await?;
    let target = first.split(' ').nth(1).unwrap_or_default();
    Ok(Some(target.split('?').next().unwrap_or_default().to_owned()))
}

async fn answer(path: &str, stream: &mut TcpStream) -> io::Result<Then> {
    match path {
        "/ok" => send(stream, "200 OK", "", OK).await?,
        "/500" => send(stream, "500 Internal Server Error", "", r#"{"error":"broken"}"#).await?,
        "/hang" => std::future::pending().await,
        "/reset" => return reset(stream),
        "/truncated" => return truncate(stream).await,
        "/huge" => huge(stream).await?,
        "/garbage" => return garbage(stream).await,
        "/slowloris" => drip(stream).await?,
        "/close" => {
            send(stream, "200 OK", "Connection: close\r\n", OK).await?;
            return Ok(Then::Close);
        }
        "/early-close" => {
            send(stream, "200 OK", "", OK).await?;
            return Ok(Then::Close);
        }
        _ => send(stream, "404 Not Found", "", r#"{"error":"no such path"}"#).await?,
    }
    Ok(Then::Keep)
}

async fn send(stream: &mut TcpStream, status: &str, headers: &str, body: &str) -> io::Result<()> {
    let length = body.len();
    let header = "Content-Type: application/json\r\n";
    let answer =
        format!("HTTP/1.1 {status}\r\n{header}{headers}Content-Length: {length}\r\n\r\n{body}");
    stream.write_all(answer.as_bytes()).await
}

/// A socket closed with no time to linger is reset.
fn reset(stream: &TcpStream) -> io::Result<Then> {
    stream.set_zero_linger()?;
    Ok(Then::Close)
}

async fn truncate(stream: &mut TcpStream) -> io::Result<Then> {
    let header =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n";
    stream.write_all(header.as_bytes()).await?;
    stream.write_all(OK.as_bytes()).await?;
    Ok(Then::Close)
}

async fn huge(stream: &mut TcpStream) -> io::Result<()> {
    let header = format!("HTTP/1.1 200 OK\r\nContent-Length: {HUGE}\r\n\r\n");
    stream.write_all(header.as_bytes()).await?;
    for _ in 0..HUGE / BLOCK.len() as u64 {
        stream.write_all(&BLOCK).await?;
    }
    Ok(())
}

async fn garbage(stream: &mut TcpStream) -> io::Result<Then> {
    stream.write_all(b"\x16\x03\x01 this is not the protocol you meant\r\n\r\n").await?;
    Ok(Then::Close)
}

async fn drip(stream: &mut TcpStream) -> io::Result<()> {
    for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" {
        stream.write_all(&[*byte]).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Ok(())
}
