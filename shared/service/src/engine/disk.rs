//! What bcftools needs on the local disk: the files, lists of samples; and what becomes of the file that it writes.

use std::path::{Path, PathBuf};

use divbase_storage::Streamed;
use divbase_vcf::{
    command::{
        InfoUpdate, VersionLines, ViewStage,
        argv::{SampleArgument, SampleList},
    },
    dimensions,
    source::FileSource,
};
use tokio::io::AsyncReadExt;

use super::{EngineError, Job, Work};

/// Bytes that are read at a time.
const PIECE: usize = 1 << 20;

/// The local disk failed.
pub(super) fn fault(error: std::io::Error) -> EngineError {
    EngineError::Storage(error.into())
}

/// Files on the local disk.
pub(super) struct Fetched {
    pub(super) files: Vec<PathBuf>,
    pub(super) bytes: u64,
}

/// Downloads each version and puts its index beside it.
pub(super) async fn fetch(job: &Job, work: &Work, folder: &Path) -> Result<Fetched, EngineError> {
    let total: u64 = job.inputs.iter().map(|input| input.object.size).sum();
    let (mut files, mut bytes) = (Vec::with_capacity(job.inputs.len()), 0);
    for (number, input) in job.inputs.iter().enumerate() {
        // The key stays out of the path: it may contain anything.
        let path = folder.join(format!("input_{number}.vcf.gz"));
        let object = &input.object;
        bytes += work
            .store
            .download(&object.bucket, &object.key, &object.version_id, &path)
            .await?;
        if let Some(csi) = &input.csi {
            let beside = folder.join(format!("input_{number}.vcf.gz.csi"));
            tokio::fs::write(&beside, csi).await.map_err(fault)?;
        }
        files.push(path);
        (work.done)(0.3 * bytes as f64 / total.max(1) as f64);
    }
    Ok(Fetched { files, bytes })
}

/// A stage that leaves records as they are; with samples, in their order.
pub(super) fn untouched() -> ViewStage {
    ViewStage {
        info_update: InfoUpdate::Keep,
        version_lines: VersionLines::Omit,
        ..ViewStage::default()
    }
}

/// Names as bcftools takes them: in its command line, or in a file of the folder if they do not fit.
pub(super) fn sample_argument(
    names: &[String],
    folder: &Path,
    file: &str,
) -> Result<SampleArgument, EngineError> {
    Ok(match SampleList::new(names) {
        SampleList::Inline(list) => SampleArgument::Inline(list),
        SampleList::NeedsFile(content) => {
            let path = folder.join(file);
            std::fs::write(&path, content).map_err(fault)?;
            SampleArgument::File(path)
        }
    })
}

/// The scaffolds of all inputs, each once.
pub(super) fn scaffolds(job: &Job) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for scaffold in job.inputs.iter().flat_map(|input| &input.scaffolds) {
        if !all.contains(scaffold) {
            all.push(scaffold.clone());
        }
    }
    all
}

/// The samples that are kept of all inputs, in the order of the result; nothing if all samples are asked for.
pub(super) fn all_kept(job: &Job) -> Option<Vec<String>> {
    if job.sample_order.is_some() {
        return job.sample_order.clone();
    }
    let firsts = job.groups.iter().filter_map(|group| group.first());
    let kept: Option<Vec<Vec<String>>> = firsts
        .map(|place| job.inputs[*place].samples.clone())
        .collect();
    kept.map(|kept| kept.concat())
}

/// A stored result.
pub(super) struct Stored {
    pub(super) records: u64,
    pub(super) csi: Vec<u8>,
    pub(super) stored: Streamed,
}

/// Counts and indexes what was written, and stores it.
pub(super) async fn store(output: &Path, work: &Work) -> Result<Stored, EngineError> {
    let path = output.to_owned();
    let scan = work
        .meter
        .blocking(move || {
            let source = FileSource::open(&path).map_err(fault)?;
            dimensions::scan(&source).map_err(EngineError::Result)
        })
        .await??;
    let mut file = tokio::fs::File::open(output).await.map_err(fault)?;
    let mut upload = work.upload();
    let mut piece = vec![0; PIECE];
    loop {
        let read = file.read(&mut piece).await.map_err(fault)?;
        if read == 0 {
            break;
        }
        if let Err(error) = upload.write(&piece[..read]).await {
            upload.abort().await;
            return Err(error.into());
        }
    }
    Ok(Stored {
        records: scan.dimensions.records,
        csi: scan.csi,
        stored: upload.finish().await?,
    })
}
