//! Protection against reflection attacks.
//!
//! An attacker can send a query with a forged sender address. The answer then goes to the owner of
//! that address, and may be thirty times as long as the query. So each network has an allowance:
//! how many bytes its answers may be longer than its queries. If the allowance is used up, answers
//! are truncated to the question. Clients then ask again over TCP, where addresses cannot be
//! forged.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use framewright::Encode;

use crate::protocol::Message;

/// The size of a full allowance in bytes.
pub const AT_ONCE: u32 = 32 * 1024;
pub const A_SECOND: u32 = 4 * 1024;

/// The number of allowances. If networks share an allowance, it is used up earlier.
const ALLOWANCES: usize = 4096;

/// A fixed number of allowances. A hash with a random seed assigns each network to one of them.
pub struct Reflection {
    seed: RandomState,
    start: Instant,
    allowances: Mutex<Vec<Allowance>>,
}

#[derive(Clone, Copy)]
struct Allowance {
    bytes: u32,
    /// When `bytes` was last increased, in milliseconds since the start.
    at: u64,
}

impl Reflection {
    pub fn new() -> Self {
        let full = Allowance { bytes: AT_ONCE, at: 0 };
        Self {
            seed: RandomState::new(),
            start: Instant::now(),
            allowances: Mutex::new(vec![full; ALLOWANCES]),
        }
    }

    /// Returns the answer to a query of `asked` bytes. Truncates it if the allowance is used up.
    /// Returns `None` if even the truncated answer is longer than the query.
    pub fn bounded(&self, answer: Message, asked: usize, to: IpAddr) -> Option<Message> {
        self.bounded_at(Instant::now(), answer, asked, to)
    }

    fn bounded_at(&self, now: Instant, answer: Message, asked: usize, to: IpAddr) -> Option<Message> {
        if self.takes(now, answer.encoded_len().saturating_sub(asked), to) {
            return Some(answer);
        }
        Some(answer.cut()).filter(|cut| cut.encoded_len() <= asked)
    }

    /// Takes `bytes` from the allowance of the network of `to`. Returns `false` if the allowance is
    /// too small.
    fn takes(&self, now: Instant, bytes: usize, to: IpAddr) -> bool {
        let Ok(bytes) = u32::try_from(bytes) else { return false };
        let now = now.saturating_duration_since(self.start).as_millis();
        let now = u64::try_from(now).unwrap_or(u64::MAX);
        let mut allowances = self.allowances.lock().unwrap_or_else(PoisonError::into_inner);
        let places = u64::try_from(allowances.len()).unwrap_or(1);
        let place = usize::try_from(self.seed.hash_one(network(to)) % places).unwrap_or(0);
        let Some(allowance) = allowances.get_mut(place) else { return false };
        let since = now.saturating_sub(allowance.at).saturating_mul(A_SECOND.into()) / 1000;
        if since > 0 {
            let since = u32::try_from(since).unwrap_or(u32::MAX);
            *allowance = Allowance { bytes: allowance.bytes.saturating_add(since).min(AT_ONCE), at: now };
        }
        let left = allowance.bytes.checked_sub(bytes);
        allowance.bytes = left.unwrap_or(allowance.bytes);
        left.is_some()
    }
}

/// Returns the network of an address: its /24 in IPv4, and its /56 in IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => Ipv4Addr::from_bits(address.to_bits() & !0xff).into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 72 << 72).into(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_network_is_sent_so_much_and_so_much_a_second() {
        let reflection = Reflection::new();
        let (now, to) = (reflection.start, |last| IpAddr::from([192, 0, 2, last]));
        // All addresses of a network share its limit.
        let sent =
            |now| (0..=255).cycle().take(1000).filter(|last| reflection.takes(now, 1024, to(*last))).count();
        assert_eq!(sent(now), 32);
        assert_eq!(sent(now + Duration::from_millis(100)), 0);
        assert_eq!(sent(now + Duration::from_millis(1100)), 4);
        assert_eq!(sent(now + Duration::from_secs(1000)), 32);
        assert!(!reflection.takes(now, usize::MAX, to(1)));
    }

    #[test]
    fn each_network_has_its_own_allowance() {
        let reflection = Reflection::new();
        let now = reflection.start;
        while reflection.takes(now, 1000, IpAddr::from([192, 0, 2, 1])) {}
        // Some other networks share the allowance that is used up.
        let others = (0..200).filter(|other| reflection.takes(now, 1000, IpAddr::from([10, 0, *other, 1])));
        assert!(others.count() > 150);
        let v6 = |host: &str| network(host.parse().unwrap());
        assert_eq!(v6("2001:db8:0:12ff::1"), v6("2001:db8:0:1200::2"));
        assert_ne!(v6("2001:db8:0:1300::1"), v6("2001:db8:0:1200::1"));
        assert_eq!(v6("::ffff:192.0.2.1"), v6("192.0.2.77"));
    }

    #[test]
    fn answers_beyond_the_allowance_are_no_longer_than_their_query() {
        let reflection = Reflection::new();
        let (now, to) = (reflection.start, IpAddr::from([192, 0, 2, 1]));
        while reflection.takes(now, 1, to) {}
        let header = crate::protocol::Header { is_response: true, ..Default::default() };
        let mut answer = Message { header, ..Message::default() };
        let empty = answer.encoded_len();
        answer.answers.push(crate::answer::tests::text(500));
        let cut = reflection.bounded_at(now, answer.clone(), empty, to).unwrap();
        assert!(cut.header.truncated && cut.answers.is_empty());
        assert!(reflection.bounded_at(now, answer, 2, to).is_none());
    }
}
