//! Passwords: argon2id, on a thread of its own, one after the other.
//!
//! Each takes 19 MiB and a processor for some 20 ms: at the same time they would take both from everybody else.

use std::{
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::{
    sync::{Semaphore, oneshot},
    time::timeout,
};

/// The fewest characters of a new password.
pub(crate) const SHORTEST: usize = 12;

/// The most bytes of a password.
pub(crate) const LONGEST: usize = 1024;

/// How many may wait for their turn.
const WAITING: usize = 64;

/// How long one may wait for it.
const PATIENCE: Duration = Duration::from_secs(10);

/// Something for the thread to do.
type Job = Box<dyn FnOnce() + Send>;

/// Hashes and verifies passwords.
pub(crate) struct Hasher {
    jobs: mpsc::Sender<Job>,
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
        let (jobs, to_do) = mpsc::channel::<Job>();
        // It ends with the last sender.
        thread::Builder::new()
            .name("passwords".to_owned())
            .spawn(move || to_do.iter().for_each(|job| job()))
            .map_err(|error| error.to_string())?;
        Ok(Self {
            jobs,
            admitted: Arc::new(Semaphore::new(WAITING)),
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
        let admitted = Arc::clone(&self.admitted).try_acquire_owned();
        let admitted = admitted.map_err(|_| Busy)?;
        let (answer, answered) = oneshot::channel();
        let job = Box::new(move || {
            let _counts = admitted;
            // Nobody waits for it any more.
            if !answer.is_closed() {
                let _too_late = answer.send(work());
            }
        });
        self.jobs.send(job).map_err(|_| Busy)?;
        match timeout(PATIENCE, answered).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(_)) | Err(_) => Err(Busy),
        }
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
        let all = u32::try_from(WAITING).unwrap();
        let _all = hasher.admitted.acquire_many(all).await.unwrap();
        assert_eq!(hasher.verify("x".into(), None).await, Err(Busy));
    }
}
