//! Files that a scenario refers to.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    fmt, fs,
    io::{self, Read, Write},
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// Where a scenario's files are found: beside it on a laptop, in the job in a function.
pub trait Library {
    /// The content of a file, by the name that the scenario gives.
    ///
    /// # Errors
    ///
    /// Why there is none, to stand after the file's name.
    fn load(&self, name: &str) -> Result<Arc<[u8]>, String>;
}

/// Files by name, as they travel with a job: compressed.
#[derive(Clone, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Files(BTreeMap<String, File>);

/// A file. Every job of a run carries it, so it is packed once.
#[derive(Clone)]
struct File(Arc<Held>);

struct Held {
    content: Arc<[u8]>,
    /// As it travels, once that was asked for.
    packed: OnceLock<String>,
}

/// The most bytes that all files of a scenario may have.
pub const LONGEST: u64 = 256 * 1024 * 1024;

impl Files {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a file.
    #[must_use]
    pub fn with(mut self, name: &str, content: impl Into<Arc<[u8]>>) -> Self {
        self.0.insert(name.to_owned(), File::new(content.into()));
        self
    }

    /// How many bytes each of them has as it travels, by its name.
    pub fn packed(&self) -> impl Iterator<Item = (&str, usize)> {
        self.0.iter().map(|(name, file)| (name.as_str(), file.packed().len()))
    }
}

impl File {
    fn new(content: Arc<[u8]>) -> Self {
        Self(Arc::new(Held { content, packed: OnceLock::new() }))
    }

    fn packed(&self) -> &str {
        self.0.packed.get_or_init(|| {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
            let packed = encoder.write_all(&self.0.content).and_then(|()| encoder.finish());
            BASE64_STANDARD.encode(packed.expect("memory takes what is written"))
        })
    }
}

impl PartialEq for File {
    fn eq(&self, other: &Self) -> bool {
        self.0.content == other.0.content
    }
}

impl Eq for File {}

impl Library for Files {
    fn load(&self, name: &str) -> Result<Arc<[u8]>, String> {
        let file = self.0.get(name).ok_or("it did not travel with the job")?;
        Ok(Arc::clone(&file.0.content))
    }
}

/// Files may hold secrets: only their names are shown.
impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Serialize for File {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.packed())
    }
}

impl<'de> Deserialize<'de> for File {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let packed = BASE64_STANDARD.decode(text).map_err(D::Error::custom)?;
        let mut content = Vec::new();
        let mut plain = ZlibDecoder::new(&*packed).take(LONGEST);
        plain.read_to_end(&mut content).map_err(D::Error::custom)?;
        Ok(Self::new(content.into()))
    }
}

/// A directory; remembers what was loaded from it.
pub struct Directory {
    path: PathBuf,
    loaded: RefCell<Files>,
}

impl Directory {
    /// The directory that names are relative to.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), loaded: RefCell::default() }
    }

    /// What was loaded.
    pub fn into_loaded(self) -> Files {
        self.loaded.into_inner()
    }
}

impl Library for Directory {
    fn load(&self, name: &str) -> Result<Arc<[u8]>, String> {
        if let Ok(known) = self.loaded.borrow().load(name) {
            return Ok(known);
        }
        let path = self.path.join(name);
        let content: Arc<[u8]> = read(&path).map_err(|why| format!("{}: {why}", path.display()))?;
        self.loaded.borrow_mut().0.insert(name.to_owned(), File::new(Arc::clone(&content)));
        Ok(content)
    }
}

fn read(path: &std::path::Path) -> Result<Arc<[u8]>, String> {
    let found = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        _ => error.to_string(),
    };
    let metadata = fs::metadata(path).map_err(found)?;
    // Some others have no end, or wait for somebody who writes.
    if !metadata.is_file() {
        return Err("it is not a file".to_owned());
    }
    let length = metadata.len();
    if length > LONGEST {
        return Err(format!("it has {length} bytes, and {LONGEST} are the most"));
    }
    fs::read(path).map(Into::into).map_err(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_travel_compressed_and_unchanged() {
        let content = b"name,price\n".repeat(1000);
        let files = Files::default().with("a.csv", content.clone()).with("empty", []);
        let text = serde_json::to_string(&files).unwrap();
        assert!(text.len() < content.len() / 10, "{} bytes", text.len());
        let packed: Vec<_> = files.packed().map(|(name, size)| (name, size > 20)).collect();
        assert_eq!(packed, [("a.csv", true), ("empty", false)]);
        let travelled: Files = serde_json::from_str(&text).unwrap();
        assert_eq!(travelled, files);
        assert_eq!(&*travelled.load("a.csv").unwrap(), &content[..]);
        assert_eq!(travelled.load("b.csv"), Err("it did not travel with the job".into()));
    }

    #[test]
    fn a_directory_remembers_what_was_asked_for() {
        let directory = Directory::new(env!("CARGO_MANIFEST_DIR"));
        assert!(directory.load("Cargo.toml").unwrap().starts_with(b"[package]"));
        let missing = directory.load("none.csv").unwrap_err();
        assert!(missing.ends_with("none.csv: there is no such file"), "{missing}");
        assert_eq!(directory.load("/dev/zero"), Err("/dev/zero: it is not a file".into()));
        let loaded = directory.into_loaded();
        assert!(loaded.load("Cargo.toml").is_ok() && loaded.load("none.csv").is_err());
    }
}
