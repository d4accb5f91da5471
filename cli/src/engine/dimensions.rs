//! `local dimensions`.

use std::io::Write;

use super::Call;
use super::failure::Failure;
use super::files::Input;
use divbase_vcf::dimensions::{Dimensions, scan_text};

pub(super) fn run(call: &mut Call<'_>) -> Result<(), Failure> {
    if let Some(option) = call
        .arguments
        .iter()
        .find(|a| a.starts_with('-') && *a != "-")
    {
        return Err(Failure::Usage(format!(
            "{option} is no option of dimensions"
        )));
    }
    if call.arguments.is_empty() {
        return Err(Failure::Usage("no file is given".to_owned()));
    }
    for name in call.arguments {
        let source = Input::open(name)?;
        let dimensions = scan_text(&source).map_err(|error| error.in_file(name))?;
        print(name, &dimensions, call.stdout)?;
        if !dimensions.sorted {
            writeln!(call.stderr, "Warning: {name}: the records are not sorted")?;
        }
    }
    Ok(())
}

/// One fact a line, its kind in the first column.
fn print(name: &str, dimensions: &Dimensions, out: &mut dyn Write) -> Result<(), Failure> {
    writeln!(out, "file\t{name}")?;
    writeln!(out, "records\t{}", dimensions.records)?;
    let sorted = if dimensions.sorted { "yes" } else { "no" };
    writeln!(out, "sorted\t{sorted}")?;
    writeln!(out, "samples\t{}", dimensions.samples.len())?;
    for sample in &dimensions.samples {
        writeln!(out, "sample\t{sample}")?;
    }
    writeln!(out, "scaffolds\t{}", dimensions.scaffolds.len())?;
    for scaffold in &dimensions.scaffolds {
        writeln!(
            out,
            "scaffold\t{}\t{}\t{}\t{}",
            scaffold.name, scaffold.records, scaffold.first, scaffold.last
        )?;
    }
    Ok(())
}
