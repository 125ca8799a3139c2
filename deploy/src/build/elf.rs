//! What a binary needs of the machine it is to run on.

use std::fmt;

use object::{
    Architecture as Machine, Object,
    read::elf::{ElfFile64, FileHeader, SectionTable},
};

use crate::deployment::Architecture;

/// The newest glibc that functions find: that of the runtime `provided.al2023`.
pub const NEWEST: Glibc = Glibc(2, 34);

/// A version of glibc.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Glibc(pub u32, pub u32);

/// Why a binary cannot be a function's.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// It is no 64-bit Linux binary.
    #[error("it is no 64-bit ELF binary")]
    Unreadable(#[source] object::Error),
    /// It is for another processor.
    #[error("it is for {found:?}, and the function is to run on {wanted}")]
    Machine {
        /// What it is for.
        found: Machine,
        /// What it is to be for.
        wanted: Architecture,
    },
    /// It needs a newer C library than there is.
    #[error("it needs glibc {0}, and the runtime has {NEWEST}")]
    Glibc(Glibc),
}

/// Checks that a binary runs as a function, and gives the glibc it needs; none if it needs none.
///
/// # Errors
///
/// It does not.
pub fn check(binary: &[u8], wanted: Architecture) -> Result<Option<Glibc>, Unfit> {
    let file: ElfFile64<'_> = ElfFile64::parse(binary).map_err(Unfit::Unreadable)?;
    let machine = match wanted {
        Architecture::X86_64 => Machine::X86_64,
        Architecture::Arm64 => Machine::Aarch64,
    };
    if file.architecture() != machine {
        return Err(Unfit::Machine { found: file.architecture(), wanted });
    }
    let needed = needed(&file, binary).map_err(Unfit::Unreadable)?;
    match needed {
        Some(version) if version > NEWEST => Err(Unfit::Glibc(version)),
        _ => Ok(needed),
    }
}

/// The newest glibc among the versions that symbols are asked for in.
fn needed(file: &ElfFile64<'_>, binary: &[u8]) -> object::Result<Option<Glibc>> {
    let endian = file.endian();
    let sections: SectionTable<'_, _> = file.elf_header().sections(endian, binary)?;
    let Some((mut libraries, strings)) = sections.gnu_verneed(endian, binary)? else {
        return Ok(None);
    };
    let strings = sections.strings(endian, binary, strings)?;
    let mut newest = None;
    while let Some((_, mut versions)) = libraries.next()? {
        while let Some(version) = versions.next()? {
            newest = newest.max(Glibc::parse(version.name(endian, strings)?));
        }
    }
    Ok(newest)
}

impl Glibc {
    /// Reads a symbol's version such as `GLIBC_2.34` or `GLIBC_2.2.5`.
    fn parse(version: &[u8]) -> Option<Self> {
        let numbers = std::str::from_utf8(version).ok()?.strip_prefix("GLIBC_")?;
        let mut numbers = numbers.split('.').map(str::parse);
        Some(Self(numbers.next()?.ok()?, numbers.next()?.ok()?))
    }
}

impl fmt::Display for Glibc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

#[cfg(test)]
mod tests {
    use object::ObjectSection;

    use super::*;

    /// This test's own binary.
    fn own() -> Vec<u8> {
        std::fs::read(std::env::current_exe().unwrap()).unwrap()
    }

    /// The binary with another version in the place of the newest one that it needs.
    fn needing(mut binary: Vec<u8>, version: &str) -> Vec<u8> {
        let file: ElfFile64<'_> = ElfFile64::parse(&*binary).unwrap();
        let newest = needed(&file, &binary).unwrap().unwrap();
        let (old, new) = (format!("GLIBC_{newest}\0"), format!("GLIBC_{version}\0"));
        assert_eq!(old.len(), new.len(), "a string of the same length");
        let (begin, length) = file.section_by_name(".dynstr").unwrap().file_range().unwrap();
        let (begin, end) = (begin.try_into().unwrap(), usize::try_from(begin + length).unwrap());
        for at in begin..end - old.len() {
            if binary[at..].starts_with(old.as_bytes()) {
                binary[at..at + new.len()].copy_from_slice(new.as_bytes());
            }
        }
        binary
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        let parse = |text: &str| Glibc::parse(text.as_bytes());
        assert_eq!(parse("GLIBC_2.2.5"), Some(Glibc(2, 2)));
        assert!(parse("GLIBC_2.9") < parse("GLIBC_2.34"));
        assert_eq!(parse("GLIBC_PRIVATE"), None);
        assert_eq!(parse("GCC_3.0"), None);
    }

    #[test]
    fn a_binary_may_need_the_runtimes_glibc_and_no_newer_one() {
        let here = Architecture::HERE;
        let fit = check(&needing(own(), "2.34"), here).unwrap();
        assert_eq!(fit, Some(Glibc(2, 34)));
        let error = check(&needing(own(), "2.38"), here).unwrap_err();
        assert_eq!(error.to_string(), "it needs glibc 2.38, and the runtime has 2.34");
    }

    #[test]
    fn a_binary_is_for_the_functions_processor() {
        let other = match Architecture::HERE {
            Architecture::X86_64 => Architecture::Arm64,
            Architecture::Arm64 => Architecture::X86_64,
        };
        assert!(matches!(check(&own(), other), Err(Unfit::Machine { .. })));
        assert!(matches!(check(b"#!/bin/sh", other), Err(Unfit::Unreadable(_))));
    }
}
