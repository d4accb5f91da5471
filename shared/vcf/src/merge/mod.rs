//! `bcftools merge` 1.24 of files with different samples, by its default rules (`-m both`), on printed
//! records. What it would not decide to the byte as bcftools does is declined.

mod format;
mod genotype;
mod info;
pub(crate) mod pairing;
mod select;
mod site;

use crate::concat;
use crate::error::{Error, ErrorKind};
use crate::header::{Header, LineKind};
use crate::record::Record;

use pairing::{Logic, rows};
use select::Line;

/// The header of the merged result: that of the first file and what the others add, with all samples.
///
/// # Errors
/// If a sample is in two files; if a tag is declared in two ways or a file has no samples, which is for
/// bcftools to decide.
pub(crate) fn header(groups: &[Header]) -> Result<Header, Error> {
    let mut groups = groups.iter();
    let mut header = groups.next().cloned().unwrap_or_default();
    let no_samples = || {
        let reason = "a file without samples is merged".to_owned();
        Error::from(ErrorKind::Declined(reason))
    };
    if header.samples().is_empty() {
        return Err(no_samples());
    }
    for other in groups {
        if other.samples().is_empty() {
            return Err(no_samples());
        }
        for line in other.lines() {
            let Some(id) = line.attribute(b"ID") else {
                continue;
            };
            let clash = match line.kind() {
                LineKind::Info => header.info(id).is_some_and(|d| Some(d) != other.info(id)),
                LineKind::Format => header
                    .format(id)
                    .is_some_and(|d| Some(d) != other.format(id)),
                _ => false,
            };
            if clash {
                let id = String::from_utf8_lossy(id);
                let reason = format!("the files declare {id} in different ways");
                return Err(ErrorKind::Declined(reason).into());
            }
        }
        concat::unite(&mut header, other);
        header.append_samples(other.samples()).map_err(|name| {
            let name = String::from_utf8_lossy(&name).into_owned();
            ErrorKind::Option(format!(
                "sample {name:?} is in two of the files to be merged"
            ))
        })?;
    }
    Ok(header)
}

/// Merges the records of one site after another.
pub(crate) struct Merger<'h> {
    header: &'h Header,
    /// Sample columns of each file.
    columns: Vec<usize>,
}

/// One merged record in the making: the chosen record of each file, with the places of its alleles
/// among those of the result.
struct Row<'l, 'r> {
    lines: Vec<Option<Member<'l, 'r>>>,
    /// REF and ALT of the result.
    alleles: Vec<Vec<u8>>,
}

struct Member<'l, 'r> {
    record: &'l Record<'r>,
    map: Vec<usize>,
    /// Whether its alleles have other places in the result.
    moved: bool,
}

impl<'h> Merger<'h> {
    pub(crate) fn new(groups: &[Header], header: &'h Header) -> Result<Self, Error> {
        info::check(header)?;
        Ok(Self {
            header,
            columns: groups.iter().map(|group| group.samples().len()).collect(),
        })
    }

    /// Prints what the records of a site, given file by file, become.
    pub(crate) fn merge(
        &mut self,
        files: &[Vec<Record<'_>>],
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let total: usize = files.iter().map(Vec::len).sum();
        if total > 1
            && let Some(record) = files.iter().flatten().find(|record| is_special(record))
        {
            let reason = format!("symbolic alleles are merged at {}", record.site());
            return Err(ErrorKind::Declined(reason).into());
        }
        let several = |records: &&Vec<Record<'_>>| records.len() > 1;
        let active = files.iter().filter(|records| !records.is_empty()).count();
        if active > 1
            && let Some(records) = files.iter().find(several)
        {
            let site = records[0].site();
            let reason = format!("a file has several records at {site}, and another has one too");
            return Err(ErrorKind::Declined(reason).into());
        }
        for chosen in rows(files, Logic::Both) {
            let mut lines: Vec<Vec<Line<'_>>> = files
                .iter()
                .zip(chosen)
                .map(|(records, nth)| nth.map(|nth| Line::new(records[nth])).into_iter().collect())
                .collect();
            while let Some(choice) = select::next(&mut lines)? {
                let row = Row::new(&lines, choice);
                self.check_tags(&row)?;
                self.print(&row, out)?;
            }
        }
        Ok(())
    }

    /// bcftools refuses tags that no header declares, or adds them, depending on the file format.
    fn check_tags(&self, row: &Row<'_, '_>) -> Result<(), Error> {
        let declared = |member: &Member<'_, '_>| {
            let record = member.record;
            record.filters().all(|filter| self.header.has_tag(filter))
                && record
                    .info_fields()
                    .all(|(tag, _)| self.header.info(tag).is_some())
                && record
                    .format_keys()
                    .all(|tag| self.header.format(tag).is_some())
        };
        if row.members().all(declared) {
            Ok(())
        } else {
            Err(row.decline("a tag that no header line declares is merged"))
        }
    }

    fn print(&self, row: &Row<'_, '_>, out: &mut Vec<u8>) -> Result<(), Error> {
        let genotypes = genotype::merge(row, &self.columns)?;
        site::print(row, out);
        out.push(b'\t');
        info::print(self.header, row, &genotypes, out)?;
        format::print(self.header, row, &self.columns, &genotypes, out)?;
        out.push(b'\n');
        Ok(())
    }
}

impl<'l, 'r> Row<'l, 'r> {
    fn new(files: &'l [Vec<Line<'r>>], choice: select::Choice) -> Self {
        let chosen = files.iter().zip(choice.chosen);
        let chosen: Vec<Option<&Line<'r>>> = chosen
            .map(|(lines, place)| place.and_then(|place| lines.get(place)))
            .collect();
        // Alleles of records that wait for another round are left out.
        let mut places = vec![0; choice.alleles.len()];
        let mut alleles = Vec::with_capacity(choice.alleles.len());
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
                let map: Vec<usize> = line.map.iter().map(|place| places[*place]).collect();
                Member {
                    record: &line.record,
                    moved: map.iter().enumerate().any(|(n, place)| n != *place),
                    map,
                }
            })
        });
        Self {
            lines: lines.collect(),
            alleles,
        }
    }

    fn members(&self) -> impl Iterator<Item = &Member<'l, 'r>> {
        self.lines.iter().flatten()
    }

    /// Whether the alleles of a member are those of the result in the same places.
    fn is_unchanged(&self, member: &Member<'_, '_>) -> bool {
        !member.moved && member.map.len() == self.alleles.len()
    }

    fn decline(&self, reason: &str) -> Error {
        let site = self.members().next().map(|member| member.record.site());
        ErrorKind::Declined(format!("{reason} at {}", site.unwrap_or_default())).into()
    }
}

fn is_special(record: &Record<'_>) -> bool {
    record
        .alts()
        .any(|alt| alt.iter().any(|b| matches!(b, b'<' | b'*' | b'[' | b']')))
}
