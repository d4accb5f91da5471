//! What pages show of a project, kept as long as it stays the same: pages are opened far more often than files change.

mod density;
mod facts;
mod matrix;
mod places;
mod sample_table;
mod scaffolds;

use std::sync::{Arc, Mutex, PoisonError};

use divbase_db::PresentMark;
use divbase_storage::ObjectMeta;
use lru::LruCache;

use crate::Together;

pub use density::Density;
pub use facts::ProjectFacts;
pub use matrix::Matrix;
pub use places::Place;
pub use sample_table::{AskedTable, Fitting, SampleTable, ShownColumn};
pub use scaffolds::ScaffoldFacts;

/// Names of samples and scaffolds, and files, that kept projects may have together, some 50 bytes each. One project is kept, however
/// large it is.
const MOST_NAMES: usize = 600_000;

/// Answers of metadata tables that are kept; each has a page of rows.
const MOST_TABLES: usize = 32;

/// What is kept.
#[derive(Debug)]
pub(crate) struct Shown {
    projects: Mutex<LruCache<i64, Arc<ProjectFacts>>>,
    tables: Mutex<LruCache<sample_table::Key, Arc<SampleTable>>>,
    /// The marks of projects, asked for now.
    marks: Together<i64, PresentMark>,
    /// Projects that are read.
    facts: Together<(i64, PresentMark), Arc<ProjectFacts>>,
    /// Answers of tables that are made.
    answers: Together<sample_table::Key, Arc<SampleTable>>,
    /// What the store says of tables, by bucket and key, asked for now.
    heads: Together<(String, String), Option<ObjectMeta>>,
}

impl Default for Shown {
    fn default() -> Self {
        Self {
            projects: Mutex::new(LruCache::unbounded()),
            tables: Mutex::new(LruCache::unbounded()),
            marks: Together::default(),
            facts: Together::default(),
            answers: Together::default(),
            heads: Together::default(),
        }
    }
}

impl Shown {
    fn project(&self, project_id: i64, mark: PresentMark) -> Option<Arc<ProjectFacts>> {
        let mut projects = self.projects.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = projects.get(&project_id)?;
        (kept.mark == mark).then(|| Arc::clone(kept))
    }

    fn keep_project(&self, project_id: i64, facts: &Arc<ProjectFacts>) {
        let mut projects = self.projects.lock().unwrap_or_else(PoisonError::into_inner);
        projects.put(project_id, Arc::clone(facts));
        let mut names: usize = projects.iter().map(|(_, facts)| facts.names).sum();
        while names > MOST_NAMES
            && projects.len() > 1
            && let Some((_, facts)) = projects.pop_lru()
        {
            names -= facts.names;
        }
    }

    fn table(&self, key: &sample_table::Key) -> Option<Arc<SampleTable>> {
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        tables.get(key).map(Arc::clone)
    }

    fn keep_table(&self, key: sample_table::Key, table: &Arc<SampleTable>) {
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        tables.put(key, Arc::clone(table));
        while tables.len() > MOST_TABLES && tables.pop_lru().is_some() {}
    }
}
