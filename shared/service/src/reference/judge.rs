//! All present files of a project, judged by its reference. Reads no file: the index has their headers.

use std::collections::{BTreeSet, HashMap};

use divbase_db::{FileVersion, ProjectReference, ReferenceMode, VcfVersion};

use super::Reference;
use crate::{Result, Services, query::declarations};

/// Headers that are read at once.
const HEADERS_AT_ONCE: usize = 20;

/// A manager who keeps changing the reference meanwhile has it judged by the next update.
const ROUNDS: usize = 3;

/// Judges the present files and writes down what contradicts the reference. One that comes from the files is made anew of
/// them, in the order in which they came.
///
/// # Errors
/// If the database fails, or a stored header cannot be read.
pub(crate) async fn judge_project(services: &Services, project_id: i64) -> Result<()> {
    let db = &services.db;
    for _ in 0..ROUNDS {
        let stored = db.project_reference(project_id).await?;
        let changed_at = stored.changed_at;
        judge(services, project_id, stored).await?;
        if db.project_reference(project_id).await?.changed_at == changed_at || changed_at.is_none()
        {
            break;
        }
    }
    Ok(())
}

async fn judge(services: &Services, project_id: i64, stored: ProjectReference) -> Result<()> {
    let db = &services.db;
    let derives = stored.mode == ReferenceMode::Files;
    let mut reference = match derives {
        true => Reference::of(ProjectReference {
            aliases: stored.aliases.clone(),
            ..ProjectReference::default()
        }),
        false => Reference::of(stored.clone()),
    };
    let mut files: Vec<_> = db.present_files(project_id).await?;
    files.sort_by(|a, b| {
        let key = |file: &divbase_db::PresentFile| file.version.object_key().to_owned();
        a.created_at
            .cmp(&b.created_at)
            .then_with(|| key(a).cmp(&key(b)))
    });
    let files: Vec<VcfVersion> = files
        .into_iter()
        .filter_map(|file| match file.version {
            FileVersion::Vcf(version) => Some(version),
            FileVersion::Result(_) | FileVersion::Faulty(..) => None,
        })
        .collect();
    let mut ids = Vec::with_capacity(files.len());
    let mut faults = Vec::with_capacity(files.len());
    // What a header says is judged once, when it comes first.
    let mut of_header: HashMap<i64, Option<String>> = HashMap::new();
    for some in files.chunks(HEADERS_AT_ONCE) {
        let unknown: BTreeSet<i64> = some
            .iter()
            .map(|file| file.header_id)
            .filter(|id| !of_header.contains_key(id))
            .collect();
        let lists = db.text_lists(unknown.iter().copied()).await?;
        for file in some {
            let fault = match of_header.get(&file.header_id) {
                Some(fault) => fault.clone(),
                None => {
                    let lines = lists.get(&file.header_id).map(|list| &list[..]);
                    // One that cannot be read any more says nothing.
                    let header = declarations(lines.unwrap_or_default(), &[]).unwrap_or_default();
                    let fault = reference.of_header(&header);
                    if derives && fault.is_none() {
                        reference.learn(&header, &file.object_key);
                    }
                    of_header.insert(file.header_id, fault.clone());
                    fault
                }
            };
            let fault = fault.or_else(|| reference.of_records(&file.scaffolds));
            ids.push(file.id);
            faults.push(fault);
        }
    }
    if derives && (stored.source != reference.source || stored.scaffolds != reference.scaffolds) {
        let source = reference.source.as_deref();
        db.derive_reference(project_id, source, &reference.scaffolds)
            .await?;
    }
    Ok(db.set_reference_faults(&ids, &faults).await?)
}
