//! Where a result goes. A result that cannot be written is the fault of its place, not of the input.

use std::fs::{File, OpenOptions, remove_file, rename};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use divbase_vcf::error::Error;

use super::Call;
use super::failure::Failure;

/// Runs `write` on the file of that name, or on standard output. A file is written beside its place and renamed at
/// the end, so that a failure leaves no half result.
pub(super) fn write_result<T>(
    call: &mut Call<'_>,
    path: Option<&str>,
    write: impl FnOnce(&mut dyn Write) -> Result<T, Error>,
) -> Result<T, Failure> {
    match path {
        None => told("standard output", &mut *call.stdout, write),
        Some(path) => write_file(path, write),
    }
}

/// Writes a small file as a whole.
pub(super) fn write_bytes(path: &str, bytes: &[u8]) -> Result<(), Failure> {
    write_file(path, |file| Ok(file.write_all(bytes)?))
}

fn write_file<T>(
    path: &str,
    write: impl FnOnce(&mut dyn Write) -> Result<T, Error>,
) -> Result<T, Failure> {
    let cannot = |error| Failure::Output {
        path: path.to_owned(),
        error,
    };
    if !Path::new(path).is_file() && Path::new(path).exists() {
        // A pipe or a device.
        let device = OpenOptions::new().write(true).open(path);
        return told(path, device.map_err(cannot)?, write);
    }
    let partial = format!("{path}.partial");
    let file = File::create(&partial).map_err(cannot)?;
    match told(path, file, write) {
        Ok(result) => {
            rename(&partial, path).map_err(cannot)?;
            Ok(result)
        }
        Err(failure) => {
            let _ = remove_file(&partial);
            Err(failure)
        }
    }
}

/// Runs `write`; a failure that comes from writing is told as one of the output.
fn told<T>(
    path: &str,
    out: impl Write,
    write: impl FnOnce(&mut dyn Write) -> Result<T, Error>,
) -> Result<T, Failure> {
    let mut fault = None;
    let noticed = |error: io::Error| {
        if error.kind() == io::ErrorKind::Interrupted {
            return error;
        }
        let again = io::Error::from(error.kind());
        fault.get_or_insert(error);
        again
    };
    let mut out = BufWriter::new(Watched { out, noticed });
    let result = write(&mut out);
    // What came before a failure is written too.
    let flushed = out.flush();
    let _ = out.into_parts();
    match fault {
        Some(error) => Err(Failure::Output {
            path: path.to_owned(),
            error,
        }),
        None => {
            let done = result?;
            flushed.map_err(Error::from)?;
            Ok(done)
        }
    }
}

/// Writes on, and has each failure noticed.
pub(super) struct Watched<W, F> {
    pub(super) out: W,
    /// Takes a failure and gives what the writer is told.
    pub(super) noticed: F,
}

impl<W: Write, F: FnMut(io::Error) -> io::Error> Write for Watched<W, F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes).map_err(&mut self.noticed)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush().map_err(&mut self.noticed)
    }
}
