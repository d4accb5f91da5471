//! The standard streams of a command, and its exit code.

use std::{
    ffi::OsString,
    io::{self, BufWriter, Write},
    sync::atomic::{AtomicBool, Ordering},
};

use super::{Exit, output::Watched, run};

const BUFFER: usize = 1 << 16;

/// Runs the command behind `local` and returns its exit code. When the reader of the output goes away, the command
/// ends silently with 0.
pub fn execute(arguments: &[OsString]) -> u8 {
    let reader_gone = AtomicBool::new(false);
    let results = Watched {
        out: standard_output(),
        noticed: |error: io::Error| {
            if error.kind() == io::ErrorKind::BrokenPipe {
                reader_gone.store(true, Ordering::Relaxed);
            }
            error
        },
    };
    let mut stdout = BufWriter::with_capacity(BUFFER, results);
    let mut stderr = Messages {
        reader_gone: &reader_gone,
    };
    let exit = run(arguments, &mut stdout, &mut stderr);
    let flushed = stdout.flush();
    if reader_gone.load(Ordering::Relaxed) {
        return Exit::Done as u8;
    }
    match flushed {
        Ok(()) => exit as u8,
        // It has been told.
        Err(_) if exit != Exit::Done => exit as u8,
        Err(error) => {
            crate::output::note!("could not write the output: {error}");
            Exit::Failed as u8
        }
    }
}

/// Standard error, silent about what follows from a reader that has gone.
struct Messages<'f> {
    reader_gone: &'f AtomicBool,
}

impl Write for Messages<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.reader_gone.load(Ordering::Relaxed) {
            return Ok(bytes.len());
        }
        io::stderr().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// The standard output without the buffering by lines that the library's own handle does.
#[cfg(unix)]
fn standard_output() -> Box<dyn Write + Send> {
    use std::os::fd::AsFd;
    match io::stdout().as_fd().try_clone_to_owned() {
        Ok(descriptor) => Box::new(std::fs::File::from(descriptor)),
        Err(_) => Box::new(io::stdout()),
    }
}

#[cfg(not(unix))]
fn standard_output() -> Box<dyn Write + Send> {
    Box::new(io::stdout())
}
