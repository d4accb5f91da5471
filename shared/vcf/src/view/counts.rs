//! How often each allele is called: from INFO/AC and AN where both are there, else from genotypes.

use crate::header::{Header, Version};
use crate::number::{allele_counts, integer_prefix};
use crate::record::{Genotype, Record, RecordError, subfield};

/// Calls per allele, REF first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) alleles: Vec<i64>,
}

/// Whether the counts say anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Yes,
    No,
}

impl Counts {
    /// Counts as INFO states them, or over the genotypes of all samples.
    pub(super) fn read(
        &mut self,
        record: &Record<'_>,
        known: Known,
        version: Version,
    ) -> Result<(), RecordError> {
        self.reset(record);
        if self.take_info(record, known)? == Found::No {
            self.add_genotypes(record, version)?;
        }
        Ok(())
    }

    /// Only looks whether INFO/AC and AN agree.
    pub(super) fn check_info(
        &mut self,
        record: &Record<'_>,
        known: Known,
    ) -> Result<(), RecordError> {
        self.reset(record);
        self.take_info(record, known).map(|_| ())
    }

    /// Counts over the genotypes of the record's samples.
    pub(super) fn count(
        &mut self,
        record: &Record<'_>,
        version: Version,
    ) -> Result<(), RecordError> {
        self.reset(record);
        self.add_genotypes(record, version)
    }

    /// Takes counts over genotypes, REF first.
    pub(super) fn take(&mut self, called: &[i64]) {
        self.alleles.clear();
        self.alleles.extend_from_slice(called);
    }

    /// All called alleles.
    pub(super) fn total(&self) -> i64 {
        self.alleles.iter().sum()
    }

    /// Called ALT alleles.
    pub(super) fn non_reference(&self) -> i64 {
        self.alleles[1..].iter().sum()
    }

    fn reset(&mut self, record: &Record<'_>) {
        self.alleles.clear();
        self.alleles.resize(record.allele_count(), 0);
    }

    fn take_info(&mut self, record: &Record<'_>, known: Known) -> Result<Found, RecordError> {
        let mut ac = None;
        let mut an = None;
        for (key, value) in record.info_fields() {
            match key {
                b"AC" => ac = Some(value.unwrap_or_default()),
                b"AN" => an = Some(value.unwrap_or_default()),
                _ => {}
            }
        }
        let (Some(ac), Some(an)) = (ac, an) else {
            return Ok(Found::No);
        };
        if known == Known::No {
            // To bcftools they are texts: it counts bytes, and ends with an error if they are as many as alleles.
            return if an.len() > 1 {
                Err(RecordError::Declined(
                    "INFO/AN is not declared in the header".to_owned(),
                ))
            } else if ac.len() + 1 == self.alleles.len() {
                Err(RecordError::Declined(
                    "INFO/AC is not declared in the header, so that it is no list of counts"
                        .to_owned(),
                ))
            } else {
                Ok(Found::Yes)
            };
        }
        // A list of values is none.
        let an = if an.contains(&b',') {
            Some(0)
        } else {
            integer_prefix(an).value
        };
        let Some(an) = an.filter(|an| *an >= 0) else {
            return Ok(Found::No);
        };
        let counts: Vec<i64> = allele_counts(ac).collect();
        if counts.len() + 1 != self.alleles.len() {
            // bcftools takes this for no calls at all.
            return Ok(Found::Yes);
        }
        let called: i64 = counts.iter().sum();
        if i64::from(an) < called {
            return Err(RecordError::Inconsistent(format!(
                "INFO/AC counts {called} alleles, INFO/AN only {an}"
            )));
        }
        self.alleles[0] = i64::from(an) - called;
        self.alleles[1..].copy_from_slice(&counts);
        Ok(Found::Yes)
    }

    fn add_genotypes(&mut self, record: &Record<'_>, version: Version) -> Result<(), RecordError> {
        let Some(index) = record.format_index(b"GT") else {
            return Ok(());
        };
        let mut columns = record.columns();
        let mut number = 0;
        loop {
            // Two alleles of one digit, by far the most common: the columns need not be looked for.
            if index == 0
                && let Some((a, b)) = columns.next_diploid()
            {
                self.add_digit(a, number)?;
                self.add_digit(b, number)?;
                number += 1;
                continue;
            }
            let Some(column) = columns.next() else {
                return Ok(());
            };
            number += 1;
            let Some(text) = subfield(column, index) else {
                continue;
            };
            let mut genotype = Genotype::new(text, version);
            for allele in genotype.by_ref() {
                if let Some(index) = allele.index {
                    self.add(index as usize, number - 1)?;
                }
            }
            if genotype.is_malformed() {
                return Err(RecordError::Subfield {
                    sample: number,
                    tag: "GT".to_owned(),
                    reason: "not a genotype",
                });
            }
        }
    }

    #[inline]
    fn add_digit(&mut self, allele: u8, number: usize) -> Result<(), RecordError> {
        match allele {
            b'.' => Ok(()),
            b'0'..=b'9' => self.add(usize::from(allele - b'0'), number),
            _ => Err(RecordError::Subfield {
                sample: number + 1,
                tag: "GT".to_owned(),
                reason: "not a genotype",
            }),
        }
    }

    #[inline]
    fn add(&mut self, allele: usize, number: usize) -> Result<(), RecordError> {
        match self.alleles.get_mut(allele) {
            Some(count) => {
                *count += 1;
                Ok(())
            }
            None => Err(RecordError::Inconsistent(format!(
                "sample column {}: GT names allele {allele}, the record has {}",
                number + 1,
                self.alleles.len()
            ))),
        }
    }
}

/// Whether the header declares INFO/AC and AN as numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    Yes,
    No,
}

impl Known {
    pub(super) fn by(header: &Header) -> Self {
        match header.declares_counts() {
            true => Self::Yes,
            false => Self::No,
        }
    }
}
