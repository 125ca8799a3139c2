//! Names the sources that a generator is built from, so that a laptop can tell whether the function
//! it invokes was built from its own.

use std::{env, fs, io, path::Path};

/// What a generator's behaviour depends on, below the repository's root. Scenarios in YAML travel
/// with their jobs and do not count.
const SOURCES: [&str; 5] = ["Cargo.lock", "engine/src", "tests", "cloud/src", "generator/src"];

fn main() -> io::Result<()> {
    // Asked for now: this program may have been compiled elsewhere and its folder copied.
    let here = env::var_os("CARGO_MANIFEST_DIR").ok_or_else(|| io::Error::other("not in cargo"))?;
    let root = Path::new(&here).join("..");
    let mut hash = Fnv::default();
    for source in SOURCES {
        println!("cargo::rerun-if-changed={}", root.join(source).display());
        add(&mut hash, &root.join(source))?;
    }
    println!("cargo::rustc-env=BUILD={:016x}", hash.0);
    Ok(())
}

fn add(hash: &mut Fnv, path: &Path) -> io::Result<()> {
    if path.is_dir() {
        let mut entries: Vec<_> = fs::read_dir(path)?.collect::<Result<_, _>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        return entries.iter().try_for_each(|entry| add(hash, &entry.path()));
    }
    if path.extension().is_some_and(|ending| ending == "rs" || ending == "lock") {
        hash.add(path.file_name().unwrap_or_default().as_encoded_bytes());
        hash.add(&fs::read(path)?);
    }
    Ok(())
}

/// FNV-1a, 64 bits.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
