//! `local dimensions`.

use std::io::{self, Write};

use divbase_vcf::dimensions::{Dimensions, scan_text};

use super::Call;
use super::failure::Failure;
use super::input::Input;
use super::options::read;
use super::output::write_result;
use super::specs;
use super::warnings::tell_beyond;

pub(super) fn run(call: &mut Call<'_>) -> Result<(), Failure> {
    let (_, files) = read("dimensions", specs::DIMENSIONS, call.arguments)?;
    if files.is_empty() {
        return Err(Failure::Usage("no file is given".to_owned()));
    }
    for name in &files {
        let source = Input::open(name)?;
        source.go_forward();
        let dimensions = scan_text(&source).map_err(|error| error.in_file(name))?;
        write_result(call, None, |out| Ok(print(name, &dimensions, out)?))?;
        tell_beyond(call.stderr, name, &dimensions)?;
        if !dimensions.sorted {
            writeln!(call.stderr, "Warning: {name}: the records are not sorted")?;
        }
    }
    Ok(())
}

/// One fact a line, its kind in the first column.
fn print(name: &str, dimensions: &Dimensions, out: &mut dyn Write) -> io::Result<()> {
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
