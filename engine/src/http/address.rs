//! Names to addresses, remembered for a while.

use std::{
    cell::RefCell,
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

use tokio::net::lookup_host;

use super::Origin;

/// How long an answer is used. Without it, thousands of users would ask for the same name and
/// measure the resolver.
const REMEMBERED: Duration = Duration::from_mins(1);

/// The addresses of the hosts that a thread's users talk to.
#[derive(Default)]
pub struct Addresses {
    known: RefCell<HashMap<Origin, Known>>,
}

struct Known {
    addresses: Vec<SocketAddr>,
    until: Instant,
    next: usize,
}

impl Addresses {
    /// The addresses of an origin, and whether the resolver was asked for them. They begin with
    /// another one each time, so that users spread over all of them.
    pub(super) async fn of(&self, origin: &Origin) -> Result<(Vec<SocketAddr>, bool), String> {
        if let Ok(address) = origin.host.parse::<IpAddr>() {
            return Ok((vec![SocketAddr::new(address, origin.port)], false));
        }
        if let Some(addresses) = self.remembered(origin) {
            return Ok((addresses, false));
        }
        let found = lookup_host((&*origin.host, origin.port)).await;
        let addresses: Vec<_> = found.map_err(|error| error.to_string())?.collect();
        if addresses.is_empty() {
            return Err("the name has no address".into());
        }
        let until = Instant::now() + REMEMBERED;
        let known = Known { addresses: addresses.clone(), until, next: 1 };
        self.known.borrow_mut().insert(origin.clone(), known);
        Ok((addresses, true))
    }

    fn remembered(&self, origin: &Origin) -> Option<Vec<SocketAddr>> {
        let mut all = self.known.borrow_mut();
        let known = all.get_mut(origin).filter(|known| known.until > Instant::now())?;
        let mut addresses = known.addresses.clone();
        let count = addresses.len();
        addresses.rotate_left(known.next % count);
        known.next = known.next.wrapping_add(1);
        Some(addresses)
    }
}
