//! What tasks work with besides their arguments.

use std::sync::Arc;

use divbase_cron::CronServices;
use divbase_db::Db;
use divbase_storage::Store;
use divbase_tasks::Provide;

use crate::{WorkerSettings, engine::Engines, query::TableCache};

/// One set a process, shared by all tasks.
pub struct Services {
    /// The database.
    pub db: Db,
    /// The object store.
    pub store: Store,
    /// What answers VCF queries.
    pub engines: Engines,
    /// Settings.
    pub settings: WorkerSettings,
    pub(crate) tables: TableCache,
}

impl Provide<CronServices> for Services {
    fn provide(this: &Arc<Self>) -> Arc<CronServices> {
        Arc::new(CronServices {
            db: this.db.clone(),
            store: this.store.clone(),
        })
    }
}
