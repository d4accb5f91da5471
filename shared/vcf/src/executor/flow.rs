//! Handing out jobs and taking answers, so that no more than a fixed number is under way.

use std::collections::{BTreeMap, VecDeque};
use std::io::Write;

use crate::error::{Error, ErrorKind};

use super::assembler::Assembler;
use super::deliver::{Delivery, Last};
use super::feed::{Joined, Piece};
use super::job::{Done, Job, Processed};
use super::pool::Pool;

pub(crate) struct Flow<'f, 'q, 'v, W, F: FnMut(Job) -> Done> {
    pool: Pool<'q, Job, Done, F>,
    assembler: Assembler<'v>,
    delivery: &'f mut Delivery<W>,
    /// Most chunks, and most groups of blocks, under way.
    room: usize,
    /// Chunks under way, in order: their segment, and whether they go on where the last ended.
    chunks: VecDeque<(usize, Joined)>,
    processed: BTreeMap<u64, Result<Processed, Error>>,
    submitted: u64,
    delivered: u64,
}

impl<'f, 'q, 'v, W: Write, F: FnMut(Job) -> Done + Send + 'q> Flow<'f, 'q, 'v, W, F> {
    pub(crate) fn new(
        pool: Pool<'q, Job, Done, F>,
        assembler: Assembler<'v>,
        delivery: &'f mut Delivery<W>,
        room: usize,
    ) -> Self {
        Self {
            pool,
            assembler,
            delivery,
            room,
            chunks: VecDeque::new(),
            processed: BTreeMap::new(),
            submitted: 0,
            delivered: 0,
        }
    }

    pub(crate) fn run(
        mut self,
        mut pieces: impl Iterator<Item = Result<Piece, Error>>,
    ) -> Result<(), Error> {
        let mut more = true;
        // Records that come before a fault of the file are delivered.
        let mut fault = None;
        loop {
            // Several at a time, so that whoever reads them is not woken for each. Half of the room is work for all threads.
            let most = if self.chunks.len() <= self.room / 2 {
                self.room
            } else {
                0
            };
            while more && self.chunks.len() < most && self.delivery.deflating < self.room {
                match pieces.next() {
                    Some(Ok(piece)) => self.submit(piece),
                    Some(Err(error)) => {
                        fault = Some(error);
                        more = false;
                    }
                    None => more = false,
                }
            }
            if !more && self.chunks.is_empty() {
                break;
            }
            self.receive()?;
        }
        // Unless the file is damaged, a line that has begun is whole.
        if fault.is_none()
            && let Some(output) = self.assembler.end()?
        {
            self.delivery.output(output)?;
        }
        self.delivery.cut(Last::Yes);
        self.submit_groups()?;
        while self.delivery.deflating > 0 {
            self.receive()?;
        }
        fault.map_or(Ok(()), Err)
    }

    fn submit(&mut self, piece: Piece) {
        let Piece {
            segment,
            joined,
            chunk,
        } = piece;
        self.chunks.push_back((segment, joined));
        let job = Job::Process {
            segment,
            chunk,
            buffer: self.delivery.spare(),
        };
        self.pool.submit(self.submitted, job);
        self.submitted += 1;
    }

    fn submit_groups(&mut self) -> Result<(), Error> {
        let pool = &mut self.pool;
        self.delivery
            .hand_on(|number, text| pool.submit(number, Job::Deflate { text }))
    }

    fn receive(&mut self) -> Result<(), Error> {
        let Some((number, done)) = self.pool.receive() else {
            return Err(ErrorKind::Limit("a worker thread stopped".to_owned()).into());
        };
        match done {
            Done::Deflated(blocks) => self.delivery.blocks(number, blocks),
            Done::Processed(processed) => {
                self.processed.insert(number, processed);
                self.deliver()
            }
        }
    }

    /// Delivers the chunks whose turn it is.
    fn deliver(&mut self) -> Result<(), Error> {
        while let Some(processed) = self.processed.remove(&self.delivered) {
            self.delivered += 1;
            let Some((segment, joined)) = self.chunks.pop_front() else {
                return Ok(());
            };
            for output in self.assembler.chunk(segment, joined, processed)? {
                self.delivery.output(output)?;
            }
            self.submit_groups()?;
        }
        Ok(())
    }
}
