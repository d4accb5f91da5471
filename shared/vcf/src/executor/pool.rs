//! A fixed number of threads that take jobs and hand back what they did, each answer with the number
//! of its job. With one thread the jobs are done where their answers are asked for. Knows nothing of VCF.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::Scope;

use crate::cpu::Inherited;

/// Jobs not yet taken: the shared part of a pool, which outlives the threads.
pub(crate) struct Shared<J> {
    waiting: Mutex<Waiting<J>>,
    changed: Condvar,
}

struct Waiting<J> {
    jobs: VecDeque<(u64, J)>,
    is_closed: bool,
}

impl<J> Default for Shared<J> {
    fn default() -> Self {
        Self {
            waiting: Mutex::new(Waiting {
                jobs: VecDeque::new(),
                is_closed: false,
            }),
            changed: Condvar::new(),
        }
    }
}

/// Whether whoever submits jobs does some of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Submitter {
    /// It does one instead of waiting for an answer, and counts as one of the threads.
    Helps,
    /// It does none, for it has much else to do.
    Waits,
}

/// Hands out jobs and collects answers.
pub(crate) struct Pool<'q, J, D, F: FnMut(J) -> D> {
    shared: &'q Shared<J>,
    answers: Receiver<(u64, D)>,
    /// Of whoever submits the jobs.
    own: Option<F>,
}

impl<'q, J: Send + 'q, D: Send + 'q, F: FnMut(J) -> D> Pool<'q, J, D, F> {
    /// Starts the threads that it takes for `threads` to do the jobs, in `scope`, each with its own worker made by `make`.
    pub(crate) fn start<'s>(
        scope: &'s Scope<'s, 'q>,
        shared: &'q Shared<J>,
        threads: NonZeroUsize,
        submitter: Submitter,
        make: impl Fn() -> F,
    ) -> Self
    where
        F: Send + 'q,
        'q: 's,
    {
        let (sender, answers) = channel();
        let helps = threads.get() == 1 || submitter == Submitter::Helps;
        for _ in usize::from(helps)..threads.get() {
            let work = make();
            let sender = sender.clone();
            let cpu = Inherited::from_this_thread();
            scope.spawn(move || cpu.run(|| serve(shared, work, &sender)));
        }
        Self {
            shared,
            answers,
            own: helps.then(make),
        }
    }

    pub(crate) fn submit(&mut self, number: u64, job: J) {
        let mut waiting = lock(self.shared);
        waiting.jobs.push_back((number, job));
        drop(waiting);
        self.shared.changed.notify_one();
    }

    /// The next answer, in whatever order; `None` if nothing is under way or every thread has ended.
    pub(crate) fn receive(&mut self) -> Option<(u64, D)> {
        let Some(work) = &mut self.own else {
            return self.answers.recv().ok();
        };
        if let Ok(answer) = self.answers.try_recv() {
            return Some(answer);
        }
        let next = lock(self.shared).jobs.pop_front();
        match next {
            Some((number, job)) => Some((number, work(job))),
            None => self.answers.recv().ok(),
        }
    }
}

impl<J> Shared<J> {
    /// Lets the threads end once they have done what they took; what is left is dropped.
    pub(crate) fn close(&self) {
        let mut waiting = lock(self);
        waiting.jobs.clear();
        waiting.is_closed = true;
        drop(waiting);
        self.changed.notify_all();
    }
}

fn serve<J, D>(shared: &Shared<J>, mut work: impl FnMut(J) -> D, answers: &Sender<(u64, D)>) {
    loop {
        let mut waiting = lock(shared);
        let (number, job) = loop {
            if let Some(next) = waiting.jobs.pop_front() {
                break next;
            }
            if waiting.is_closed {
                return;
            }
            waiting = shared
                .changed
                .wait(waiting)
                .unwrap_or_else(PoisonError::into_inner);
        };
        drop(waiting);
        if answers.send((number, work(job))).is_err() {
            return;
        }
    }
}

fn lock<J>(shared: &Shared<J>) -> MutexGuard<'_, Waiting<J>> {
    shared
        .waiting
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
}
