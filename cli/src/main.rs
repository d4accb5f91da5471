//! The `divbase-cli` executable: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    divbase_cli::run(std::env::args_os())
}
