//! `divbase-cli local` without the CLI: the engine on local files.

use std::ffi::OsString;
use std::io::{stderr, stdout};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let exit = divbase_vcf::local::run(&arguments, &mut stdout(), &mut stderr());
    ExitCode::from(exit as u8)
}
