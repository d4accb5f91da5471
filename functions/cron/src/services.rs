//! What periodic tasks work with.

use divbase_db::Db;
use divbase_storage::Store;

/// One set a process.
#[derive(Clone, Debug)]
pub struct CronServices {
    /// The database.
    pub db: Db,
    /// The object store.
    pub store: Store,
}
