//! A queue inside one process, for a machine without a queue service and for measuring what the rest costs.
//!
//! What is in it dies with the process. No task is lost by that: it stays in the database, and the rescue announces it
//! again.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, timeout_at},
};

use crate::{Answer, Outgoing, Queue, Received, Receiver, Sender};

#[derive(Default)]
struct Messages {
    waiting: VecDeque<String>,
    /// Delivered and not deleted, by receipt, with the number of times that they were hidden.
    delivered: HashMap<String, (String, u64)>,
    dead: Vec<String>,
    receipts: u64,
}

#[derive(Default)]
struct Lane {
    messages: Mutex<Messages>,
    arrived: Notify,
}

impl Lane {
    fn lock(&self) -> MutexGuard<'_, Messages> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, body: String) {
        self.lock().waiting.push_back(body);
        self.arrived.notify_one();
    }

    fn take(&self, most: usize) -> Vec<Received> {
        let mut messages = self.lock();
        let count = most.min(messages.waiting.len());
        let mut taken = Vec::with_capacity(count);
        for _ in 0..count {
            let Some(body) = messages.waiting.pop_front() else {
                break;
            };
            messages.receipts += 1;
            let receipt = messages.receipts.to_string();
            messages
                .delivered
                .insert(receipt.clone(), (body.clone(), 0));
            taken.push(Received { body, receipt });
        }
        if !messages.waiting.is_empty() {
            self.arrived.notify_one();
        }
        taken
    }

    /// Brings a message back, unless it was deleted or hidden again since.
    fn bring_back(&self, receipt: &str, times_hidden: u64) {
        let mut messages = self.lock();
        let due = messages
            .delivered
            .get(receipt)
            .is_some_and(|(_, times)| *times == times_hidden);
        if due && let Some((body, _)) = messages.delivered.remove(receipt) {
            drop(messages);
            self.put(body);
        }
    }
}

/// The queues of one process; cheap to clone.
#[derive(Clone, Default)]
pub struct MemoryQueues(Arc<[Lane; 3]>);

impl MemoryQueues {
    fn lane(&self, queue: Queue) -> &Lane {
        &self.0[queue as usize]
    }

    /// The dead letters of a queue, which are taken out.
    #[must_use]
    pub fn dead_letters(&self, queue: Queue) -> Vec<String> {
        std::mem::take(&mut self.lane(queue).lock().dead)
    }
}

impl Sender for MemoryQueues {
    fn send<'a>(&'a self, queue: Queue, messages: &'a [Outgoing]) -> Answer<'a, Vec<usize>> {
        for outgoing in messages {
            let body = outgoing.message.body();
            if outgoing.delay_seconds == 0 {
                self.lane(queue).put(body);
                continue;
            }
            let (this, delay) = (self.clone(), u64::from(outgoing.delay_seconds));
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_secs(delay)).await;
                this.lane(queue).put(body);
            });
        }
        Box::pin(async move { Ok((0..messages.len()).collect()) })
    }

    fn bury<'a>(&'a self, queue: Queue, body: &'a str) -> Answer<'a> {
        self.lane(queue).lock().dead.push(body.to_owned());
        Box::pin(async { Ok(()) })
    }
}

impl Receiver for MemoryQueues {
    /// Visibility is not watched: a receiver that dies takes the queue with it.
    fn receive(
        &self,
        queue: Queue,
        most: usize,
        wait: Duration,
        _: Duration,
    ) -> Answer<'_, Vec<Received>> {
        Box::pin(async move {
            let (lane, deadline) = (self.lane(queue), Instant::now() + wait);
            loop {
                let taken = lane.take(most);
                if !taken.is_empty() || timeout_at(deadline, lane.arrived.notified()).await.is_err()
                {
                    return Ok(taken);
                }
            }
        })
    }

    fn delete<'a>(&'a self, queue: Queue, receipts: &'a [String]) -> Answer<'a> {
        let mut messages = self.lane(queue).lock();
        for receipt in receipts {
            messages.delivered.remove(receipt);
        }
        Box::pin(async { Ok(()) })
    }

    fn hide<'a>(&'a self, queue: Queue, receipt: &'a str, visibility: Duration) -> Answer<'a> {
        let times = self
            .lane(queue)
            .lock()
            .delivered
            .get_mut(receipt)
            .map(|(_, times)| {
                *times += 1;
                *times
            });
        if let Some(times) = times {
            let (this, receipt) = (self.clone(), receipt.to_owned());
            tokio::spawn(async move {
                tokio::time::sleep(visibility).await;
                this.lane(queue).bring_back(&receipt, times);
            });
        }
        Box::pin(async { Ok(()) })
    }
}
