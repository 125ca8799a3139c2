//! What a running job is told, by several who may tell it.

use engine::run::Orders;
use tokio::sync::watch;

/// Tells it what is more than it was told before.
pub(crate) fn tell(sender: &watch::Sender<Orders>, orders: &Orders) {
    sender.send_if_modified(|told| told.heed(orders));
}
