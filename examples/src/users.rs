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

///
/// The users of a server. Each line of the file consists of a name, a colon and the [`hash`] of the
/// password. Empty lines and lines that begin with `#` are skipped.
#[derive(Clone)]
pub struct Users {
    hashes: Arc<HashMap<String, String>>,
    /// Limits how many passwords are checked concurrently. A check takes much time and memory by
    /// design.
    checking: Arc<Semaphore>,
}

/// The hash to check a password against if the name is unknown. Without this check, the time would
/// reveal which names exist.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash("").unwrap_or_default());

impl Users {
    /// The maximum number of concurrent password checks.
    const AT_A_TIME: usize = 2;

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
        Ok(Self { hashes: Arc::new(hashes), checking: Arc::new(Semaphore::new(Self::AT_A_TIME)) })
    }

    /// Returns `true` if this is the password of the user.
    ///
    /// # Cancel safety
    /// If cancelled, a check that is in progress finishes in the background.
    pub async fn check(&self, user: &str, password: &[u8]) -> bool {
        let known = self.hashes.get(user).cloned();
        let Ok(turn) = Arc::clone(&self.checking).acquire_owned().await else { return false };
        let password = password.to_vec();
        let checked = spawn_blocking(move || {
            let _turn = turn;
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
    use super::*;

    #[tokio::test]
    async fn passwords_are_checked() {
        let text = format!("# who may\n\nada:{}\n", hash("engine").unwrap());
        let users = Users::parse(&text).unwrap();
        assert!(users.check("ada", b"engine").await);
        assert!(!users.check("ada", b"Engine").await);
        assert!(!users.check("ada", b"").await);
        assert!(!users.check("eve", b"engine").await);
        assert!(!users.check("eve", b"").await);
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
