//! The values that steps of an expression hand to each other, for one record at a time.

use super::program::Mask;

/// What a `.` is, told from a NaN in the file by its bits.
pub(super) const MISSING: f64 = f64::from_bits(0x7ff0_0000_0000_0001);

/// What stands behind the last value of a sample that has fewer values than another.
pub(super) const END: f64 = f64::from_bits(0x7ff0_0000_0000_0002);

/// Whether there is no value: missing or behind the end.
pub(super) fn is_absent(value: f64) -> bool {
    value.to_bits() == MISSING.to_bits() || value.to_bits() == END.to_bits()
}

/// Whether the place lies behind the last value of a sample.
pub(super) fn is_end(value: f64) -> bool {
    value.to_bits() == END.to_bits()
}

/// The result of one step at one record. Buffers are kept from record to record.
#[derive(Clone, Debug, Default)]
pub(super) struct Slot {
    /// Numbers: of the site, or `per_sample` of each sample one after the other.
    pub(super) values: Vec<f64>,
    /// Text: of the site, or of each sample one after the other as `ends` says.
    pub(super) text: Vec<u8>,
    /// Where the text of each sample ends.
    pub(super) ends: Vec<usize>,
    /// How many numbers each sample has.
    pub(super) per_sample: usize,
    /// Whether the step has a value at this record. An absent tag has none; a `.` is a value.
    pub(super) present: bool,
    /// Whether the site passes, for comparisons and what joins them.
    pub(super) site: bool,
    /// Which samples pass.
    pub(super) samples: Vec<bool>,
    /// Whether the step ever had values of samples; before that bcftools does not know it for one of samples.
    pub(super) begun: bool,
}

impl Slot {
    /// A site without a value.
    pub(super) fn clear(&mut self) {
        self.values.clear();
        self.text.clear();
        self.ends.clear();
        self.present = false;
    }

    /// No value at this record. What the step had before stays: functions of bcftools 1.24 that do not look
    /// whether there is a value read it again.
    pub(super) fn leave(&mut self) {
        self.present = false;
    }

    /// One number of the site.
    pub(super) fn set(&mut self, value: f64) {
        self.values.clear();
        self.values.push(value);
        self.present = true;
    }

    /// Marks the numbers as they stand in `values`; none at all is no value.
    pub(super) fn finish_values(&mut self) {
        self.present = !self.values.is_empty();
    }

    /// The text of the site; an empty one is no value.
    pub(super) fn set_text(&mut self, text: &[u8]) {
        self.text.clear();
        self.text.extend_from_slice(text);
        self.present = !text.is_empty();
    }

    /// The numbers of one sample.
    pub(super) fn of_sample(&self, sample: usize) -> &[f64] {
        let begin = sample * self.per_sample;
        self.values
            .get(begin..begin + self.per_sample)
            .unwrap_or_default()
    }

    /// The text of one sample; empty if the record has too few sample columns.
    pub(super) fn text_of_sample(&self, sample: usize) -> &[u8] {
        let begin = match sample {
            0 => Some(0),
            _ => self.ends.get(sample - 1).copied(),
        };
        match (begin, self.ends.get(sample)) {
            (Some(begin), Some(end)) => &self.text[begin..*end],
            _ => b"",
        }
    }

    /// No sample passes, nor does the site.
    pub(super) fn fail(&mut self, samples: usize) {
        self.site = false;
        self.samples.clear();
        self.samples.resize(samples, false);
    }

    /// Only those samples of `mask` pass that `passes` names; where nobody looks at them, the first is enough.
    pub(super) fn pass(
        &mut self,
        mask: &Mask,
        wants_samples: bool,
        passes: impl Fn(usize) -> bool,
    ) {
        self.fail(mask.len());
        for (sample, _) in mask.iter().enumerate().filter(|(_, taken)| **taken) {
            if passes(sample) {
                self.samples[sample] = true;
                self.site = true;
                if !wants_samples {
                    break;
                }
            }
        }
    }
}
