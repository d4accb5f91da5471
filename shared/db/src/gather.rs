//! What many ask at the same moment, put into one statement.
//!
//! Whoever comes first is served at once; those who come meanwhile wait for that statement's end and share the next one. So nobody waits
//! for company, and the busier a process is, the fewer statements each of its tasks takes.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot;

/// Most that one statement serves.
const MOST: usize = 64;

/// Those who wait, for one kind of statement.
pub(crate) struct Gather<A, R>(Mutex<Line<A, R>>);

struct Line<A, R> {
    waiting: VecDeque<(A, oneshot::Sender<R>)>,
    /// Whether a statement is under way, whose end serves those who wait.
    is_served: bool,
}

impl<A, R> Default for Gather<A, R> {
    fn default() -> Self {
        Self(Mutex::new(Line {
            waiting: VecDeque::new(),
            is_served: false,
        }))
    }
}

impl<A, R> fmt::Debug for Gather<A, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Gather")
            .field(&self.line().waiting.len())
            .finish()
    }
}

impl<A, R> Gather<A, R> {
    fn line(&self) -> MutexGuard<'_, Line<A, R>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<A: Send + 'static, R: Send + 'static> Gather<A, R> {
    /// Asks, with others; `statement` gives the answers to all in their order. Nothing if it failed, which says nothing of this
    /// caller's part: the caller then asks alone. A caller who goes takes nothing back.
    pub(crate) async fn ask<F, E>(
        self: &Arc<Self>,
        one: A,
        statement: impl Fn(Vec<A>) -> F + Send + 'static,
    ) -> Option<R>
    where
        F: Future<Output = Result<Vec<R>, E>> + Send,
        E: fmt::Display + Send,
    {
        let (answer, answered) = oneshot::channel();
        let is_first = {
            let mut line = self.line();
            line.waiting.push_back((one, answer));
            !std::mem::replace(&mut line.is_served, true)
        };
        if is_first {
            // Not in the caller, who may go: the others are answered all the same.
            let gather = Arc::clone(self);
            tokio::spawn(async move { gather.serve(statement).await });
        }
        answered.await.ok()
    }

    async fn serve<F, E>(&self, statement: impl Fn(Vec<A>) -> F)
    where
        F: Future<Output = Result<Vec<R>, E>>,
        E: fmt::Display,
    {
        let mut served = Served {
            gather: self,
            is_over: false,
        };
        while let Some((asked, answers)) = served.next() {
            match statement(asked).await {
                Ok(given) => {
                    for (answer, given) in answers.into_iter().zip(given) {
                        // Whoever does not want it any more has gone.
                        let _ = answer.send(given);
                    }
                }
                Err(error) => tracing::debug!(%error, "a shared statement failed; each asks alone"),
            }
        }
    }
}

/// Those who wait are served by this. If it goes before it is over, by a panic or the end of the runtime, they ask alone, and whoever
/// comes is the first again.
struct Served<'g, A, R> {
    gather: &'g Gather<A, R>,
    is_over: bool,
}

impl<A, R> Served<'_, A, R> {
    /// Those who are next; if there are none, it is over.
    fn next(&mut self) -> Option<(Vec<A>, Vec<oneshot::Sender<R>>)> {
        let mut line = self.gather.line();
        let count = line.waiting.len().min(MOST);
        line.is_served = count > 0;
        self.is_over = count == 0;
        (count > 0).then(|| line.waiting.drain(..count).unzip())
    }
}

impl<A, R> Drop for Served<'_, A, R> {
    fn drop(&mut self) {
        if !self.is_over {
            let mut line = self.gather.line();
            line.waiting.clear();
            line.is_served = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{convert::Infallible, time::Duration};

    use tokio::{sync::Semaphore, task::JoinSet};

    use super::*;

    /// Twice the number, and how many were asked with it.
    async fn doubled(
        gate: Arc<Semaphore>,
        asked: Vec<u64>,
    ) -> Result<Vec<(u64, usize)>, &'static str> {
        gate.acquire().await.map_err(|_| "closed")?.forget();
        if asked.contains(&13) {
            return Err("unlucky");
        }
        let count = asked.len();
        Ok(asked.into_iter().map(|one| (2 * one, count)).collect())
    }

    #[tokio::test]
    async fn those_who_come_during_a_statement_share_the_next_ones() {
        let gather = Arc::new(Gather::default());
        let gate = Arc::new(Semaphore::new(0));
        let ask = |one| {
            let (gather, gate) = (Arc::clone(&gather), Arc::clone(&gate));
            async move {
                gather
                    .ask(one, move |asked| doubled(Arc::clone(&gate), asked))
                    .await
            }
        };
        let mut all = JoinSet::new();
        all.spawn(ask(1));
        while !gather.line().waiting.is_empty() || !gather.line().is_served {
            tokio::task::yield_now().await;
        }
        for one in 100..200 {
            all.spawn(ask(one));
        }
        while gather.line().waiting.len() < 100 {
            tokio::task::yield_now().await;
        }
        gate.add_permits(3);
        let mut answers: Vec<(u64, usize)> = all.join_all().await.into_iter().flatten().collect();
        answers.sort_unstable();
        assert_eq!(answers[0], (2, 1));
        let numbers: Vec<u64> = answers[1..].iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers, (100..200).map(|one| 2 * one).collect::<Vec<_>>());
        assert!(answers[1..65].iter().all(|(_, count)| *count == MOST));
        assert!(answers[65..].iter().all(|(_, count)| *count == 100 - MOST));
        // Whoever comes now is served at once.
        gate.add_permits(1);
        assert_eq!(ask(7).await, Some((14, 1)));
    }

    #[tokio::test]
    async fn one_that_fails_leaves_each_to_ask_alone_and_serves_the_next() {
        let gather = Arc::new(Gather::default());
        let gate = Arc::new(Semaphore::new(9));
        let ask = |one| {
            let gate = Arc::clone(&gate);
            gather.ask(one, move |asked| doubled(Arc::clone(&gate), asked))
        };
        assert_eq!(ask(13).await, None);
        assert_eq!(ask(4).await, Some((8, 1)));
    }

    #[tokio::test]
    async fn a_caller_who_goes_is_served_and_keeps_nobody() {
        let gather = Arc::new(Gather::default());
        let statement = |asked: Vec<u64>| async { Ok::<_, Infallible>(asked) };
        let mut first = Box::pin(gather.ask(1, statement));
        assert!(futures::poll!(&mut first).is_pending());
        drop(first);
        assert_eq!(gather.ask(2, statement).await, Some(2));
    }

    /// Whoever comes when the last statement has just ended is the first of the next, whose waiters nobody sends away.
    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn nobody_is_forgotten_between_two_statements() {
        let gather: Arc<Gather<u64, u64>> = Arc::new(Gather::default());
        let mut callers = JoinSet::new();
        for caller in 0..8 {
            let gather = Arc::clone(&gather);
            callers.spawn(async move {
                for n in 0..5_000 {
                    let one = caller * 10_000 + n;
                    let statement = |asked: Vec<u64>| async { Ok::<_, Infallible>(asked) };
                    assert_eq!(gather.ask(one, statement).await, Some(one));
                }
            });
        }
        callers.join_all().await;
        // Whoever served the last one says so behind its answer.
        let over = async {
            while gather.line().is_served {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), over)
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn a_statement_that_panics_is_one_that_fails() {
        let gather: Arc<Gather<u64, u64>> = Arc::new(Gather::default());
        let broken = |asked: Vec<u64>| async move {
            assert!(asked.is_empty(), "broken");
            Ok::<_, Infallible>(asked)
        };
        assert_eq!(gather.ask(1, broken).await, None);
        let statement = |asked: Vec<u64>| async { Ok::<_, Infallible>(asked) };
        assert_eq!(gather.ask(2, statement).await, Some(2));
    }
}
