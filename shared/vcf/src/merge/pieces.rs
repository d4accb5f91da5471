//! Pieces of gVCF blocks as records: where all files have one open, up to the next site.

use super::blocks::{OpenBlocks, Piece};
use super::findings::Findings;
use super::select::{self, Line};
use super::small::{Alleles, Lines};
use super::{Merger, Scope, Stretch};
use crate::command::Region;
use crate::error::{Error, ErrorKind};
use crate::number::print_integer;
use crate::record::Record;

impl Merger<'_> {
    /// bcftools merges blocks from where one stands beside other records of its file, asked for or not.
    pub(super) fn late_blocks(&self, site: &Record<'_>) -> Result<OpenBlocks, Error> {
        if self.scope.is_part {
            let reason = "a gVCF block stands beside other records of its file, from where on bcftools merges blocks";
            let site = site.site();
            return Err(ErrorKind::Declined(format!("{reason}, at {site}")).into());
        }
        open_blocks(self.groups.len(), self.scope)
    }

    /// Prints the pieces of blocks that come before a site, or before the end.
    pub(super) fn print_blocks(
        &mut self,
        blocks: &mut OpenBlocks,
        next: Option<&Record<'_>>,
        findings: &mut Findings,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let Some((mut start, until)) = blocks.due(next) else {
            return Ok(());
        };
        while let Some(piece) = blocks.piece(start, until) {
            if !blocks.begin(piece) {
                break;
            }
            start = piece.last + 1;
            if self.print_plainly(blocks, piece, out) {
                blocks.end(piece, Vec::new());
                continue;
            }
            let lines = blocks.lines().map(|line| Ok(line?.into_iter().collect()));
            let mut lines: Vec<Lines<'_>> = lines.collect::<Result<_, Error>>()?;
            let choice = select::all(&mut lines)?;
            self.row(&lines, choice, Stretch::Block(piece), findings, out)?;
            let alleles = alleles_of_open(lines);
            blocks.end(piece, alleles);
        }
        Ok(())
    }

    /// Prints a piece of which nothing has to be merged; says whether it is one.
    fn print_plainly(&self, blocks: &OpenBlocks, piece: Piece, out: &mut Vec<u8>) -> bool {
        let Some(sizes) = self
            .samples
            .in_order
            .as_ref()
            .filter(|_| self.copies_blocks)
        else {
            return false;
        };
        let Some((base, blocks_here)) = blocks.plain() else {
            return false;
        };
        if base == b'N' && self.scope.bases.is_some() {
            return false;
        }
        let Some((first, text)) = blocks_here.first() else {
            return false;
        };
        out.extend_from_slice(&blocks.scaffold);
        out.push(b'\t');
        print_integer(piece.first as i64 + 1, out);
        out.extend_from_slice(b"\t.\t");
        out.extend_from_slice(&[base, b'\t']);
        out.extend_from_slice(first.alternate(text));
        out.extend_from_slice(b"\t.\t.\t");
        let end = (piece.last > piece.first).then_some(piece.last + 1);
        let shown = || {
            let sized = blocks_here.iter().zip(sizes);
            sized.filter(|(_, size)| **size > 0).map(|(block, _)| block)
        };
        let counts = first.counts().map(|_| {
            let counts = shown().filter_map(|(plain, _)| plain.counts());
            counts.fold([0; 2], |sum, one| [sum[0] + one[0], sum[1] + one[1]])
        });
        self.info.print_block(end, counts, out);
        out.push(b'\t');
        out.extend_from_slice(first.format(text));
        for (plain, text) in shown() {
            out.push(b'\t');
            out.extend_from_slice(plain.samples(text));
        }
        out.push(b'\n');
        true
    }
}

/// No block open yet.
pub(super) fn open_blocks(groups: usize, scope: Scope<'_>) -> Result<OpenBlocks, Error> {
    let is_open_ended = |region: &Region| region.span.is_none_or(|span| span.end.is_none());
    if scope.regions.iter().any(is_open_ended) {
        let reason = "bcftools leaves out gVCF blocks of regions that have no end";
        return Err(ErrorKind::Declined(reason.to_owned()).into());
    }
    Ok(OpenBlocks::new(groups, scope.regions))
}

/// The alleles of the open block of each group.
pub(super) fn alleles_of_open(lines: Vec<Lines<'_>>) -> Vec<Option<Alleles>> {
    let of_group = |lines: Lines<'_>| {
        let mut open = lines.into_iter().filter(Line::is_open);
        open.next().map(|line| line.alleles)
    };
    lines.into_iter().map(of_group).collect()
}
