//! Questions that many put at the same time, to the database, the store or the queue service, asked once for all of them.
//!
//! Nothing is remembered: whoever asks gets the answer to a question that was put after they came. Those who come while one is under
//! way wait for its end and share the next one.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// One question for each key at a time.
#[derive(Debug)]
pub struct Together<K: Eq + Hash + Clone, V: Clone>(Mutex<HashMap<K, Arc<Line<V>>>>);

/// Those who ask about one key.
#[derive(Debug)]
struct Line<V> {
    /// How many questions were put.
    put: AtomicU64,
    last: tokio::sync::Mutex<Last<V>>,
}

/// The question that ended last.
#[derive(Debug)]
struct Last<V> {
    /// It was so many questions in; 0 before the first.
    number: u64,
    /// Nothing if it failed.
    answer: Option<V>,
}

impl<K: Eq + Hash + Clone, V: Clone> Default for Together<K, V> {
    fn default() -> Self {
        Self(Mutex::new(HashMap::new()))
    }
}

impl<K: Eq + Hash + Clone, V: Clone> Together<K, V> {
    /// The answer to a question that is put from now on, by this caller or another one.
    ///
    /// # Errors
    /// Those of the caller's own question: if another's fails, the caller puts its own.
    pub async fn ask<E, F>(&self, key: &K, question: impl Fn() -> F) -> Result<V, E>
    where
        F: Future<Output = Result<V, E>>,
    {
        let place = self.place(key);
        let came = place.line.put.load(Ordering::Acquire);
        let mut last = place.line.last.lock().await;
        if last.number > came {
            if let Some(answer) = &last.answer {
                return Ok(answer.clone());
            }
            // Whatever fails slowly must not fail for one after the other.
            drop(last);
            return question().await;
        }
        let number = place.line.put.fetch_add(1, Ordering::AcqRel) + 1;
        let asked = question().await;
        *last = Last {
            number,
            answer: asked.as_ref().ok().cloned(),
        };
        asked
    }

    fn place<'t>(&'t self, key: &K) -> Place<'t, K, V> {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let line = lines.entry(key.clone()).or_insert_with(|| {
            Arc::new(Line {
                put: AtomicU64::new(0),
                last: tokio::sync::Mutex::new(Last {
                    number: 0,
                    answer: None,
                }),
            })
        });
        Place {
            together: self,
            key: key.clone(),
            line: Arc::clone(line),
        }
    }
}

/// A caller's place in a line; the line is forgotten with the last of them.
struct Place<'t, K: Eq + Hash + Clone, V: Clone> {
    together: &'t Together<K, V>,
    key: K,
    line: Arc<Line<V>>,
}

impl<K: Eq + Hash + Clone, V: Clone> Drop for Place<'_, K, V> {
    fn drop(&mut self) {
        let mut lines = self
            .together
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // One is the map's, one is this one.
        if Arc::strong_count(&self.line) <= 2 {
            lines.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{convert::Infallible, sync::atomic::AtomicUsize};

    use futures::future::join_all;
    use tokio::sync::Semaphore;

    use super::*;

    /// A question that ends when it is let, and tells how many were put before.
    struct Slow {
        put: AtomicUsize,
        let_end: Semaphore,
    }

    impl Slow {
        fn new() -> Self {
            Self {
                put: AtomicUsize::new(0),
                let_end: Semaphore::new(0),
            }
        }

        async fn ask(&self) -> Result<usize, usize> {
            let number = self.put.fetch_add(1, Ordering::SeqCst);
            self.let_end.acquire().await.expect("open").forget();
            Ok(number)
        }
    }

    /// The first is under way when fifty others come: they share one that is put later, and nothing is kept.
    #[tokio::test]
    async fn those_who_come_during_a_question_share_the_next_one() {
        let (together, slow) = (Together::default(), Slow::new());
        let first = together.ask(&"key", || slow.ask());
        tokio::pin!(first);
        assert!(futures::poll!(&mut first).is_pending());
        let others = join_all((0..50).map(|_| together.ask(&"key", || slow.ask())));
        tokio::pin!(others);
        assert!(futures::poll!(&mut others).is_pending());
        slow.let_end.add_permits(2);
        assert_eq!(first.await, Ok(0));
        assert_eq!(others.await, vec![Ok(1); 50]);
        assert_eq!(slow.put.load(Ordering::SeqCst), 2);
        assert!(together.0.lock().unwrap().is_empty());
        slow.let_end.add_permits(1);
        assert_eq!(together.ask(&"key", || slow.ask()).await, Ok(2));
    }

    #[tokio::test]
    async fn a_caller_who_goes_leaves_the_question_to_the_next() {
        let (together, slow) = (Together::default(), Slow::new());
        let mut first = Box::pin(together.ask(&"key", || slow.ask()));
        assert!(futures::poll!(&mut first).is_pending());
        let mut second = Box::pin(together.ask(&"key", || slow.ask()));
        assert!(futures::poll!(&mut second).is_pending());
        drop(first);
        slow.let_end.add_permits(1);
        assert_eq!(second.await, Ok(1));
    }

    #[tokio::test]
    async fn what_fails_is_asked_by_each_for_itself() {
        let together: Together<&str, usize> = Together::default();
        let put = AtomicUsize::new(0);
        let fails = || async {
            let number = put.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            Err::<usize, usize>(number)
        };
        let mut told = join_all((0..3).map(|_| together.ask(&"key", fails))).await;
        told.sort_unstable();
        assert_eq!(told, [Err(0), Err(1), Err(2)]);
        let well = together.ask(&"key", || async { Ok::<_, Infallible>(7) });
        assert_eq!(well.await, Ok(7));
    }
}
