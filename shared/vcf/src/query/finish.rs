//! What happens to joined records before they are written: those outside of the regions are dropped, the
//! stages of the cohort scope are applied. Works on printed lines of one site.

use crate::canonical::Canonicalizer;
use crate::command::Region;
use crate::error::{Error, ErrorKind, Place};
use crate::record::{Record, RecordError};
use crate::view::{Regions, Scratch, View};

pub(super) struct Finisher<'v> {
    regions: Option<Regions>,
    stages: Option<Stages<'v>>,
}

struct Stages<'v> {
    view: &'v View,
    scratch: Vec<Scratch>,
    canonicalizer: Canonicalizer<'v>,
}

impl<'v> Finisher<'v> {
    /// `exact` prints floats with all digits that they need.
    pub(super) fn new(regions: &[Region], view: Option<&'v View>, exact: bool) -> Self {
        Self {
            regions: (!regions.is_empty()).then(|| Regions::new(regions)),
            stages: view.map(|view| Stages {
                view,
                scratch: view.scratch(),
                canonicalizer: Canonicalizer::new(view.header()).exact(exact),
            }),
        }
    }

    /// Whether records are written as they are.
    pub(super) fn is_idle(&self) -> bool {
        self.regions.is_none() && self.stages.is_none()
    }

    /// Appends what becomes of the joined `lines`.
    pub(super) fn finish(&mut self, lines: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        for line in lines.split_inclusive(|b| *b == b'\n') {
            let record = Record::parse(line.strip_suffix(b"\n").unwrap_or(line))
                .map_err(|source| fault(None, source))?;
            if self
                .regions
                .as_ref()
                .is_some_and(|regions| !is_in(regions, &record))
            {
                continue;
            }
            let Some(stages) = &mut self.stages else {
                out.extend_from_slice(line);
                continue;
            };
            let kept = stages
                .view
                .apply(record, None, &mut stages.scratch)
                .map_err(|source| fault(Some(&record), source))?;
            if let Some(kept) = kept {
                stages
                    .canonicalizer
                    .print_part(&kept, &record, out)
                    .map_err(|source| fault(Some(&record), source))?;
            }
        }
        Ok(())
    }
}

/// Whether REF overlaps a region; bcftools does not look at END here.
fn is_in(regions: &Regions, record: &Record<'_>) -> bool {
    let (start, length) = (record.start().max(0) as u64, record.reference.len() as u64);
    regions.get(record.chrom).is_some_and(|set| {
        set.ranges()
            .any(|(first, end)| start < end && first < start + length)
    })
}

fn fault(record: Option<&Record<'_>>, source: RecordError) -> Error {
    ErrorKind::Record {
        at: Place {
            line: None,
            site: record.map(Record::site),
        },
        source,
    }
    .into()
}
