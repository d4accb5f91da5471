//! Whether files that both sides have are the same: by size, then by the ETag of the listing, and where that does not say so by
//! whatever checksum the store has.

use std::{collections::BTreeMap, path::PathBuf};

use divbase_contract::files::FileEntry;
use futures::{StreamExt, stream};

use super::{here::Here, plan::Comparison};
use crate::{
    app::ProjectApi,
    failure::{Failure, Outcome},
    files_on_disk::beside,
    transfer::{
        TransferError,
        checksum::{Checksum, Form},
        download::Wanted,
        progress::Bars,
        verify,
    },
};

/// Compares, by name, a local file with one of the project.
pub(super) async fn all(
    at: &ProjectApi,
    pairs: Vec<(String, &Here, &FileEntry)>,
) -> Outcome<BTreeMap<String, Comparison>> {
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let (sized, others): (Vec<_>, Vec<_>) = pairs
        .into_iter()
        .partition(|(_, here, there)| here.size == there.size);
    let others = others.into_iter();
    let mut compared: BTreeMap<String, Comparison> = others
        .map(|(name, ..)| (name, Comparison::Different))
        .collect();
    let bars = Bars::new();
    let mut hashed = stream::iter(sized)
        .map(|(name, here, there)| {
            let bar = bars.hashing(&name, here.size);
            async move {
                let etag = local_etag(here.path.clone(), Form::of_etag(&there.etag)).await;
                bar.finish_and_clear();
                (name, here, there, etag)
            }
        })
        .buffered(threads);
    let mut unclear = Vec::new();
    while let Some((name, here, there, etag)) = hashed.next().await {
        match etag {
            Ok(etag) if etag == there.etag => {
                compared.insert(name, Comparison::Same);
            }
            Ok(_) => unclear.push((name, here, there)),
            Err(error) => {
                compared.insert(name, Comparison::Failed(error.to_string()));
            }
        }
    }
    // The ETag may be none of the content: the store may encrypt, or the parts may have other sizes.
    let wanted: Vec<Wanted> = unclear
        .iter()
        .map(|(_, here, there)| Wanted::newest(there.name.clone(), here.path.clone()))
        .collect();
    let verdicts = verify::all(at, &wanted).await?;
    for ((name, ..), verdict) in unclear.into_iter().zip(verdicts) {
        compared.insert(name, comparison(verdict));
    }
    Ok(compared)
}

fn comparison(verdict: verify::Verdict) -> Comparison {
    match verdict {
        // The size alone shows nothing here: the files have the same by now.
        Ok(verify::Proof::Size(_)) => Comparison::Different,
        Ok(_) => Comparison::Same,
        Err(TransferError::Checksum { .. } | TransferError::Size { .. }) => Comparison::Different,
        Err(error) => Comparison::Failed(error.to_string()),
    }
}

async fn local_etag(path: PathBuf, form: Form) -> Outcome<String> {
    let shown = path.clone();
    let hashed = beside("the comparison", move || Checksum::of_file(&path, form)).await?;
    let hashed = hashed.map_err(|error| Failure::io("read", &shown, error))?;
    Ok(hashed.etag())
}
