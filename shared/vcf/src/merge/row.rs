//! One merged record in the making: the chosen record of each file, with the places of its alleles among
//! those of the result.

use smallvec::SmallVec;

use super::select::{Choice, Line};
use super::site;
use super::small::{Allele, Alleles, Lines, Places};
use crate::error::{Error, ErrorKind};
use crate::record::Record;

pub(super) struct Row<'l, 'r> {
    /// By file.
    pub lines: SmallVec<[Option<Member<'l, 'r>>; 2]>,
    /// REF and ALT of the result.
    pub alleles: Alleles,
    /// POS, 1-based.
    pub pos: u64,
    /// What becomes of INFO/END.
    pub end: End,
}

/// What becomes of INFO/END.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// It is treated as other tags are.
    AsRead,
    /// It is left out.
    Removed,
    /// It is this, 1-based.
    At(u64),
}

pub(super) struct Member<'l, 'r> {
    pub record: &'l Record<'r>,
    /// The input it comes from.
    pub input: usize,
    /// Its alleles' places in the result.
    pub map: Places,
    /// Whether they have other places than before.
    pub moved: bool,
    /// The place of `<*>` or `<NON_REF>` among its alleles.
    pub unseen: Option<usize>,
}

impl<'l, 'r> Row<'l, 'r> {
    pub(super) fn new(files: &'l [Lines<'r>], choice: Choice, pos: u64, end: End) -> Self {
        let chosen = files.iter().zip(choice.chosen);
        let chosen: SmallVec<[Option<&Line<'r>>; 4]> = chosen
            .map(|(lines, place)| place.and_then(|place| lines.get(place)))
            .collect();
        // Alleles of records that wait for another round are left out.
        let mut places = Places::from_elem(0, choice.alleles.len());
        let mut alleles = Alleles::with_capacity(choice.alleles.len());
        for (place, allele) in choice.alleles.into_iter().enumerate() {
            let used = |line: &&Line<'_>| line.map.contains(&place);
            if place == 0 || chosen.iter().flatten().any(used) {
                places[place] = alleles.len();
                alleles.push(allele);
            }
        }
        site::trim(&mut alleles);
        let lines = chosen.into_iter().map(|line| {
            line.map(|line| {
                let map: Places = line.map.iter().map(|place| places[*place]).collect();
                let is_unseen = |alt: &Allele| {
                    alt.starts_with(b"<X>") || alt.starts_with(b"<*>") || alt[..] == *b"<NON_REF>"
                };
                Member {
                    record: &line.record,
                    input: line.input,
                    moved: map.iter().enumerate().any(|(n, place)| n != *place),
                    unseen: line.alleles.iter().rposition(is_unseen),
                    map,
                }
            })
        });
        Self {
            lines: lines.collect(),
            alleles,
            pos,
            end,
        }
    }

    pub(super) fn members(&self) -> impl Iterator<Item = &Member<'l, 'r>> {
        self.lines.iter().flatten()
    }

    /// Whether the alleles of a member are those of the result in the same places.
    pub(super) fn is_unchanged(&self, member: &Member<'_, '_>) -> bool {
        !member.moved && member.map.len() == self.alleles.len()
    }

    /// `SCAFFOLD:POS`.
    pub(super) fn site(&self) -> String {
        let scaffold = self.members().next().map(|member| member.record.chrom);
        let scaffold = String::from_utf8_lossy(scaffold.unwrap_or_default());
        format!("{scaffold}:{}", self.pos)
    }

    pub(super) fn fault(&self, reason: String) -> Error {
        ErrorKind::Unmergeable {
            site: self.site(),
            reason,
        }
        .into()
    }
}
