//! Something that a provider tells and that is kept for a while. One caller at a time asks; the others wait for the answer.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::Mutex;

use crate::SsoError;

/// A provider that did not answer is not asked again for so long, so that callers do not queue for its silence.
const SILENCE: Duration = Duration::from_secs(5);

pub(crate) struct Cached<T>(Mutex<Held<T>>);

struct Held<T> {
    value: Option<(Arc<T>, Instant)>,
    failed_at: Option<Instant>,
}

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self(Mutex::new(Held {
            value: None,
            failed_at: None,
        }))
    }
}

impl<T> Cached<T> {
    /// What is held, if it is no older than `age`; else what `fetch` gets.
    ///
    /// # Errors
    /// As `fetch` says.
    pub(crate) async fn get<F>(
        &self,
        age: Duration,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<T>, SsoError>
    where
        F: Future<Output = Result<T, SsoError>>,
    {
        let mut held = self.0.lock().await;
        if let Some((value, since)) = &held.value
            && since.elapsed() < age
        {
            return Ok(Arc::clone(value));
        }
        if held.failed_at.is_some_and(|at| at.elapsed() < SILENCE) {
            return Err(SsoError::UnreachableLately);
        }
        match fetch().await {
            Ok(value) => {
                let value = Arc::new(value);
                held.value = Some((Arc::clone(&value), Instant::now()));
                held.failed_at = None;
                Ok(value)
            }
            Err(error) => {
                held.failed_at = Some(Instant::now());
                Err(error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_is_asked_for_once_and_not_again_after_a_failure() {
        let hour = Duration::from_secs(3600);
        let cached = Cached::default();
        assert_eq!(*cached.get(hour, async || Ok(1)).await.unwrap(), 1);
        assert_eq!(*cached.get(hour, async || Ok(2)).await.unwrap(), 1);
        assert_eq!(
            *cached.get(Duration::ZERO, async || Ok(3)).await.unwrap(),
            3
        );
        let failed = cached.get(Duration::ZERO, async || Err(SsoError::UnknownProvider));
        assert!(matches!(failed.await, Err(SsoError::UnknownProvider)));
        let later = cached.get(Duration::ZERO, async || Ok(4));
        assert!(matches!(later.await, Err(SsoError::UnreachableLately)));
        assert_eq!(*cached.get(hour, async || Ok(5)).await.unwrap(), 3);
    }
}
