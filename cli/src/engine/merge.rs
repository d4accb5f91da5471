//! `local merge`: files of different samples become one, as `bcftools merge` does it.

use std::collections::{HashMap, HashSet};

use divbase_vcf::command::Pipeline;
use divbase_vcf::error::{Error, ErrorKind};
use divbase_vcf::query::{Printing, Scaffolds};

use super::Call;
use super::failure::Failure;
use super::join::{Ready, Sorted, join, open_all, refuse_other_order, region_stage};
use super::options::{JoinArguments, SameNames, Single, parse};
use super::specs;

pub(super) fn run(call: &mut Call<'_>) -> Result<(), Failure> {
    let arguments = parse("merge", specs::MERGE, call.arguments)?;
    if arguments.files.len() == 1 && arguments.single == Single::Refused {
        let reason = "merge needs two files or more; --force-single merges one";
        return Err(Failure::Usage(reason.to_owned()));
    }
    let mut files = open_all(call, &arguments, &region_pipeline(&arguments)?, Sorted::No)?;
    match arguments.same_names {
        SameNames::Refused => refuse_shared_samples(&files)?,
        SameNames::Renamed => rename_shared_samples(&mut files),
    }
    refuse_other_order(&files, &arguments)?;
    let groups: Vec<_> = (0..files.len()).map(|n| vec![n]).collect();
    let arguments = JoinArguments {
        // bcftools goes by regions and indexes here, and sorts nothing.
        scaffolds: Scaffolds::AsRead,
        ..arguments
    };
    join(call, &arguments, &files, &groups, Printing::Canonical)
}

/// bcftools merges no files that have a sample in common.
fn refuse_shared_samples(files: &[Ready]) -> Result<(), Failure> {
    let mut owners: HashMap<&[u8], usize> = HashMap::new();
    for (place, file) in files.iter().enumerate() {
        for sample in file.file.opened.header.samples() {
            if let Some(other) = owners.insert(sample, place) {
                let reason = format!(
                    "sample {:?} is also in {}; `local join` takes it from the file that has it at a site",
                    String::from_utf8_lossy(sample),
                    files[other].name
                );
                let error = Error::from(ErrorKind::Option(reason));
                return Err(error.in_file(&file.name).into());
            }
        }
    }
    Ok(())
}

/// Puts the number of its file, from 1, before the name of a sample that a file before has, until no file before has it.
fn rename_shared_samples(files: &mut [Ready]) {
    let mut known: HashSet<Vec<u8>> = HashSet::new();
    for (number, file) in (1..).zip(files) {
        let header = &mut file.file.opened.header;
        let samples = header.samples().iter();
        let renamed = samples.map(|name| {
            let mut name = name.clone();
            while known.contains(&name) {
                name = [format!("{number}:").as_bytes(), &name].concat();
            }
            known.insert(name.clone());
            name
        });
        let renamed = renamed.collect();
        header.set_samples(renamed);
    }
}

/// The regions of a merge, which begin with 1 for bcftools.
pub(super) fn region_pipeline(arguments: &JoinArguments) -> Result<Pipeline, Failure> {
    let stage = region_stage(arguments)?;
    let regions = stage.iter().flat_map(|stage| &stage.regions);
    if regions
        .filter_map(|region| region.span)
        .any(|span| span.begin == 0)
    {
        return Err(Failure::Usage("regions begin with position 1".to_owned()));
    }
    Ok(Pipeline {
        stages: stage.into_iter().collect(),
    })
}
