//! One input among several: its records, passed through the stages, batch by batch. Does not look at other inputs.

use crate::error::Error;
use crate::executor::assembler::Assembler;
use crate::executor::feed::Feed;
use crate::executor::printed::Output;
use crate::header::Contigs;
use crate::source::Source;

use super::cursor::Site;

/// An input that is being read. It is handed to whichever thread is free.
pub(super) struct Stream<'v, S> {
    pub name: &'v str,
    /// The scaffolds that its records are compared with.
    pub contigs: Option<&'v Contigs>,
    /// No record lies before this site, if that is known.
    pub begins: Option<Site>,
    pub feed: Feed<'v, S>,
    pub assembler: Assembler<'v>,
}

/// Printed records of one input, whole lines.
#[derive(Default)]
pub(super) struct Batch {
    pub text: Vec<u8>,
    pub read: u64,
    pub more: More,
}

/// Whether records can follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum More {
    #[default]
    Yes,
    No,
}

impl<S: Source> Stream<'_, S> {
    /// Reads on until there are records, or the end.
    pub(super) fn advance(&mut self) -> Result<Batch, Error> {
        let mut batch = Batch::default();
        while batch.text.is_empty() && batch.more == More::Yes {
            self.step(&mut batch)
                .map_err(|error| error.in_file(self.name))?;
        }
        Ok(batch)
    }

    fn step(&mut self, batch: &mut Batch) -> Result<(), Error> {
        match self.feed.next() {
            Some(piece) => {
                let outputs = self.assembler.piece(piece?)?;
                outputs.into_iter().for_each(|output| batch.take(output));
            }
            None => {
                batch.more = More::No;
                self.assembler
                    .end()?
                    .into_iter()
                    .for_each(|output| batch.take(output));
            }
        }
        Ok(())
    }
}

impl Batch {
    fn take(&mut self, output: Output) {
        self.read += output.read;
        if self.text.is_empty() {
            self.text = output.text;
        } else {
            self.text.extend_from_slice(&output.text);
        }
    }
}
