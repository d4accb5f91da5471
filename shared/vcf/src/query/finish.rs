//! What happens to joined records before they are written: those outside of the regions are dropped, the
//! stages of the cohort scope are applied. Works on printed lines of one site.

use crate::canonical::Canonicalizer;
use crate::command::Region;
use crate::error::{Error, ErrorKind};
use crate::record::Record;
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
            let record = Record::of_printed(line.strip_suffix(b"\n").unwrap_or(line))?;
            // bcftools does not look at END here.
            let (start, length) = (record.start().max(0) as u64, record.reference.len() as u64);
            let is_in = |regions: &Regions| regions.touch(record.chrom, start, start + length);
            if !self.regions.as_ref().is_none_or(is_in) {
                continue;
            }
            let Some(stages) = &mut self.stages else {
                out.extend_from_slice(line);
                continue;
            };
            let fault = |source| ErrorKind::record(None, Some(&record), source);
            let kept = stages.view.apply(record, None, &mut stages.scratch);
            if let Some(kept) = kept.map_err(fault)? {
                let printed = stages.canonicalizer.print_part(&kept, &record, out);
                printed.map_err(fault)?;
            }
        }
        Ok(())
    }
}
