//! `cohort`: writes realistic VCF data sets. See the library for what they contain.

mod arguments;

use std::process::ExitCode;

use clap::Parser;
use divbase_cohort::{Error, dialect};

use crate::arguments::{Arguments, Command};

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cohort: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), Error> {
    match command {
        Command::Generate(options) => {
            let (cohort, layout) = options.description()?;
            let written = cohort.write(layout, &options.out, &options.name)?;
            println!("{:>10} {:>10} {:>14}  file", "samples", "records", "bytes");
            for file in &written.files {
                let (samples, records, bytes) = (file.samples, file.records, file.bytes);
                println!(
                    "{samples:>10} {records:>10} {bytes:>14}  {}",
                    file.path.display()
                );
            }
            let table = written.metadata.display();
            println!("{:>10} {:>10} {:>14}  {table}", cohort.samples, "-", "-");
        }
        Command::Dialects { out, names, list } => {
            if list {
                for dialect in dialect::ALL {
                    println!("{:<12} {}", dialect.name, dialect.about);
                }
                return Ok(());
            }
            for dialect in dialect::named(&names)? {
                let path = dialect.write(&out)?;
                println!("{:<12} {}", dialect.name, path.display());
            }
        }
    }
    Ok(())
}
