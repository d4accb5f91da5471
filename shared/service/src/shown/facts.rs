//! The present state of a project, as pages need it.

use std::{
    collections::{BTreeSet, HashSet},
    sync::{Arc, OnceLock},
};

use divbase_db::{FileCounts, FileVersion, NameList, PresentMark, VcfVersion};

use tokio::sync::OnceCell;

use super::{Density, ScaffoldFacts};
use crate::{Result, ServiceError, Services};

/// What is in a project.
#[derive(Debug)]
pub struct ProjectFacts {
    pub(super) mark: PresentMark,
    /// How much there is.
    pub counts: FileCounts,
    /// Files that can be queried, by key.
    pub files: Vec<VcfVersion>,
    /// Files that cannot, by key, with the reason.
    pub faulty: Vec<(String, String)>,
    /// Names of samples, each once, in byte order.
    pub samples: Vec<String>,
    /// Names in all lists, files among them.
    pub(super) names: usize,
    pub(super) density: OnceCell<Vec<Density>>,
    pub(super) scaffolds: OnceLock<Vec<ScaffoldFacts>>,
}

impl ProjectFacts {
    /// Those of now; read only if the state is not the one that was read before.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn of(services: &Services, project_id: i64) -> Result<Arc<Self>> {
        let read = || services.db.present_mark(project_id);
        let mark = services.shown.marks.ask(&project_id, read).await?;
        if let Some(kept) = services.shown.project(project_id, mark) {
            return Ok(kept);
        }
        // A project of many files takes megabytes: it is read once, and those who waited find it kept.
        let read = || async {
            if let Some(kept) = services.shown.project(project_id, mark) {
                return Ok(kept);
            }
            let present = services.db.present_files(project_id).await?;
            let versions = present.into_iter().map(|file| file.version);
            let facts = Arc::new(Self::from_versions(mark, versions));
            services.shown.keep_project(project_id, &facts);
            Ok::<_, ServiceError>(facts)
        };
        services.shown.facts.ask(&(project_id, mark), read).await
    }

    fn from_versions(mark: PresentMark, versions: impl Iterator<Item = FileVersion>) -> Self {
        let (mut files, mut faulty) = (Vec::new(), Vec::new());
        for version in versions {
            match version {
                FileVersion::Vcf(version) => files.push(version),
                FileVersion::Faulty(name, fault) => faulty.push((name.object_key, fault)),
                FileVersion::Result(_) => {}
            }
        }
        let samples = distinct(files.iter().map(|file| &file.samples));
        let scaffolds = distinct(files.iter().map(|file| file.scaffolds.names())).len();
        let lists = files.iter().map(|file| file.scaffolds.names().len());
        let names = samples.len() * 2 + lists.sum::<usize>() + files.len() * 4 + faulty.len();
        Self {
            mark,
            counts: FileCounts {
                queryable: files.len() as u64,
                faulty: faulty.len() as u64,
                records: files.iter().map(|file| file.record_count).sum(),
                samples: samples.len() as u64,
                scaffolds: scaffolds as u64,
            },
            samples: samples.into_iter().cloned().collect(),
            files,
            faulty,
            names,
            density: OnceCell::new(),
            scaffolds: OnceLock::new(),
        }
    }
}

/// Names of lists, each once. A list is looked at once, however many files share it.
fn distinct<'a>(lists: impl Iterator<Item = &'a Arc<NameList>>) -> BTreeSet<&'a String> {
    let mut seen = HashSet::new();
    let lists = lists.filter(|list| seen.insert(Arc::as_ptr(list)));
    lists.flat_map(|list| list.iter()).collect()
}
