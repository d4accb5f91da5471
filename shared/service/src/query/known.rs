//! What the index knows of pinned versions.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use divbase_contract::plan::PinnedInput;
use divbase_db::{VcfFile, VcfVersion};
use divbase_tasks::Context;

use crate::{
    ServiceError, Services,
    index::{Read, index_version},
};

/// Pinned versions, sorted by what is known of them.
pub(crate) struct Known {
    /// Those that can be queried, by key.
    pub(crate) files: Vec<VcfVersion>,
    /// Those that nobody has looked at.
    pub(crate) unread: Vec<Unread>,
    /// Those that cannot be used, with the reason.
    pub(crate) faulty: Vec<(String, String)>,
    /// Files that the index shows and the project does not have any more.
    pub(crate) gone: Vec<VcfFile>,
}

/// A version that nobody has looked at.
pub(crate) struct Unread {
    pub(crate) pin: PinnedInput,
    /// What the index says about another version of the key.
    pub(crate) other: Option<VcfFile>,
}

/// Why a file is skipped that DivBase made itself.
const GENERATED: &str = "divbase_generated";

/// Looks the versions up.
///
/// # Errors
/// If the database fails.
pub(crate) async fn known(
    services: &Services,
    project_id: i64,
    pins: &[PinnedInput],
) -> Result<Known, ServiceError> {
    let keys: Vec<String> = pins.iter().map(|pin| pin.key.clone()).collect();
    let versions: Vec<String> = pins.iter().map(|pin| pin.version_id.clone()).collect();
    let files = services
        .db
        .vcf_versions(project_id, &keys, &versions)
        .await?;
    let found: HashSet<&str> = files.iter().map(|file| file.object_key.as_str()).collect();
    let left: Vec<&PinnedInput> = pins
        .iter()
        .filter(|pin| !found.contains(pin.key.as_str()))
        .collect();
    let (mut unread, mut faulty) = (Vec::new(), Vec::new());
    if !left.is_empty() {
        let skipped: BTreeMap<(String, String), String> = services
            .db
            .skipped_files(project_id)
            .await?
            .into_iter()
            .map(|file| ((file.object_key, file.version_id), file.reason))
            .collect();
        let mut indexed: BTreeMap<String, VcfFile> = services
            .db
            .vcf_files(project_id)
            .await?
            .into_iter()
            .map(|file| (file.object_key.clone(), file))
            .collect();
        for pin in left {
            match skipped.get(&(pin.key.clone(), pin.version_id.clone())) {
                Some(reason) if reason == GENERATED => {}
                Some(reason) => faulty.push((pin.key.clone(), reason.clone())),
                None => unread.push(Unread {
                    pin: pin.clone(),
                    other: indexed.remove(&pin.key),
                }),
            }
        }
    }
    Ok(Known {
        files,
        unread,
        faulty,
        gone: Vec::new(),
    })
}

impl Known {
    /// Indexes the versions that nobody has looked at.
    ///
    /// # Errors
    /// If the task should stop, or database or store fail.
    pub(crate) async fn read_rest(
        &mut self,
        ctx: &Context<Services>,
        bucket: &str,
        project_id: i64,
    ) -> Result<(), ServiceError> {
        let pins: Vec<PinnedInput> = self.unread.drain(..).map(|unread| unread.pin).collect();
        if pins.is_empty() {
            return Ok(());
        }
        let mut indexed = Vec::new();
        for pin in pins {
            ctx.stop.check()?;
            match index_version(ctx, bucket, project_id, &pin).await? {
                Read::Indexed => indexed.push(pin),
                Read::Generated => {}
                Read::Faulty(reason) => self.faulty.push((pin.key, reason)),
            }
        }
        let found = known(&ctx.services, project_id, &indexed).await?;
        self.files.extend(found.files);
        self.files.sort_by(|a, b| a.object_key.cmp(&b.object_key));
        Ok(())
    }

    /// Adds what the index shows beside the pinned versions.
    ///
    /// # Errors
    /// If the database fails.
    pub(crate) async fn add_gone(
        &mut self,
        services: &Services,
        project_id: i64,
        pins: &[PinnedInput],
    ) -> Result<(), ServiceError> {
        let pinned: HashSet<&str> = pins.iter().map(|pin| pin.key.as_str()).collect();
        self.gone = services.db.vcf_files(project_id).await?;
        self.gone
            .retain(|file| !pinned.contains(file.object_key.as_str()));
        Ok(())
    }

    /// Sample names of all files, each once, in byte order.
    pub(crate) fn samples(&self) -> Vec<String> {
        let files = self.files_or_older();
        let samples: BTreeSet<&String> = files.iter().flat_map(|(_, samples)| *samples).collect();
        samples.into_iter().cloned().collect()
    }

    /// Each file by key with its samples; of a version that nobody has looked at, those of the version that the index
    /// shows.
    pub(crate) fn files_or_older(&self) -> Vec<(&str, &Vec<String>)> {
        let known = self.files.iter();
        let known = known.map(|file| (file.object_key.as_str(), &file.samples));
        let older = self
            .unread
            .iter()
            .filter_map(|unread| unread.other.as_ref())
            .chain(&self.gone);
        let older = older.map(|file| (file.object_key.as_str(), &file.samples));
        let mut files: Vec<(&str, &Vec<String>)> = known.chain(older).collect();
        files.sort_unstable_by_key(|(key, _)| *key);
        files
    }

    /// What users should know about files that are not part of their answer.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let mut warnings: Vec<String> = self
            .faulty
            .iter()
            .map(|(key, reason)| format!("'{key}' is left out: {reason}"))
            .collect();
        if !self.unread.is_empty() {
            let keys: Vec<String> = self
                .unread
                .iter()
                .map(|unread| format!("'{}'", unread.pin.key))
                .collect();
            warnings.push(format!(
                "The dimensions index is not up to date with these files: {}. Run 'divbase-cli dimensions update'.",
                keys.join(", ")
            ));
        }
        if !self.gone.is_empty() {
            let keys: Vec<String> = self
                .gone
                .iter()
                .map(|file| format!("'{}'", file.object_key))
                .collect();
            warnings.push(format!(
                "These indexed files are no longer in the project: {}. Run 'divbase-cli dimensions update'.",
                keys.join(", ")
            ));
        }
        warnings
    }
}
