//! Lists with a bounded number of items.

use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{Ref, RefOr, Schema, schema::ArrayBuilder},
};

/// `LEAST` to `MOST` items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<T>", into = "Vec<T>")]
pub struct Items<T: Clone, const LEAST: usize, const MOST: usize>(Vec<T>);

impl<T: Clone, const LEAST: usize, const MOST: usize> Items<T, LEAST, MOST> {
    /// The items.
    #[must_use]
    pub fn into_items(self) -> Vec<T> {
        self.0
    }

    /// The items.
    #[must_use]
    pub fn items(&self) -> &[T] {
        &self.0
    }
}

impl<T: Clone, const LEAST: usize, const MOST: usize> TryFrom<Vec<T>> for Items<T, LEAST, MOST> {
    type Error = String;

    fn try_from(items: Vec<T>) -> Result<Self, String> {
        if (LEAST..=MOST).contains(&items.len()) {
            Ok(Self(items))
        } else {
            Err(format!(
                "the list must have {LEAST} to {MOST} items, it has {}",
                items.len()
            ))
        }
    }
}

impl<T: Clone, const LEAST: usize, const MOST: usize> From<Items<T, LEAST, MOST>> for Vec<T> {
    fn from(list: Items<T, LEAST, MOST>) -> Self {
        list.0
    }
}

impl<T: Clone + ToSchema, const LEAST: usize, const MOST: usize> PartialSchema
    for Items<T, LEAST, MOST>
{
    fn schema() -> RefOr<Schema> {
        ArrayBuilder::new()
            .items(Ref::from_schema_name(T::name()))
            .min_items(Some(LEAST))
            .max_items(Some(MOST))
            .into()
    }
}

impl<T: Clone + ToSchema, const LEAST: usize, const MOST: usize> ToSchema
    for Items<T, LEAST, MOST>
{
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_its_bounds() {
        type Few = Items<u8, 1, 3>;
        assert!(Few::try_from(vec![1, 2, 3]).is_ok());
        for wrong in [vec![], vec![0; 4]] {
            let text = Few::try_from(wrong).unwrap_err();
            assert!(text.contains("1 to 3"), "{text}");
        }
    }
}
