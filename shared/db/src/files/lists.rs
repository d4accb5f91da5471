//! Lists of text that many files share, each stored once a project and held once however many files have it.

use std::{
    collections::HashMap,
    ops::Deref,
    sync::{Arc, OnceLock},
};

use sha2::{Digest, Sha256};

use crate::{Db, DbError, Result};

/// Bytes of one answer of the database, about.
const LISTS_AT_ONCE: usize = 500;

/// A list that knows where each of its names is.
#[derive(Debug, Default)]
pub struct NameList {
    names: Vec<String>,
    /// Places in the order of the names' bytes; made when it is first needed.
    by_name: OnceLock<Vec<u32>>,
}

impl From<Vec<String>> for NameList {
    fn from(names: Vec<String>) -> Self {
        Self {
            names,
            by_name: OnceLock::new(),
        }
    }
}

impl Deref for NameList {
    type Target = [String];

    fn deref(&self) -> &[String] {
        &self.names
    }
}

impl PartialEq for NameList {
    fn eq(&self, other: &Self) -> bool {
        self.names == other.names
    }
}

impl Eq for NameList {}

impl NameList {
    /// The place of a name, the first if it is there twice.
    #[must_use]
    pub fn place(&self, name: &str) -> Option<usize> {
        let by_name = self.by_name.get_or_init(|| {
            // A list of 2³² names would not fit into a row.
            let mut places: Vec<u32> =
                (0..u32::try_from(self.names.len()).unwrap_or(u32::MAX)).collect();
            places.sort_by_key(|place| &self.names[*place as usize]);
            places
        });
        let at = by_name.partition_point(|place| self.names[*place as usize].as_str() < name);
        let place = *by_name.get(at)? as usize;
        (self.names[place] == name).then_some(place)
    }

    /// Whether the name is there.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.place(name).is_some()
    }
}

/// Of the items, each with its length before it, so that no two lists are alike.
fn digest(items: &[String]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for item in items {
        hash.update((item.len() as u64).to_be_bytes());
        hash.update(item);
    }
    hash.finalize().into()
}

impl Db {
    /// Lists by their rows; those that do not exist are absent.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn text_lists(
        &self,
        ids: impl IntoIterator<Item = i64>,
    ) -> Result<HashMap<i64, Arc<NameList>>> {
        let mut ids: Vec<i64> = ids.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        let mut lists = HashMap::with_capacity(ids.len());
        for ids in ids.chunks(LISTS_AT_ONCE) {
            let rows = sqlx::query!("SELECT id, items FROM text_list WHERE id = ANY($1)", ids)
                .fetch_all(&self.pool)
                .await?;
            lists.extend(
                rows.into_iter()
                    .map(|row| (row.id, Arc::new(NameList::from(row.items)))),
            );
        }
        Ok(lists)
    }

    /// The row of a list, made if there is none. Not in a transaction: two that add the same lists in another order
    /// would wait for each other, and a list that nothing refers to does no harm.
    pub(super) async fn text_list_id(&self, project_id: i64, items: &[String]) -> Result<i64> {
        let sha256 = digest(items);
        // Mostly it is there, and need not be sent.
        if let Some(id) = self.known_text_list(project_id, &sha256).await? {
            return Ok(id);
        }
        let made = sqlx::query_scalar!(
            "INSERT INTO text_list (project_id, sha256, items) VALUES ($1, $2, $3)
             ON CONFLICT (project_id, sha256) DO NOTHING RETURNING id",
            project_id,
            &sha256[..],
            items,
        )
        .fetch_optional(&self.pool)
        .await?;
        match made {
            Some(id) => Ok(id),
            None => self
                .known_text_list(project_id, &sha256)
                .await?
                .ok_or(DbError::Other(sqlx::Error::RowNotFound)),
        }
    }

    async fn known_text_list(&self, project_id: i64, sha256: &[u8; 32]) -> Result<Option<i64>> {
        Ok(sqlx::query_scalar!(
            "SELECT id FROM text_list WHERE project_id = $1 AND sha256 = $2",
            project_id,
            &sha256[..],
        )
        .fetch_optional(&self.pool)
        .await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_name_is_found_where_it_first_stands() {
        let names = NameList::from(list(&["c", "a", "b", "a", ""]));
        let places = ["a", "b", "c", "", "d"].map(|name| names.place(name));
        assert_eq!(places, [Some(1), Some(2), Some(0), Some(4), None]);
        assert_eq!(NameList::default().place("a"), None);
    }

    #[test]
    fn lists_that_read_alike_are_not_the_same() {
        assert_ne!(digest(&list(&["ab", "c"])), digest(&list(&["a", "bc"])));
        assert_ne!(digest(&list(&[])), digest(&list(&[""])));
    }
}
