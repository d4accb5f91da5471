//! Where the joining stands in one input: the records of its next site. Knows no other input.

use crate::error::{Error, ErrorKind, Place};
use crate::header::{Contigs, Header};
use crate::record::Record;
use crate::reference::reaches_beyond;

use super::stream::{Batch, More};

/// A site in the order of the result: the rank of its scaffold, and POS.
pub(super) type Site = (usize, u64);

/// The records of one input that are printed and not yet taken.
pub(super) struct Cursor<'c> {
    /// The scaffolds of the file, if records are compared with them.
    contigs: Option<&'c Contigs>,
    text: Vec<u8>,
    /// Where the next site begins in the text.
    start: usize,
    /// Ends of the lines of the next site found so far, line feeds included.
    ends: Vec<usize>,
    /// The next site, if there is one.
    pub(super) site: Option<Site>,
    /// Whether all records of the site are found.
    complete: bool,
    more: More,
    /// The scaffold of the last line looked at.
    scaffold: (Vec<u8>, usize),
    /// Its length in bases, if that counts.
    length: Option<u64>,
    /// The first record of the next site that lies beyond its scaffold.
    pub(super) beyond: Option<Beyond>,
    /// The first line of the site after, where it was found.
    ahead: Option<Judged>,
    last: Option<Site>,
}

/// A line that was looked at.
struct Judged {
    /// With the line feed.
    length: usize,
    site: Site,
    beyond: Option<Beyond>,
}

/// A record beyond the end of its scaffold.
#[derive(Debug, Clone)]
pub(super) struct Beyond {
    pub site: String,
    pub scaffold: String,
    pub length: u64,
}

impl<'c> Cursor<'c> {
    /// `contigs` are those that records are compared with.
    pub(super) fn new(contigs: Option<&'c Contigs>) -> Self {
        Self {
            contigs,
            text: Vec::new(),
            start: 0,
            ends: Vec::new(),
            site: None,
            complete: false,
            more: More::Yes,
            scaffold: (Vec::new(), 0),
            length: None,
            beyond: None,
            ahead: None,
            last: None,
        }
    }

    /// Adds what was read on.
    pub(super) fn feed(&mut self, batch: Batch) {
        self.more = batch.more;
        if self.start == self.text.len() {
            self.text = batch.text;
        } else {
            self.text.drain(..self.start);
            self.text.extend_from_slice(&batch.text);
        }
        for end in &mut self.ends {
            *end -= self.start;
        }
        self.start = 0;
    }

    /// Whether more must be read before the next site, or that there is none, is known.
    pub(super) fn wants_more(&mut self, header: &Header, name: &str) -> Result<bool, Error> {
        while !self.complete {
            let from = self.ends.last().copied().unwrap_or(self.start);
            if from == self.text.len() {
                if self.more == More::Yes {
                    return Ok(true);
                }
                self.complete = true;
                if self.site.is_none() {
                    // Of many inputs most are at their end when the last ones are read.
                    (self.text, self.start) = (Vec::new(), 0);
                }
                break;
            }
            let judged = match self.ahead.take() {
                Some(judged) => judged,
                None => self.judge(from, header, name)?,
            };
            if self.site.is_some_and(|known| known != judged.site) {
                self.complete = true;
                self.ahead = Some(judged);
            } else {
                self.site = Some(judged.site);
                self.ends.push(from + judged.length);
                self.beyond = self.beyond.take().or(judged.beyond);
            }
        }
        Ok(false)
    }

    /// The lines of the next site, line feeds included.
    pub(super) fn text(&self) -> &[u8] {
        &self.text[self.start..self.ends.last().copied().unwrap_or(self.start)]
    }

    /// The lines of the next site one by one, without line feeds.
    pub(super) fn lines(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(self.start).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .map(|(start, end)| &self.text[start..end - 1])
    }

    /// Goes on to the site after.
    pub(super) fn pass(&mut self) {
        self.start = self.ends.last().copied().unwrap_or(self.start);
        self.ends.clear();
        self.site = None;
        self.beyond = None;
        self.complete = false;
    }

    /// The line that begins at a place in the text.
    fn judge(&mut self, start: usize, header: &Header, name: &str) -> Result<Judged, Error> {
        let length = memchr::memchr(b'\n', &self.text[start..]).unwrap_or(0) + 1;
        let line = &self.text[start..start + length - 1];
        let record = Record::of_printed(line).map_err(|error| error.in_file(name))?;
        let unsorted = |reason: &str| {
            let (site, reason) = (Some(record.site()), reason.to_owned());
            let at = Place { line: None, site };
            Err(Error::from(ErrorKind::Unsorted { at, reason }).in_file(name))
        };
        if self.scaffold.0 != record.chrom {
            let Some(rank) = header.contig_index(record.chrom) else {
                return unsorted(
                    "no header line declares this scaffold, so that its place in the joined \
                     file is unknown",
                );
            };
            self.scaffold = (record.chrom.to_vec(), rank);
            self.length = self
                .contigs
                .and_then(|contigs| contigs.length(record.chrom));
        }
        let site = (self.scaffold.1, record.pos);
        if self.last.is_some_and(|last| site < last) {
            return unsorted(
                "it comes after a record that follows it in the order of the joined header",
            );
        }
        self.last = Some(site);
        let beyond = self
            .length
            .filter(|length| reaches_beyond(record.pos, record.reference.len(), *length))
            .map(|length| Beyond {
                site: record.site(),
                scaffold: String::from_utf8_lossy(record.chrom).into_owned(),
                length,
            });
        Ok(Judged {
            length,
            site,
            beyond,
        })
    }
}
