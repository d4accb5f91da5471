//! Whole numbers with bounds.

use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, schema::Type},
};

/// `LEAST` to `MOST`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Whole<const LEAST: i64, const MOST: i64>(i64);

impl<const LEAST: i64, const MOST: i64> Whole<LEAST, MOST> {
    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The number where `MOST` fits into 32 bits; the largest there is where it does not.
    #[must_use]
    pub fn get_i32(self) -> i32 {
        i32::try_from(self.0).unwrap_or(i32::MAX)
    }

    /// The number nearest to this one.
    #[must_use]
    pub const fn nearest(number: i64) -> Self {
        if number < LEAST {
            Self(LEAST)
        } else if number > MOST {
            Self(MOST)
        } else {
            Self(number)
        }
    }

    /// The smallest.
    #[must_use]
    pub const fn least() -> Self {
        Self(LEAST)
    }
}

impl<const LEAST: i64, const MOST: i64> TryFrom<i64> for Whole<LEAST, MOST> {
    type Error = String;

    fn try_from(number: i64) -> Result<Self, String> {
        if (LEAST..=MOST).contains(&number) {
            Ok(Self(number))
        } else {
            Err(format!("use a number from {LEAST} to {MOST}"))
        }
    }
}

impl<const LEAST: i64, const MOST: i64> From<Whole<LEAST, MOST>> for i64 {
    fn from(number: Whole<LEAST, MOST>) -> Self {
        number.0
    }
}

impl<const LEAST: i64, const MOST: i64> PartialSchema for Whole<LEAST, MOST> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
            .minimum(Some(LEAST))
            .maximum(Some(MOST))
            .into()
    }
}

impl<const LEAST: i64, const MOST: i64> ToSchema for Whole<LEAST, MOST> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_its_bounds() {
        type Few = Whole<1, 3>;
        assert!(serde_json::from_str::<Few>("3").is_ok());
        for wrong in [
            "0",
            "4",
            "-1",
            "1.5",
            "\"2\"",
            "1e3",
            "99999999999999999999",
        ] {
            assert!(serde_json::from_str::<Few>(wrong).is_err(), "{wrong}");
        }
    }
}
