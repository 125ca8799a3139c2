//! The frames of a run, one JSON line each.

use std::{
    fmt,
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
};

use engine::frame::Frame;

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

pub(super) fn replay(
    path: &Path,
    mut each: impl FnMut(Frame),
) -> Result<Vec<FrameProblem>, RunFolderError> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        opened => opened.map_err(|error| RunFolderError::read(path, error))?,
    };
    let mut reader = BufReader::new(file);
    let mut problems = Vec::new();
    let mut bytes = Vec::new();
    for line in 1.. {
        bytes.clear();
        let read = reader.read_until(b'\n', &mut bytes);
        if read.map_err(|error| RunFolderError::read(path, error))? == 0 {
            break;
        }
        match serde_json::from_slice(&bytes) {
            Ok(frame) => each(frame),
            Err(error) => problems.push(FrameProblem {
                line,
                torn: !bytes.ends_with(b"\n"),
                message: error.to_string(),
            }),
        }
    }
    Ok(problems)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use engine::{
        frame::{Body, Health, Second},
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
        let mut frames = Vec::new();
        let problems = replay(path, |frame| frames.push(frame.sequence)).unwrap();
        (frames, problems.iter().map(|problem| (problem.line, problem.torn)).collect())
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
