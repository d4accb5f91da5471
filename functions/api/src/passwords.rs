//! Hashing and checking passwords off the async threads, at most so many at a time: each takes 19 MiB of memory and
//! some 20 ms of a core, and anybody may ask for one.

use std::sync::Arc;

use divbase_auth::{PasswordError, password};
use divbase_contract::field::Password;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::error::ApiError;

/// How far threads that hash stand back behind those that answer requests (`setpriority(2)`; of a thread in Linux alone).
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// Requests that may wait for each hash that is being made.
const WAITING_FOR_EACH: usize = 8;

/// The hashes that are being made, and those that wait.
pub(crate) struct Passwords {
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
}

/// Leave to have one password checked, got before anything else is done for somebody who is not known yet: a flood that is
/// turned away costs no question to the database.
pub(crate) struct Turn {
    running: Arc<Semaphore>,
    admitted: OwnedSemaphorePermit,
}

impl Passwords {
    /// So many at a time, at least one.
    pub(crate) fn new(at_once: u8) -> Self {
        let at_once = usize::from(at_once.max(1));
        Self {
            running: Arc::new(Semaphore::new(at_once)),
            admitted: Arc::new(Semaphore::new(at_once * (1 + WAITING_FOR_EACH))),
        }
    }

    /// A place among those who wait.
    ///
    /// # Errors
    /// 429 if too many wait already.
    pub(crate) fn admit(&self) -> Result<Turn, ApiError> {
        let admitted = Arc::clone(&self.admitted)
            .try_acquire_owned()
            .map_err(|_| busy())?;
        Ok(Turn {
            running: Arc::clone(&self.running),
            admitted,
        })
    }

    /// The hash of a password that is about to be set in this field for this account.
    ///
    /// # Errors
    /// 422 if the password is not accepted, 429 if too many wait already.
    pub(crate) async fn hash(
        &self,
        field: &str,
        new: &Password,
        email: &str,
    ) -> Result<String, ApiError> {
        self.admit()?.hash(field, new, email).await
    }

    /// A hash with the parameters of today for a password that was just verified.
    ///
    /// # Errors
    /// 429 if too many wait already.
    pub(crate) async fn rehash(&self, plain: String) -> Result<String, ApiError> {
        self.admit()?.run(move || password::hash(&plain)).await
    }
}

impl Turn {
    /// Whether a password belongs to a stored hash; the same work without one.
    ///
    /// # Errors
    /// 500 if the stored hash cannot be read.
    pub(crate) async fn verify(
        self,
        plain: String,
        stored: Option<String>,
    ) -> Result<bool, ApiError> {
        self.run(move || password::verify(&plain, stored.as_deref()))
            .await
    }

    /// The hash of a password that is about to be set in this field for this account.
    ///
    /// # Errors
    /// 422 if the password is not accepted.
    pub(crate) async fn hash(
        self,
        field: &str,
        new: &Password,
        email: &str,
    ) -> Result<String, ApiError> {
        password::check(new, email).map_err(|error| {
            ApiError::validation(vec![format!("body.{field}: Value error, {error}")])
        })?;
        let plain = new.clone();
        self.run(move || password::hash(&plain)).await
    }

    async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let running = self
            .running
            .acquire_owned()
            .await
            .map_err(ApiError::internal)?;
        // The permits go with the work: a client that hangs up does not make room for another hash.
        let permits: (OwnedSemaphorePermit, OwnedSemaphorePermit) = (self.admitted, running);
        let (answer, answered) = oneshot::channel();
        let hashing = move || {
            // Of this thread alone, and for good: it ends with the hash. Whoever answers other requests goes first. Without it
            // they only answer later.
            #[cfg(target_os = "linux")]
            let _ = rustix::process::setpriority_process(None, NICE);
            let done = work();
            drop(permits);
            // Whoever asked may have gone.
            let _ = answer.send(done);
        };
        std::thread::Builder::new()
            .name("password".to_owned())
            .spawn(hashing)
            .map_err(ApiError::internal)?;
        answered
            .await
            .map_err(ApiError::internal)?
            .map_err(ApiError::internal)
    }
}

fn busy() -> ApiError {
    ApiError::too_many("Too many people are logging in. Please try again.", 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_flood_is_turned_away_and_those_admitted_are_served() {
        let passwords = Arc::new(Passwords::new(1));
        let asked = (0..30).map(|_| {
            let passwords = Arc::clone(&passwords);
            tokio::spawn(async move {
                match passwords.admit() {
                    Ok(turn) => turn.verify("x".to_owned(), None).await.is_ok(),
                    Err(_) => false,
                }
            })
        });
        let mut served = 0;
        for one in asked.collect::<Vec<_>>() {
            served += usize::from(one.await.unwrap());
        }
        assert!((1..=30).contains(&served));
        assert!(served < 30, "nothing was turned away");
        let turn = passwords.admit().ok().unwrap();
        assert!(turn.verify("x".to_owned(), None).await.is_ok());
    }
}
