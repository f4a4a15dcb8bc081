//! Groups connections by the address of their peer.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// A namespace for the functions that group addresses.
#[derive(Debug)]
pub(super) struct Place;

impl Place {
    /// Returns the address itself, or `None` for a connection without an address, such as over a
    /// Unix socket.
    pub(super) fn exact(address: SocketAddr) -> Option<IpAddr> {
        Some(address.ip().to_canonical()).filter(|ip| !ip.is_unspecified())
    }

    /// Returns the address. An IPv6 address is reduced to its first `bits` bits, unless it is
    /// link-local: all devices of a link have the same prefix.
    pub(super) fn prefix(address: SocketAddr, bits: u8) -> Option<IpAddr> {
        Self::exact(address).map(|ip| match ip {
            IpAddr::V6(ip) if !ip.is_unicast_link_local() => {
                let mask = u128::MAX.checked_shl(128 - u32::from(bits.min(128))).unwrap_or(0);
                IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & mask))
            }
            _ => ip,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ipv6_addresses_are_taken_together_by_prefix() {
        let place = |text: &str, bits| Place::prefix(SocketAddr::new(text.parse().unwrap(), 1), bits);
        assert_eq!(place("2001:db8::1", 64), place("2001:db8::ffff:2", 64));
        assert_ne!(place("2001:db8::1", 64), place("2001:db8:0:1::1", 64));
        assert_eq!(place("2001:db8::1", 0), place("2a00::1", 0));
        assert_ne!(place("2001:db8::1", 128), place("2001:db8::2", 128));
        assert_ne!(place("2001:db8::1", 255), place("2001:db8::2", 255));
        assert_eq!(place("::ffff:192.0.2.1", 64), place("192.0.2.1", 64));
        assert_eq!(place("0.0.0.0", 64), None);
        assert_ne!(place("fe80::1", 64), place("fe80::2", 64));
    }
}
