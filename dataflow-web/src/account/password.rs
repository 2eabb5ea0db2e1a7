//! Passwords: argon2id, off the runtime, and no more of it at the same time than the machine can take.

use std::{sync::Arc, time::Duration};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

/// The fewest characters of a new password.
pub(crate) const SHORTEST: usize = 12;

/// The most bytes of a password.
pub(crate) const LONGEST: usize = 1024;

/// How many passwords are hashed at the same time: each takes 19 MiB and a processor for some 20 ms.
const AT_ONCE: usize = 1;

/// How many may wait for it.
const WAITING: usize = 64;

/// How long one may wait for it.
const PATIENCE: Duration = Duration::from_secs(10);

/// Hashes and verifies passwords.
#[derive(Clone)]
pub(crate) struct Hasher {
    working: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
    /// The hash of a password that nobody has: what a name that nobody has is verified against, so that it takes as long.
    nobody: Arc<str>,
}

/// Too many passwords are waiting to be verified.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many are signing in at this moment")]
pub(crate) struct Busy;

impl Hasher {
    /// One for the whole panel.
    ///
    /// # Errors
    /// Where the machine has no random numbers.
    pub(crate) fn new() -> Result<Self, String> {
        let nobody = hash(super::Secret::new().text())?;
        Ok(Self {
            working: Arc::new(Semaphore::new(AT_ONCE)),
            admitted: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
            nobody: nobody.into(),
        })
    }

    /// The hash of a new password.
    pub(crate) async fn hash(&self, password: SecretString) -> Result<String, Busy> {
        self.work(move || hash(password.expose_secret()))
            .await?
            .map_err(|_| Busy)
    }

    /// Whether this is the password that `known` is the hash of; without a hash it takes as long, and is not.
    pub(crate) async fn verify(
        &self,
        password: SecretString,
        known: Option<&str>,
    ) -> Result<bool, Busy> {
        let exists = known.is_some();
        let known = known.unwrap_or(&self.nobody).to_owned();
        let fits = self
            .work(move || {
                PasswordHash::new(&known).is_ok_and(|known| {
                    Argon2::default()
                        .verify_password(password.expose_secret().as_bytes(), &known)
                        .is_ok()
                })
            })
            .await?;
        Ok(fits && exists)
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let _admitted = self.admitted.try_acquire().map_err(|_| Busy)?;
        let turn = Arc::clone(&self.working).acquire_owned();
        let turn = tokio::time::timeout(PATIENCE, turn).await;
        let turn = turn.map_err(|_| Busy)?.map_err(|_| Busy)?;
        // The turn goes along: the work goes on, and counts, also where nobody waits for it any more.
        let working = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        working.await.map_err(|_| Busy)
    }
}

fn hash(password: &str) -> Result<String, String> {
    let hashed = Argon2::default().hash_password(password.as_bytes());
    hashed
        .map(|hash| hash.to_string())
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn given_a_hash_when_verified_then_only_its_password_fits() {
        let hasher = Hasher::new().unwrap();
        let known = hasher.hash("correct horse".into()).await.unwrap();
        assert!(known.starts_with("$argon2id$"), "{known}");
        assert!(
            hasher
                .verify("correct horse".into(), Some(&known))
                .await
                .unwrap()
        );
        assert!(
            !hasher
                .verify("wrong horse".into(), Some(&known))
                .await
                .unwrap()
        );
        assert!(!hasher.verify("correct horse".into(), None).await.unwrap());
        assert!(
            !hasher
                .verify("correct horse".into(), Some("torn"))
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn given_as_many_as_may_wait_when_one_more_comes_then_it_is_refused_at_once() {
        let hasher = Hasher::new().unwrap();
        let all = u32::try_from(AT_ONCE + WAITING).unwrap();
        let _all = hasher.admitted.acquire_many(all).await.unwrap();
        assert_eq!(hasher.verify("x".into(), None).await, Err(Busy));
    }
}
