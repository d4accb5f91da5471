//! Subscripts of tags: `[2]`, `[*]`, `[0,2-4]`, `[1-]`, `[GT]` and, for FORMAT, `[samples:values]`.

use super::program::Mask;

/// Which values of a tag are taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Subscript {
    /// This one, 0-based.
    One(usize),
    /// All.
    All,
    /// Those marked.
    Some(Vec<bool>),
    /// Those marked and all from the end of the marks on.
    From(Vec<bool>),
    /// Those of the alleles in the sample's genotype.
    Genotype,
}

/// Larger subscripts are refused; no record has so many values.
const LARGEST: usize = 1 << 20;

impl Subscript {
    /// Reads one subscript without brackets and colon.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "" | "*" => return Some(Self::All),
            "GT" => return Some(Self::Genotype),
            _ => {}
        }
        if let Some(index) = number(text) {
            return Some(Self::One(index));
        }
        let mut marks = Vec::new();
        let mut parts = text.split(',').peekable();
        while let Some(part) = parts.next() {
            let (begin, end) = match part.split_once('-') {
                None => (number(part)?, number(part)?),
                Some((begin, "")) if parts.peek().is_none() => {
                    let begin = number(begin)?;
                    // The open range begins behind the marks; bcftools lets it also drop marks behind its begin.
                    if begin < marks.len() {
                        return None;
                    }
                    marks.resize(begin, false);
                    return Some(if begin == 0 {
                        Self::All
                    } else {
                        Self::From(marks)
                    });
                }
                Some((begin, end)) => (number(begin)?, number(end)?),
            };
            if marks.len() <= end {
                marks.resize(end + 1, false);
            }
            if begin > end {
                return None;
            }
            marks[begin..=end].fill(true);
        }
        Some(Self::Some(marks))
    }

    /// Whether the value at a place is taken; [`Self::Genotype`] takes none here.
    pub(super) fn takes(&self, index: usize) -> bool {
        match self {
            Self::One(one) => *one == index,
            Self::All => true,
            Self::Some(marks) => marks.get(index).copied().unwrap_or(false),
            Self::From(marks) => marks.get(index).copied().unwrap_or(true),
            Self::Genotype => false,
        }
    }

    /// The samples that this subscript takes, or `None` if it names one that is not there.
    pub(super) fn samples(&self, count: usize) -> Option<Mask> {
        let named = match self {
            Self::One(one) => *one + 1,
            Self::Some(marks) => marks.len(),
            Self::From(marks) => marks
                .iter()
                .rposition(|marked| *marked)
                .map_or(0, |last| last + 1),
            Self::All | Self::Genotype => 0,
        };
        let all = *self == Self::Genotype;
        (named <= count).then(|| (0..count).map(|sample| all || self.takes(sample)).collect())
    }
}

fn number(text: &str) -> Option<usize> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|number| *number <= LARGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_form() {
        assert_eq!(Subscript::parse("*"), Some(Subscript::All));
        assert_eq!(Subscript::parse("0-"), Some(Subscript::All));
        assert_eq!(Subscript::parse("3"), Some(Subscript::One(3)));
        assert_eq!(
            Subscript::parse("0,2-3"),
            Some(Subscript::Some(vec![true, false, true, true]))
        );
        assert_eq!(
            Subscript::parse("0,2-"),
            Some(Subscript::From(vec![true, false]))
        );
        assert_eq!(Subscript::parse("GT"), Some(Subscript::Genotype));
        for text in ["-1", "x", "1,", "2-1", "1-2-3", "99999999999"] {
            assert_eq!(Subscript::parse(text), None, "{text}");
        }
    }

    #[test]
    fn samples_must_exist() {
        assert_eq!(Subscript::One(1).samples(2), Some(vec![false, true]));
        assert_eq!(Subscript::One(2).samples(2), None);
        assert_eq!(
            Subscript::From(vec![true, false]).samples(3),
            Some(vec![true, false, true])
        );
    }
}
