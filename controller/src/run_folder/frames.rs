//! The frames of a run, one JSON line each.

use std::{
    fmt,
    fs::File,
    io::{self, BufRead, BufReader},
    marker::PhantomData,
    path::PathBuf,
};

use serde::de::DeserializeOwned;

use super::RunFolderError;

/// A line that holds no frame.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FrameProblem {
    /// Which line, from 1.
    pub line: u64,
    /// Whether it is the last one, and was not written to its end: what a killed machine leaves.
    pub torn: bool,
    /// What is wrong with it.
    pub message: String,
}

impl fmt::Display for FrameProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, torn, message } = self;
        if *torn {
            write!(f, "the last line of the frames, {line}, was not written to its end")
        } else {
            write!(f, "line {line} of the frames was skipped, as it holds no frame: {message}")
        }
    }
}

/// The lines of a run's frames, read as `T`, one after the other: each with its number, from 1.
///
/// What is unreadable is left out, and told by [`Lines::problems`].
#[derive(Debug)]
pub struct Lines<T> {
    path: PathBuf,
    /// None if nothing had arrived.
    reader: Option<BufReader<File>>,
    line: u64,
    bytes: Vec<u8>,
    problems: Vec<FrameProblem>,
    of: PhantomData<T>,
}

impl<T: DeserializeOwned> Lines<T> {
    /// That there is no such file is no error.
    pub(super) fn open(path: PathBuf) -> Result<Self, RunFolderError> {
        let reader = match File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            opened => {
                Some(BufReader::new(opened.map_err(|error| RunFolderError::read(&path, error))?))
            }
        };
        let (bytes, problems) = (Vec::new(), Vec::new());
        Ok(Self { path, reader, line: 0, bytes, problems, of: PhantomData })
    }

    /// What was unreadable so far.
    pub fn problems(&self) -> &[FrameProblem] {
        &self.problems
    }

    fn read(&mut self) -> io::Result<Option<(u64, T)>> {
        let Some(reader) = &mut self.reader else { return Ok(None) };
        loop {
            self.bytes.clear();
            if reader.read_until(b'\n', &mut self.bytes)? == 0 {
                return Ok(None);
            }
            self.line += 1;
            match serde_json::from_slice(&self.bytes) {
                Ok(read) => return Ok(Some((self.line, read))),
                Err(error) => self.problems.push(FrameProblem {
                    line: self.line,
                    torn: !self.bytes.ends_with(b"\n"),
                    message: error.to_string(),
                }),
            }
        }
    }
}

impl<T: DeserializeOwned> Iterator for Lines<T> {
    type Item = Result<(u64, T), RunFolderError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().map_err(|error| RunFolderError::read(&self.path, error)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use engine::{
        frame::{Body, Frame, Health, Second},
        job_id::JobId,
        stats::Stats,
    };

    use super::{super::Journal, *};
    use crate::invoke::Arrived;

    fn frame(sequence: u64) -> Frame {
        let job =
            JobId { run: "r".into(), interval: 0, region: "local".into(), share: 0, attempt: 0 };
        let (stats, health) = (Stats::default(), Health::default());
        Frame {
            job,
            sequence,
            body: Body::Second(Second { second: 0, seconds: 1, users: 1, stats, health }),
        }
    }

    fn read(path: &Path) -> (Vec<u64>, Vec<(u64, bool)>) {
        let mut lines = Lines::<Frame>::open(path.into()).unwrap();
        let frames = lines.by_ref().map(|line| line.unwrap().1.sequence).collect();
        (frames, lines.problems().iter().map(|problem| (problem.line, problem.torn)).collect())
    }

    #[test]
    fn frames_are_read_back_and_damage_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("frames.jsonl");
        assert_eq!(read(&path), (vec![], vec![]));

        let mut journal = Journal::open(folder.path()).unwrap();
        (0..4).for_each(|sequence| journal.frame(&frame(sequence).into()).unwrap());
        assert_eq!(read(&path), (vec![0, 1, 2, 3], vec![]));

        let text = fs::read_to_string(&path).unwrap();
        for end in ["", "\n", "\n\n"] {
            let line = format!("{}{end}", text.lines().last().unwrap());
            journal.frame(&Arrived::read(line.into_bytes()).unwrap()).unwrap();
        }
        assert_eq!(read(&path), (vec![0, 1, 2, 3, 3, 3, 3], vec![]));

        fs::write(&path, &text[..text.len() - 10]).unwrap();
        assert_eq!(read(&path), (vec![0, 1, 2], vec![(4, true)]));

        let mut bytes = text.into_bytes();
        bytes[3] = 0xff;
        fs::write(&path, bytes).unwrap();
        assert_eq!(read(&path), (vec![1, 2, 3], vec![(1, false)]));
    }
}
