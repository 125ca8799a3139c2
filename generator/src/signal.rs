//! What a running job is told, by several who may tell it.

use engine::run::Signal;
use tokio::sync::watch;

/// Tells it, unless it was told something stronger.
pub(crate) fn raise(sender: &watch::Sender<Signal>, signal: Signal) {
    sender.send_if_modified(|told| {
        let stronger = signal > *told;
        if stronger {
            *told = signal;
        }
        stronger
    });
}
