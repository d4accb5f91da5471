//! The last step of a record: printed, its columns put in order, encoded, its place noted.

use crate::bcf::{Chosen, Encoder};
use crate::canonical::Canonicalizer;
use crate::record::{Record, RecordError};

use super::Indexing;
use super::arrange::Arrangement;
use super::printed::Output;

pub(super) struct Printer<'v> {
    pub canonicalizer: Canonicalizer<'v>,
    pub indexing: Indexing,
    /// Puts sample columns in another order.
    pub arrangement: Option<&'v Arrangement>,
    /// A line before its columns are arranged.
    unarranged: Vec<u8>,
    /// Makes BCF of what was printed.
    pub encoder: Option<Encoder<'v>>,
    /// A line before it is encoded.
    line: Vec<u8>,
}

impl<'v> Printer<'v> {
    pub(super) fn new(canonicalizer: Canonicalizer<'v>, indexing: Indexing) -> Self {
        Self {
            canonicalizer,
            indexing,
            arrangement: None,
            unarranged: Vec::new(),
            encoder: None,
            line: Vec::new(),
        }
    }

    /// Appends what is left of a record, which was `whole` before samples were taken out.
    pub(super) fn print(
        &mut self,
        kept: &Record<'_>,
        whole: &Record<'_>,
        output: &mut Output,
    ) -> Result<(), RecordError> {
        let start = output.text.len();
        let target = match self.encoder {
            None => &mut output.text,
            Some(_) => {
                self.line.clear();
                &mut self.line
            }
        };
        match self.arrangement {
            None => self.canonicalizer.print_part(kept, whole, target)?,
            Some(arrangement) => {
                self.unarranged.clear();
                self.canonicalizer
                    .print_part(kept, whole, &mut self.unarranged)?;
                arrangement.apply(&self.unarranged, target);
            }
        }
        output.written += 1;
        let indexed = self.indexing == Indexing::Csi;
        match &mut self.encoder {
            None if indexed => output.mark(kept, output.text.len() - start),
            None => {}
            Some(encoder) => output.encode(&self.line, encoder, indexed)?,
        }
        Ok(())
    }

    /// Appends what is left of a record with a plain site, of which this is the line as far as INFO at least.
    pub(super) fn print_plain(
        &mut self,
        site: &[u8],
        kept: &Record<'_>,
        whole: &Record<'_>,
        output: &mut Output,
    ) -> Result<(), RecordError> {
        let start = output.text.len();
        self.canonicalizer
            .print_plain(site, kept, whole, &mut output.text)?;
        self.note(kept, start, output);
        Ok(())
    }

    /// Whether plain sites are printed as they are.
    pub(super) fn takes_plain_sites(&self) -> bool {
        self.takes_lines() && self.canonicalizer.prints_six_digits()
    }

    /// Whether lines in canonical form can be put into the output by others.
    pub(super) fn takes_lines(&self) -> bool {
        self.arrangement.is_none() && self.encoder.is_none()
    }

    /// Whether some floats are printed with more digits than others.
    pub(super) fn computes(&self) -> bool {
        self.canonicalizer.computes()
    }

    /// Notes such a line, which was appended last.
    pub(super) fn note(&self, record: &Record<'_>, printed: usize, output: &mut Output) {
        output.written += 1;
        if self.indexing == Indexing::Csi {
            output.mark(record, output.text.len() - printed);
        }
    }

    /// Appends a record of BCF as it is, which says that it covers so many bases.
    pub(super) fn copy(&self, record: &Record<'_>, bytes: &[u8], length: u64, output: &mut Output) {
        output.text.extend_from_slice(bytes);
        output.written += 1;
        if self.indexing == Indexing::Csi {
            // Whoever looks for it goes by what it says or by what its fields say.
            let own = self
                .encoder
                .as_ref()
                .map(|encoder| encoder.reference_length(record));
            let length = length.max(own.unwrap_or(0));
            let end = record.start().max(0) as u64 + length;
            output.mark_until(record, end, bytes.len());
        }
    }

    /// Appends a record of BCF of which these values of samples are left, and all that describes the site as it is now.
    pub(super) fn choose(
        &mut self,
        kept: &Record<'_>,
        chosen: &Chosen,
        output: &mut Output,
    ) -> Result<(), RecordError> {
        let Some(encoder) = &mut self.encoder else {
            return Ok(());
        };
        let start = output.text.len();
        encoder.encode_with(kept, &mut output.text, |out| {
            out.extend_from_slice(chosen.bytes());
            // Nothing else is counted in a record.
            Ok(chosen.tags() as u32)
        })?;
        output.written += 1;
        if self.indexing == Indexing::Csi {
            let end = kept.start().max(0) as u64 + encoder.reference_length(kept);
            output.mark_until(kept, end, output.text.len() - start);
        }
        Ok(())
    }

    /// Appends a line in canonical form with sample columns that are in it already, each behind a tab.
    pub(super) fn print_with(
        &mut self,
        kept: &Record<'_>,
        output: &mut Output,
        samples: impl FnOnce(&mut Vec<u8>) -> Result<(), RecordError>,
    ) -> Result<(), RecordError> {
        let printed = output.text.len();
        self.canonicalizer
            .print_with(kept, &mut output.text, samples)?;
        self.note(kept, printed, output);
        Ok(())
    }

    /// The same for a line that is in canonical form but for INFO, and in INFO too by now: this is it before INFO.
    pub(super) fn print_plain_with(
        &mut self,
        before_info: &[u8],
        kept: &Record<'_>,
        output: &mut Output,
        samples: impl FnOnce(&mut Vec<u8>) -> Result<(), RecordError>,
    ) -> Result<(), RecordError> {
        let printed = output.text.len();
        output.text.extend_from_slice(before_info);
        output.text.extend_from_slice(kept.info);
        samples(&mut output.text)?;
        output.text.push(b'\n');
        self.note(kept, printed, output);
        Ok(())
    }
}
