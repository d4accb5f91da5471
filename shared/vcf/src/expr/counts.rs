//! Allele counts for AC, AN, AF, MAC and MAF where the header does not declare tags of these names: taken from
//! INFO/AC and INFO/AN if both are there, else from the genotypes.

use super::error::EvaluationError;
use super::genotype;
use super::program::{CountValue, Filter};
use super::value::Slot;
use crate::number;
use crate::record::{Genotype, Record};

/// The counts of one record, computed when first asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts {
    /// How many of each allele, REF first.
    alleles: Vec<i32>,
    /// Their sum.
    total: i32,
    state: State,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Unknown,
    Known,
    /// A genotype has an allele that the record has not.
    Unusable,
}

impl Counts {
    /// Forgets the counts of the record before.
    pub(super) fn reset(&mut self) {
        self.state = State::Unknown;
    }

    /// Puts the value asked for into `slot`.
    pub(super) fn load(
        &mut self,
        filter: &Filter,
        record: &Record<'_>,
        value: CountValue,
        slot: &mut Slot,
    ) -> Result<(), EvaluationError> {
        match self.state {
            State::Unknown => {
                self.state = self.count(filter, record)?;
            }
            // bcftools remembers counts of a file without samples only for the one who asked first.
            State::Known if filter.samples == 0 => self.state = State::Unusable,
            State::Known | State::Unusable => {}
        }
        slot.clear();
        let usable = self.state == State::Known;
        if value == CountValue::AlleleNumber {
            slot.set(if usable { f64::from(self.total) } else { 0.0 });
            return Ok(());
        }
        if !usable || self.total == 0 {
            return Ok(());
        }
        let total = f64::from(self.total);
        let frequency = |count: &i32| f64::from(*count) / total;
        match value {
            CountValue::AlleleNumber => {}
            CountValue::AlternateCounts | CountValue::AlternateFrequencies
                if self.alleles.len() == 1 =>
            {
                slot.set(0.0);
            }
            CountValue::AlternateCounts => {
                slot.values
                    .extend(self.alleles[1..].iter().copied().map(f64::from));
            }
            CountValue::AlternateFrequencies => {
                slot.values.extend(self.alleles[1..].iter().map(frequency));
            }
            CountValue::MinorCount => {
                let least = self.alleles.iter().filter(|count| **count != 0).min();
                slot.values.extend(least.map(|least| {
                    if *least == self.total {
                        0.0
                    } else {
                        f64::from(*least)
                    }
                }));
            }
            CountValue::MinorFrequency => {
                let frequencies = self
                    .alleles
                    .iter()
                    .map(frequency)
                    .filter(|frequency| *frequency != 0.0);
                let least = frequencies.fold(f64::INFINITY, f64::min);
                slot.values.push(if least == 1.0 { 0.0 } else { least });
            }
        }
        slot.finish_values();
        Ok(())
    }

    /// Looks for faults in INFO/AC and INFO/AN, for an expression that is decided without the counts.
    pub(super) fn check(
        &mut self,
        filter: &Filter,
        record: &Record<'_>,
    ) -> Result<(), EvaluationError> {
        if self.state != State::Unknown {
            return Ok(());
        }
        match self.begin(filter, record) {
            Ok(true) => self.state = State::Known,
            // What a missing count amounts to does not matter here, and it is negative, so AN is never too small.
            Ok(false) | Err(EvaluationError::UnreadableCounts) => {}
            Err(fault) => return Err(fault),
        }
        Ok(())
    }

    /// Counts by INFO/AC and INFO/AN, if it can.
    fn begin(&mut self, filter: &Filter, record: &Record<'_>) -> Result<bool, EvaluationError> {
        self.alleles.clear();
        self.alleles.resize(record.allele_count(), 0);
        self.count_from_info(filter, record)
    }

    fn count(&mut self, filter: &Filter, record: &Record<'_>) -> Result<State, EvaluationError> {
        if self.begin(filter, record)? {
            return Ok(State::Known);
        }
        if filter.samples == 0 {
            return Err(EvaluationError::NothingToCount);
        }
        self.alleles.fill(0);
        for text in genotype::of_samples(record).into_iter().flatten() {
            let text = text?;
            if let [a @ b'0'..=b'9', b'/' | b'|', b @ b'0'..=b'9'] = text {
                for digit in [a, b] {
                    match self.alleles.get_mut(usize::from(digit - b'0')) {
                        Some(count) => *count += 1,
                        None => return Ok(State::Unusable),
                    }
                }
                continue;
            }
            for index in Genotype::new(text, filter.version).filter_map(|allele| allele.index) {
                match self.alleles.get_mut(index as usize) {
                    Some(count) => *count += 1,
                    None => return Ok(State::Unusable),
                }
            }
        }
        self.total = self.alleles.iter().sum();
        Ok(State::Known)
    }

    /// Whether INFO has both AC and AN, with as many counts as ALT alleles.
    fn count_from_info(
        &mut self,
        filter: &Filter,
        record: &Record<'_>,
    ) -> Result<bool, EvaluationError> {
        // Of repeated tags the last one counts here.
        let (mut counts, mut number) = (None, None);
        for (key, value) in record.info_fields() {
            match key {
                b"AC" => counts = Some(value),
                b"AN" => number = Some(value),
                _ => {}
            }
        }
        let (Some(counts), Some(number)) = (counts, number) else {
            return Ok(false);
        };
        if !filter.declares_counts {
            return Err(EvaluationError::UndeclaredCounts);
        }
        let total = match number {
            Some(text) if memchr::memchr(b',', text).is_none() => number::integer_prefix(text)
                .value
                .filter(|_| !text.starts_with(b".")),
            _ => Some(0),
        };
        let Some(total) = total.filter(|total| *total >= 0) else {
            return Ok(false);
        };
        let Some(counts) = counts else {
            return Err(EvaluationError::UnreadableCounts);
        };
        if counts.split(|b| *b == b',').count() != self.alleles.len() - 1 {
            return Ok(false);
        }
        let mut sum = 0i32;
        for (place, text) in counts.split(|b| *b == b',').enumerate() {
            let prefix = number::integer_prefix(text);
            // What a missing count amounts to depends on how wide BCF makes the others.
            let count = prefix
                .value
                .filter(|_| prefix.length > 0)
                .ok_or(EvaluationError::UnreadableCounts)?;
            self.alleles[place + 1] = count;
            sum = sum.wrapping_add(count);
        }
        if total < sum {
            return Err(EvaluationError::ContradictoryCounts);
        }
        self.alleles[0] = total - sum;
        self.total = total;
        Ok(true)
    }
}
