//! The file that a function is made from.

use std::io::{self, Cursor, Write};

use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

/// A function's code.
#[derive(Clone, Debug)]
pub struct Package {
    bytes: Vec<u8>,
    sha256: [u8; 32],
}

impl Package {
    /// Of a zip's bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        let sha256 = Sha256::digest(&bytes).into();
        Self { bytes, sha256 }
    }

    /// Packs a binary. The same binary gives the same bytes, at any time and anywhere.
    ///
    /// # Errors
    ///
    /// It is larger than a zip can hold.
    pub fn pack(binary: &[u8]) -> io::Result<Self> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(9))
            .last_modified_time(DateTime::default())
            .unix_permissions(0o755);
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("bootstrap", options)?;
        zip.write_all(binary)?;
        Ok(Self::new(zip.finish()?.into_inner()))
    }

    /// The zip.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its hash, as AWS writes that of a function's code.
    pub fn sha256(&self) -> String {
        BASE64_STANDARD.encode(self.sha256)
    }

    /// Its hash, as a file's name.
    pub(crate) fn name(&self) -> String {
        self.sha256.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use zip::ZipArchive;

    use super::*;

    #[test]
    fn the_same_binary_gives_the_same_zip() {
        let binary = b"\x7fELF and so on".repeat(1000);
        let package = Package::pack(&binary).unwrap();
        // What it was when this was written: a hash that changes deploys every function again.
        assert_eq!(package.sha256(), "SSbA8UkF5akcad1qceqYwmuEDVYZK/lntw7sVtm9kB4=");
        assert!(package.bytes().len() < 500);
        assert_ne!(Package::pack(b"another").unwrap().sha256(), package.sha256());
    }

    #[test]
    fn the_binary_can_be_run_and_has_a_fixed_age() {
        let package = Package::pack(b"binary").unwrap();
        let mut zip = ZipArchive::new(Cursor::new(package.bytes())).unwrap();
        assert_eq!(zip.len(), 1);
        let mut file = zip.by_name("bootstrap").unwrap();
        assert_eq!(file.unix_mode().unwrap() & 0o777, 0o755);
        assert_eq!(file.last_modified().unwrap().year(), 1980);
        let mut content = String::new();
        file.read_to_string(&mut content).unwrap();
        assert_eq!(content, "binary");
    }
}
