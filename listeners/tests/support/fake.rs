//! A server that notes what it is asked, and answers as the test says.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use flate2::read::GzDecoder;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) path: String,
    headers: Vec<(String, String)>,
    pub(crate) bytes: Vec<u8>,
    pub(crate) at: Instant,
}

impl Asked {
    /// The value of a header, whose name is in lower case; not if it is there twice.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(header, _)| header == name);
        let first = values.next();
        assert!(values.next().is_none(), "{name} twice");
        first.map(|(_, value)| value.as_str())
    }

    /// The body as text, unpacked if it is packed.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        match self.header("content-encoding") {
            Some("gzip") => GzDecoder::new(&self.bytes[..]).read_to_string(&mut text).unwrap(),
            None => (&self.bytes[..]).read_to_string(&mut text).unwrap(),
            Some(other) => panic!("{other}"),
        };
        text
    }
}

/// What is answered.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    status: u16,
    headers: String,
    body: String,
    delay: Duration,
}

impl Answer {
    pub(crate) fn new(status: u16, body: &str) -> Self {
        Self { status, headers: String::new(), body: body.into(), delay: Duration::ZERO }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.extend([name, ": ", value, "\r\n"]);
        self
    }

    /// Comes later.
    pub(crate) fn after(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }
}

type Respond = dyn Fn(&Asked, usize) -> Answer + Send + Sync;

/// The server, until the test ends.
pub(crate) struct Fake {
    scheme: &'static str,
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Fake {
    /// Answers what the test says to a request, and to the how many-th it is.
    pub(crate) fn start(respond: impl Fn(&Asked, usize) -> Answer + Send + Sync + 'static) -> Self {
        Self::accepting("http", Some, respond)
    }

    /// The same over TLS. Who does not like the certificate is not heard.
    pub(crate) fn start_tls(
        config: ServerConfig,
        respond: impl Fn(&Asked, usize) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let config = Arc::new(config);
        let accept = move |mut stream: TcpStream| {
            let mut connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            connection.complete_io(&mut stream).ok()?;
            Some(StreamOwned::new(connection, stream))
        };
        Self::accepting("https", accept, respond)
    }

    fn accepting<S: Read + Write>(
        scheme: &'static str,
        accept: impl Fn(TcpStream) -> Option<S> + Send + Sync + 'static,
        respond: impl Fn(&Asked, usize) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::default();
        let (respond, seen): (Arc<Respond>, _) = (Arc::new(respond), Arc::clone(&asked));
        let accept = Arc::new(accept);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (respond, seen) = (Arc::clone(&respond), Arc::clone(&seen));
                let (accept, stream) = (Arc::clone(&accept), stream.unwrap());
                stream.set_nodelay(true).unwrap();
                thread::spawn(move || {
                    if let Some(stream) = accept(stream) {
                        serve(stream, &*respond, &seen);
                    }
                });
            }
        });
        Self { scheme, address, asked }
    }

    pub(crate) fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// All requests, in the order in which they came.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// Waits until so many requests have come.
    pub(crate) async fn has(&self, count: usize) {
        let begun = Instant::now();
        while self.asked.lock().unwrap().len() < count {
            assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", self.asked().len());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

fn serve(stream: impl Read + Write, respond: &Respond, seen: &Mutex<Vec<Asked>>) {
    let mut reader = BufReader::new(stream);
    while let Some(asked) = read(&mut reader) {
        let answer = {
            let mut seen = seen.lock().unwrap();
            let answer = respond(&asked, seen.len());
            seen.push(asked);
            answer
        };
        thread::sleep(answer.delay);
        let Answer { status, headers, body, .. } = answer;
        let length = body.len();
        let answer =
            format!("HTTP/1.1 {status} Some\r\n{headers}Content-Length: {length}\r\n\r\n{body}");
        if reader.get_mut().write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// The next request; none at the end of the connection.
fn read(reader: &mut impl BufRead) -> Option<Asked> {
    let mut line = || {
        let mut line = String::new();
        let length = reader.read_line(&mut line).ok()?;
        (length > 0).then(|| line.trim_end().to_owned())
    };
    let first = line()?;
    let mut words = first.split(' ').map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let mut asked =
        Asked { method, path, headers: Vec::new(), bytes: Vec::new(), at: Instant::now() };
    while let Some((name, value)) = line()?.split_once(": ") {
        asked.headers.push((name.to_lowercase(), value.to_owned()));
    }
    let length = asked.header("content-length").map_or(0, |length| length.parse().unwrap());
    asked.bytes.resize(length, 0);
    reader.read_exact(&mut asked.bytes).ok()?;
    Some(asked)
}
