//! How much of a function's memory may be taken by lines: those that wait to be sent, and those
//! that are kept to be handed in or answered at the end.

/// Each of both may take this part of the whole.
const PART: usize = 16;

/// What is kept must also be read again by those who asked.
const MOST: usize = 64 * 1024 * 1024;

/// How many bytes each of both may take.
pub fn limit(memory_mb: u32) -> usize {
    let memory = usize::try_from(memory_mb).unwrap_or(usize::MAX).saturating_mul(1024 * 1024);
    (memory / PART).min(MOST)
}
