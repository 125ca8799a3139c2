//! A server that answers as a test says, and keeps what it was told.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Instant,
};

/// What it was told.
#[derive(Clone)]
pub(crate) struct Told {
    pub(crate) at: Instant,
    /// The request's line and headers, in lower case.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    told: Arc<Mutex<Vec<Told>>>,
}

impl Server {
    /// Answers the first request with the first answer, and so on; and with the last for ever. An
    /// answer is a status with headers, and a body. Without any, it never answers.
    pub(crate) fn start(answers: &[(&str, &[u8])]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let told = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&told);
        let answers: Vec<_> =
            answers.iter().map(|(head, body)| ((*head).to_owned(), body.to_vec())).collect();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (kept, answers) = (Arc::clone(&kept), answers.clone());
                thread::spawn(move || converse(&stream, &kept, &answers));
            }
        });
        Self { address, told }
    }

    pub(crate) fn told(&self) -> Vec<Told> {
        self.told.lock().unwrap().clone()
    }
}

fn converse(
    mut stream: &TcpStream,
    told: &Mutex<Vec<Told>>,
    answers: &[(String, Vec<u8>)],
) -> Option<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            (reader.read_line(&mut head).ok()? > 0).then_some(())?;
        }
        let head = head.to_lowercase();
        let length = head.split("content-length: ").nth(1)?.lines().next()?.parse().ok()?;
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let number = {
            let mut told = told.lock().unwrap();
            told.push(Told { at: Instant::now(), head, body });
            told.len() - 1
        };
        let Some((head, body)) = answers.get(number).or(answers.last()) else { continue };
        write!(stream, "HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n", body.len()).ok()?;
        stream.write_all(body).ok()?;
    }
}
