//! How many records lie where, in bins that double in width whenever there would be too many.

/// Most scaffolds with bins; those with the most records have them.
pub const SCAFFOLDS_MAX: usize = 64;
/// Most bins of a scaffold.
pub const BINS_MAX: usize = 256;

/// Bins are at least this many bases wide, as a power of two.
const LEAST_SHIFT: u32 = 10;

/// Records along scaffolds.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Density {
    /// Scaffolds in file order.
    pub scaffolds: Vec<ScaffoldDensity>,
    /// How many more have records, but no bins here.
    pub left_out: u64,
}

/// Records along one scaffold.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ScaffoldDensity {
    /// Its place among the scaffolds that have records, in file order.
    pub scaffold: usize,
    /// Width of each bin in bases. Bin n, from 0, has the records with n × width ≤ POS < (n + 1) × width.
    pub width: u64,
    /// Records of each bin, up to the last that has any.
    pub records: Vec<u64>,
}

impl ScaffoldDensity {
    fn total(&self) -> u64 {
        self.records.iter().sum()
    }
}

/// Counts scaffold by scaffold.
#[derive(Debug, Default)]
pub(super) struct Counter {
    kept: Vec<ScaffoldDensity>,
    left_out: u64,
    /// What the least of those that are kept has, once there are as many as may be.
    least: u64,
    scaffolds: usize,
    shift: u32,
    bins: Vec<u64>,
    /// The first scaffold of a piece of a file, once another has begun.
    first: Option<ScaffoldDensity>,
    is_piece: bool,
}

/// What a piece of a file gives to the densities of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Part {
    scaffolds: usize,
    /// The first scaffold, which may have begun before the piece.
    first: Option<ScaffoldDensity>,
    /// Of those that lie in the piece as a whole the ones with the most records, and how many others there are.
    kept: Vec<ScaffoldDensity>,
    left_out: u64,
    /// The last scaffold, if it is not the first.
    last: Option<ScaffoldDensity>,
}

impl Counter {
    /// For a piece of a file.
    pub(super) fn of_piece() -> Self {
        Self {
            is_piece: true,
            ..Self::default()
        }
    }

    /// The records of another scaffold come.
    pub(super) fn begin(&mut self) {
        self.end();
        self.scaffolds += 1;
        self.shift = LEAST_SHIFT;
    }

    #[inline]
    pub(super) fn add(&mut self, position: u64) {
        let mut bin = position >> self.shift;
        while bin >= BINS_MAX as u64 {
            self.widen();
            bin = position >> self.shift;
        }
        let bin = bin as usize;
        if bin >= self.bins.len() {
            self.bins.resize(bin + 1, 0);
        }
        self.bins[bin] += 1;
    }

    fn widen(&mut self) {
        self.shift += 1;
        let pairs = self.bins.chunks(2);
        self.bins = pairs.map(|pair| pair.iter().sum()).collect();
    }

    fn end(&mut self) {
        if self.bins.is_empty() {
            return;
        }
        let ended = self.take();
        if self.is_piece && self.first.is_none() {
            self.first = Some(ended);
        } else {
            self.offer(ended);
        }
    }

    /// The current scaffold.
    fn take(&mut self) -> ScaffoldDensity {
        ScaffoldDensity {
            scaffold: self.scaffolds.saturating_sub(1),
            width: 1 << self.shift,
            records: std::mem::take(&mut self.bins),
        }
    }

    fn offer(&mut self, ended: ScaffoldDensity) {
        let total = ended.total();
        if self.kept.len() == SCAFFOLDS_MAX {
            self.left_out += 1;
            if total <= self.least {
                return;
            }
            let least = self.least;
            if let Some(last) = self.kept.iter().rposition(|kept| kept.total() == least) {
                self.kept.remove(last);
            }
        }
        self.kept.push(ended);
        if self.kept.len() == SCAFFOLDS_MAX {
            let totals = self.kept.iter().map(ScaffoldDensity::total);
            self.least = totals.min().unwrap_or_default();
        }
    }

    /// What a piece has.
    pub(super) fn into_part(mut self) -> Part {
        let current = (!self.bins.is_empty()).then(|| self.take());
        let (first, last) = match self.first {
            None => (current, None),
            first => (first, current),
        };
        Part {
            scaffolds: self.scaffolds,
            first,
            kept: self.kept,
            left_out: self.left_out,
            last,
        }
    }

    /// Adds the next piece of the file, whose first scaffold is the current one or another.
    pub(super) fn add_part(&mut self, part: Part, goes_on: bool) {
        let Some(first) = part.first else {
            return;
        };
        if !goes_on {
            self.begin();
        }
        self.join(first);
        let before = self.scaffolds.saturating_sub(1);
        let Some(last) = part.last else {
            return;
        };
        self.end();
        for kept in part.kept {
            self.offer(ScaffoldDensity {
                scaffold: before + kept.scaffold,
                ..kept
            });
        }
        self.left_out += part.left_out;
        // But for the first, which is counted, and the last, which begins.
        self.scaffolds += part.scaffolds.saturating_sub(2);
        self.begin();
        self.join(last);
    }

    /// Adds records of the current scaffold.
    fn join(&mut self, mut more: ScaffoldDensity) {
        let shift = more.width.trailing_zeros();
        while self.shift < shift {
            self.widen();
        }
        while more.width.trailing_zeros() < self.shift {
            more.width *= 2;
            more.records = more
                .records
                .chunks(2)
                .map(|pair| pair.iter().sum())
                .collect();
        }
        if self.bins.len() < more.records.len() {
            self.bins.resize(more.records.len(), 0);
        }
        for (bin, records) in self.bins.iter_mut().zip(more.records) {
            *bin += records;
        }
    }

    pub(super) fn finish(mut self) -> Density {
        self.end();
        Density {
            scaffolds: self.kept,
            left_out: self.left_out,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_double_so_that_there_are_never_too_many() {
        let mut counter = Counter::default();
        counter.begin();
        for position in (1..=1 << 20).step_by(1 << 10) {
            counter.add(position);
        }
        counter.begin();
        counter.add(5);
        counter.add(1 << 61);
        let density = counter.finish();
        let [first, second] = &density.scaffolds[..] else {
            panic!("{density:?}");
        };
        assert_eq!((first.scaffold, first.width), (0, 4096));
        assert_eq!(first.records, vec![4; 256]);
        assert_eq!((second.scaffold, second.records.len()), (1, 129));
        assert_eq!((second.records[0], second.records[128]), (1, 1));
        assert_eq!(second.width, 1 << 54);
    }

    #[test]
    fn of_many_scaffolds_those_with_the_most_records_are_kept() {
        let mut counter = Counter::default();
        for scaffold in 0..1_000_u64 {
            counter.begin();
            for _ in 0..=(scaffold * 7 % 100) {
                counter.add(1);
            }
        }
        let density = counter.finish();
        assert_eq!((density.scaffolds.len(), density.left_out), (64, 936));
        // Each number of records from 1 to 100 comes ten times: six have all of theirs, and the seventh some.
        let mut totals: Vec<u64> = density.scaffolds.iter().map(|s| s.records[0]).collect();
        assert!(density.scaffolds.is_sorted_by_key(|s| s.scaffold));
        totals.sort_unstable();
        assert_eq!((totals[0], totals[63]), (94, 100));
        assert_eq!(totals.iter().filter(|total| **total > 94).count(), 60);
    }
}
