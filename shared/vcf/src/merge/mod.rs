//! `bcftools merge` 1.24 on printed records: which records of a site become one, what becomes of their
//! columns, and how headers are united. Beyond bcftools, a sample can be in several files; it is taken
//! from the one that has it at a site. Reads no files.

mod bases;
mod blank;
mod blocks;
mod columns;
mod findings;
mod genotype;
mod header;
mod info;
mod kinds;
mod missing;
mod operation;
pub(crate) mod pairing;
mod part;
mod pieces;
mod plain;
mod pool;
mod row;
mod rules;
mod samples;
mod select;
mod site;
mod small;
mod twins;
mod value;

use smallvec::SmallVec;

use crate::command::Region;
use crate::error::Error;
use crate::header::Header;
use crate::number::{print_float, print_float_exactly};
use crate::record::Record;
use crate::view::Regions;

pub use bases::Bases;
pub use findings::{Finding, FindingKind};
pub use missing::{Filling, MissingRules};
pub use pairing::Likeness;
pub use rules::{
    Absent, Blocks, FilterLogic, InfoRules, OnConflict, Operation, Pairing, Repeats, Rules,
};

pub(crate) use blank::{blanked, lost};
pub(crate) use findings::Findings;
pub(crate) use header::header;
pub(crate) use operation::computed_floats;
pub use operation::default_info_rules;
pub(crate) use twins::{Comparison, compare, meet};

use blocks::{OpenBlocks, Piece, set_first_base};
use pieces::{alleles_of_open, open_blocks};
use row::{End, Row};
use samples::Fault;
use select::{Choice, Line, PassedBlock};
use small::Lines;

/// Merges the records of one site after another.
pub(crate) struct Merger<'h> {
    groups: &'h [Header],
    rules: &'h Rules,
    samples: samples::Layout<'h>,
    info: info::Layout<'h>,
    /// FORMAT and samples of a record, printed before INFO can be.
    buffer: Vec<u8>,
    /// Blocks, if they are merged and no site is.
    blocks: Option<OpenBlocks>,
    merges_blocks: bool,
    /// Whether no rule is about what plain blocks have.
    copies_blocks: bool,
    scope: Scope<'h>,
    regions: Option<Regions>,
}

/// What a row is about, 0-based.
#[derive(Clone, Copy)]
enum Stretch {
    Site(u64),
    Block(Piece),
}

/// A record and the input it comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate<'r> {
    pub record: Record<'r>,
    /// Its line.
    pub text: &'r [u8],
    pub input: usize,
}

/// The records that a group of files has of a site.
pub(crate) type Candidates<'r> = SmallVec<[Candidate<'r>; 1]>;

/// How a run of records is merged, beside the rules.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Scope<'q> {
    /// Records are printed only if their REF overlaps one of these, blocks as far as they do; all, if there are none.
    pub regions: &'q [Region],
    /// What REF is where no file says it.
    pub bases: Option<&'q dyn Bases>,
    /// Whether records are left out that come before others: what depends on all of them is declined then.
    pub is_part: bool,
    /// Floats are printed with all digits that they need.
    pub exact: bool,
}

impl<'h> Merger<'h> {
    /// For groups of files with these headers, whose united header is `header`; its samples come in the
    /// order `wanted` asks for.
    pub(crate) fn new(
        groups: &'h [Header],
        header: &'h Header,
        rules: &'h Rules,
        wanted: &[String],
        names: &[&str],
        scope: Scope<'h>,
    ) -> Result<Self, Error> {
        let (columns, _) = columns::columns(groups, wanted);
        let blocks = (rules.blocks == Blocks::Merged)
            .then(|| open_blocks(groups.len(), scope))
            .transpose()?;
        let info_rules = operation::rules(header, rules)?;
        let copies_blocks = rules.filters == FilterLogic::Add
            && header.info(b"END").is_some()
            && info_rules
                .iter()
                .all(|rule| !matches!(&rule.tag[..], b"END" | b"AC" | b"AN"));
        Ok(Self {
            groups,
            rules,
            samples: samples::Layout {
                header,
                in_order: columns::sizes_in_order(&columns, groups.len()),
                columns,
                absent: rules.absent,
                fillings: rules.missing.fillings(header, rules.blocks)?,
                conflicts: rules.conflicts,
                names: names.iter().map(|name| (*name).to_owned()).collect(),
            },
            info: info::Layout {
                header,
                rules: info_rules,
                float: if scope.exact {
                    print_float_exactly
                } else {
                    print_float
                },
            },
            buffer: Vec::new(),
            copies_blocks,
            merges_blocks: blocks.is_some(),
            blocks,
            scope,
            regions: (!scope.regions.is_empty()).then(|| Regions::new(scope.regions)),
        })
    }

    /// Prints what the records of a position, given group by group, become.
    pub(crate) fn merge(
        &mut self,
        groups: &mut [Candidates<'_>],
        findings: &mut Findings,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        put_paired_first(groups);
        let Some(site) = groups.iter().flatten().next() else {
            return Ok(());
        };
        let place = site.record.start().max(0) as u64;
        let mut taken = self.blocks.take();
        if let Some(blocks) = &mut taken {
            self.print_blocks(blocks, Some(&site.record), findings, out)?;
            blocks.reach(&site.record, groups, self.groups)?;
            if !blocks.is_interrupted {
                self.blocks = taken;
                return Ok(());
            }
        }
        let mut lines: Vec<Lines<'_>> = groups
            .iter()
            .zip(self.groups)
            .map(|(records, header)| {
                records
                    .iter()
                    .map(|c| Line::new(c.record, c.input, header))
                    .collect()
            })
            .collect();
        let Some(blocks) = &mut taken else {
            let mut passed = PassedBlock::No;
            while let Some(choice) = select::next(&mut lines, self.rules.pairing, &mut passed)? {
                if passed == PassedBlock::Yes && !self.merges_blocks {
                    self.merges_blocks = true;
                    self.blocks = Some(self.late_blocks(&site.record)?);
                }
                self.row(&lines, choice, Stretch::Site(place), findings, out)?;
            }
            return Ok(());
        };
        let with_open = lines.into_iter().zip(blocks.lines());
        let with_open = with_open.map(|(lines, open)| {
            Ok(match open? {
                Some(open) => std::iter::once(open).collect(),
                None => lines.into_iter().map(Line::beside_blocks).collect(),
            })
        });
        let mut lines: Vec<Lines<'_>> = with_open.collect::<Result<_, Error>>()?;
        let mut is_merged = false;
        while let Some(choice) = select::next(&mut lines, self.rules.pairing, &mut PassedBlock::No)?
        {
            is_merged = true;
            self.row(&lines, choice, Stretch::Site(place), findings, out)?;
        }
        let alleles = alleles_of_open(lines);
        if is_merged {
            blocks.remember(alleles, place);
        }
        self.blocks = taken;
        Ok(())
    }

    /// Prints what is left of blocks after the last site.
    pub(crate) fn end(&mut self, findings: &mut Findings, out: &mut Vec<u8>) -> Result<(), Error> {
        match self.blocks.take() {
            Some(mut blocks) => self.print_blocks(&mut blocks, None, findings, out),
            None => Ok(()),
        }
    }

    /// Prints one record, or several if records that contradict each other are kept.
    fn row(
        &mut self,
        lines: &[Lines<'_>],
        mut choice: Choice,
        stretch: Stretch,
        findings: &mut Findings,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let mut behind = choice.without_lines();
        while let Some(row) = self.lay_out(lines, choice.clone(), stretch)? {
            self.buffer.clear();
            self.check_filters(&row)?;
            match self.samples.print(&row, findings, &mut self.buffer) {
                Ok(counted) => {
                    site::print(&row, self.rules.filters, out);
                    out.push(b'\t');
                    self.info.print(&row, &counted, out)?;
                    out.extend_from_slice(&self.buffer);
                    out.push(b'\n');
                    break;
                }
                Err(Fault::Conflict { group, .. })
                    if self.rules.conflicts == OnConflict::KeepBoth =>
                {
                    behind.chosen[group] = choice.chosen[group].take();
                }
                Err(Fault::Conflict { error, .. } | Fault::Other(error)) => return Err(error),
            }
        }
        if behind.chosen.iter().any(Option::is_some) {
            self.row(lines, behind, stretch, findings, out)?;
        }
        Ok(())
    }

    /// The row of a choice; `None` if it lies outside of the regions.
    fn lay_out<'l, 'r>(
        &self,
        lines: &'l [Lines<'r>],
        choice: Choice,
        stretch: Stretch,
    ) -> Result<Option<Row<'l, 'r>>, Error> {
        let piece = match stretch {
            Stretch::Block(piece) => piece,
            Stretch::Site(place) => {
                let end = match self.merges_blocks {
                    true => End::Removed,
                    false => End::AsRead,
                };
                let row = Row::new(lines, choice, place + 1, end);
                return Ok(self.is_in_regions(&row).then_some(row));
            }
        };
        let end = match piece.last > piece.first {
            true => End::At(piece.last + 1),
            false => End::Removed,
        };
        let mut row = Row::new(lines, choice, piece.first + 1, end);
        let scaffold = row.members().next().map(|member| member.record.chrom);
        if let (Some(bases), Some(scaffold)) = (self.scope.bases, scaffold)
            && row.alleles[0].first() == Some(&b'N')
            && let Some(base) = bases.base(scaffold, piece.first)?
        {
            set_first_base(&mut row.alleles, base);
        }
        Ok(Some(row))
    }

    /// Whether REF overlaps a region; bcftools does not look at END here.
    fn is_in_regions(&self, row: &Row<'_, '_>) -> bool {
        let Some(regions) = &self.regions else {
            return true;
        };
        let scaffold = row.members().next().map(|member| member.record.chrom);
        let (first, length) = (row.pos - 1, row.alleles[0].len() as u64);
        scaffold.is_some_and(|scaffold| regions.touch(scaffold, first, first + length))
    }
}

impl Merger<'_> {
    /// bcftools refuses filters that no header line declares.
    fn check_filters(&self, row: &Row<'_, '_>) -> Result<(), Error> {
        let mut filters = row.members().flat_map(|member| member.record.filters());
        match filters.find(|filter| !self.info.header.has_tag(filter)) {
            None => Ok(()),
            Some(filter) => {
                let filter = String::from_utf8_lossy(filter);
                Err(row.fault(format!("no header line declares FILTER {filter}")))
            }
        }
    }
}

/// The reader hands out equal records of several files first.
fn put_paired_first(groups: &mut [Candidates<'_>]) {
    let active = groups.iter().filter(|records| !records.is_empty()).count();
    if active < 2 || groups.iter().all(|records| records.len() < 2) {
        return;
    }
    let records: Vec<Vec<Record<'_>>> = groups
        .iter()
        .map(|group| group.iter().map(|candidate| candidate.record).collect())
        .collect();
    let first = pairing::rows(&records, Likeness::Alleles)
        .into_iter()
        .next()
        .unwrap_or_default();
    for (records, nth) in groups.iter_mut().zip(first) {
        if let Some(nth) = nth {
            records[..=nth].rotate_right(1);
        }
    }
}
