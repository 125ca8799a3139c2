//! The objects of all buckets.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, Method, Response, StatusCode, header::IF_NONE_MATCH};

use crate::{actions::by_function, server::empty};

/// An object store: every bucket exists, and keeps its objects in memory.
#[derive(Clone, Debug, Default)]
pub struct Objects(Arc<Store>);

#[derive(Debug, Default)]
struct Store {
    /// By path: the bucket, a slash, the key.
    objects: Mutex<BTreeMap<String, Bytes>>,
    denied: AtomicBool,
    denied_to_functions: AtomicBool,
}

impl Objects {
    /// An object's content.
    pub fn get(&self, bucket: &str, key: &str) -> Option<Bytes> {
        self.lock().get(&format!("{bucket}/{key}")).cloned()
    }

    /// Puts an object.
    pub fn put(&self, bucket: &str, key: &str, body: impl Into<Bytes>) {
        self.lock().insert(format!("{bucket}/{key}"), body.into());
    }

    /// Removes an object.
    pub fn remove(&self, bucket: &str, key: &str) {
        self.lock().remove(&format!("{bucket}/{key}"));
    }

    /// The keys of a bucket.
    pub fn keys(&self, bucket: &str) -> Vec<String> {
        let bucket = format!("{bucket}/");
        let objects = self.lock();
        let keys = objects.keys().filter_map(|path| path.strip_prefix(&bucket));
        keys.map(str::to_owned).collect()
    }

    /// Denies all access over the network from now on, or allows it again.
    pub fn deny(&self, denied: bool) {
        self.0.denied.store(denied, Ordering::Relaxed);
    }

    /// Denies functions all access from now on, or allows it again.
    pub fn deny_functions(&self, denied: bool) {
        self.0.denied_to_functions.store(denied, Ordering::Relaxed);
    }

    pub(crate) fn answer(
        &self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Response<Body> {
        let of_functions =
            by_function(headers) && self.0.denied_to_functions.load(Ordering::Relaxed);
        if of_functions || self.0.denied.load(Ordering::Relaxed) {
            return error(StatusCode::FORBIDDEN, "AccessDenied");
        }
        let path = decoded(path.trim_start_matches('/'));
        let mut objects = self.lock();
        match *method {
            Method::GET | Method::HEAD => match objects.get(&path) {
                Some(content) => Response::new(content.clone().into()),
                None => error(StatusCode::NOT_FOUND, "NoSuchKey"),
            },
            Method::PUT if headers.contains_key(IF_NONE_MATCH) && objects.contains_key(&path) => {
                error(StatusCode::PRECONDITION_FAILED, "PreconditionFailed")
            }
            Method::PUT => {
                objects.insert(path, body);
                empty(StatusCode::OK)
            }
            Method::DELETE => {
                objects.remove(&path);
                empty(StatusCode::NO_CONTENT)
            }
            _ => error(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed"),
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Bytes>> {
        self.0.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn error(status: StatusCode, code: &str) -> Response<Body> {
    let text = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code></Error>");
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response
}

/// Without its percent-encoding.
pub(crate) fn decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = hex.filter(|_| *first == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
