//! Parsed metadata tables, by object version: a table is read and judged once, however often it is asked.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use divbase_metadata::Table;

/// Bytes of source text that are kept at most; what was used longest ago goes first.
const KEPT_BYTES: u64 = 128 * 1024 * 1024;

/// Names one version of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TableVersion {
    pub(crate) bucket: String,
    pub(crate) key: String,
    /// The store's version id or, in a store without versions, the ETag.
    pub(crate) version: String,
}

/// The tables that were used last.
#[derive(Debug, Default)]
pub(crate) struct TableCache(Mutex<VecDeque<Kept>>);

#[derive(Debug)]
struct Kept {
    version: TableVersion,
    bytes: u64,
    table: Arc<Table>,
}

impl TableCache {
    /// The table, if it is there.
    pub(crate) fn get(&self, version: &TableVersion) -> Option<Arc<Table>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = kept.iter().position(|entry| entry.version == *version)?;
        let entry = kept.remove(place)?;
        let table = Arc::clone(&entry.table);
        kept.push_front(entry);
        Some(table)
    }

    /// Keeps a table; older versions of it are dropped.
    pub(crate) fn put(&self, version: TableVersion, bytes: u64, table: Arc<Table>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|entry| {
            entry.version.bucket != version.bucket || entry.version.key != version.key
        });
        kept.push_front(Kept {
            version,
            bytes,
            table,
        });
        let mut total = 0;
        kept.retain(|entry| {
            total += entry.bytes;
            total <= KEPT_BYTES
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(key: &str, version: &str) -> TableVersion {
        TableVersion {
            bucket: "b".to_owned(),
            key: key.to_owned(),
            version: version.to_owned(),
        }
    }

    fn table() -> Arc<Table> {
        Arc::new(Table::read("#Sample_ID\nS1\n").unwrap())
    }

    #[test]
    fn a_new_version_takes_the_place_of_the_old_one() {
        let cache = TableCache::default();
        cache.put(version("a.tsv", "1"), 10, table());
        cache.put(version("a.tsv", "2"), 10, table());
        assert!(cache.get(&version("a.tsv", "1")).is_none());
        assert!(cache.get(&version("a.tsv", "2")).is_some());
    }

    #[test]
    fn what_was_used_longest_ago_goes_first() {
        let cache = TableCache::default();
        cache.put(version("a", "1"), KEPT_BYTES / 2, table());
        cache.put(version("b", "1"), KEPT_BYTES / 2, table());
        assert!(cache.get(&version("a", "1")).is_some());
        cache.put(version("c", "1"), KEPT_BYTES / 2, table());
        assert!(cache.get(&version("a", "1")).is_some());
        assert!(cache.get(&version("b", "1")).is_none());
    }
}
