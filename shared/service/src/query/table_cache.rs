//! Parsed metadata tables, by object version: a table is read and judged once, however often it is asked.

use std::sync::{Arc, Mutex, PoisonError};

use divbase_metadata::Table;
use lru::LruCache;

/// Bytes of memory that tables may take together. A quarter of the smallest function
/// that holds this cache, which parses one more beside them.
const MOST_MEMORY: usize = 128 * 1024 * 1024;

/// Names one version of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TableVersion {
    pub(crate) bucket: String,
    pub(crate) key: String,
    /// The store's version id or, in a store without versions, the ETag.
    pub(crate) version: String,
}

/// The tables that were used last: their versions by bucket and key.
#[derive(Debug)]
pub(crate) struct TableCache {
    most_memory: usize,
    kept: Mutex<LruCache<(String, String), Kept>>,
}

#[derive(Debug)]
struct Kept {
    version: String,
    table: Arc<Table>,
}

impl Default for TableCache {
    fn default() -> Self {
        Self::of(MOST_MEMORY)
    }
}

impl TableCache {
    /// For tables of `most_memory` bytes together.
    fn of(most_memory: usize) -> Self {
        Self {
            most_memory,
            kept: Mutex::new(LruCache::unbounded()),
        }
    }

    /// The table, if it is there.
    pub(crate) fn get(&self, version: &TableVersion) -> Option<Arc<Table>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = kept.get(&(version.bucket.clone(), version.key.clone()))?;
        if entry.version != version.version {
            return None;
        }
        let table = Arc::clone(&entry.table);
        self.evict(&mut kept);
        Some(table)
    }

    /// Keeps a table in place of older versions of it.
    pub(crate) fn put(&self, version: TableVersion, table: Arc<Table>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let TableVersion {
            bucket,
            key,
            version,
        } = version;
        kept.put((bucket, key), Kept { version, table });
        self.evict(&mut kept);
    }

    /// Looks at the memory anew, as a table grows when it is asked in its second mode.
    fn evict(&self, kept: &mut LruCache<(String, String), Kept>) {
        let mut total: usize = kept.iter().map(|(_, entry)| entry.table.memory()).sum();
        while total > self.most_memory
            && let Some((_, entry)) = kept.pop_lru()
        {
            total -= entry.table.memory();
        }
    }
}

#[cfg(test)]
mod tests {
    use divbase_metadata::{Checks, Mode, validate};

    use super::*;

    fn version(key: &str, version: &str) -> TableVersion {
        TableVersion {
            bucket: "b".to_owned(),
            key: key.to_owned(),
            version: version.to_owned(),
        }
    }

    fn table() -> Arc<Table> {
        let rows: String = (0..1000).map(|row| format!("S{row}\t{row}\n")).collect();
        Arc::new(Table::read(format!("#Sample_ID\tNumber\n{rows}")).unwrap())
    }

    /// Has room for two tables that were asked in one mode.
    fn cache() -> TableCache {
        let table = table();
        validate(&table, Mode::Strict, &Checks::default());
        TableCache::of(table.memory() * 9 / 4)
    }

    #[test]
    fn a_new_version_takes_the_place_of_the_old_one() {
        let cache = cache();
        cache.put(version("a.tsv", "1"), table());
        cache.put(version("a.tsv", "2"), table());
        assert!(cache.get(&version("a.tsv", "1")).is_none());
        assert!(cache.get(&version("a.tsv", "2")).is_some());
    }

    #[test]
    fn what_was_used_longest_ago_goes_first() {
        let cache = cache();
        cache.put(version("a", "1"), table());
        cache.put(version("b", "1"), table());
        assert!(cache.get(&version("a", "1")).is_some());
        cache.put(version("c", "1"), table());
        assert!(cache.get(&version("a", "1")).is_some());
        assert!(cache.get(&version("b", "1")).is_none());
    }

    #[test]
    fn a_table_that_grows_pushes_others_out() {
        let cache = cache();
        cache.put(version("a", "1"), table());
        cache.put(version("b", "1"), table());
        let grown = cache.get(&version("b", "1")).unwrap();
        for mode in [Mode::Strict, Mode::Compat] {
            validate(&grown, mode, &Checks::default());
        }
        assert!(cache.get(&version("b", "1")).is_some());
        assert!(cache.get(&version("a", "1")).is_none());
    }

    #[test]
    fn a_table_that_is_too_large_is_not_kept() {
        let cache = TableCache::of(1000);
        cache.put(version("a", "1"), table());
        assert!(cache.get(&version("a", "1")).is_none());
    }
}
