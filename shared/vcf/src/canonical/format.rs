//! What FORMAT says of the subfields of every sample column; worked out once for as long as FORMAT
//! stays the same.

use crate::header::{Header, Type};
use crate::record::RecordError;

use super::noticed::Noticed;
use super::scan::First;
use super::visit::{DepthField, Fields};
use crate::notices::{Column, Matter};

/// How a subfield is read and printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Genotype,
    Integer,
    Float,
    String,
    /// A tag that FORMAT names twice: only the first is printed.
    Dropped,
}

/// The subfields that FORMAT names.
#[derive(Debug, Default)]
pub(super) struct FormatPlan {
    source: Vec<u8>,
    /// FORMAT as printed.
    pub(super) text: Vec<u8>,
    pub(super) kinds: Vec<Kind>,
    pub(super) names: Vec<Vec<u8>>,
    /// Where the fields are that visitors are told of.
    pub(super) noted: Fields,
}

/// BCF counts FORMAT tags in one byte.
const MAX_TAGS: usize = 255;

impl FormatPlan {
    pub(super) fn prepare(
        &mut self,
        format: &[u8],
        header: &Header,
        notices: &Noticed,
    ) -> Result<(), RecordError> {
        if self.source == format && !self.kinds.is_empty() {
            return Ok(());
        }
        let wrong = |reason: String| RecordError::Field {
            column: "FORMAT".to_owned(),
            reason,
        };
        self.text.clear();
        self.kinds.clear();
        self.names.clear();
        self.source.clear();
        for name in format.split(|b| *b == b':') {
            if name == b"." {
                return Err(wrong("\".\" is no tag".to_owned()));
            }
            let kind = if self.names.iter().any(|known| known == name) {
                Kind::Dropped
            } else if name == b"GT" {
                Kind::Genotype
            } else {
                let declared = header.format(name);
                if declared.is_none() {
                    notices.note(Column::Format, Matter::Undeclared, name);
                }
                match declared.map_or(Type::String, |d| d.kind) {
                    Type::Integer => Kind::Integer,
                    Type::Float => Kind::Float,
                    Type::String => Kind::String,
                    Type::Flag => {
                        let name = String::from_utf8_lossy(name);
                        return Err(wrong(format!("{name} is declared as a flag")));
                    }
                }
            };
            if kind != Kind::Dropped {
                if !self.names.is_empty() {
                    self.text.push(b':');
                }
                self.text.extend_from_slice(name);
            }
            self.names.push(name.to_vec());
            self.kinds.push(kind);
        }
        if self.kinds.len() > MAX_TAGS {
            self.kinds.clear();
            return Err(wrong("more than 255 tags".to_owned()));
        }
        self.noted = self.find_noted();
        self.source.extend_from_slice(format);
        Ok(())
    }

    /// Whether the columns can be scanned in one go: genotypes first, if at all, then integers.
    pub(super) fn scannable(&self) -> Option<First> {
        let (first, rest) = self.kinds.split_first()?;
        let first = match first {
            Kind::Genotype => First::Genotype,
            Kind::Integer => First::Integer,
            _ => return None,
        };
        rest.iter()
            .all(|kind| *kind == Kind::Integer)
            .then_some(first)
    }

    fn find_noted(&self) -> Fields {
        let place = |name: &[u8]| self.names.iter().position(|known| known == name);
        let integers = |name: &[u8]| place(name).filter(|at| self.kinds[*at] == Kind::Integer);
        let depth = place(b"DP")
            .is_none()
            .then(|| integers(b"AD").map(|at| (DepthField::Alleles, at)))
            .flatten();
        Fields {
            genotype: place(b"GT"),
            depth: integers(b"DP").map(|at| (DepthField::Depth, at)).or(depth),
        }
    }
}
