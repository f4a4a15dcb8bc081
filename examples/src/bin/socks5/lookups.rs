//! Name lookups, of which each client has a part.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use framewright_examples::Network;
use tokio::net::lookup_host;
use tokio::sync::Semaphore;

/// The maximum number of concurrent lookups: of all clients, and of the clients of one network. Each
/// lookup occupies a thread for blocking tasks.
const ALL: usize = 64;
const EACH: usize = 8;

/// How many addresses of a name are tried.
const ADDRESSES: usize = 8;

/// Limits the number of concurrent lookups. Further lookups wait for their turn.
pub struct Lookups {
    all: Arc<Semaphore>,
    each: Mutex<HashMap<Network, Weak<Semaphore>>>,
}

impl Lookups {
    pub fn new() -> Self {
        Self { all: Arc::new(Semaphore::new(ALL)), each: Mutex::default() }
    }

    /// Returns the addresses of a name.
    pub async fn addresses(&self, client: Network, name: String, port: u16) -> io::Result<Vec<SocketAddr>> {
        let of_client = self.of(client).acquire_owned().await.map_err(io::Error::other)?;
        let of_all = Arc::clone(&self.all).acquire_owned().await.map_err(io::Error::other)?;
        // A lookup ends in its own time, also if nobody waits for it any more.
        let lookup = tokio::spawn(async move {
            let _permits = (of_client, of_all);
            Ok(lookup_host((name, port)).await?.take(ADDRESSES).collect())
        });
        lookup.await?
    }

    /// Returns the permits of a network.
    fn of(&self, client: Network) -> Arc<Semaphore> {
        let mut each = self.each.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(permits) = each.get(&client).and_then(Weak::upgrade) {
            return permits;
        }
        each.retain(|_, permits| permits.strong_count() > 0);
        let permits = Arc::new(Semaphore::new(EACH));
        each.insert(client, Arc::downgrade(&permits));
        permits
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    #[test]
    fn a_network_has_its_part_of_the_lookups() {
        let network = |last| Network::from(IpAddr::from([192, 0, 2, last]));
        let lookups = Lookups::new();
        let permits: Vec<_> =
            (0..EACH).map(|_| lookups.of(network(1)).try_acquire_owned().unwrap()).collect();
        assert!(lookups.of(network(1)).try_acquire_owned().is_err());
        let other = lookups.of(network(2)).try_acquire_owned().unwrap();
        drop((permits, other));
        assert!(lookups.of(network(1)).try_acquire_owned().is_ok());
        assert_eq!(lookups.each.lock().unwrap().len(), 1, "networks without lookups are forgotten");
    }
}
