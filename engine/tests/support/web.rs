//! An HTTP server whose answers the test decides.

use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

/// A request as it came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) path: String,
    pub(crate) body: String,
    headers: Vec<(String, String)>,
    /// The number of its connection, from 0.
    pub(crate) connection: usize,
}

impl Asked {
    /// The value of a header, whose name is in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }
}

/// What is answered.
pub(crate) struct Answer {
    status: u16,
    headers: String,
    body: Vec<u8>,
    delay: Duration,
    closes: bool,
}

impl Answer {
    pub(crate) fn status(status: u16) -> Self {
        let body = Vec::new();
        Self { status, headers: String::new(), body, delay: Duration::ZERO, closes: false }
    }

    /// 200 with a body.
    pub(crate) fn body(body: &str) -> Self {
        Self::bytes(body.as_bytes())
    }

    /// 200 with a body of any bytes.
    pub(crate) fn bytes(body: &[u8]) -> Self {
        Self { body: body.to_owned(), ..Self::status(200) }
    }

    /// The same with another status.
    pub(crate) fn with_status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.extend([name, ": ", value, "\r\n"]);
        self
    }

    /// 302, with its body.
    pub(crate) fn moved(self, to: &str) -> Self {
        Self { status: 302, ..self.header("Location", to) }
    }

    /// Comes later.
    pub(crate) fn after(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    /// The connection is closed after it, without a word.
    pub(crate) fn closing(self) -> Self {
        Self { closes: true, ..self }
    }
}

type Respond = dyn Fn(&Asked) -> Answer + Send + Sync;

/// The server, until the test ends.
pub(crate) struct Web {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Web {
    pub(crate) fn start(respond: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::default();
        let (respond, seen): (Arc<Respond>, _) = (Arc::new(respond), Arc::clone(&asked));
        thread::spawn(move || {
            for (connection, stream) in listener.incoming().enumerate() {
                let (respond, seen) = (Arc::clone(&respond), Arc::clone(&seen));
                thread::spawn(move || serve(&stream.unwrap(), connection, &*respond, &seen));
            }
        });
        Self { address, asked }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All requests, in the order in which they came.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// Their methods and paths.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.asked().iter().map(|asked| format!("{} {}", asked.method, asked.path)).collect()
    }
}

fn serve(stream: &TcpStream, connection: usize, respond: &Respond, seen: &Mutex<Vec<Asked>>) {
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(stream);
    while let Some(asked) = read(&mut reader, connection) {
        let answer = respond(&asked);
        seen.lock().unwrap().push(asked);
        thread::sleep(answer.delay);
        let Answer { status, headers, body, closes, .. } = answer;
        let length = body.len();
        let head = format!("HTTP/1.1 {status} Some\r\n{headers}Content-Length: {length}\r\n\r\n");
        let answer = [head.as_bytes(), &body].concat();
        if (&*stream).write_all(&answer).is_err() || closes {
            return;
        }
    }
}

/// The next request; none at the end of the connection.
fn read(reader: &mut impl BufRead, connection: usize) -> Option<Asked> {
    let mut line = || {
        let mut line = String::new();
        let length = reader.read_line(&mut line).ok()?;
        (length > 0).then(|| line.trim_end().to_owned())
    };
    let first = line()?;
    let mut words = first.split(' ').map(str::to_owned);
    let mut asked = Asked { method: words.next()?, path: words.next()?, ..Asked::default() };
    asked.connection = connection;
    while let Some((name, value)) = line()?.split_once(": ") {
        asked.headers.push((name.to_lowercase(), value.to_owned()));
    }
    let length = asked.header("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    asked.body = String::from_utf8(body).unwrap();
    Some(asked)
}
