//! What tasks work with besides their arguments.

use divbase_db::Db;
use divbase_storage::Store;

use crate::{
    TaskSettings,
    engine::{Bcftools, Engines},
    memory::Memory,
    query::TableCache,
    shown::Shown,
};

/// One set a process, shared by all tasks.
pub struct Services {
    /// The database.
    pub db: Db,
    /// The object store.
    pub store: Store,
    /// What answers VCF queries.
    pub engines: Engines,
    /// Settings.
    pub settings: TaskSettings,
    pub(crate) tables: TableCache,
    pub(crate) memory: Memory,
    pub(crate) shown: Shown,
}

impl Services {
    /// Nothing is connected yet.
    #[must_use]
    pub fn new(db: Db, store: Store, settings: TaskSettings) -> Self {
        Self {
            db,
            store,
            engines: Engines::new(Bcftools::new(settings.bcftools.clone())),
            settings,
            tables: TableCache::default(),
            memory: Memory::default(),
            shown: Shown::default(),
        }
    }
}

/// What a task of this service runs in.
pub(crate) type Context = divbase_tasks::Context<Services>;
