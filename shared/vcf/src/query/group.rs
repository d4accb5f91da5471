//! The records that files of a group, which have the same samples, have of one site: each variant once. Knows no
//! other group.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashSet;

use smallvec::{SmallVec, smallvec};

use crate::error::{Error, ErrorKind};
use crate::header::Header;
use crate::merge::pairing::rows;
use crate::merge::{
    Absent, Candidate, Candidates, Comparison, FindingKind, Findings, InfoRules, Likeness, Merger,
    OnConflict, Pairing, Repeats, Rules, Scope, blanked, compare, lost, meet,
};
use crate::record::Record;

use super::joiner::Here;

/// An input, and a line that comes from it.
pub(super) type LineOf<'c> = (usize, Cow<'c, [u8]>);

/// Those of one site.
pub(super) type LinesOf<'c> = SmallVec<[LineOf<'c>; 1]>;

/// How two records of one variant become one that has the genotypes of both.
const COMPLETING: &Rules = &Rules {
    pairing: Pairing::All,
    absent: Absent::Missing,
    info: InfoRules::First,
    conflicts: OnConflict::First,
    ..Rules::DEFAULT
};

/// The same where genotypes that contradict each other become missing.
const RECONCILING: &Rules = &Rules {
    pairing: Pairing::All,
    absent: Absent::Missing,
    info: InfoRules::First,
    conflicts: OnConflict::Missing,
    ..Rules::DEFAULT
};

pub(super) struct Group<'j> {
    header: &'j Header,
    /// The header twice, for the completer.
    twins: &'j OnceCell<[Header; 2]>,
    names: &'j [&'j str],
    conflicts: OnConflict,
    repeats: Repeats,
    /// Made when it is needed first.
    completer: Option<Merger<'j>>,
}

/// A line of the result, and where it comes from.
struct Line<'c> {
    input: usize,
    text: Cow<'c, [u8]>,
    row: usize,
    /// Columns in which files contradict each other, so that nobody is believed.
    disputed: HashSet<usize>,
}

impl<'c> Line<'c> {
    fn new(input: usize, text: Cow<'c, [u8]>, row: usize) -> Self {
        Self {
            input,
            text,
            row,
            disputed: HashSet::new(),
        }
    }
}

impl<'j> Group<'j> {
    pub(super) fn new(
        header: &'j Header,
        twins: &'j OnceCell<[Header; 2]>,
        names: &'j [&'j str],
        rules: &Rules,
    ) -> Self {
        Self {
            header,
            twins,
            names,
            conflicts: rules.conflicts,
            repeats: rules.repeats,
            completer: None,
        }
    }

    /// The lines that the records of the files become, each with the input that it comes from.
    pub(super) fn settle<'c>(
        &mut self,
        files: &[Here<'c>],
        findings: &mut Findings,
    ) -> Result<LinesOf<'c>, Error> {
        if let [only] = files {
            let lines = only.lines.iter().map(|line| (only.input, (*line).into()));
            return Ok(lines.collect());
        }
        let records: Vec<Vec<Record<'_>>> = files.iter().map(|f| f.records.to_vec()).collect();
        let likeness = match self.repeats {
            Repeats::Kept => Likeness::Alleles,
            Repeats::First(likeness) => likeness,
        };
        let rows = rows(&records, likeness);
        let mut lines: Vec<Line<'c>> = Vec::new();
        for (number, row) in rows.iter().enumerate() {
            let from = lines.len();
            let members = row.iter().zip(files);
            for (nth, file) in members.filter_map(|(nth, file)| Some(((*nth)?, file))) {
                let line = Line::new(file.input, file.lines[nth].into(), number);
                let is_new = match self.conflicts {
                    OnConflict::Unchecked => self.repeats == Repeats::Kept || lines.len() == from,
                    OnConflict::Missing => {
                        self.reconcile(&mut lines, from, &line, &rows, findings)?
                    }
                    _ => self.is_new(&mut lines, from, &line, &rows, findings)?,
                };
                if is_new {
                    lines.push(line);
                }
            }
        }
        Ok(lines
            .into_iter()
            .map(|line| (line.input, line.text))
            .collect())
    }

    /// Whether a line goes into the result beside those that are there; of them those from `from` on have the same
    /// alleles.
    fn is_new<'c>(
        &mut self,
        lines: &mut [Line<'c>],
        from: usize,
        line: &Line<'c>,
        rows: &[Vec<Option<usize>>],
        findings: &mut Findings,
    ) -> Result<bool, Error> {
        let record = Record::of_printed(&line.text)?;
        let site = || record.site();
        let same = lines[from..].iter().find(|known| known.text == line.text);
        if let Some(known) = same {
            findings.note(FindingKind::Identical, known.input, line.input, site);
            return Ok(false);
        }
        let header = self.header;
        if header.samples().is_empty() {
            return Ok(true);
        }
        if let Some(known) = lines.get_mut(from) {
            let (one, other) = (known.input, line.input);
            match compare(Record::of_printed(&known.text)?, record, header) {
                Comparison::Apart => return Ok(true),
                Comparison::Covered => {
                    findings.note(FindingKind::SameGenotypes, one, other, site);
                }
                Comparison::Adds => {
                    let text = self.completed(known, line)?;
                    known.text = text.into();
                    findings.note(FindingKind::Completed, one, other, site);
                }
                conflict @ Comparison::Conflict { .. } => {
                    return self.decide(&conflict, &record, (one, other), findings);
                }
            }
            return Ok(false);
        }
        for known in lines.iter().take(from) {
            let mut files = rows[known.row].iter().zip(&rows[line.row]);
            // A file that has both variants tells them apart on purpose.
            let is_split = files.any(|(one, other)| one.is_some() && other.is_some());
            let other = Record::of_printed(&known.text)?;
            if is_split || !meet(&other, &record) {
                continue;
            }
            let found = compare(other, record, header);
            let pair = (known.input, line.input);
            if matches!(found, Comparison::Conflict { .. })
                && !self.decide(&found, &record, pair, findings)?
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The same where what files contradict each other in becomes missing: a record that contradicts one that is there,
    /// or is about what others contradicted, becomes part of it.
    fn reconcile<'c>(
        &mut self,
        lines: &mut [Line<'c>],
        from: usize,
        line: &Line<'c>,
        rows: &[Vec<Option<usize>>],
        findings: &mut Findings,
    ) -> Result<bool, Error> {
        let header = self.header;
        let record = Record::of_printed(&line.text)?;
        for (place, known) in lines.iter_mut().enumerate() {
            let mut files = rows[known.row].iter().zip(&rows[line.row]);
            let is_split = files.any(|(one, other)| one.is_some() && other.is_some());
            let other = Record::of_printed(&known.text)?;
            let same_alleles = place >= from;
            if header.samples().is_empty() || !same_alleles && (is_split || !meet(&other, &record))
            {
                continue;
            }
            let is_conflict = matches!(compare(other, record, header), Comparison::Conflict { .. });
            if !is_conflict && known.disputed.is_empty() {
                continue;
            }
            let text = blanked(&line.text, &record, &known.disputed).into();
            let undisputed = Line::new(line.input, text, line.row);
            let text = self.completed(known, &undisputed)?;
            let lost = lost(&other, &Record::of_printed(&text)?);
            let pair = (known.input, line.input);
            if is_conflict || !known.disputed.is_empty() {
                findings.note(FindingKind::MissingGenotype, pair.0, pair.1, || {
                    record.site()
                });
            }
            known.text = text.into();
            known.disputed.extend(lost);
            return Ok(false);
        }
        self.is_new(lines, from, line, rows, findings)
    }

    /// A line whose genotypes in these columns are missing.
    pub(super) fn without(
        &mut self,
        (input, line): &LineOf<'_>,
        columns: &HashSet<usize>,
    ) -> Result<Vec<u8>, Error> {
        let text = blanked(line, &Record::of_printed(line)?, columns).into();
        let line = Line::new(*input, text, 0);
        // Merged with itself, so that alleles are counted again.
        self.completed(&line, &line)
    }

    /// Its samples in column order.
    pub(super) fn samples(&self) -> &'j [Vec<u8>] {
        self.header.samples()
    }

    /// Whether the second of two records that contradict each other goes into the result.
    fn decide(
        &self,
        found: &Comparison,
        record: &Record<'_>,
        (one, other): (usize, usize),
        findings: &mut Findings,
    ) -> Result<bool, Error> {
        let kind = match self.conflicts {
            OnConflict::First => FindingKind::FirstGenotype,
            OnConflict::Missing => FindingKind::MissingGenotype,
            OnConflict::KeepBoth | OnConflict::Unchecked => FindingKind::BothGenotypes,
            OnConflict::Error => return Err(self.conflict(found, record, (one, other))),
        };
        findings.note(kind, one, other, || record.site());
        Ok(kind == FindingKind::BothGenotypes)
    }

    fn conflict(&self, found: &Comparison, record: &Record<'_>, (a, b): (usize, usize)) -> Error {
        let (column, one, other) = match found {
            Comparison::Conflict { column, one, other } => (*column, one.clone(), other.clone()),
            _ => (0, String::new(), String::new()),
        };
        let sample = self.header.samples().get(column);
        ErrorKind::Conflict {
            sample: String::from_utf8_lossy(sample.map_or(b"", Vec::as_slice)).into_owned(),
            site: record.site(),
            one: (self.names[a].to_owned(), one),
            other: (self.names[b].to_owned(), other),
        }
        .into()
    }

    /// One line that has the genotypes of both.
    fn completed(&mut self, one: &Line<'_>, other: &Line<'_>) -> Result<Vec<u8>, Error> {
        let completer = match &mut self.completer {
            Some(completer) => completer,
            none => {
                let rules = match self.conflicts {
                    OnConflict::Missing => RECONCILING,
                    _ => COMPLETING,
                };
                let (header, names) = (self.header, self.names);
                let twins = self.twins.get_or_init(|| [header.clone(), header.clone()]);
                let scope = Scope::default();
                none.insert(Merger::new(twins, header, rules, &[], names, scope)?)
            }
        };
        let mut text = Vec::new();
        let mut records = [candidate(one)?, candidate(other)?];
        completer.merge(&mut records, &mut Findings::default(), &mut text)?;
        text.pop();
        Ok(text)
    }
}

fn candidate<'l>(line: &'l Line<'_>) -> Result<Candidates<'l>, Error> {
    Ok(smallvec![Candidate {
        record: Record::of_printed(&line.text)?,
        text: &line.text,
        input: line.input,
    }])
}
