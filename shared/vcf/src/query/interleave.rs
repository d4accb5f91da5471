//! Joining the inputs site by site: reading ahead in each, taking the next site of all, handing the
//! printed text on to be deflated. Keeps every queue bounded.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::Write;

use crate::bcf::Encoder;
use crate::error::{Error, ErrorKind};
use crate::executor::deliver::{Delivery, Last};
use crate::executor::job::Worker;
use crate::executor::pool::Pool;
use crate::executor::printed::{Deflated, Output};
use crate::executor::{Indexing, Options};
use crate::header::Header;
use crate::index::IndexError;
use crate::record::Record;
use crate::source::Source;

use super::cancel::Cancel;
use super::cursor::{Cursor, Site};
use super::joiner::{Joiner, Present};
use super::stream::{Batch, More, Stream};

/// Text that is collected before it is handed on.
const HAND_ON: usize = 256 * 1024;

pub(super) enum Job<'v, S> {
    Advance(usize, Box<Stream<'v, S>>),
    Deflate(Vec<u8>),
}

pub(super) enum Done<'v, S> {
    Advanced(usize, Box<Stream<'v, S>>, Result<Batch, Error>),
    Deflated(Deflated),
}

pub(super) fn work<'v, S: Source>(job: Job<'v, S>, deflater: &mut Worker<'v>) -> Done<'v, S> {
    match job {
        Job::Advance(input, mut stream) => {
            let batch = stream.advance();
            Done::Advanced(input, stream, batch)
        }
        Job::Deflate(text) => Done::Deflated(deflater.deflate(&text)),
    }
}

/// The reading of one input: at most one batch waits while another is being taken.
struct Reading<'v, S> {
    /// At rest; `None` while a thread has it, or after the end.
    stream: Option<Box<Stream<'v, S>>>,
    ready: Option<Batch>,
    cursor: Cursor<'v>,
}

pub(super) struct Interleave<'w, 'q, 'v, S, W, F: FnMut(Job<'v, S>) -> Done<'v, S>> {
    pool: Pool<'q, Job<'v, S>, Done<'v, S>, F>,
    delivery: &'w mut Delivery<W>,
    header: &'w Header,
    names: &'w [&'w str],
    cancel: &'w Cancel,
    indexing: Indexing,
    ahead: bool,
    room: usize,
    readings: Vec<Reading<'v, S>>,
    /// Inputs whose next site is known, the first one on top.
    sites: BinaryHeap<Reverse<(Site, usize)>>,
    /// Inputs that are not read before their turn comes, and the sites before which they have no record; the first one last.
    waiting: Vec<(Site, usize)>,
    /// So many of those that come first are being read ahead.
    hurried: usize,
    output: Output,
    jobs: u64,
    encoder: Option<Encoder<'w>>,
    /// Printed records of one site before they are encoded.
    printed: Vec<u8>,
}

impl<'w, 'q, 'v, S, W, F> Interleave<'w, 'q, 'v, S, W, F>
where
    S: Source + 'q,
    W: Write,
    F: FnMut(Job<'v, S>) -> Done<'v, S> + Send + 'q,
    'v: 'q,
{
    pub(super) fn new(
        pool: Pool<'q, Job<'v, S>, Done<'v, S>, F>,
        delivery: &'w mut Delivery<W>,
        options: &Options,
        header: &'w Header,
        names: &'w [&'w str],
        cancel: &'w Cancel,
    ) -> Self {
        Self {
            pool,
            delivery,
            header,
            names,
            cancel,
            indexing: options.indexing,
            ahead: options.threads.get() > 1,
            room: 2 * options.threads.get() + 2,
            readings: Vec::new(),
            sites: BinaryHeap::new(),
            waiting: Vec::new(),
            hurried: 0,
            output: Output::default(),
            jobs: 0,
            encoder: None,
            printed: Vec::new(),
        }
    }

    /// Encodes what was printed.
    pub(super) fn encoding(mut self, encoder: Option<Encoder<'w>>) -> Self {
        self.encoder = encoder;
        self
    }

    pub(super) fn run(
        mut self,
        streams: Vec<Stream<'v, S>>,
        joiner: &mut Joiner<'_>,
    ) -> Result<(), Error> {
        let mut due = Vec::new();
        for (input, stream) in streams.iter().enumerate() {
            match stream.begins {
                Some(site) => self.waiting.push((site, input)),
                None => due.push(input),
            }
        }
        self.waiting.sort_unstable_by_key(|one| Reverse(*one));
        self.readings = streams
            .into_iter()
            .map(|stream| Reading {
                cursor: Cursor::new(stream.contigs),
                stream: Some(Box::new(stream)),
                ready: None,
            })
            .collect();
        if self.ahead {
            due.iter().for_each(|input| self.read_on(*input));
        }
        loop {
            for input in &due {
                self.find_site(*input)?;
            }
            due.clear();
            self.begin_due()?;
            let Some(Reverse((site, _))) = self.sites.peek().copied() else {
                self.collect(|out| joiner.end(out))?;
                break;
            };
            while let Some(Reverse((next, input))) = self.sites.peek().copied()
                && next == site
            {
                due.push(input);
                self.sites.pop();
            }
            // Taken out, so that what is printed can be put beside.
            let readings = std::mem::take(&mut self.readings);
            let present = due.iter().map(|input| Present {
                input: *input,
                cursor: &readings[*input].cursor,
            });
            let mut present: Vec<Present<'_>> = present.collect();
            let joined = self.collect(|out| joiner.join(site, &mut present, out));
            self.readings = readings;
            joined?;
            for input in &due {
                self.readings[*input].cursor.pass();
            }
            if self.output.text.len() >= HAND_ON {
                self.hand_on(Last::No)?;
            }
        }
        self.hand_on(Last::Yes)?;
        while self.delivery.deflating > 0 {
            self.receive()?;
        }
        Ok(())
    }

    /// Takes printed records over, encoded if the result is BCF.
    fn collect(
        &mut self,
        print: impl FnOnce(&mut Vec<u8>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if let Some(encoder) = &mut self.encoder {
            self.printed.clear();
            print(&mut self.printed)?;
            return encode(&self.printed, encoder, self.indexing, &mut self.output);
        }
        let from = self.output.text.len();
        print(&mut self.output.text)?;
        self.mark(from)
    }

    /// Begins to read the inputs that may have records at or before the next known site.
    fn begin_due(&mut self) -> Result<(), Error> {
        while let Some((begin, input)) = self.waiting.last().copied()
            && (self.sites.peek()).is_none_or(|Reverse((known, _))| begin <= *known)
        {
            self.hurry();
            self.waiting.pop();
            self.hurried = self.hurried.saturating_sub(1);
            self.find_site(input)?;
            if self.readings[input]
                .cursor
                .site
                .is_some_and(|site| site < begin)
            {
                let reason = "its index says that records begin later than they do; make it anew";
                let reason = IndexError::Mismatch(reason.to_owned());
                return Err(Error::from(ErrorKind::Index(reason)).in_file(self.names[input]));
            }
        }
        Ok(())
    }

    /// Has the next ones read while the joining goes on.
    fn hurry(&mut self) {
        let room = if self.ahead { self.room } else { 0 };
        while self.hurried < room.min(self.waiting.len()) {
            let (_, input) = self.waiting[self.waiting.len() - 1 - self.hurried];
            self.read_on(input);
            self.hurried += 1;
        }
    }

    /// Reads until the next site of an input is known, or that there is none.
    fn find_site(&mut self, input: usize) -> Result<(), Error> {
        loop {
            let reading = &mut self.readings[input];
            if !reading.cursor.wants_more(self.header, self.names[input])? {
                break;
            }
            match reading.ready.take() {
                Some(batch) => {
                    reading.cursor.feed(batch);
                    if self.ahead {
                        self.read_on(input);
                    }
                }
                None => {
                    self.read_on(input);
                    self.receive()?;
                }
            }
        }
        if let Some(site) = self.readings[input].cursor.site {
            self.sites.push(Reverse((site, input)));
        }
        Ok(())
    }

    fn read_on(&mut self, input: usize) {
        if let Some(stream) = self.readings[input].stream.take() {
            self.pool.submit(self.jobs, Job::Advance(input, stream));
            self.jobs += 1;
        }
    }

    fn receive(&mut self) -> Result<(), Error> {
        match self.pool.receive() {
            None => Err(ErrorKind::Limit("a worker thread stopped".to_owned()).into()),
            Some((number, Done::Deflated(blocks))) => self.delivery.blocks(number, blocks),
            Some((_, Done::Advanced(input, stream, batch))) => {
                self.cancel.check()?;
                let batch = batch?;
                self.output.read += batch.read;
                if batch.more == More::Yes {
                    self.readings[input].stream = Some(stream);
                }
                self.readings[input].ready = Some(batch);
                Ok(())
            }
        }
    }

    fn hand_on(&mut self, last: Last) -> Result<(), Error> {
        self.delivery.output(std::mem::take(&mut self.output))?;
        self.output.text = self.delivery.spare();
        if last == Last::Yes {
            self.delivery.cut(last);
        }
        let pool = &mut self.pool;
        self.delivery
            .hand_on(|number, text| pool.submit(number, Job::Deflate(text)))?;
        while self.delivery.deflating > self.room {
            self.receive()?;
        }
        Ok(())
    }

    /// Counts the records printed since `from`, and notes them for the index.
    fn mark(&mut self, from: usize) -> Result<(), Error> {
        let text = std::mem::take(&mut self.output.text);
        let mut start = from;
        while let Some(length) = memchr::memchr(b'\n', &text[start..]) {
            self.output.written += 1;
            if self.indexing == Indexing::Csi {
                let record = Record::of_printed(&text[start..start + length])?;
                self.output.mark(&record, length + 1);
            }
            start += length + 1;
        }
        self.output.text = text;
        Ok(())
    }
}

/// Appends printed lines as BCF.
fn encode(
    lines: &[u8],
    encoder: &mut Encoder<'_>,
    indexing: Indexing,
    output: &mut Output,
) -> Result<(), Error> {
    for line in lines.split_inclusive(|byte| *byte == b'\n') {
        let encoded = output.encode(line, encoder, indexing == Indexing::Csi);
        encoded
            .map_err(|source| ErrorKind::record(None, Record::parse(line).ok().as_ref(), source))?;
        output.written += 1;
    }
    Ok(())
}
