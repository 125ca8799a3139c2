//! Deflated bytes, small and very many.

use std::cell::RefCell;

use flate2::{Decompress, FlushDecompress, Status};

/// What is set aside at first, and once more whenever it does not suffice.
const ROOM: usize = 16 * 1024;

/// What inflating needs, kept by each thread: setting it aside costs more than using it.
struct Inflate {
    state: Decompress,
    plain: Vec<u8>,
}

thread_local! {
    static INFLATE: RefCell<Inflate> =
        RefCell::new(Inflate { state: Decompress::new(true), plain: Vec::new() });
}

/// Hands the inflated bytes to `read`. None if they are no zlib stream, or more than `most`.
pub(super) fn inflate<T>(deflated: &[u8], most: usize, read: impl FnOnce(&[u8]) -> T) -> Option<T> {
    INFLATE.with_borrow_mut(|inflate| inflate.run(deflated, most).map(read))
}

impl Inflate {
    fn run(&mut self, deflated: &[u8], most: usize) -> Option<&[u8]> {
        self.state.reset(true);
        self.plain.clear();
        loop {
            self.plain.reserve(ROOM);
            let read = usize::try_from(self.state.total_in()).ok()?;
            let (rest, before) = (deflated.get(read..)?, self.plain.len());
            let status = self.state.decompress_vec(rest, &mut self.plain, FlushDecompress::None);
            if self.plain.len() > most {
                return None;
            }
            match status.ok()? {
                Status::StreamEnd => return Some(&self.plain),
                // Bytes that break off lead no further.
                _ if self.plain.len() == before => return None,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::ZlibEncoder};

    use super::*;

    fn deflated(plain: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn what_was_deflated_is_inflated() {
        let long: Vec<u8> =
            (0..100_000_u32).flat_map(|i| i.wrapping_mul(i).to_le_bytes()).collect();
        for plain in [&b""[..], b"a", &long, b"after a long one"] {
            let found = inflate(&deflated(plain), long.len(), <[u8]>::to_vec);
            assert_eq!(found.as_deref(), Some(plain));
        }
    }

    #[test]
    fn what_breaks_off_or_grows_too_long_is_refused() {
        let bytes = deflated(&vec![7; 100_000]);
        assert_eq!(inflate(&bytes, 99_999, <[u8]>::len), None);
        assert_eq!(inflate(&bytes[..bytes.len() - 9], 100_000, <[u8]>::len), None);
        assert_eq!(inflate(b"no zlib", 100, <[u8]>::len), None);
        assert_eq!(inflate(b"", 100, <[u8]>::len), None);
        assert_eq!(inflate(&bytes, 100_000, <[u8]>::len), Some(100_000));
    }
}
