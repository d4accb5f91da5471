//! Lines out of text that comes in chunks.

use super::chunk::TextChunk;
use super::line_too_long;
use super::text::{Border, More, TextReader};
use crate::bgzf::VirtualOffset;
use crate::error::Error;
use crate::limits::LINE_MAX_BYTES;
use crate::source::Source;

/// A line and where it lies in the file.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// Without line feed, and without a carriage return before it.
    pub text: &'a [u8],
    /// Where it begins.
    pub start: VirtualOffset,
    /// Where the next line begins.
    pub end: VirtualOffset,
}

/// Reads line by line.
pub struct LineReader<S> {
    reader: TextReader<S>,
    chunk: TextChunk,
    position: usize,
    hint: usize,
    /// A line that began in earlier chunks.
    carried: Vec<u8>,
    number: u64,
}

impl<S: Source> LineReader<S> {
    /// Lines of the reader's text.
    #[must_use]
    pub fn new(reader: TextReader<S>) -> Self {
        Self {
            reader,
            chunk: TextChunk::default(),
            position: 0,
            hint: 0,
            carried: Vec::new(),
            number: 0,
        }
    }

    /// Lines of a text whose first piece, behind so many lines, was read already.
    pub(super) fn resume(reader: TextReader<S>, chunk: TextChunk, number: u64) -> Self {
        Self {
            chunk,
            number,
            ..Self::new(reader)
        }
    }

    /// What was seen of the border that the text's reader looks out for.
    pub(crate) fn border(&self) -> Option<&Border> {
        self.reader.border.as_ref()
    }

    /// Where the next line begins; `None` at the end.
    ///
    /// # Errors
    /// If the text cannot be read.
    pub(crate) fn next_place(&mut self) -> Result<Option<VirtualOffset>, Error> {
        while self.position >= self.chunk.text().len() {
            if self.reader.next_text(&mut self.chunk)? == More::End {
                return Ok(None);
            }
            self.position = 0;
            self.hint = 0;
        }
        Ok(Some(self.chunk.offset_of(self.position, &mut self.hint)))
    }

    /// Passes over the rest of a line, however long it is; it does not count. Says whether another line can begin before or
    /// at the border.
    ///
    /// # Errors
    /// If the text cannot be read.
    pub(crate) fn skip_line(&mut self) -> Result<bool, Error> {
        while self.next_place()?.is_some() {
            let rest = &self.chunk.text()[self.position..];
            if let Some(length) = memchr::memchr(b'\n', rest) {
                self.position += length + 1;
                return Ok(true);
            }
            self.position = self.chunk.text().len();
            // The line goes on behind the border.
            if self.border().is_some_and(|border| border.text.is_some()) {
                return Ok(false);
            }
        }
        Ok(false)
    }

    /// How many lines have been read.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The next line; `None` at the end. A last line without line feed counts.
    ///
    /// # Errors
    /// If the text cannot be read, or a line is longer than [`LINE_MAX_BYTES`].
    pub fn next_line(&mut self) -> Result<Option<Line<'_>>, Error> {
        let mut start = None;
        self.carried.clear();
        loop {
            let rest = &self.chunk.text()[self.position..];
            if !rest.is_empty() && start.is_none() {
                start = Some(self.chunk.offset_of(self.position, &mut self.hint));
            }
            if let Some(length) = memchr::memchr(b'\n', rest) {
                let begin = self.position;
                self.position += length + 1;
                let end = self.chunk.offset_of(self.position, &mut self.hint);
                self.number += 1;
                let text = if self.carried.is_empty() {
                    &self.chunk.text()[begin..begin + length]
                } else {
                    self.carried
                        .extend_from_slice(&self.chunk.text()[begin..begin + length]);
                    if self.carried.len() > LINE_MAX_BYTES {
                        return Err(line_too_long());
                    }
                    &self.carried
                };
                return Ok(Some(Line {
                    text: trim_return(text),
                    start: start.unwrap_or_default(),
                    end,
                }));
            }
            self.carried.extend_from_slice(rest);
            if self.carried.len() > LINE_MAX_BYTES {
                return Err(line_too_long());
            }
            let end = self.chunk.end();
            let number = self.number;
            let more = self.reader.next_text(&mut self.chunk);
            match more.map_err(|error| error.after_lines(number))? {
                More::Text => {
                    self.position = 0;
                    self.hint = 0;
                }
                More::End => {
                    self.position = self.chunk.text().len();
                    if self.carried.is_empty() {
                        return Ok(None);
                    }
                    self.number += 1;
                    return Ok(Some(Line {
                        text: trim_return(&self.carried),
                        start: start.unwrap_or_default(),
                        end,
                    }));
                }
            }
        }
    }
}

/// Drops one carriage return at the end.
pub(crate) fn trim_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}
