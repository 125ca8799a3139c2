//! An answer as it arrives, in pieces of any size.

use cloud::hello::Hello;

use crate::invoke::Arrived;

/// The longest line. A frame of 2,000 transactions is far below it; what is longer is no frame.
const LONGEST: usize = 64 * 1024 * 1024;

/// What stands between an answer's metadata and its body.
const END_OF_METADATA: [u8; 8] = [0; 8];

/// What an answer says, line by line.
#[derive(Debug)]
pub(super) enum Said {
    /// Who answers.
    Hello(Hello),
    /// A frame.
    Frame(Box<Arrived>),
}

/// Puts pieces together to lines.
#[derive(Debug, Default)]
pub(super) struct Lines {
    buffer: Vec<u8>,
    /// What of it was taken.
    read: usize,
    greeted: bool,
}

impl Lines {
    /// Takes in a piece.
    pub(super) fn push(&mut self, piece: &[u8]) {
        self.buffer.drain(..self.read);
        self.read = 0;
        self.buffer.extend_from_slice(piece);
    }

    /// What the next line says; none if it is not there to its end yet. One at a time, as a whole
    /// answer's frames take far more memory than its lines.
    pub(super) fn take(&mut self) -> Result<Option<Said>, serde_json::Error> {
        let rest = &self.buffer[self.read..];
        let Some(length) = rest.iter().position(|byte| *byte == b'\n') else {
            let endless = rest.len() > LONGEST;
            let error = || serde::de::Error::custom("a line without end");
            return if endless { Err(error()) } else { Ok(None) };
        };
        let line = &rest[..length];
        self.read += length + 1;
        if self.greeted {
            return Ok(Some(Said::Frame(Box::new(Arrived::read(line.to_vec())?))));
        }
        self.greeted = true;
        Ok(Some(Said::Hello(serde_json::from_slice(without_metadata(line))?)))
    }
}

/// The runtime puts metadata before the first line of a stream.
fn without_metadata(line: &[u8]) -> &[u8] {
    let end = line.windows(END_OF_METADATA.len()).position(|bytes| bytes == END_OF_METADATA);
    end.map_or(line, |end| &line[end + END_OF_METADATA.len()..])
}

#[cfg(test)]
mod tests {
    use std::{iter, time::UNIX_EPOCH};

    use engine::{
        frame::{Body, Frame, Health, Second},
        job_id::JobId,
        stats::Stats,
    };
    use proptest::prelude::*;

    use super::*;

    fn hello() -> Hello {
        Hello {
            build: "b".into(),
            now: UNIX_EPOCH,
            environment: "e".into(),
            cold: true,
            memory_mb: 1769,
            bucket: None,
            secrets: Vec::new(),
        }
    }

    fn frame(sequence: u64) -> Frame {
        let job = JobId {
            run: "r".into(),
            interval: 0,
            region: "eu-west-1".into(),
            share: 0,
            attempt: 0,
        };
        let (stats, health) = (Stats::default(), Health::default());
        Frame {
            job,
            sequence,
            body: Body::Second(Second { second: 0, seconds: 1, users: 1, stats, health }),
        }
    }

    fn answer(metadata: bool) -> Vec<u8> {
        let mut bytes = Vec::new();
        if metadata {
            bytes.extend(br#"{"statusCode":200,"headers":{}}"#);
            bytes.extend(END_OF_METADATA);
        }
        serde_json::to_writer(&mut bytes, &hello()).unwrap();
        bytes.push(b'\n');
        for sequence in 0..3 {
            serde_json::to_writer(&mut bytes, &frame(sequence)).unwrap();
            bytes.push(b'\n');
        }
        bytes
    }

    proptest! {
        #[test]
        fn pieces_of_any_size_are_the_same_lines(metadata: bool, size in 1_usize..400) {
            let mut lines = Lines::default();
            let mut said = Vec::new();
            for piece in answer(metadata).chunks(size) {
                lines.push(piece);
                said.extend(iter::from_fn(|| lines.take().unwrap()));
            }
            prop_assert!(matches!(&said[0], Said::Hello(heard) if *heard == hello()));
            let sequences: Vec<_> = said[1..]
                .iter()
                .map(|said| match said {
                    Said::Frame(frame) => frame.frame().sequence,
                    Said::Hello(_) => panic!("a second greeting"),
                })
                .collect();
            prop_assert_eq!(sequences, [0, 1, 2]);
        }
    }

    #[test]
    fn what_is_no_line_of_ours_is_an_error() {
        let mut lines = Lines::default();
        lines.push(b"<html>\n");
        assert!(lines.take().is_err());
        let mut lines = Lines::default();
        let mut bytes = answer(true);
        bytes.extend(b"{}\n");
        lines.push(&bytes);
        assert_eq!(iter::from_fn(|| lines.take().ok().flatten()).count(), 4);
        lines.push(b"{}\n");
        assert!(lines.take().is_err());
    }
}
