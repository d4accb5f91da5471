//! The files that a query can choose from, each in one version that is fixed here, and what the index knows of it.
//!
//! The present state is read from the index; the store is asked only about the few files that changed since. A bucket
//! is never listed: one of a million objects would keep a user waiting for half a minute.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use divbase_contract::{
    FailureClass,
    plan::PinnedInput,
    project_versions::VersionedFile,
    query::QueryOptions,
    vcf_keys::{is_result, is_vcf},
};
use divbase_db::{FileVersion, NameList, VcfVersion};
use divbase_storage::StorageError;
use futures::{StreamExt, TryStreamExt, stream};

use super::{
    pin::pin,
    text::{listed, nearest},
};
use crate::{Result, ServiceError, Services};

/// The store is asked about so many changed files at most; an update of the index knows the rest soon.
const MOST_ASKED: i64 = 1_000;

/// So many unknown samples are named; more are counted.
const NAMED: usize = 20;

/// So many questions at once.
const ASKED_AT_ONCE: usize = 32;

/// Files by what is known of them, each list by key.
#[derive(Debug, Default)]
pub(crate) struct Candidates {
    /// Those that can be queried.
    pub(crate) usable: Vec<VcfVersion>,
    /// Those that nobody has looked at.
    pub(crate) unread: Vec<Unread>,
    /// Those that cannot be used.
    pub(crate) faulty: Vec<Faulty>,
    /// Those of the index that the project does not have any more.
    pub(crate) gone: Vec<VcfVersion>,
    /// How many files have changed about which the store was not asked: they are taken as they were.
    pub(crate) unasked: u64,
}

/// A version that nobody has looked at.
#[derive(Clone, Debug)]
pub(crate) struct Unread {
    pub(crate) pin: PinnedInput,
    /// An earlier version of the file.
    pub(crate) older: Option<VcfVersion>,
}

/// A version that cannot be used.
#[derive(Clone, Debug)]
pub(crate) struct Faulty {
    pub(crate) key: String,
    pub(crate) reason: String,
    /// An earlier version of the file that could be used.
    pub(crate) older: Option<VcfVersion>,
}

/// The files of a project version.
pub(crate) struct ProjectVersionFiles(BTreeMap<String, VersionedFile>);

impl ProjectVersionFiles {
    /// Reads it.
    ///
    /// # Errors
    /// A user error if the project has no such version, or it was deleted.
    pub(crate) async fn read(services: &Services, project_id: i64, name: &str) -> Result<Self> {
        let missing = |what: &str| ServiceError::Refused {
            class: FailureClass::ProjectVersionNotFound,
            message: format!("The project {what} version '{name}'. See 'divbase-cli version ls'."),
        };
        let (version, files) = services
            .db
            .project_version(project_id, name)
            .await?
            .ok_or_else(|| missing("has no"))?;
        if version.deleted_at.is_some() {
            return Err(missing("has deleted its"));
        }
        serde_json::from_value(files)
            .map(Self)
            .map_err(|source| ServiceError::ProjectVersion {
                name: name.to_owned(),
                source,
            })
    }

    /// The VCF files among them; results of queries are none.
    pub(crate) fn vcf_files(&self) -> Vec<PinnedInput> {
        let files = self.0.iter();
        files
            .filter(|(key, _)| is_vcf(key) && !is_result(key))
            .map(|(key, file)| PinnedInput {
                key: key.clone(),
                version_id: file.version_id.clone(),
                etag: file.etag.clone(),
                size_bytes: file.size,
            })
            .collect()
    }

    /// The version of one file.
    pub(crate) fn version_of(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(|file| file.version_id.as_str())
    }
}

impl Candidates {
    /// The present state of a project.
    ///
    /// # Errors
    /// If database or store fail.
    pub(crate) async fn present(
        services: &Services,
        bucket: &str,
        project_id: i64,
    ) -> Result<Self> {
        let db = &services.db;
        let (keys, count) = db.changed_files(project_id, MOST_ASKED).await?;
        let unasked = count.saturating_sub(keys.len() as u64);
        let mut changed = newest(services, bucket, keys).await?;
        let mut candidates = Self {
            unasked,
            ..Self::default()
        };
        let mut older = HashMap::new();
        for file in db.present_files(project_id).await? {
            let version = file.version;
            match changed.get(version.object_key()) {
                None => candidates.add(version),
                Some(Some(newest)) if newest.version_id == version.version_id() => {
                    changed.remove(version.object_key());
                    candidates.add(version);
                }
                Some(newest) => match (newest, version) {
                    (None, FileVersion::Vcf(version)) => candidates.gone.push(version),
                    (Some(_), FileVersion::Vcf(version)) => {
                        older.insert(version.object_key.clone(), version);
                    }
                    _ => {}
                },
            }
        }
        let pins: Vec<PinnedInput> = changed.into_values().flatten().collect();
        candidates
            .add_pinned(services, project_id, pins, older)
            .await?;
        candidates.finish(services, project_id).await?;
        Ok(candidates)
    }

    /// Versions that were fixed before.
    ///
    /// # Errors
    /// If the database fails.
    pub(crate) async fn pinned(
        services: &Services,
        project_id: i64,
        pins: Vec<PinnedInput>,
    ) -> Result<Self> {
        let mut candidates = Self::default();
        candidates
            .add_pinned(services, project_id, pins, HashMap::new())
            .await?;
        candidates.finish(services, project_id).await?;
        Ok(candidates)
    }

    async fn add_pinned(
        &mut self,
        services: &Services,
        project_id: i64,
        pins: Vec<PinnedInput>,
        mut older: HashMap<String, VcfVersion>,
    ) -> Result<()> {
        let (keys, versions): (Vec<_>, Vec<_>) = pins
            .iter()
            .map(|pin| (pin.key.clone(), pin.version_id.clone()))
            .unzip();
        let known = services
            .db
            .file_versions(project_id, &keys, &versions)
            .await?;
        let seen: HashSet<String> = known
            .iter()
            .map(|version| version.object_key().to_owned())
            .collect();
        known.into_iter().for_each(|version| self.add(version));
        let unread = pins.into_iter().filter(|pin| !seen.contains(&pin.key));
        self.unread.extend(unread.map(|pin| Unread {
            older: older.remove(&pin.key),
            pin,
        }));
        Ok(())
    }

    fn add(&mut self, version: FileVersion) {
        match version {
            FileVersion::Vcf(version) => self.usable.push(version),
            FileVersion::Faulty(name, reason) => self.faulty.push(Faulty {
                key: name.object_key,
                reason,
                older: None,
            }),
            FileVersion::Result(_) => {}
        }
    }

    /// Sorts the files by key, and looks up what those held before that cannot be asked now.
    async fn finish(&mut self, services: &Services, project_id: i64) -> Result<()> {
        self.usable.sort_by(|a, b| a.object_key.cmp(&b.object_key));
        self.unread.sort_by(|a, b| a.pin.key.cmp(&b.pin.key));
        self.faulty.sort_by(|a, b| a.key.cmp(&b.key));
        let without = self.unread.iter().filter(|unread| unread.older.is_none());
        let mut keys: Vec<String> = without.map(|unread| unread.pin.key.clone()).collect();
        keys.extend(self.faulty.iter().map(|faulty| faulty.key.clone()));
        if keys.is_empty() {
            return Ok(());
        }
        let older = services.db.last_usable_versions(project_id, &keys).await?;
        let mut older: HashMap<String, VcfVersion> = older
            .into_iter()
            .map(|version| (version.object_key.clone(), version))
            .collect();
        for unread in self
            .unread
            .iter_mut()
            .filter(|unread| unread.older.is_none())
        {
            unread.older = older.remove(&unread.pin.key);
        }
        for faulty in &mut self.faulty {
            faulty.older = older.remove(&faulty.key);
        }
        Ok(())
    }

    /// Keeps the files that the request names, and leaves out those that it excludes.
    ///
    /// # Errors
    /// A user error if there is no file of a name, for a slip would change the answer.
    pub(crate) fn narrow(&mut self, options: &QueryOptions) -> Result<()> {
        if options.files.is_empty() && options.exclude_files.is_empty() {
            return Ok(());
        }
        let keys: BTreeSet<&str> = self.keys().collect();
        let named = options.files.iter().chain(&options.exclude_files);
        if let Some(unknown) = named.clone().find(|name| !keys.contains(name.as_str())) {
            return Err(ServiceError::user(format!(
                "There is no VCF file '{unknown}' to ask or to leave out.{} See 'divbase-cli dimensions show'.",
                nearest(unknown, keys.iter().copied())
            )));
        }
        let only: HashSet<&String> = options.files.iter().collect();
        let without: HashSet<&String> = options.exclude_files.iter().collect();
        let stays =
            |key: &String| (only.is_empty() || only.contains(key)) && !without.contains(key);
        self.usable.retain(|file| stays(&file.object_key));
        self.unread.retain(|file| stays(&file.pin.key));
        self.faulty.retain(|file| stays(&file.key));
        Ok(())
    }

    fn keys(&self) -> impl Iterator<Item = &str> {
        let usable = self.usable.iter().map(|file| file.object_key.as_str());
        let unread = self.unread.iter().map(|file| file.pin.key.as_str());
        let faulty = self.faulty.iter().map(|file| file.key.as_str());
        usable.chain(unread).chain(faulty)
    }

    /// Each file that can be asked, or could be before it changed, with its samples as far as they are known; by key.
    pub(crate) fn samples_by_file(&self) -> Vec<(&str, &NameList)> {
        let usable = self.usable.iter();
        let older = self.unread.iter().filter_map(|file| file.older.as_ref());
        let mut files: Vec<(&str, &NameList)> = usable
            .chain(older)
            .map(|file| (file.object_key.as_str(), &*file.samples))
            .collect();
        files.sort_unstable_by_key(|(key, _)| *key);
        files
    }

    /// Sample names of all files that the index knows, each once, in byte order: a table may tell of them.
    pub(crate) fn samples(&self) -> Vec<String> {
        let mut lists: Vec<&NameList> = Vec::new();
        let mut seen = HashSet::new();
        let faulty = self.faulty.iter().filter_map(|file| file.older.as_ref());
        let others = self.gone.iter().chain(faulty).map(|file| &*file.samples);
        let files = self.samples_by_file().into_iter();
        for samples in files.map(|(_, samples)| samples).chain(others) {
            // A list is looked at once, however many files share it.
            if seen.insert(std::ptr::from_ref(samples)) {
                lists.push(samples);
            }
        }
        let names: BTreeSet<&String> = lists.into_iter().flat_map(|list| list.iter()).collect();
        names.into_iter().cloned().collect()
    }

    /// Refuses names that are in none of the files that can be asked.
    ///
    /// # Errors
    /// A user error that tells them.
    pub(crate) fn require_known(&self, names: &[String]) -> Result<()> {
        let mut lists = HashSet::new();
        let files = self.usable.iter().map(|file| &file.samples);
        let lists = files.filter(|list| lists.insert(Arc::as_ptr(list)));
        let known: HashSet<&str> = lists
            .flat_map(|list| list.iter())
            .map(String::as_str)
            .collect();
        let mut unknown = names.iter().filter(|name| !known.contains(name.as_str()));
        let Some(first) = unknown.next() else {
            return Ok(());
        };
        let mut told = vec![first.as_str()];
        told.extend(unknown.by_ref().take(NAMED - 1).map(String::as_str));
        let more = match unknown.count() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        Err(ServiceError::user(format!(
            "These samples are in none of the files that are asked: {}{more}.{} See 'divbase-cli dimensions show \
             --unique-samples', or run 'divbase-cli dimensions update' if a file was added.",
            told.join(", "),
            nearest(first, known)
        )))
    }

    /// What users should know about files that are not part of their answer, or may not be.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let faulty = self.faulty.iter();
        let mut warnings: Vec<String> = faulty
            .map(|file| format!("'{}' is left out: {}", file.key, file.reason))
            .collect();
        if self.unasked > 0 {
            warnings.push(format!(
                "{} more files have changed since the project was last indexed and are taken as they were then, new \
                 ones not at all. Ask again when they are indexed; 'divbase-cli dimensions update' does it now.",
                self.unasked
            ));
        }
        warnings
    }

    /// The keys of the files that nobody has looked at, for a text.
    pub(crate) fn unread_keys(&self) -> String {
        listed(self.unread.iter().map(|file| file.pin.key.as_str()))
    }
}

/// The newest version of each of these keys, nothing of those that are gone.
async fn newest(
    services: &Services,
    bucket: &str,
    keys: Vec<String>,
) -> Result<HashMap<String, Option<PinnedInput>>> {
    let heads: Result<HashMap<String, Option<PinnedInput>>, StorageError> = stream::iter(keys)
        .map(|key| async move {
            let head = services.store.head(bucket, &key).await?;
            let pin = head.map(|head| pin(&key, head));
            Ok((key, pin))
        })
        .buffer_unordered(ASKED_AT_ONCE)
        .try_collect()
        .await;
    Ok(heads?)
}
