//! Lines that are kept until the end: packed as they come.

use cloud::reply::{LARGEST_UNPACKED, Packer, unpack};

use crate::{
    coarse::coarsen,
    lines::{frames, line},
};

/// The longest stretch that is worth trying, seconds: longer than any function runs.
const LONGEST: u32 = 1024;

/// What happens when kept lines take too much memory.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Full {
    /// They are forgotten: their like has reached the caller.
    Forget,
    /// Their seconds are joined: nobody has seen them yet.
    Coarsen,
}

/// All lines of an answer so far: a hello, and frames.
pub(crate) struct Kept {
    /// None once they were forgotten.
    packer: Option<Packer>,
    limit: usize,
    full: Full,
    /// How many seconds were joined.
    factor: u32,
}

impl Kept {
    /// Keeps about this many bytes at most; they begin with the line of a hello.
    pub(crate) fn new(hello: &[u8], limit: usize, full: Full) -> Self {
        let mut packer = Packer::default();
        packer.push(hello);
        Self { packer: Some(packer), limit, full, factor: 1 }
    }

    /// Keeps nothing.
    pub(crate) fn nothing() -> Self {
        Self { packer: None, limit: 0, full: Full::Forget, factor: 1 }
    }

    /// Adds a frame's line.
    pub(crate) fn push(&mut self, line: &[u8]) {
        let Some(packer) = &mut self.packer else { return };
        packer.push(line);
        if packer.packed() <= self.limit && packer.unpacked() <= LARGEST_UNPACKED / 2 {
            return;
        }
        match self.full {
            Full::Forget => {
                log::error!("the lines take too much memory to be kept: they cannot be handed in");
                self.packer = None;
            }
            Full::Coarsen if self.factor < LONGEST => {
                self.factor *= 2;
                log::warn!("the lines take much memory: seconds are joined by {}", self.factor);
                self.packer = self.packer.take().map(|all| joined(&unpacked(all), self.factor));
            }
            Full::Coarsen => {}
        }
    }

    /// All lines, packed; none if they were forgotten.
    pub(crate) fn pack(self) -> Option<Vec<u8>> {
        let packer = self.packer?;
        if self.factor == 1 {
            return Some(packer.finish());
        }
        // Seconds that came after the last time are not joined yet, and numbered as they came.
        Some(joined(&unpacked(packer), self.factor).finish())
    }
}

/// Makes what [`Kept::pack`] gave no larger than so many bytes, with as few seconds joined as that
/// takes; none if there is no such way.
pub(crate) fn fit(packed: Vec<u8>, largest: usize) -> Option<Vec<u8>> {
    if packed.len() <= largest {
        return Some(packed);
    }
    let lines = unpack(&packed).expect("it was packed here");
    let factors = (1..=LONGEST.ilog2()).map(|power| 1 << power);
    let mut smaller = factors.map(|factor| (factor, joined(&lines, factor).finish()));
    let (factor, packed) = smaller.find(|(_, packed)| packed.len() <= largest)?;
    log::warn!("the answer is large: seconds are joined by {factor}");
    Some(packed)
}

/// The same lines with their seconds joined.
fn joined(lines: &[u8], factor: u32) -> Packer {
    let hello = lines.iter().position(|byte| *byte == b'\n').map_or(lines.len(), |end| end + 1);
    let (hello, rest) = lines.split_at(hello);
    let mut packer = Packer::default();
    packer.push(hello);
    for frame in coarsen(frames(rest), factor) {
        packer.push(&line(&frame));
    }
    packer
}

fn unpacked(packer: Packer) -> Vec<u8> {
    unpack(&packer.finish()).expect("it was packed here")
}

#[cfg(test)]
mod tests {
    use engine::{
        frame::{Body, Frame, Health, Second},
        job_id::JobId,
        stats::Stats,
    };

    use super::*;

    const HELLO: &[u8] = b"{\"hello\":1}\n";

    fn second(second: u32) -> Vec<u8> {
        let job = JobId {
            run: format!("a run with a long name {}", second.wrapping_mul(2_654_435_761)),
            interval: 0,
            region: "local".into(),
            share: 0,
            attempt: 0,
        };
        let (stats, health) = (Stats::default(), Health::default());
        let body = Body::Second(Second { second, seconds: 1, users: 1, stats, health });
        line(&Frame { job, sequence: second.into(), body })
    }

    fn kept(seconds: u32, limit: usize, full: Full) -> Kept {
        let mut kept = Kept::new(HELLO, limit, full);
        (0..seconds).for_each(|at| kept.push(&second(at)));
        kept
    }

    fn covered(packed: &[u8]) -> (usize, u32) {
        let lines = unpack(packed).unwrap();
        let rest = lines.strip_prefix(HELLO).unwrap();
        let frames = frames(rest);
        let seconds = frames.iter().map(|frame| match &frame.body {
            Body::Second(second) => second.seconds,
            Body::Final(_) => 0,
        });
        (frames.len(), seconds.sum())
    }

    #[test]
    fn what_fits_stays_as_it_is() {
        let packed = kept(600, usize::MAX, Full::Forget).pack().unwrap();
        assert_eq!(covered(&packed), (600, 600));
    }

    #[test]
    fn what_does_not_fit_is_joined_as_little_as_possible() {
        let packed = kept(600, usize::MAX, Full::Coarsen).pack().unwrap();
        let whole = packed.len();
        assert_eq!(fit(packed.clone(), whole), Some(packed.clone()));
        let half = fit(packed.clone(), whole * 6 / 10).unwrap();
        assert_eq!(covered(&half), (300, 600));
        let little = fit(packed.clone(), whole / 10).unwrap();
        assert!(little.len() <= whole / 10);
        assert_eq!(covered(&little).1, 600);
        assert_eq!(fit(packed, 50), None);
    }

    #[test]
    fn memory_is_bounded() {
        assert!(kept(20_000, 50_000, Full::Forget).pack().is_none());
        let packed = kept(20_000, 50_000, Full::Coarsen).pack().unwrap();
        let (frames, seconds) = covered(&packed);
        assert!(packed.len() < 100_000 && frames < 10_000, "{frames} frames, {}", packed.len());
        assert_eq!(seconds, 20_000);
    }
}
