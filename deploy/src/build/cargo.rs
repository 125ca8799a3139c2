//! The compiler of functions.

use std::{
    env,
    ffi::OsString,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Command, Stdio},
};

use serde::Deserialize;

use super::Error;
use crate::{deployment::Architecture, progress::Line};

/// The profile in the workspace's manifest.
const PROFILE: &str = "function";

/// The package and the binary.
const PACKAGE: [&str; 4] = ["--package", "generator", "--bin", "bootstrap"];

/// Builds functions in a workspace.
#[derive(Debug)]
pub struct Cargo {
    program: OsString,
    target: PathBuf,
    linker: Linker,
}

/// What decides on which systems a binary runs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Linker {
    /// cargo-lambda's, which knows Lambda's system.
    Lambda,
    /// This machine's.
    Own,
}

#[derive(Deserialize)]
struct Metadata {
    target_directory: PathBuf,
}

impl Cargo {
    /// The cargo that is installed, for the workspace of the current directory.
    ///
    /// # Errors
    ///
    /// There is none, or no workspace.
    pub fn find() -> Result<Self, Error> {
        let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let run = |arguments: &[&str]| Command::new(&program).args(arguments).output();
        let metadata = run(&["metadata", "--no-deps", "--format-version", "1"]);
        let metadata = metadata.map_err(|error| Error::NoSources(error.to_string()))?;
        if !metadata.status.success() {
            let output = String::from_utf8_lossy(&metadata.stderr);
            return Err(Error::NoSources(output.trim().into()));
        }
        let metadata: Metadata = serde_json::from_slice(&metadata.stdout)
            .map_err(|error| Error::NoSources(error.to_string()))?;
        let lambda = run(&["lambda", "--version"]).is_ok_and(|output| output.status.success());
        Ok(Self {
            linker: if lambda { Linker::Lambda } else { Linker::Own },
            target: metadata.target_directory,
            program,
        })
    }

    /// Where the binary is once it is built.
    pub fn binary(&self, architecture: Architecture) -> PathBuf {
        match self.linker {
            Linker::Lambda => self.lambda_directory(architecture).join("bootstrap/bootstrap"),
            Linker::Own => self.target.join(architecture.target()).join(PROFILE).join("bootstrap"),
        }
    }

    /// Where the zip is once it is packed.
    pub fn package(&self, architecture: Architecture) -> PathBuf {
        self.lambda_directory(architecture).join("bootstrap.zip")
    }

    /// Builds the binary.
    ///
    /// # Errors
    ///
    /// It cannot be built here, or does not compile.
    pub fn build(&self, architecture: Architecture, line: &Line) -> Result<(), Error> {
        let mut command = self.command(architecture)?;
        let shown = self.shown(architecture)?;
        line.step(&shown);
        let failed = |output| Error::Failed { command: shown.clone(), output };
        let started = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut child = started.map_err(|error| failed(error.to_string()))?;
        let mut output = String::new();
        for said in
            child.stderr.take().into_iter().flat_map(|stderr| BufReader::new(stderr).lines())
        {
            let said = said.map_err(|error| failed(error.to_string()))?;
            line.detail(said.trim());
            if !is_progress(&said) {
                output.push_str(&said);
                output.push('\n');
            }
        }
        let status = child.wait().map_err(|error| failed(error.to_string()))?;
        if status.success() { Ok(()) } else { Err(failed(output.trim_end().into())) }
    }

    /// What is run, as a person would write it.
    ///
    /// # Errors
    ///
    /// It cannot be built here.
    pub fn shown(&self, architecture: Architecture) -> Result<String, Error> {
        let command = self.command(architecture)?;
        let arguments = command.get_args().map(|argument| argument.to_string_lossy());
        Ok(format!("cargo {}", arguments.collect::<Vec<_>>().join(" ")))
    }

    fn command(&self, architecture: Architecture) -> Result<Command, Error> {
        let mut command = Command::new(&self.program);
        match self.linker {
            Linker::Lambda => {
                command.args(["lambda", "build", "--output-format", "binary"]);
                command.arg("--lambda-dir").arg(self.lambda_directory(architecture));
            }
            Linker::Own if architecture == Architecture::HERE && cfg!(target_os = "linux") => {
                command.arg("build");
            }
            Linker::Own => return Err(Error::NoCompiler { wanted: architecture }),
        }
        command.args(["--profile", PROFILE, "--target", architecture.target()]).args(PACKAGE);
        Ok(command)
    }

    fn lambda_directory(&self, architecture: Architecture) -> PathBuf {
        self.target.join("lambda").join(architecture.name())
    }
}

/// Whether cargo only says how far it is, which nobody wants to read in front of what went wrong.
fn is_progress(line: &str) -> bool {
    let verbs = ["Blocking", "Compiling", "Downloaded", "Downloading", "Locking", "Updating"];
    line.starts_with(' ')
        && line.split_whitespace().next().is_some_and(|verb| verbs.contains(&verb))
}

#[cfg(test)]
mod tests {
    use super::is_progress;

    #[test]
    fn what_went_wrong_is_no_progress() {
        assert!(is_progress("   Compiling nom v8.0.0"));
        assert!(!is_progress("error: could not compile `nom` (lib) due to 1 previous error"));
        assert!(!is_progress("  Compilation of something failed"));
        assert!(!is_progress("Compiling the function needs a linker"));
    }
}
