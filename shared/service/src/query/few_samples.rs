//! Files of which few of many samples are asked are read by their sample groups, if they have some.

use std::collections::HashSet;

use divbase_contract::plan::{OutputType, PinnedInput};

use super::{bytes_to_read::BytesToRead, pin::pinned, plan::PlannedInput};
use crate::{
    Result, Services,
    sample_groups::{Candidate, Choice, choose},
};

/// Notes of the inputs which are read by their groups, and takes off what is not read of the files then. `headers` are the rows
/// of those of which the stages look at no other samples than those kept. Gives the files that should have groups.
///
/// # Errors
/// If the database fails.
pub(super) async fn read_groups(
    services: &Services,
    bucket: &str,
    inputs: &mut [PlannedInput],
    headers: &HashSet<i64>,
    output: OutputType,
) -> Result<Vec<(i64, PinnedInput)>> {
    if headers.is_empty() {
        return Ok(Vec::new());
    }
    let candidates: Vec<Candidate<'_>> = inputs
        .iter()
        .map(|input| Candidate {
            file: &input.chosen.file,
            // Records of BCF that stay BCF are copied, not printed.
            kept: match output {
                OutputType::B if input.chosen.file.object_key.ends_with(".bcf") => &[],
                _ => input.chosen.kept(),
            },
            bytes: match input.to_read {
                BytesToRead::Nothing => 0,
                BytesToRead::Bytes(bytes) => bytes,
            },
        })
        .collect();
    let choices = choose(services, bucket, headers, &candidates).await?;
    let mut unmade = Vec::new();
    for (input, choice) in inputs.iter_mut().zip(choices) {
        match choice {
            Choice::Read(groups, bytes) => {
                input.skipped += input.to_read.bytes().saturating_sub(bytes);
                input.to_read = BytesToRead::Bytes(bytes);
                input.groups = Some(groups);
            }
            Choice::Unmade => unmade.push((input.chosen.file.id, pinned(&input.chosen.file))),
            Choice::File => {}
        }
    }
    Ok(unmade)
}
