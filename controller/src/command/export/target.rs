//! Where an export goes.

use std::{fs, path::Path};

use super::Unfinished;
use crate::{command::Error, exit_code::ExitCode, export::Format, run_folder::RunFolder};

/// Where an export goes.
#[derive(Debug)]
pub(super) enum Target {
    /// One format to the standard output.
    Stdout(Format),
    /// Each into a file.
    Files(Vec<Unfinished>),
}

/// What the options mean: without an output, files in the folder of the run; with a folder, files
/// in it; otherwise one file, whose name may tell the format.
pub(super) fn resolve(
    folders: &[RunFolder],
    formats: &[Format],
    output: Option<&Path>,
) -> Result<Target, Error> {
    let mut formats = formats.to_vec();
    formats.extend(output.and_then(Format::of_name).filter(|_| formats.is_empty()));
    let [first, others @ ..] = &*formats else {
        return Err(invalid("an export needs a format")
            .with_hint("`--format csv`; or json, jsonl, parquet, hlog"));
    };
    let Some(output) = output else { return in_run_folder(folders, &formats) };
    if output == Path::new("-") {
        return if others.is_empty() {
            Ok(Target::Stdout(*first))
        } else {
            Err(invalid("the standard output takes one format only"))
        };
    }
    if output.is_dir() || has_end_of_folder(output) {
        fs::create_dir_all(output).map_err(|error| {
            invalid(&format!("cannot make the folder {}: {error}", output.display()))
        })?;
        return files(folders, output, &formats);
    }
    if !others.is_empty() {
        let message = format!("{} is one file, but there are several formats", output.display());
        return Err(invalid(&message).with_hint("`--output FOLDER/` takes all of them"));
    }
    file(folders, output, *first).map(|file| Target::Files(vec![file]))
}

fn in_run_folder(folders: &[RunFolder], formats: &[Format]) -> Result<Target, Error> {
    match folders {
        [folder] => files(folders, folder.path(), formats),
        _ => Err(invalid("several runs need an output").with_hint(
            "`--output FILE` or `--output FOLDER/`; `--output -` for the standard output",
        )),
    }
}

fn files(folders: &[RunFolder], parent: &Path, formats: &[Format]) -> Result<Target, Error> {
    let mut files: Vec<Unfinished> = Vec::new();
    for format in formats {
        if files.iter().all(|file| file.format() != *format) {
            files.push(file(folders, &parent.join(format.file_name()), *format)?);
        }
    }
    Ok(Target::Files(files))
}

fn file(folders: &[RunFolder], path: &Path, format: Format) -> Result<Unfinished, Error> {
    if folders.iter().any(|folder| folder.depends_on(path)) {
        let message = format!("{} is what the run's reports are made from", path.display());
        return Err(invalid(&message).with_hint("`--output` takes another name"));
    }
    Ok(Unfinished::new(format, path))
}

fn has_end_of_folder(path: &Path) -> bool {
    path.to_string_lossy().ends_with(std::path::is_separator)
}

fn invalid(message: &str) -> Error {
    Error::new(ExitCode::INVALID, message)
}
