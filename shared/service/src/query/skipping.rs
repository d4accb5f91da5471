//! What a filter need not fetch: parts of files of which it keeps no record, as far as the index tells.

use std::{collections::HashMap, sync::Arc};

use divbase_db::Sidecar;
use divbase_vcf::{skips::Skips, view::View};

use super::{bytes_to_read::BytesToRead, plan::PlannedInput};
use crate::{Result, Services, engine::GAP};

/// Bytes that are read of any file, and at the end of each part.
const EDGE: u64 = 32 * 1024;

/// A part of so much of what is read has to be passed over, or the file is read as a whole, ahead of use.
const WORTH: u64 = 4;

/// Notes of the inputs what is passed over of them, and takes it off what is read. `views` look at files of a header.
///
/// # Errors
/// If the database fails.
pub(super) async fn skip(
    services: &Services,
    inputs: &mut [PlannedInput],
    views: &HashMap<i64, View>,
) -> Result<()> {
    let looked = inputs.iter().map(|input| &input.chosen.file);
    let looked = looked.filter(|file| views.contains_key(&file.header_id));
    let ids: Vec<i64> = looked.map(|file| file.id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let mut known = services.db.file_sidecars(&ids, Sidecar::Skips).await?;
    for input in inputs {
        let file = &input.chosen.file;
        let skips = known.remove(&file.id);
        let skips = skips.and_then(|bytes| Skips::parse(&bytes));
        let (Some(skips), Some(view)) = (skips, views.get(&file.header_id)) else {
            continue;
        };
        let Some(spans) = view.spans(&skips, GAP) else {
            continue;
        };
        let ends = spans.iter().filter_map(|span| Some((span, span.end?)));
        let bytes = ends.map(|(span, end)| end.block() - span.start.block() + EDGE);
        let bytes = bytes.sum::<u64>() + EDGE;
        let before = input.to_read.bytes();
        if before.saturating_sub(bytes) >= before / WORTH && input.to_read != BytesToRead::Nothing {
            input.skipped = before - bytes;
            input.to_read = BytesToRead::Bytes(bytes);
            input.skips = Some(Arc::new(skips));
        }
    }
    Ok(())
}
