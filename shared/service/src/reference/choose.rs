//! What a manager decides about a project's reference. Files are judged anew at once.

use std::collections::HashSet;

use divbase_contract::{
    field::ObjectKey,
    reference::{REFERENCE_MAX_BYTES, ScaffoldAlias},
};
use divbase_db::{Origin, ReferenceMode, ReferenceScaffold};
use divbase_storage::StorageError;
use divbase_vcf::reference::{hex, parse_dict, parse_fai};

use super::judge_project;
use crate::{Result, ServiceError, Services};

/// Changes where a project's reference comes from: `file`, if it is to be a `.fai` or `.dict` file of the project.
///
/// # Errors
/// A user error if the file is none, or database or store fail.
pub async fn set_reference(
    services: &Services,
    (project_id, bucket): (i64, &str),
    mode: ReferenceMode,
    file: Option<&ObjectKey>,
    by: &Origin,
) -> Result<()> {
    let scaffolds = match (mode, file) {
        (ReferenceMode::Chosen, Some(file)) => read(services, bucket, file).await?,
        (ReferenceMode::Chosen, None) => {
            return Err(ServiceError::user(
                "A reference is chosen by naming its .fai or .dict file ('file').",
            ));
        }
        (_, Some(_)) => {
            return Err(ServiceError::user(
                "A file is named for the mode 'chosen' alone.",
            ));
        }
        (_, None) => Vec::new(),
    };
    let source = file.map(ObjectKey::as_str);
    let db = &services.db;
    db.set_reference(project_id, mode, source, &scaffolds, by)
        .await?;
    judge_project(services, project_id).await
}

/// Sets all other names of scaffolds of a project.
///
/// # Errors
/// A user error if one is there twice or stands for another alias, or the database fails.
pub async fn set_aliases(
    services: &Services,
    project_id: i64,
    aliases: &[ScaffoldAlias],
    by: &Origin,
) -> Result<()> {
    let mut known = HashSet::new();
    for one in aliases {
        if !known.insert(one.alias.as_str()) {
            return Err(ServiceError::user(format!(
                "aliases: '{}' is there twice. A name stands for one scaffold.",
                one.alias
            )));
        }
    }
    if let Some(one) = aliases.iter().find(|one| known.contains(one.name.as_str())) {
        return Err(ServiceError::user(format!(
            "aliases: '{}' stands for '{}', which is an alias itself. Name the scaffold as the reference has it.",
            one.alias, one.name
        )));
    }
    let aliases: Vec<(String, String)> = aliases
        .iter()
        .map(|one| (one.alias.to_string(), one.name.to_string()))
        .collect();
    services
        .db
        .set_reference_aliases(project_id, &aliases, by)
        .await?;
    judge_project(services, project_id).await
}

async fn read(
    services: &Services,
    bucket: &str,
    file: &ObjectKey,
) -> Result<Vec<ReferenceScaffold>> {
    let key = file.as_str();
    let parse = match key.rsplit_once('.').map(|(_, ending)| ending) {
        Some("fai") => parse_fai,
        Some("dict") => parse_dict,
        _ => {
            return Err(ServiceError::user(format!(
                "'{key}' is no reference: name a .fai file ('samtools faidx') or a .dict file ('samtools dict')."
            )));
        }
    };
    let bytes = services
        .store
        .read(bucket, key, None, REFERENCE_MAX_BYTES)
        .await;
    let bytes = bytes.map_err(|error| match error {
        StorageError::NotFound { .. } => ServiceError::user(format!(
            "The project has no file '{key}'. Upload it first: 'divbase-cli files upload'."
        )),
        StorageError::TooLarge { .. } => ServiceError::user(format!(
            "'{key}' has more than {} MiB, which is the limit of a reference.",
            REFERENCE_MAX_BYTES >> 20
        )),
        error => error.into(),
    })?;
    let text = String::from_utf8(bytes)
        .map_err(|_| ServiceError::user(format!("'{key}' is no text in UTF-8.")))?;
    let scaffolds = parse(&text)
        .map_err(|error| ServiceError::user(format!("'{key}' cannot be used: {error}.")))?;
    Ok(scaffolds
        .into_iter()
        .map(|one| ReferenceScaffold {
            name: one.name,
            length: one.length,
            digest: one.digest.as_ref().map(hex),
        })
        .collect())
}
