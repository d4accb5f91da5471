//! Whether a plan is answered in windows of the genome, each by a task of its own, and in how many: judged by the plan alone.
//! The engine cuts it by the indexes when it runs.

use divbase_contract::plan::EngineChoice;
use divbase_vcf::{
    merge::{Blocks, Rules},
    query::Aim,
};

use super::plan::PlannedInput;

/// Bytes that every window reads of every file, for its header and at the edges of the window.
const OF_EACH_FILE: u64 = 64 * 1024;

/// A window reads so many times more than what it reads of every file.
const WORTH: u64 = 20;

/// How a plan over so many files is cut, if it is.
pub(crate) fn aim(setting: Aim, files: usize) -> Aim {
    match setting {
        Aim::Bytes { each, most } => Aim::Bytes {
            each: each.max(WORTH * OF_EACH_FILE * files as u64),
            most,
        },
        Aim::Windows(count) => Aim::Windows(count),
    }
}

/// In about how many windows a plan is answered; one if it cannot be cut. `in_order` says that a filter looks at earlier
/// records.
pub(super) fn expected(
    setting: Aim,
    inputs: &[PlannedInput],
    engine: EngineChoice,
    in_order: bool,
    rules: &Rules,
) -> u64 {
    let is_plain_text = |input: &PlannedInput| input.chosen.file.object_key.ends_with(".vcf");
    if engine == EngineChoice::Bcftools
        || in_order
        || rules.blocks == Blocks::Merged
        || inputs.iter().any(is_plain_text)
    {
        return 1;
    }
    let bytes: u64 = inputs.iter().map(|input| input.to_read.bytes()).sum();
    match aim(setting, inputs.len()) {
        Aim::Windows(count) => count as u64,
        Aim::Bytes { each, most } => {
            let each = each.max(1);
            (bytes.saturating_add(each / 2) / each).clamp(1, most as u64)
        }
    }
}
