//! `GET /files/NAME`: what a run leaves in its folder.

use std::{
    fs::{self, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Component, Path},
};

use axum::{
    body::Body,
    http::header,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::stream::unfold;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rustix::fs::OFlags;
use tokio::{
    fs::File,
    io::{AsyncReadExt, Take},
};

use super::refusal::Refusal;
use crate::view::FileView;

/// How much of a file is read at once, bytes.
const CHUNK: usize = 64 * 1024;

/// The files of a folder that can be downloaded, by name. A folder that cannot be read has none.
pub(super) fn list(folder: &Path) -> Vec<FileView> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries.filter_map(|entry| {
        let name = entry.file_name().into_string().ok().filter(|name| is_plain(name))?;
        // Of a link this tells that it is one.
        let metadata = entry.metadata().ok().filter(fs::Metadata::is_file)?;
        Some(FileView { name, bytes: metadata.len() })
    });
    let mut files: Vec<_> = files.collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

/// A file of a folder, to be kept and not shown; of one that grows, what is there now.
pub(super) fn download(folder: &Path, name: &str) -> Result<Response, Refusal> {
    let absent = |_| Refusal::absent("there is no such file");
    if !is_plain(name) {
        return Err(absent(io::ErrorKind::InvalidFilename.into()));
    }
    let file = open(&folder.join(name)).map_err(absent)?;
    let size = file.metadata().map_err(absent)?.len();
    let name = utf8_percent_encode(name, NON_ALPHANUMERIC);
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".into()),
        (header::CONTENT_LENGTH, size.to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{name}")),
    ];
    let chunks = unfold(File::from_std(file).take(size), chunk);
    Ok((headers, Body::from_stream(chunks)).into_response())
}

/// Whether a name is that of a file in a folder, and no way to elsewhere. What begins with a dot is
/// not finished.
fn is_plain(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    let is_one = matches!(parts.next(), Some(Component::Normal(part)) if part == name);
    is_one && parts.next().is_none() && !name.starts_with('.')
}

/// Opens a file that is one: no link to elsewhere, and nothing that waits for a writer.
fn open(path: &Path) -> io::Result<fs::File> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::ErrorKind::NotFound.into()) }
}

async fn chunk(mut file: Take<File>) -> Option<(io::Result<Bytes>, Take<File>)> {
    let mut chunk = vec![0; CHUNK];
    match file.read(&mut chunk).await {
        Ok(0) => None,
        Ok(length) => {
            chunk.truncate(length);
            Some((Ok(chunk.into()), file))
        }
        Err(error) => Some((Err(error), file)),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use axum::body::to_bytes;

    use super::*;

    async fn body(folder: &Path, name: &str) -> Result<Vec<u8>, u16> {
        let answer = download(folder, name);
        let answer = answer.map_err(|why| why.into_response().status().as_u16())?;
        Ok(to_bytes(answer.into_body(), usize::MAX).await.unwrap().to_vec())
    }

    #[tokio::test]
    async fn a_file_comes_whole() {
        let folder = tempfile::tempdir().unwrap();
        let long: Vec<u8> = (0..200_000_u32).map(|at| u8::try_from(at % 251).unwrap()).collect();
        fs::write(folder.path().join("frames.jsonl"), &long).unwrap();
        fs::write(folder.path().join("a \"b\".html"), "<script>").unwrap();
        assert_eq!(body(folder.path(), "frames.jsonl").await.unwrap(), long);
        let answer = download(folder.path(), "a \"b\".html").unwrap();
        assert_eq!(answer.headers()["content-type"], "application/octet-stream");
        let disposition = &answer.headers()["content-disposition"];
        assert_eq!(disposition, "attachment; filename*=UTF-8''a%20%22b%22%2Ehtml");
    }

    #[tokio::test]
    async fn nothing_else_is_given_out() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("run");
        fs::create_dir_all(folder.join("below")).unwrap();
        fs::write(parent.path().join("secret"), "secret").unwrap();
        fs::write(folder.join("below/file"), "below").unwrap();
        fs::write(folder.join(".report.json.unfinished"), "half").unwrap();
        symlink("../secret", folder.join("link")).unwrap();
        let absolute = parent.path().join("secret").display().to_string();
        for name in [
            "../secret",
            "..",
            ".",
            "",
            "/",
            "below",
            "below/file",
            "./link",
            "link",
            "link/",
            ".report.json.unfinished",
            "none",
            "a\0b",
            absolute.as_str(),
            "below/../../secret",
        ] {
            assert_eq!(body(&folder, name).await, Err(404), "{name:?}");
        }
        assert_eq!(list(&folder), []);
    }

    #[test]
    fn files_are_listed_by_name() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["run.json", "plan.json"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        let file = |name: &str| FileView { name: name.into(), bytes: name.len() as u64 };
        assert_eq!(list(folder.path()), [file("plan.json"), file("run.json")]);
        assert_eq!(list(&folder.path().join("none")), []);
    }
}
