//! Builds the function.

pub mod cargo;
pub mod elf;
pub mod zip;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use self::{cargo::Cargo, elf::Glibc, zip::Package};
use crate::deployment::Architecture;

/// A function that was built.
pub struct Built {
    /// What a region gets.
    pub package: Package,
    /// Where that is.
    pub path: PathBuf,
    /// How large the binary is, bytes.
    pub binary: usize,
    /// The glibc that it needs; none if it needs none.
    pub glibc: Option<Glibc>,
}

/// Why there is no function.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no cargo, or no workspace here.
    #[error("the sources cannot be built here: {0}")]
    NoSources(String),
    /// Neither cargo-lambda nor plain cargo can.
    #[error("a function for {wanted} cannot be built on this machine without cargo-lambda")]
    NoCompiler {
        /// What was asked for.
        wanted: Architecture,
    },
    /// It does not compile.
    #[error("`{command}` failed:\n{output}")]
    Failed {
        /// What was run.
        command: String,
        /// What it said.
        output: String,
    },
    /// It would not run.
    #[error("the function would not run: {path}: {reason}", path = path.display())]
    Unfit {
        /// The binary.
        path: PathBuf,
        /// Why not.
        reason: elf::Unfit,
    },
    /// A file cannot be read or written.
    #[error("{path}: {reason}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        reason: io::Error,
    },
    /// It was not built yet.
    #[error("there is no function to upload: {path} is missing", path = path.display())]
    Missing {
        /// Where it would be.
        path: PathBuf,
    },
}

impl Error {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoSources(_) => Some(
                "run this in the repository of the load tester, with cargo installed \
                 (https://rustup.rs)",
            ),
            Self::NoCompiler { .. } | Self::Unfit { .. } => Some(
                "install cargo-lambda, which builds for Lambda's own system on any machine: \
                 `pip install cargo-lambda` or `cargo install cargo-lambda --locked`",
            ),
            Self::Missing { .. } => Some("add `--build`"),
            Self::Failed { .. } | Self::File { .. } => None,
        }
    }
}

/// Packs what cargo built, and keeps it where an upload finds it.
///
/// # Errors
///
/// It would not run as a function, or cannot be written.
pub fn pack(cargo: &Cargo, architecture: Architecture) -> Result<Built, Error> {
    let binary_path = cargo.binary(architecture);
    let binary = read(&binary_path)?;
    let glibc = elf::check(&binary, architecture)
        .map_err(|reason| Error::Unfit { path: binary_path.clone(), reason })?;
    let path = cargo.package(architecture);
    let at = |reason| Error::File { path: path.clone(), reason };
    let package = Package::pack(&binary).map_err(at)?;
    fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).map_err(at)?;
    fs::write(&path, package.bytes()).map_err(at)?;
    Ok(Built { package, path, binary: binary.len(), glibc })
}

/// What was built before.
///
/// # Errors
///
/// Nothing was.
pub fn packed(cargo: &Cargo, architecture: Architecture) -> Result<Package, Error> {
    let path = cargo.package(architecture);
    match read(&path) {
        Ok(bytes) => Ok(Package::new(bytes)),
        Err(Error::File { reason, .. }) if reason.kind() == io::ErrorKind::NotFound => {
            Err(Error::Missing { path })
        }
        Err(error) => Err(error),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|reason| Error::File { path: path.into(), reason })
}
