//! Our reader and hyper's client are given the same bytes, in the same pieces, and must agree.

use std::{
    cell::RefCell,
    collections::VecDeque,
    env,
    error::Error,
    io,
    pin::{Pin, pin},
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use ::http::Method;
use hyper::{
    body::Body as _,
    client::conn::http1::{self, SendRequest},
    rt::{Read, ReadBufCursor, Write},
};
use proptest::{collection::vec, option, prelude::*, sample::select};

use super::{ResponseReader, WireError};
use crate::http::{
    Headers,
    body::{BodyReader, Keep},
};

/// What a client makes of a stream that ends at last.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Outcome<E> {
    Complete(Seen),
    /// The stream ended before the response did.
    Incomplete,
    Refused(E),
}

/// A response, and whether the connection may be used again.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Seen {
    status: u16,
    /// In the order of their names, as hyper keeps only the order of values.
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    reusable: bool,
}

impl Seen {
    fn has_odd_connection(&self) -> bool {
        let mut headers = self.headers.iter();
        headers.any(|(name, value)| name == "connection" && !value.is_ascii())
    }
}

/// The differences that are meant; every other is a mistake.
fn is_allowed(stream: &[u8], ours: &Outcome<WireError>, theirs: &Outcome<String>) -> bool {
    let refusal = if let Outcome::Refused(error) = theirs { error } else { "" };
    match ours {
        // We guess nothing: hyper takes lengths that are repeated, reads other codings than
        // `chunked` to the end of the connection, and looks at neither where there is no body.
        // It also offers to go on in another protocol, and lets heads grow to 400 KiB.
        Outcome::Refused(
            WireError::Length
            | WireError::TransferEncoding
            | WireError::Switching
            | WireError::LongHead,
        ) => true,
        // hyper looks at a head that comes in pieces only once it has its end.
        Outcome::Refused(WireError::Head(_)) => *theirs == Outcome::Incomplete,
        // To hyper a bare line feed does not end a trailer at first, but does at last.
        Outcome::Refused(WireError::Chunk) => has_bare_line_feed(stream),
        // We pass trailers over, and take a few more headers.
        Outcome::Complete(_) => {
            OF_TRAILERS.contains(&refusal) || refusal == "message head is too large"
        }
        // Lengths that hyper has other uses for are numbers to us.
        Outcome::Incomplete => refusal == "message head is too large",
    }
}

/// What hyper says of fields among the trailers that are none.
const OF_TRAILERS: [&str; 4] =
    ["invalid header name", "invalid header value", "invalid new line", "Partial header"];

fn has_bare_line_feed(stream: &[u8]) -> bool {
    stream.windows(2).any(|pair| pair[0] != b'\r' && pair[1] == b'\n')
}

fn agree(method: &Method, pieces: &[&[u8]]) -> Result<(), String> {
    let (ours, theirs) = (ours(method, pieces), theirs(method, pieces));
    let same = match (&ours, &theirs) {
        (Outcome::Complete(ours), Outcome::Complete(theirs)) => {
            // hyper looks for no tokens in a `Connection` header that is not all text.
            let reusable = if ours.has_odd_connection() { theirs.reusable } else { ours.reusable };
            Seen { reusable, ..ours.clone() } == *theirs
        }
        (Outcome::Incomplete, Outcome::Incomplete) | (Outcome::Refused(_), Outcome::Refused(_)) => {
            true
        }
        _ => false,
    };
    let stream = pieces.concat();
    if same || is_allowed(&stream, &ours, &theirs) {
        return Ok(());
    }
    let stream = stream.escape_ascii();
    Err(format!("{method} {stream}\n  ours: {ours:?}\ntheirs: {theirs:?}"))
}

fn ours(method: &Method, pieces: &[&[u8]]) -> Outcome<WireError> {
    let mut reader = ResponseReader::new(
        method.clone(),
        true,
        BodyReader::new(Keep { limit: usize::MAX, unexpected: None }),
    );
    let mut unread = Vec::new();
    for piece in pieces {
        unread.extend_from_slice(piece);
        match reader.feed(&unread) {
            Ok(used) => unread.drain(..used),
            Err(error) => return Outcome::Refused(error),
        };
    }
    let in_time = reader.is_done() && unread.is_empty();
    if !reader.end_of_stream() {
        return Outcome::Incomplete;
    }
    let (head, body) = reader.into_parts().unwrap();
    let headers = Headers::of_head(head.lines);
    let headers = headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.to_vec()));
    Outcome::Complete(Seen {
        status: head.status.as_u16(),
        headers: sorted(headers.collect()),
        body: body.finish().bytes().to_vec(),
        reusable: in_time && head.keep_alive,
    })
}

fn sorted(mut headers: Vec<(String, Vec<u8>)>) -> Vec<(String, Vec<u8>)> {
    headers.sort_by(|a, b| a.0.cmp(&b.0));
    headers
}

fn theirs(method: &Method, pieces: &[&[u8]]) -> Outcome<String> {
    let script = Rc::new(RefCell::new(Script {
        pieces: pieces.iter().filter(|piece| !piece.is_empty()).map(|p| p.to_vec()).collect(),
        asked: false,
        ended: false,
    }));
    let woken = Arc::new(Woken(AtomicBool::new(false)));
    let waker = Waker::from(Arc::clone(&woken));
    let mut cx = Context::from_waker(&waker);
    let handshake = pin!(http1::handshake(Wire(Rc::clone(&script))));
    let Poll::Ready(Ok((mut sender, connection))) = handshake.poll(&mut cx) else {
        panic!("no handshake");
    };
    let mut exchange = pin!(exchange(&mut sender, method));
    let mut connection = pin!(connection);
    let (mut outcome, mut closed) = (None, false);
    for ended in [false, true] {
        script.borrow_mut().ended = ended;
        woken.0.store(true, Ordering::SeqCst);
        while woken.0.swap(false, Ordering::SeqCst) {
            closed = closed || connection.as_mut().poll(&mut cx).is_ready();
            if outcome.is_none()
                && let Poll::Ready(result) = exchange.as_mut().poll(&mut cx)
            {
                outcome = Some((result, ended));
            }
        }
        if !ended && let Some((Outcome::Complete(seen), _)) = &mut outcome {
            seen.reusable = !closed;
        }
    }
    outcome.expect("hyper comes to an end").0
}

/// hyper's view of a response; whether the connection can be used again is not told.
async fn exchange(sender: &mut SendRequest<String>, method: &Method) -> Outcome<String> {
    let request = ::http::Request::builder().method(method).uri("/").body(String::new()).unwrap();
    let response = match sender.send_request(request).await {
        Ok(response) => response,
        Err(error) => return failed(&error),
    };
    let (head, body) = response.into_parts();
    let (mut body, mut bytes) = (pin!(body), Vec::new());
    while let Some(frame) = std::future::poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
        match frame.map(hyper::body::Frame::into_data) {
            Ok(Ok(data)) => bytes.extend_from_slice(&data),
            Ok(Err(_trailers)) => {}
            Err(error) => return failed(&error),
        }
    }
    let headers =
        head.headers.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
    Outcome::Complete(Seen {
        status: head.status.as_u16(),
        headers: sorted(headers.collect()),
        body: bytes,
        reusable: false,
    })
}

fn failed(error: &hyper::Error) -> Outcome<String> {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<io::Error>());
    let cut_off = cause.is_some_and(|cause| cause.kind() == io::ErrorKind::UnexpectedEof);
    if error.is_incomplete_message() || cut_off {
        return Outcome::Incomplete;
    }
    Outcome::Refused(cause.map_or(error.to_string(), ToString::to_string))
}

/// What a server sends once it has been asked.
struct Script {
    pieces: VecDeque<Vec<u8>>,
    asked: bool,
    ended: bool,
}

struct Wire(Rc<RefCell<Script>>);

impl Read for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let mut script = self.0.borrow_mut();
        if !script.asked {
            return Poll::Pending;
        }
        let Some(mut piece) = script.pieces.pop_front() else {
            return if script.ended { Poll::Ready(Ok(())) } else { Poll::Pending };
        };
        if piece.len() > buffer.remaining() {
            script.pieces.push_front(piece.split_off(buffer.remaining()));
        }
        buffer.put_slice(&piece);
        Poll::Ready(Ok(()))
    }
}

impl Write for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        cx.waker().wake_by_ref();
        self.0.borrow_mut().asked = true;
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// A stream cut at places of which those beyond its end do not count.
fn cut<'a>(stream: &'a [u8], cuts: &[usize]) -> Vec<&'a [u8]> {
    let mut cuts: Vec<_> = cuts.iter().copied().filter(|at| *at < stream.len()).collect();
    cuts.sort_unstable();
    let ends = cuts.iter().copied().chain([stream.len()]);
    let starts = [0].into_iter().chain(cuts.iter().copied());
    starts.zip(ends).map(|(from, to)| &stream[from..to]).collect()
}

const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

const RESPONSES: &[&str] = &[
    "HTTP/1.1 200 OK\r\n\r\nabc",
    "HTTP/1.1 200\r\nContent-Length: 1\r\n\r\na",
    "HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\na",
    "HTTP/1.1 200 OK\nContent-Length: 1\n\na",
    "\r\n\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "\rHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 200 a: b\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 200 \u{e9}\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 999 ?\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 099 ?\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 20 OK\r\n\r\n",
    "HTTP/1.1 2000 OK\r\n\r\n",
    "HTTP/1.1  200 OK\r\n\r\n",
    "HTTP/2.0 200 OK\r\n\r\n",
    "HTTP/1.2 200 OK\r\n\r\n",
    "http/1.1 200 OK\r\n\r\n",
    "ICY 200 OK\r\n\r\n",
    "<html>",
    "",
    "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na",
    "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\na",
    "HTTP/1.0 200 OK\r\nConnection: keep-alive, close\r\nContent-Length: 1\r\n\r\na",
    "HTTP/1.0 200 OK\r\nConnection: close\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\na",
    "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nConnection: keep-alive, upgrade, CLOSE\r\nContent-Length: 1\r\n\r\na",
    "HTTP/1.1 200 OK\r\nConnection: closed\r\nContent-Length: 1\r\n\r\na",
    "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\r\na",
    "HTTP/1.1 204 No Content\r\n\r\n",
    "HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\nabc",
    "HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n",
    "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na",
    "HTTP/1.1 100 Continue\r\n\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na",
    "HTTP/1.1 103 Early\r\nLink: </a>\r\nContent-Length: 7\r\n\r\nHTTP/1.1 204 No\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 200 OK\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
    "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\na",
    "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na",
    "HTTP/1.1 200 OK\r\nContent-Length: 0x1\r\n\r\na",
    "HTTP/1.1 200 OK\r\nContent-Length: 1 1\r\n\r\na",
    "HTTP/1.1 200 OK\r\nContent-Length: 01\r\n\r\na",
    "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\na",
    "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551614\r\n\r\na",
    "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\na",
    "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\na",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\na",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: CHUNKED \t\r\n\r\n1\r\na\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nX : y\r\n\r\n",
    "HTTP/1.1 200 OK\r\n X: y\r\n\r\n",
    "HTTP/1.1 200 OK\r\nX: y\r\n z\r\n\r\n",
    "HTTP/1.1 200 OK\r\nX\r\n\r\n",
    "HTTP/1.1 200 OK\r\n: y\r\n\r\n",
    "HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n",
    "HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n",
    "HTTP/1.1 200 OK\r\nX:\t a\tb \t\r\nX:\r\nx:b:c\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nX: \u{e9}\r\n!#$%&'*+-.^_`|~: \u{7f}\r\n\r\n",
];

const CHUNKED_BODIES: &[&str] = &[
    "0\r\n\r\n",
    "3\r\nabc\r\n0\r\n\r\n",
    "3\r\nabc\r\n0\r\n\r\nHTTP",
    "0003\r\nabc\r\n00\r\n\r\n",
    "A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n",
    "1;a=b;c=\"d;e\"\r\na\r\n0;x\r\n\r\n",
    "1 \t;\r\na\r\n0 \r\n\r\n",
    "1 1\r\na\r\n0\r\n\r\n",
    " 1\r\na\r\n0\r\n\r\n",
    "1\na\n0\n\n",
    "1;a\nb\r\na\r\n0\r\n\r\n",
    "1;a\rb\r\na\r\n0\r\n\r\n",
    "1\r\nab\r\n0\r\n\r\n",
    "0x1\r\na\r\n0\r\n\r\n",
    "-1\r\n\r\n",
    "g\r\n",
    "\r\n",
    ";\r\n",
    "ffffffffffffffff\r\na",
    "10000000000000000\r\na",
    "0\r\nX: y\r\nZ:\r\n\r\n",
    "0\r\nX: y\r\n\r\nleft",
    "0\r\nX: y\n\r\n",
    "0\r\nX: y\n\r\n\r\n",
    "0\r\nX: y\rz\r\n\r\n",
    "0\r\nno colon\r\n\r\n",
    "0\r\n\n",
    "0\r\n\rx",
];

#[test]
fn written_by_hand() {
    let chunked = CHUNKED_BODIES.iter().map(|body| format!("{CHUNKED}{body}"));
    for stream in RESPONSES.iter().map(|&response| response.to_owned()).chain(chunked) {
        let stream = stream.as_bytes();
        let all: Vec<_> = (1..stream.len()).collect();
        for method in [Method::GET, Method::HEAD] {
            agree(&method, &cut(stream, &all)).unwrap();
            for at in 0..stream.len() {
                agree(&method, &cut(stream, &[at])).unwrap();
                agree(&method, &[&stream[..at]]).unwrap();
            }
        }
    }
}

#[test]
fn many_and_long_headers() {
    for (count, length) in [(100, 10), (101, 10), (128, 10), (129, 10), (1, 100_000), (60, 4_000)] {
        let header = format!("X: {}\r\n", "a".repeat(length));
        let stream = format!("HTTP/1.1 200 OK\r\n{}\r\n", header.repeat(count));
        agree(&Method::GET, &cut(stream.as_bytes(), &[77, 7_777])).unwrap();
    }
}

prop_compose! {
    fn header()(
        name in prop_oneof![
            40 => "[A-Za-z][A-Za-z0-9-]{0,9}",
            1 => "[!-~]{0,3}",
            4 => select(vec!["Set-Cookie", "Location", "Trailer", "Date", "Upgrade"])
                .prop_map(str::to_owned),
        ],
        separator in prop_oneof![
            40 => select(vec![": ", ":", ":\t", ":  "]),
            1 => select(vec![" : ", ""]),
        ],
        value in prop_oneof![8 => "[ -~]{0,12}", 1 => "[ -~\t\u{80}-\u{ff}]{0,5}"],
        end in line_end(),
    ) -> String {
        format!("{name}{separator}{value}{end}")
    }
}

fn line_end() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        120 => Just("\r\n"),
        3 => Just("\n"),
        1 => select(vec!["\r", "\r\r\n", " \r\n", "\r\n ", "\0\r\n"]),
    ]
}

fn connection() -> impl Strategy<Value = String> {
    let token =
        select(vec!["close", "keep-alive", "Close", "Keep-Alive", "upgrade", " ", "closed"]);
    vec(token, 1..4).prop_map(|tokens| format!("Connection: {}\r\n", tokens.join(",")))
}

prop_compose! {
    fn status_line()(
        version in prop_oneof![
            60 => Just("HTTP/1.1"),
            12 => Just("HTTP/1.0"),
            1 => select(vec!["HTTP/1.2", "HTTP/2.0", "HTTP/1.", "http/1.1", "HTTPS/1.1", ""]),
        ],
        status in prop_oneof![
            20 => Just("200".to_owned()),
            3 => Just("204".to_owned()),
            3 => Just("304".to_owned()),
            10 => (102..600_u16).prop_map(|status| status.to_string()),
            1 => "[0-9]{0,4}",
        ],
        reason in prop_oneof![8 => "( [ -~]{0,9})?", 1 => " [\t\u{80}-\u{ff}]{0,3}"],
        end in line_end(),
    ) -> String {
        format!("{version} {status}{reason}{end}")
    }
}

prop_compose! {
    fn chunk()(
        data in "[a-z]{1,20}",
        zeros in 0..3_usize,
        upper in any::<bool>(),
        off in prop_oneof![30 => Just(0), 1 => -1..2_i64],
        extension in extension(),
        end in line_end(),
        data_end in line_end(),
    ) -> String {
        let size = i64::try_from(data.len()).unwrap() + off;
        let size = if upper { format!("{size:X}") } else { format!("{size:x}") };
        format!("{}{size}{extension}{end}{data}{data_end}", "0".repeat(zeros))
    }
}

fn extension() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => Just(String::new()),
        1 => "[ \t]{0,2}(;[ -~]{0,6}){0,2}",
        1 => "[ -~\r\n\t]{0,2}",
    ]
}

prop_compose! {
    fn chunked()(
        chunks in vec(chunk(), 0..4),
        last in select(vec!["0", "0", "0", "00", "0;a", "0 "]),
        trailers in prop_oneof![4 => Just(vec![]), 1 => vec(header(), 1..3)],
        end in line_end(),
        end_of_all in line_end(),
    ) -> String {
        format!("{}{last}{end}{}{end_of_all}", chunks.concat(), trailers.concat())
    }
}

/// Headers that say how the body ends, and the body.
fn framed() -> impl Strategy<Value = (Vec<String>, String)> {
    let length = |length: usize| format!("Content-Length: {length}\r\n");
    let body = || "[a-zA-Z0-9\r\n]{0,30}";
    let odd = select(vec![
        "Content-Length: 5\r\n",
        "Content-Length: 5, 5\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: \t5 \r\n",
        "Content-Length: 5x\r\n",
        "content-length:\r\n",
        "CONTENT-LENGTH: 005\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: identity\r\n",
        "Transfer-Encoding: chunked, gzip\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "transfer-encoding:\tChunked\r\n",
    ]);
    prop_oneof![
        6 => body().prop_map(move |body| (vec![length(body.len())], body)),
        6 => chunked().prop_map(|body| (vec!["Transfer-Encoding: chunked\r\n".into()], body)),
        2 => body().prop_map(|body| (vec![], body)),
        2 => (vec(odd, 1..3), prop_oneof![body().boxed(), chunked().boxed()])
            .prop_map(|(odd, body)| (odd.into_iter().map(str::to_owned).collect(), body)),
    ]
}

/// What is done to a stream at random places.
#[derive(Clone, Debug)]
enum Mutation {
    Insert(u8),
    Replace(u8),
    Remove,
    Truncate,
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let byte = || prop_oneof![select(b"\r\n\t :;,0129afHx\0\x7f\xff".to_vec()), any::<u8>()];
    prop_oneof![
        byte().prop_map(Mutation::Insert),
        byte().prop_map(Mutation::Replace),
        Just(Mutation::Remove),
        Just(Mutation::Truncate),
    ]
}

prop_compose! {
    fn stream()(
        blank in prop_oneof![20 => Just(""), 1 => select(vec!["\r\n", "\n", "\r\n\r\n", "\r", " "])],
        interim in prop_oneof![
            10 => Just(""),
            1 => Just("HTTP/1.1 100 Continue\r\n\r\n"),
            1 => Just("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n\r\n"),
        ],
        status in status_line(),
        headers in vec(header(), 0..4),
        connection in option::weighted(0.3, connection()),
        (framing, body) in framed(),
        order in any::<prop::sample::Index>(),
        end in line_end(),
        left in prop_oneof![10 => Just(""), 1 => select(vec!["\r\n", "HTTP/1.1 200 OK\r\n\r\n"])],
        mutations in prop_oneof![
            2 => Just(vec![]),
            1 => vec((any::<prop::sample::Index>(), mutation()), 1..3),
        ],
    ) -> Vec<u8> {
        let mut lines = headers;
        lines.extend(framing);
        lines.extend(connection);
        if !lines.is_empty() {
            let by = order.index(lines.len());
            lines.rotate_left(by);
        }
        let text = [blank, interim, &status, &lines.concat(), end, &body, left].concat();
        let mut stream = text.into_bytes();
        for (at, mutation) in mutations {
            let at = at.index(stream.len() + 1);
            match mutation {
                Mutation::Insert(byte) => stream.insert(at, byte),
                Mutation::Replace(byte) => stream[at..].iter_mut().take(1).for_each(|b| *b = byte),
                Mutation::Remove => drop(stream.drain(at..(at + 1).min(stream.len()))),
                Mutation::Truncate => stream.truncate(at),
            }
        }
        stream
    }
}

fn cases() -> u32 {
    env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(3_000)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn made_by_chance(
        stream in stream(),
        method in select(vec![Method::GET, Method::GET, Method::GET, Method::HEAD, Method::POST]),
        cuts in vec(0..200_usize, 0..6),
    ) {
        for pieces in [cut(&stream, &[]), cut(&stream, &cuts)] {
            agree(&method, &pieces).map_err(TestCaseError::fail)?;
        }
        prop_assert_eq!(ours(&method, &cut(&stream, &cuts)), ours(&method, &[&stream]));
    }
}
