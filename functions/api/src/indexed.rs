//! Files as the index knows them: the newest version of a file, if that is what was indexed.

use divbase_contract::{ErrorType, files::IndexFormat, vcf_keys::is_vcf};
use divbase_db::{FileVersion, ProjectMember, Sidecar, VcfVersion};
use divbase_vcf::{Header, index::Index};

use tokio::task::spawn_blocking;

use crate::{AppState, error::ApiError};

fn absent(text: String) -> ApiError {
    ApiError::new(ErrorType::ObjectDoesNotExist, text)
}

/// What is known of a version of a file, of the newest if none is named. Nothing of the file is read.
///
/// # Errors
/// 404 if there is no such file, or if it is not indexed, with the reason.
pub(crate) async fn indexed(
    state: &AppState,
    project: &ProjectMember,
    key: &str,
    version_id: Option<&str>,
) -> Result<VcfVersion, ApiError> {
    if !is_vcf(key) {
        return Err(absent(format!(
            "The file '{key}' is no VCF or BCF by its name, so it has no index."
        )));
    }
    let version_id = match version_id {
        Some(version_id) => version_id.to_owned(),
        None => {
            let newest = state.store.head(&project.bucket_name, key).await?;
            let newest = newest.ok_or_else(|| {
                absent(format!(
                    "The object '{key}' does not exist in the project's store."
                ))
            })?;
            newest.version_id.unwrap_or_else(|| "null".to_owned())
        }
    };
    let known = state
        .db
        .file_versions(project.project_id, &[key.to_owned()], &[version_id])
        .await?;
    match known.into_iter().next() {
        Some(FileVersion::Vcf(version)) => Ok(version),
        Some(FileVersion::Faulty(_, fault)) => Err(absent(format!(
            "The file '{key}' cannot be used, so it has no index: {fault}"
        ))),
        Some(FileVersion::Result(_)) => Err(absent(format!(
            "The file '{key}' is the result of a query, which is not indexed; its index is '{key}.csi'."
        ))),
        None => Err(absent(format!(
            "This version of '{key}' is not indexed yet. That takes seconds where files are indexed as they come; \
             elsewhere 'divbase-cli dimensions update' does it."
        ))),
    }
}

/// The header of a version, with the lines that declare something and without samples.
///
/// # Errors
/// If the database fails.
pub(crate) async fn header(state: &AppState, file: &VcfVersion) -> Result<Header, ApiError> {
    let lists = state.db.text_lists([file.header_id]).await?;
    let lines = lists.get(&file.header_id).map(|list| &list[..]);
    let mut text = lines.unwrap_or_default().join("\n");
    text.push_str("\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n");
    Header::parse(text.as_bytes()).map_err(ApiError::internal)
}

/// Something derived from a version, if it has that.
///
/// # Errors
/// If the database fails.
pub(crate) async fn sidecar(
    state: &AppState,
    file_version_id: i64,
    kind: Sidecar,
) -> Result<Option<Vec<u8>>, ApiError> {
    let mut found = state.db.file_sidecars(&[file_version_id], kind).await?;
    Ok(found.remove(&file_version_id))
}

/// 404 of a version without an index.
pub(crate) fn without_index() -> ApiError {
    absent(
        "This version has no index: plain text is read from end to end. Compress the file with bgzip and upload it again."
            .to_owned(),
    )
}

/// The CSI of a version.
///
/// # Errors
/// 404 if it has none, which is so of plain text.
pub(crate) async fn csi(state: &AppState, file_version_id: i64) -> Result<Vec<u8>, ApiError> {
    let found = sidecar(state, file_version_id, Sidecar::Csi).await?;
    found.ok_or_else(without_index)
}

/// The index of a version in a format.
///
/// # Errors
/// 404 if it has none, or none of this format.
pub(crate) async fn index(
    state: &AppState,
    file_version_id: i64,
    format: IndexFormat,
) -> Result<Vec<u8>, ApiError> {
    let csi = csi(state, file_version_id).await?;
    match format {
        IndexFormat::Csi => Ok(csi),
        IndexFormat::Tbi => {
            // A large index takes a while to be read.
            let made = spawn_blocking(move || Index::parse(&csi)?.to_tbi()).await;
            let made = made.map_err(ApiError::internal)?;
            let made = made.map_err(ApiError::internal)?;
            made.ok_or_else(|| {
                absent(
                    "This version has no TBI: that holds positions up to 512 Mbp of VCF alone. Its CSI holds them all."
                        .to_owned(),
                )
            })
        }
    }
}
