//! A folder of VCF files, and the program run in it without a server.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use divbase_vcf::bgzf::{Deflater, EOF_MARKER, cut_blocks};
use tempfile::TempDir;

use crate::home::Run;

pub(super) struct Folder(TempDir);

/// A header of one scaffold and these samples.
pub(super) fn header(samples: &[&str]) -> String {
    let mut text = "##fileformat=VCFv4.3\n##contig=<ID=1,length=100000000>\n##contig=<ID=2>\n\
         ##FORMAT=<ID=GT,Number=1,Type=String,Description=\"GT\">\n\
         #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
        .to_owned();
    if !samples.is_empty() {
        text.push_str("\tFORMAT\t");
        text.push_str(&samples.join("\t"));
    }
    text.push('\n');
    text
}

/// A file of one sample with records at these positions of scaffold 1.
pub(super) fn file(sample: &str, positions: &[u32]) -> String {
    let mut text = header(&[sample]);
    for position in positions {
        text.push_str(&format!("1\t{position}\t.\tA\tC\t.\t.\t.\tGT\t0/1\n"));
    }
    text
}

/// Whole blocks of the text, without the end-of-file marker.
pub(super) fn blocks(text: &str) -> Vec<Vec<u8>> {
    let mut deflater = Deflater::new(6);
    let deflate = |block: &[u8]| {
        let mut bytes = Vec::new();
        deflater.deflate(block, &mut bytes);
        bytes
    };
    cut_blocks(text.as_bytes()).map(deflate).collect()
}

pub(crate) fn bgzip(text: &str) -> Vec<u8> {
    let mut bytes = blocks(text).concat();
    bytes.extend_from_slice(&EOF_MARKER);
    bytes
}

impl Folder {
    pub(super) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(super) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        std::fs::write(self.path(name), bytes).unwrap();
        self
    }

    /// `local` with these words.
    pub(super) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_divbase-cli"));
        command.arg("local").args(words).current_dir(self.0.path());
        command
    }

    pub(super) fn run(&self, words: &[&str]) -> Run {
        let mut command = self.command(words);
        ran(command.stdin(Stdio::null()).output().unwrap())
    }

    /// A line of a shell, in which `$local` is the program.
    pub(super) fn shell(&self, line: &str) -> Run {
        let program = format!("{} local", env!("CARGO_BIN_EXE_divbase-cli"));
        let mut command = Command::new("bash");
        command.args(["-c", line]).env("local", program);
        ran(command.current_dir(self.0.path()).output().unwrap())
    }
}

fn ran(output: Output) -> Run {
    Run {
        code: output.status.code().expect("not killed"),
        // A result that is compressed is looked at by its code alone.
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}
