//! Random filter expressions over the tags that a data set has.
//!
//! The shape is kept as a tree so that a failing expression can be cut down.

mod comparison;
mod genotype;
mod numeric;
mod text;

use std::fmt;

use divbase_cohort::Rng;

use crate::profile::Profile;

/// An expression of bcftools' filtering language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// A comparison.
    Leaf(String),
    /// Two expressions and `&&`, `||`, `&` or `|`.
    Both(Box<Self>, &'static str, Box<Self>),
}

impl Expression {
    /// Of one to four comparisons.
    #[must_use]
    pub fn random(rng: &mut Rng, profile: &Profile) -> Self {
        let comparisons = [1, 1, 1, 2, 2, 3, 4][rng.index(7)];
        Self::of_size(comparisons, rng, profile)
    }

    fn of_size(comparisons: usize, rng: &mut Rng, profile: &Profile) -> Self {
        if comparisons <= 1 {
            return Self::Leaf(comparison::random(rng, profile));
        }
        let left = 1 + rng.index(comparisons - 1);
        Self::Both(
            Box::new(Self::of_size(left, rng, profile)),
            rng.pick(&["&&", "&&", "||", "||", "&", "|"]),
            Box::new(Self::of_size(comparisons - left, rng, profile)),
        )
    }

    /// Simpler expressions that are parts of this one.
    #[must_use]
    pub fn parts(&self) -> Vec<Self> {
        let Self::Both(left, operator, right) = self else {
            return Vec::new();
        };
        let mut parts = vec![(**left).clone(), (**right).clone()];
        let both = |left, right| Self::Both(Box::new(left), operator, Box::new(right));
        parts.extend(
            left.parts()
                .into_iter()
                .map(|part| both(part, (**right).clone())),
        );
        parts.extend(
            right
                .parts()
                .into_iter()
                .map(|part| both((**left).clone(), part)),
        );
        parts
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nested = |part: &Self| match part {
            Self::Leaf(text) => text.clone(),
            Self::Both(..) => format!("({part})"),
        };
        match self {
            Self::Leaf(text) => f.write_str(text),
            Self::Both(left, operator, right) => {
                write!(f, "{} {operator} {}", nested(left), nested(right))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_smaller() {
        let leaf = |text: &str| Box::new(Expression::Leaf(text.to_owned()));
        let inner = Expression::Both(leaf("A"), "|", leaf("B"));
        let whole = Expression::Both(Box::new(inner), "&&", leaf("C"));
        assert_eq!(whole.to_string(), "(A | B) && C");
        let parts: Vec<String> = whole.parts().iter().map(ToString::to_string).collect();
        assert_eq!(parts, ["A | B", "C", "A && C", "B && C"]);
    }
}
