//! Answers one filter over a table, or judges the table: `query FILE [FILTER] [--compat]`.

use std::{env, error::Error, fs};

use divbase_metadata::{Checks, Filter, Mode, Table, query, validate};

fn main() -> Result<(), Box<dyn Error>> {
    let mut words: Vec<String> = env::args().skip(1).collect();
    let compat = words
        .iter()
        .position(|word| word == "--compat")
        .map(|at| words.remove(at));
    let mode = if compat.is_some() {
        Mode::Compat
    } else {
        Mode::Strict
    };
    let file = words
        .first()
        .ok_or("usage: query FILE [FILTER] [--compat]")?;
    let table = Table::read(fs::read(file)?)?;
    let checks = Checks::default();
    match words.get(1) {
        Some(filter) => {
            let filter = Filter::parse(filter, mode).map_err(|error| error.to_string())?;
            let selection = query(&table, &filter, &checks).map_err(|error| error.to_string())?;
            for warning in &selection.warnings {
                eprintln!("Warning: {warning}");
            }
            println!("{}", selection.sample_ids.join("\n"));
        }
        None => {
            let report = validate(&table, mode, &checks);
            for error in &report.errors {
                println!("{}: {error}", error.category.name());
            }
            for warning in &report.warnings {
                println!("{} (warning): {warning}", warning.category.name());
            }
            println!("{:#?}", report.statistics);
        }
    }
    Ok(())
}
