//! A response as its bytes arrive.

use http::Method;

use super::{Framing, Head, WireError, chunked::Chunked};
use crate::http::body::BodyReader;

/// Takes a response apart, however its bytes arrive.
pub(in crate::http) struct ResponseReader {
    method: Method,
    keep_head: bool,
    state: State,
    head: Option<Head>,
    body: BodyReader,
}

enum State {
    /// Before the end of the head. It is parsed as a whole.
    Head,
    /// In a body of known length, with so many bytes left.
    Length(u64),
    /// In a chunked body.
    Chunked(Chunked),
    /// In a body that ends with the connection.
    UntilClose,
    /// After the response.
    Done,
}

impl ResponseReader {
    /// For the response to a request of this method.
    pub(in crate::http) fn new(method: Method, keep_head: bool, body: BodyReader) -> Self {
        Self { method, keep_head, state: State::Head, head: None, body }
    }

    /// Takes bytes, and returns how many of them it needs no more. Those of a head that is not
    /// complete must be given again, with more behind them.
    pub(in crate::http) fn feed(&mut self, input: &[u8]) -> Result<usize, WireError> {
        let mut used = 0;
        while matches!(self.state, State::Head) {
            used += blank_lines(&input[used..]);
            let parsed = Head::parse(&input[used..], &self.method, self.keep_head)?;
            let Some((head, length)) = parsed else { return Ok(used) };
            used += length;
            // Interim responses say nothing of the one that is to come.
            if !head.status.is_informational() {
                self.state = State::after(head.framing);
                self.body.begin(head.status);
                self.head = Some(head);
            }
        }
        Ok(used + self.feed_body(&input[used..])?)
    }

    fn feed_body(&mut self, input: &[u8]) -> Result<usize, WireError> {
        match &mut self.state {
            State::Head | State::Done => Ok(0),
            State::UntilClose => {
                self.body.push(input);
                Ok(input.len())
            }
            State::Length(left) => {
                let take = usize::try_from(*left).map_or(input.len(), |n| n.min(input.len()));
                self.body.push(&input[..take]);
                *left -= take as u64;
                if *left == 0 {
                    self.state = State::Done;
                }
                Ok(take)
            }
            State::Chunked(chunked) => {
                let used = chunked.feed(input, &mut self.body)?;
                if chunked.is_done() {
                    self.state = State::Done;
                }
                Ok(used)
            }
        }
    }

    /// Whether the connection's end was the response's.
    pub(in crate::http) fn end_of_stream(&mut self) -> bool {
        if matches!(self.state, State::UntilClose) {
            self.state = State::Done;
        }
        self.is_done()
    }

    /// Whether the response is complete.
    pub(in crate::http) fn is_done(&self) -> bool {
        matches!(self.state, State::Done)
    }

    /// The head, once it is complete.
    pub(in crate::http) fn head(&self) -> Option<&Head> {
        self.head.as_ref()
    }

    /// Bytes of the body so far, as they came over the wire.
    pub(in crate::http) fn received(&self) -> u64 {
        self.body.received()
    }

    /// The parts of a response whose head is complete.
    pub(in crate::http) fn into_parts(self) -> Option<(Head, BodyReader)> {
        Some((self.head?, self.body))
    }
}

impl State {
    fn after(framing: Framing) -> Self {
        match framing {
            Framing::Length(0) => Self::Done,
            Framing::Length(length) => Self::Length(length),
            Framing::Chunked => Self::Chunked(Chunked::new()),
            Framing::UntilClose => Self::UntilClose,
        }
    }
}

/// The length of the blank lines before a head, which mean nothing.
fn blank_lines(input: &[u8]) -> usize {
    let mut rest = input;
    while let Some(after) = rest.strip_prefix(b"\n").or_else(|| rest.strip_prefix(b"\r\n")) {
        rest = after;
    }
    input.len() - rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{Headers, body::Keep, wire::head::LONGEST};

    /// What becomes of a stream of bytes that arrives in pieces cut at `cuts`.
    fn read(method: Method, stream: &[u8], cuts: &[usize]) -> Result<(u16, String, bool), String> {
        let mut reader = ResponseReader::new(
            method,
            false,
            BodyReader::new(Keep { limit: usize::MAX, unexpected: None }),
        );
        let mut pending = Vec::new();
        let mut from = 0;
        for to in cuts.iter().copied().chain([stream.len()]) {
            pending.extend_from_slice(&stream[from..to]);
            from = to;
            let used = reader.feed(&pending).map_err(|error| error.to_string())?;
            pending.drain(..used);
        }
        let keep_alive = reader.head().is_some_and(|head| head.keep_alive) && pending.is_empty();
        if !reader.end_of_stream() {
            return Err("incomplete".into());
        }
        let (head, body) = reader.into_parts().unwrap();
        Ok((head.status.as_u16(), body.finish().text().into_owned(), keep_alive))
    }

    fn get(stream: &str) -> Result<(u16, String, bool), String> {
        let whole = read(Method::GET, stream.as_bytes(), &[]);
        for cut in 0..=stream.len() {
            assert_eq!(read(Method::GET, stream.as_bytes(), &[cut]), whole, "cut at {cut}");
        }
        let all: Vec<usize> = (0..stream.len()).collect();
        assert_eq!(read(Method::GET, stream.as_bytes(), &all), whole, "byte by byte");
        whole
    }

    fn ok(body: &str, keep_alive: bool) -> (u16, String, bool) {
        (200, body.into(), keep_alive)
    }

    #[test]
    fn bodies_end_as_their_head_says() {
        assert_eq!(get("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"), Ok(ok("abc", true)));
        assert_eq!(get("HTTP/1.1 200 OK\r\n\r\nabc"), Ok(ok("abc", false)));
        assert_eq!(get("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na"), Ok(ok("a", false)));
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n";
        assert_eq!(get(&format!("{chunked}3\r\nabc\r\n0\r\n\r\n")), Ok(ok("abc", true)));
        let rich = "3;a=\"b\"\r\nabc\r\n0A \r\n0123456789\r\n0\r\nX: y\r\nZ: 1\r\n\r\n";
        assert_eq!(get(&format!("{chunked}{rich}")), Ok(ok("abc0123456789", true)));
    }

    #[test]
    fn some_responses_have_no_body() {
        assert_eq!(get("HTTP/1.1 204 No Content\r\n\r\n"), Ok((204, String::new(), true)));
        assert_eq!(
            get("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"),
            Ok((304, String::new(), true))
        );
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n";
        assert_eq!(read(Method::HEAD, head, &[]), Ok(ok("", true)));
    }

    #[test]
    fn interim_responses_are_passed_over() {
        let stream = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na";
        assert_eq!(get(stream), Ok(ok("a", true)));
    }

    #[test]
    fn what_follows_a_response_spoils_the_connection() {
        assert_eq!(get("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP"), Ok(ok("a", false)));
        assert_eq!(
            get("HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 1\r\n\r\na"),
            Ok(ok("a", false))
        );
    }

    #[test]
    fn a_close_outweighs_a_keep_alive() {
        for version in ["1.0", "1.1"] {
            for connection in ["close, keep-alive", "keep-alive\r\nConnection: close"] {
                let head = format!("HTTP/{version} 200 OK\r\nConnection: {connection}");
                assert_eq!(
                    get(&format!("{head}\r\nContent-Length: 1\r\n\r\na")),
                    Ok(ok("a", false))
                );
            }
        }
    }

    #[test]
    fn blank_lines_before_a_response_are_not_kept() {
        let response = "HTTP/1.1 200 a: b\r\nX: y\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(get(&format!("\r\n\n\r\n{response}")), Ok(ok("", true)));
        let mut reader = ResponseReader::new(Method::GET, true, BodyReader::new(Keep::default()));
        assert_eq!(reader.feed(b"\n\r\n\r"), Ok(3));
        reader.feed(format!("\r\n{response}").as_bytes()).unwrap();
        let headers = Headers::of_head(reader.head().unwrap().lines.clone());
        let names: Vec<_> = headers.iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["X", "Content-Length"]);
    }

    #[test]
    fn trailers_may_be_long_but_not_endless() {
        let trailers = |length| {
            let value = "a".repeat(length);
            format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: {value}\r\n\r\n")
        };
        assert_eq!(read(Method::GET, trailers(10_000).as_bytes(), &[]), Ok(ok("", true)));
        assert!(read(Method::GET, trailers(300_000).as_bytes(), &[]).is_err());
    }

    #[test]
    fn what_is_ambiguous_is_refused() {
        for head in [
            "Content-Length: 1\r\nContent-Length: 1",
            "Content-Length: 1, 1",
            "Content-Length: +1",
            "Content-Length: -1",
            "Content-Length: ",
            "Content-Length: 99999999999999999999",
            "Content-Length: 1\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: gzip, chunked",
            "Transfer-Encoding: identity",
            "X: a\r\n b",
            "no colon",
        ] {
            let stream = format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\na");
            assert!(get(&stream).is_err_and(|error| error != "incomplete"), "{head}");
        }
        for body in [
            "\r\n",
            "g\r\n",
            "1\nab",
            "1\r\nab\r\n",
            "-1\r\n",
            "1 1\r\n",
            "fffffffffffffffff\r\n",
            "0\r\n\n",
            "0\r\nX: y\n\r\n",
        ] {
            let stream = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body}");
            assert!(get(&stream).is_err_and(|error| error != "incomplete"), "{body:?}");
        }
        assert!(get("SSH-2.0-OpenSSH_9.2\r\n").is_err());
        assert!(get("HTTP/1.1 101 Switching Protocols\r\n\r\n").is_err());
    }

    #[test]
    fn what_breaks_off_is_incomplete() {
        let whole = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";
        for end in 0..whole.len() {
            assert_eq!(read(Method::GET, &whole.as_bytes()[..end], &[]), Err("incomplete".into()));
        }
    }

    #[test]
    fn an_endless_head_is_refused() {
        let mut stream = b"HTTP/1.1 200 OK\r\nX: ".to_vec();
        stream.resize(LONGEST + 100, b'a');
        assert!(read(Method::GET, &stream, &[]).unwrap_err().contains("longer than"));
        stream.extend_from_slice(b"\r\n\r\n");
        assert!(read(Method::GET, &stream, &[]).unwrap_err().contains("longer than"));
    }
}
