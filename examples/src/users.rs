//! The users of a server, in a file of names and hashed passwords.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use argon2::Argon2;
use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::{Network, Turns};

/// The users of a server. Each line of the file consists of a name, a colon and the [`hash`] of the
/// password. Empty lines and lines that begin with `#` are skipped.
#[derive(Clone)]
pub struct Users {
    hashes: Arc<HashMap<String, String>>,
    /// Limits how many passwords are checked concurrently. A check takes much time and memory by
    /// design.
    checking: Arc<Semaphore>,
    /// A network with many wrong passwords does not keep the others waiting.
    turns: Turns<Network>,
}

/// The hash to check a password against if the name is unknown. Without this check, the time would
/// reveal which names exist.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash("").unwrap_or_default());

impl Users {
    /// The maximum number of concurrent password checks.
    const AT_A_TIME: usize = 2;

    /// Reads the file of users.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read, or a line is malformed.
    pub fn read(path: &Path) -> io::Result<Self> {
        let name = path.display();
        let text = std::fs::read_to_string(path)
            .map_err(|error| io::Error::new(error.kind(), format!("{name}: {error}")))?;
        Self::parse(&text)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, format!("{name}: {error}")))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let mut hashes = HashMap::new();
        let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
        for (number, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            let (user, hash) =
                line.split_once(':').ok_or_else(|| format!("line {number}: expected `name:hash`"))?;
            PasswordHash::new(hash).map_err(|error| format!("line {number}: invalid hash: {error}"))?;
            if hashes.insert(user.to_owned(), hash.to_owned()).is_some() {
                return Err(format!("line {number}: duplicate user `{user}`"));
            }
        }
        let checking = Arc::new(Semaphore::new(Self::AT_A_TIME));
        Ok(Self { hashes: Arc::new(hashes), checking, turns: Turns::default() })
    }

    /// Returns `true` if this is the password of the user. Passwords from one network are checked one
    /// after the other.
    ///
    /// # Cancel safety
    /// If cancelled, a check that is in progress finishes in the background.
    pub async fn check(&self, from: impl Into<Network>, user: &str, password: &[u8]) -> bool {
        let known = self.hashes.get(user).cloned();
        let in_network = self.turns.wait(from.into()).await;
        let Ok(in_all) = Arc::clone(&self.checking).acquire_owned().await else { return false };
        let password = password.to_vec();
        let checked = spawn_blocking(move || {
            let _turns = (in_network, in_all);
            let is_known = known.is_some();
            let hash = known.unwrap_or_else(|| NOBODY.clone());
            let same = PasswordHash::new(&hash)
                .is_ok_and(|hash| Argon2::default().verify_password(&password, &hash).is_ok());
            same && is_known
        });
        checked.await.unwrap_or(false)
    }
}

/// Returns the hash of a password for the file of users.
///
/// # Errors
/// Returns an error if the system provides no random bytes.
pub fn hash(password: &str) -> io::Result<String> {
    let salt = SaltString::generate(&mut OsRng);
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
    hash.map(|hash| hash.to_string()).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::net::IpAddr;
    use std::sync::Mutex;
    use std::task::{Context, Waker};

    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[tokio::test]
    async fn a_network_with_many_checks_does_not_keep_others_waiting() {
        let users = Users::parse("").unwrap();
        let _one_at_a_time = users.checking.acquire().await.unwrap();
        let busy = users.checking.acquire().await.unwrap();
        let order = Mutex::new(Vec::new());
        let check = async |number: u8, from: IpAddr| {
            assert!(!users.check(from, "eve", b"guess").await);
            order.lock().unwrap().push(number);
        };
        let there = IpAddr::from([192, 0, 2, 1]);
        let (first, second, third) = (check(1, there), check(2, there), check(3, HERE));
        let (mut first, mut second, mut third) = (Box::pin(first), Box::pin(second), Box::pin(third));
        let mut cx = Context::from_waker(Waker::noop());
        assert!(first.as_mut().poll(&mut cx).is_pending());
        assert!(second.as_mut().poll(&mut cx).is_pending());
        assert!(third.as_mut().poll(&mut cx).is_pending());
        drop(busy);
        tokio::join!(first, second, third);
        assert_eq!(*order.lock().unwrap(), [1, 3, 2]);
    }

    #[tokio::test]
    async fn passwords_are_checked() {
        let text = format!("# who may\n\nada:{}\n", hash("engine").unwrap());
        let users = Users::parse(&text).unwrap();
        assert!(users.check(HERE, "ada", b"engine").await);
        assert!(!users.check(HERE, "ada", b"Engine").await);
        assert!(!users.check(HERE, "ada", b"").await);
        assert!(!users.check(HERE, "eve", b"engine").await);
        assert!(!users.check(HERE, "eve", b"").await);
    }

    #[test]
    fn lines_are_as_they_must_be() {
        let error = |text: &str| Users::parse(text).err().unwrap();
        assert_eq!(error("ada"), "line 1: expected `name:hash`");
        assert!(error("\nada:plain").starts_with("line 2: invalid hash"));
        let line = format!("ada:{}", hash("x").unwrap());
        assert_eq!(error(&format!("{line}\n{line}")), "line 2: duplicate user `ada`");
    }
}
