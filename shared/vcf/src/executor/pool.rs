//! A fixed number of threads that take jobs and hand back what they did, each answer with the number
//! of its job. With one thread the jobs are done where they are submitted. Knows nothing of VCF.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread::Scope;

use crate::cpu::Inherited;

/// Jobs not yet taken: the shared part of a pool, which outlives the threads.
pub(crate) struct Shared<J> {
    jobs: Mutex<(VecDeque<(u64, J)>, Open)>,
    changed: Condvar,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Yes,
    No,
}

impl<J> Default for Shared<J> {
    fn default() -> Self {
        Self {
            jobs: Mutex::new((VecDeque::new(), Open::Yes)),
            changed: Condvar::new(),
        }
    }
}

/// Hands out jobs and collects answers.
pub(crate) enum Pool<'q, J, D, F: FnMut(J) -> D> {
    Inline {
        work: F,
        done: VecDeque<(u64, D)>,
    },
    Threads {
        shared: &'q Shared<J>,
        answers: Receiver<(u64, D)>,
    },
}

impl<'q, J: Send + 'q, D: Send + 'q, F: FnMut(J) -> D> Pool<'q, J, D, F> {
    /// Starts `threads` threads in `scope`, each with its own worker made by `make`.
    pub(crate) fn start<'s>(
        scope: &'s Scope<'s, 'q>,
        shared: &'q Shared<J>,
        threads: NonZeroUsize,
        make: impl Fn() -> F,
    ) -> Self
    where
        F: Send + 'q,
        'q: 's,
    {
        if threads.get() == 1 {
            return Self::Inline {
                work: make(),
                done: VecDeque::new(),
            };
        }
        let (sender, answers) = channel();
        for _ in 0..threads.get() {
            let work = make();
            let sender = sender.clone();
            let cpu = Inherited::from_this_thread();
            scope.spawn(move || cpu.run(|| serve(shared, work, &sender)));
        }
        Self::Threads { shared, answers }
    }

    pub(crate) fn submit(&mut self, number: u64, job: J) {
        match self {
            Self::Inline { work, done } => {
                let answer = work(job);
                done.push_back((number, answer));
            }
            Self::Threads { shared, .. } => {
                let mut jobs = lock(shared);
                jobs.0.push_back((number, job));
                drop(jobs);
                shared.changed.notify_one();
            }
        }
    }

    /// The next answer, in whatever order; `None` if every thread has ended.
    pub(crate) fn receive(&mut self) -> Option<(u64, D)> {
        match self {
            Self::Inline { done, .. } => done.pop_front(),
            Self::Threads { answers, .. } => answers.recv().ok(),
        }
    }
}

impl<J> Shared<J> {
    /// Lets the threads end once they have done what they took; what is left is dropped.
    pub(crate) fn close(&self) {
        let mut jobs = lock(self);
        jobs.0.clear();
        jobs.1 = Open::No;
        drop(jobs);
        self.changed.notify_all();
    }
}

fn serve<J, D>(shared: &Shared<J>, mut work: impl FnMut(J) -> D, answers: &Sender<(u64, D)>) {
    loop {
        let mut jobs = lock(shared);
        let (number, job) = loop {
            if let Some(next) = jobs.0.pop_front() {
                break next;
            }
            if jobs.1 == Open::No {
                return;
            }
            jobs = shared
                .changed
                .wait(jobs)
                .unwrap_or_else(PoisonError::into_inner);
        };
        drop(jobs);
        if answers.send((number, work(job))).is_err() {
            return;
        }
    }
}

fn lock<J>(shared: &Shared<J>) -> std::sync::MutexGuard<'_, (VecDeque<(u64, J)>, Open)> {
    shared.jobs.lock().unwrap_or_else(PoisonError::into_inner)
}
