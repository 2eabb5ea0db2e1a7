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

/// How many may wait for their turn whom nobody knows.
const STRANGERS: usize = 64;

/// How many may wait who have signed in before: however many strangers there are, there is room for these.
const KNOWN: usize = 16;

/// How long one may wait for it.
const PATIENCE: Duration = Duration::from_secs(10);

/// Something for the thread to do.
type Job = Box<dyn FnOnce() + Send>;

/// Whose password it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Of whoever says so.
    Anybodys,
    /// Of somebody with a session, with a link, or in a browser in which they have signed in before.
    Known,
}

/// Hashes and verifies passwords.
pub(crate) struct Hasher {
    jobs: mpsc::Sender<Job>,
    strangers: Arc<Semaphore>,
    known: Arc<Semaphore>,
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
            strangers: Arc::new(Semaphore::new(STRANGERS)),
            known: Arc::new(Semaphore::new(KNOWN)),
            nobody: nobody.into(),
        })
    }

    /// The hash of a new password.
    pub(crate) async fn hash(&self, password: SecretString) -> Result<String, Busy> {
        self.work(Whose::Known, move || hash(password.expose_secret()))
            .await?
            .map_err(|_| Busy)
    }

    /// Whether this is the password that `known` is the hash of; without a hash it takes as long, and is not.
    pub(crate) async fn verify(
        &self,
        whose: Whose,
        password: SecretString,
        known: Option<&str>,
    ) -> Result<bool, Busy> {
        let exists = known.is_some();
        let known = known.unwrap_or(&self.nobody).to_owned();
        let fits = self
            .work(whose, move || {
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
        whose: Whose,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let room = match whose {
            Whose::Anybodys => &self.strangers,
            Whose::Known => &self.known,
        };
        let admitted = Arc::clone(room).try_acquire_owned();
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
                .verify(Whose::Anybodys, "correct horse".into(), Some(&known))
                .await
                .unwrap()
        );
        assert!(
            !hasher
                .verify(Whose::Anybodys, "wrong horse".into(), Some(&known))
                .await
                .unwrap()
        );
        assert!(
            !hasher
                .verify(Whose::Anybodys, "correct horse".into(), None)
                .await
                .unwrap()
        );
        assert!(
            !hasher
                .verify(Whose::Anybodys, "correct horse".into(), Some("torn"))
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn given_as_many_as_may_wait_when_one_more_comes_then_only_who_is_known_has_room() {
        let hasher = Hasher::new().unwrap();
        let all = u32::try_from(STRANGERS).unwrap();
        let _all = hasher.strangers.acquire_many(all).await.unwrap();
        let stranger = hasher.verify(Whose::Anybodys, "x".into(), None).await;
        assert_eq!(stranger, Err(Busy));
        let known = hasher.verify(Whose::Known, "x".into(), None).await;
        assert_eq!(known, Ok(false));
    }
}
