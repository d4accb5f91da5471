//! Programs as children, and the CPU time that they take.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Anything;

pub(crate) struct Programs<'p> {
    pub(crate) bcftools: &'p Path,
    pub(crate) vcz: Option<&'p Path>,
    pub(crate) repeat: usize,
    pub(crate) folder: &'p Path,
}

/// What became of a query.
pub(crate) struct Ran {
    /// Seconds, user and system together; the best of the repetitions.
    pub(crate) cpu: f64,
    /// Bytes that were read.
    pub(crate) read: u64,
    /// The answer but for lines that tell when and how it was made.
    pub(crate) answer: Vec<u8>,
    /// Lines of records.
    pub(crate) records: Vec<Vec<u8>>,
}

pub(crate) struct OfZarr {
    pub(crate) cpu: f64,
    /// Seconds that the program takes to tell its version.
    pub(crate) start: f64,
    /// Bytes of the store.
    pub(crate) size: u64,
}

/// Seconds of children that have ended, in hundredths: fields 16 and 17 of proc_pid_stat(5).
fn of_children() -> Result<f64, Anything> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(')').ok_or("no name in /proc/self/stat")?;
    let ticks = fields
        .split_whitespace()
        .skip(13)
        .take(2)
        .map(str::parse::<u64>);
    Ok(ticks.sum::<Result<u64, _>>()? as f64 / 100.0)
}

impl Programs<'_> {
    /// Runs a program; gives its CPU time and what it printed.
    fn run(&self, program: &Path, words: &[&str]) -> Result<(f64, String), Anything> {
        let before = of_children()?;
        let ran = Command::new(program).args(words).output()?;
        if !ran.status.success() {
            let said = String::from_utf8_lossy(&ran.stderr).into_owned();
            return Err(format!("{} {words:?}: {said}", program.display()).into());
        }
        let printed = String::from_utf8_lossy(&ran.stdout).into_owned();
        Ok((of_children()? - before, printed))
    }

    fn best(&self, program: &Path, words: &[&str]) -> Result<(f64, String), Anything> {
        let mut best = (f64::MAX, String::new());
        for _ in 0..self.repeat.max(1) {
            let ran = self.run(program, words)?;
            if ran.0 < best.0 {
                best = ran;
            }
        }
        Ok(best)
    }

    fn out(&self) -> String {
        self.folder.join("answer.vcf").display().to_string()
    }

    pub(crate) fn make_groups(&self, file: &Path, groups: &Path) -> Result<f64, Anything> {
        let (file, groups) = (file.display().to_string(), groups.display().to_string());
        Ok(self
            .run(&std::env::current_exe()?, &["make", &file, &groups])?
            .0)
    }

    /// A query of ours.
    pub(crate) fn ask(
        &self,
        file: &Path,
        groups: Option<&PathBuf>,
        samples: &[String],
        filter: Option<&str>,
    ) -> Result<Ran, Anything> {
        let (file, out) = (file.display().to_string(), self.out());
        let mut words = vec!["ask".to_owned(), file, out.clone()];
        if let Some(groups) = groups {
            words.extend(["--groups".to_owned(), groups.display().to_string()]);
        }
        if !samples.is_empty() {
            words.extend(["--samples".to_owned(), samples.join(",")]);
        }
        if let Some(filter) = filter {
            words.extend(["--filter".to_owned(), filter.to_owned()]);
        }
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        // What indexing notes is there from the second run on.
        let program = std::env::current_exe()?;
        self.run(&program, &words)?;
        let (mut cpu, mut read) = (f64::MAX, 0);
        for _ in 0..self.repeat.max(1) {
            let (_, printed) = self.run(&program, &words)?;
            let told: Vec<&str> = printed.split_whitespace().collect();
            let [of_file, of_groups, micros] = told[..] else {
                return Err(format!("{printed:?} is not what is to be told").into());
            };
            read = of_file.parse::<u64>()? + of_groups.parse::<u64>()?;
            cpu = cpu.min(micros.parse::<f64>()? / 1e6);
        }
        Ok(ran(cpu, read, &fs::read(out)?))
    }

    /// The same as BCF.
    pub(crate) fn bcf(&self, file: &Path) -> Result<PathBuf, Anything> {
        let bcf = file.with_extension("bcf");
        if !bcf.exists() {
            let paths = [&bcf, &file.to_owned()].map(|path| path.display().to_string());
            self.run(
                self.bcftools,
                &["view", "--no-version", "-Ob", "-o", &paths[0], &paths[1]],
            )?;
        }
        Ok(bcf)
    }

    /// The time without what the program takes to start.
    pub(crate) fn bcftools(&self, file: &Path, samples: &[String]) -> Result<Ran, Anything> {
        let (file, out, samples) = (file.display().to_string(), self.out(), samples.join(","));
        let start = self.best(self.bcftools, &["--version"])?.0;
        let words = [
            "view",
            "--no-version",
            "-s",
            &samples,
            "-Ov",
            "-o",
            &out,
            &file,
        ];
        let (cpu, _) = self.best(self.bcftools, &words)?;
        Ok(ran((cpu - start).max(0.001), 0, &fs::read(out)?))
    }

    /// Nothing if there is no vcztools.
    pub(crate) fn vcztools(
        &self,
        file: &Path,
        samples: &[String],
    ) -> Result<Option<OfZarr>, Anything> {
        let Some(folder) = self.vcz else {
            return Ok(None);
        };
        let store = file.with_extension("vcz");
        let (path, text) = (store.display().to_string(), file.display().to_string());
        if !store.exists() {
            self.run(self.bcftools, &["index", "-f", "-c", &text])?;
            self.run(&folder.join("vcf2zarr"), &["convert", "-Q", &text, &path])?;
        }
        let vcztools = folder.join("vcztools");
        let start = self.best(&vcztools, &["--version"])?.0;
        let (out, samples) = (self.out(), samples.join(","));
        let words = ["view", "--no-version", "-s", &samples, "-o", &out, &path];
        let (cpu, _) = self.best(&vcztools, &words)?;
        Ok(Some(OfZarr {
            cpu,
            start,
            size: size_of(&store)?,
        }))
    }
}

fn ran(cpu: f64, read: u64, answer: &[u8]) -> Ran {
    let lines = answer.split_inclusive(|byte| *byte == b'\n');
    let is_told = |line: &&[u8]| line.starts_with(b"##bcftools_view");
    Ran {
        cpu,
        read,
        answer: lines
            .clone()
            .filter(|line| !is_told(line))
            .flatten()
            .copied()
            .collect(),
        records: lines
            .filter(|line| !line.starts_with(b"#"))
            .map(<[u8]>::to_vec)
            .collect(),
    }
}

fn size_of(path: &Path) -> Result<u64, Anything> {
    let mut size = 0;
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        size += if metadata.is_dir() {
            size_of(&entry.path())?
        } else {
            metadata.len()
        };
    }
    Ok(size)
}
