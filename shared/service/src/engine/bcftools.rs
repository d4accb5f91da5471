//! bcftools 1.24 as engine: files are downloaded, stages stream into each other; a file is written only where bcftools
//! needs an index. The result is in order without sorting: inputs are, merge and concat with overlaps keep it, and regions
//! are asked for in file order.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use divbase_contract::plan::FilterScope;
use divbase_vcf::{
    command::{
        InfoUpdate, ViewStage,
        argv::{self, OutputType, SampleArgument},
    },
    merge::OnConflict,
};

use super::{
    EngineError, Input, Job, Outcome, QueryEngine, Running, Work,
    chain::{Program, Step},
    disk, engine_line, in_file_order,
};

/// Name and version.
const NAME: &str = "bcftools 1.24";

/// The program.
#[derive(Clone, Debug)]
pub struct Bcftools {
    program: PathBuf,
}

impl Bcftools {
    /// The program at this path, or of this name on the search path.
    #[must_use]
    pub fn new(program: PathBuf) -> Self {
        Self { program }
    }
}

/// Whether there is a program at this path or, if it is a bare name, of this name on the search path.
#[must_use]
pub fn is_installed(program: &Path) -> bool {
    if program.components().count() > 1 {
        return program.is_file();
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder| folder.join(program).is_file())
}

impl QueryEngine for Bcftools {
    fn name(&self) -> &'static str {
        NAME
    }

    fn run<'a>(&'a self, job: &'a Job, work: &'a Work) -> Running<'a> {
        Box::pin(async move {
            tokio::select! {
                ran = self.answer(job, work) => ran,
                // Dropping the other branch kills the processes.
                _ = work.stop.stopped() => Err(EngineError::Stopped),
            }
        })
    }
}

fn arguments<const N: usize>(texts: [&str; N]) -> Vec<OsString> {
    texts.into_iter().map(OsString::from).collect()
}

impl Bcftools {
    async fn answer(&self, job: &Job, work: &Work) -> Result<Outcome, EngineError> {
        if job.shares_samples {
            return Err(EngineError::SharedSamples);
        }
        if let (Some((one, other)), true) =
            (job.overlap, job.rules.conflicts != OnConflict::KeepBoth)
        {
            return Err(EngineError::Uncompared {
                one: job.inputs[one].key().to_owned(),
                other: job.inputs[other].key().to_owned(),
            });
        }
        let folder = tempfile::tempdir_in(&work.work_dir).map_err(disk::fault)?;
        let fetched = disk::fetch(job, work, folder.path()).await?;
        let mut local = Local {
            job,
            folder: folder.path(),
            files: fetched.files,
            program: Program {
                path: &self.program,
                meter: &work.meter,
            },
        };
        local.index_plain_text().await?;
        local.reorder().await?;
        let output = folder.path().join(format!("result{}", job.output.suffix()));
        match job.scope {
            FilterScope::File => local.stages_then_join(work, &output).await?,
            FilterScope::Cohort => local.join_then_stages(&output).await?,
        }
        (work.done)(0.9);
        let result = disk::store(&output, work).await?;
        Ok(Outcome {
            engine: self.name(),
            notes: Vec::new(),
            warnings: Vec::from_iter((job.groups.len() > 1).then(|| UNCOMPARED.to_owned())),
            findings: Vec::new(),
            records: result.records,
            csi: result.csi,
            written: result.stored.written,
            sha256: Some(result.stored.sha256),
            bytes_read: fetched.bytes,
        })
    }
}

/// What is said where bcftools merges: it puts together whatever has the same POS.
pub(crate) const UNCOMPARED: &str = "bcftools merges these files, which does not compare whether REF of the same site is the same in them";

/// A job whose files lie on the local disk.
struct Local<'j> {
    job: &'j Job,
    folder: &'j Path,
    files: Vec<PathBuf>,
    program: Program<'j>,
}

impl Local<'_> {
    /// Plain text has no index, which regions and joining need.
    async fn index_plain_text(&mut self) -> Result<(), EngineError> {
        for (index, input) in self.job.inputs.iter().enumerate() {
            if !input.key().ends_with(".vcf") {
                continue;
            }
            let step = view(
                format!("view (plain text) on {}", input.key()),
                &disk::untouched(),
                &SampleArgument::All,
                &self.files[index],
            );
            let path = self.folder.join(format!("plain_{index}.bcf"));
            self.write_indexed(vec![step], &path).await?;
            self.files[index] = path;
        }
        Ok(())
    }

    /// Brings the columns of files into the order of the first of their group.
    async fn reorder(&mut self) -> Result<(), EngineError> {
        for (index, input) in self.job.inputs.iter().enumerate() {
            let Some(order) = &input.reorder else {
                continue;
            };
            let list = format!("columns_{index}.txt");
            let step = view(
                format!("view (order of samples) on {}", input.key()),
                &disk::untouched(),
                &disk::sample_argument(order, self.folder, &list)?,
                &self.files[index],
            );
            let path = self.folder.join(format!("columns_{index}.bcf"));
            self.write_indexed(vec![step], &path).await?;
            self.files[index] = path;
        }
        Ok(())
    }

    /// Each file through the stages, then all together.
    async fn stages_then_join(&self, work: &Work, output: &Path) -> Result<(), EngineError> {
        let total = self.files.len() + 1;
        if let ([input], None) = (self.job.inputs.as_slice(), &self.job.sample_order) {
            let mut chain = self.subset(0, input).await?;
            chain.push(self.annotate()?);
            return self.program.run(chain, Some(output)).await;
        }
        let mut parts = Vec::with_capacity(self.files.len());
        for (index, input) in self.job.inputs.iter().enumerate() {
            let part = self.folder.join(format!("part_{index}.bcf"));
            let chain = self.subset(index, input).await?;
            self.write_indexed(chain, &part).await?;
            parts.push(part);
            (work.done)(0.3 + 0.6 * (index + 1) as f64 / total as f64);
        }
        let mut chain = self.join(&parts).await?;
        if let Some(order) = &self.job.sample_order {
            chain.push(view(
                "view (order of samples)",
                &disk::untouched(),
                &disk::sample_argument(order, self.folder, "order.txt")?,
                Path::new("-"),
            ));
        }
        chain.push(self.annotate()?);
        self.program.run(chain, Some(output)).await
    }

    /// All files together, then through the stages. The first one reads what a chain writes, so its regions need a file.
    async fn join_then_stages(&self, output: &Path) -> Result<(), EngineError> {
        let mut parts = Vec::with_capacity(self.files.len());
        // The counts of a file are those of its samples that are joined.
        let stages = self.job.pipeline.stages.iter();
        let mut selecting = stages.filter(|stage| stage.samples.is_some());
        let cut = ViewStage {
            info_update: selecting.next().map_or(InfoUpdate::Keep, |s| s.info_update),
            ..disk::untouched()
        };
        for (index, input) in self.job.inputs.iter().enumerate() {
            let part = self.folder.join(format!("part_{index}.bcf"));
            let samples = match &input.samples {
                Some(names) => {
                    disk::sample_argument(names, self.folder, &format!("samples_{index}.txt"))?
                }
                None => SampleArgument::All,
            };
            let step = view(
                format!("view (samples) on {}", input.key()),
                &cut,
                &samples,
                &self.files[index],
            );
            self.write_indexed(vec![step], &part).await?;
            parts.push(part);
        }
        let whole = self.folder.join("whole.bcf");
        let chain = self.join(&parts).await?;
        self.write_indexed(chain, &whole).await?;
        let scaffolds = disk::scaffolds(self.job);
        let all = Input {
            samples: disk::all_kept(self.job),
            scaffolds,
            ..self.job.inputs[0].clone()
        };
        let merged = Local {
            job: self.job,
            folder: self.folder,
            files: vec![whole],
            program: self.program,
        };
        let mut chain = merged.subset(0, &all).await?;
        chain.push(self.annotate()?);
        self.program.run(chain, Some(output)).await
    }

    /// The steps that put parts together, the last of them writing to standard output.
    async fn join(&self, parts: &[PathBuf]) -> Result<Vec<Step>, EngineError> {
        let overlaps = ["--allow-overlaps".to_owned()];
        let mut groups = Vec::with_capacity(self.job.groups.len());
        for (number, group) in self.job.groups.iter().enumerate() {
            let files = group.iter().map(|index| &parts[*index]);
            groups.push(match group.as_slice() {
                [only] => parts[*only].clone(),
                several if self.job.groups.len() == 1 && several.len() > 1 => {
                    return Ok(vec![combine("concat", &overlaps, files)]);
                }
                _ => {
                    let whole = self.folder.join(format!("group_{number}.bcf"));
                    let chain = vec![combine("concat", &overlaps, files)];
                    self.write_indexed(chain, &whole).await?;
                    whole
                }
            });
        }
        Ok(match groups.as_slice() {
            [only] => vec![view("view", &disk::untouched(), &SampleArgument::All, only)],
            several => vec![combine(
                "merge",
                &self.job.rules.arguments(),
                several.iter(),
            )],
        })
    }

    /// The steps that make one input's share, the last of them writing to standard output. Regions need an
    /// index, so a stage with regions behind another one reads a file that is written here.
    async fn subset(&self, index: usize, input: &Input) -> Result<Vec<Step>, EngineError> {
        let mut chain = Vec::new();
        let mut source = self.files[index].clone();
        for (number, stage) in self.job.pipeline.stages.iter().enumerate() {
            if number > 0 && !stage.regions.is_empty() {
                source = self.folder.join(format!("stage_{index}_{number}.bcf"));
                self.write_indexed(std::mem::take(&mut chain), &source)
                    .await?;
            }
            let from = if chain.is_empty() {
                source.as_path()
            } else {
                Path::new("-")
            };
            let samples = match (&stage.samples, &input.samples) {
                (Some(_), Some(names)) => {
                    let list = format!("samples_{index}_{number}.txt");
                    disk::sample_argument(names, self.folder, &list)?
                }
                _ => SampleArgument::All,
            };
            chain.push(view(
                format!("view (stage {}) on {}", number + 1, input.key()),
                &in_file_order(stage, &input.scaffolds),
                &samples,
                from,
            ));
        }
        Ok(chain)
    }

    async fn write_indexed(&self, chain: Vec<Step>, path: &Path) -> Result<(), EngineError> {
        self.program.run(chain, Some(path)).await?;
        let mut index = arguments(["index", "--csi", "--force", "--"]);
        index.push(path.into());
        let step = Step {
            name: "index".to_owned(),
            arguments: index,
        };
        self.program.run(vec![step], None).await
    }

    /// Adds the header lines to what it reads and writes the result in its format.
    fn annotate(&self) -> Result<Step, EngineError> {
        let lines = self.folder.join("header_lines.txt");
        let mut text: String = self
            .job
            .header_lines
            .iter()
            .map(|line| format!("{line}\n"))
            .collect();
        if self.job.inputs.len() > 1 && self.job.rules.conflicts != OnConflict::Error {
            text.push_str(&format!(
                "##DivBase_on_conflict={}\n",
                self.job.rules.conflicts.as_str()
            ));
        }
        text.push_str(&engine_line(NAME));
        text.push('\n');
        std::fs::write(&lines, text).map_err(disk::fault)?;
        let kind = format!("--output-type={}", self.job.output.as_str());
        let mut annotate = arguments(["annotate", &kind]);
        let mut header = OsString::from("--header-lines=");
        header.push(&lines);
        annotate.push(header);
        annotate.push("--".into());
        annotate.push("-".into());
        Ok(Step {
            name: "annotate".to_owned(),
            arguments: annotate,
        })
    }
}

/// A step that writes uncompressed BCF, for the next one.
fn view(
    name: impl Into<String>,
    stage: &ViewStage,
    samples: &SampleArgument,
    from: impl AsRef<Path>,
) -> Step {
    let from = from.as_ref();
    Step {
        name: name.into(),
        arguments: argv::view(stage, samples, from, OutputType::UncompressedBcf),
    }
}

fn combine<'a>(
    command: &str,
    options: &[String],
    files: impl Iterator<Item = &'a PathBuf>,
) -> Step {
    let mut all = arguments([command, "--output-type=u"]);
    all.extend(options.iter().map(OsString::from));
    all.push("--".into());
    all.extend(files.map(OsString::from));
    Step {
        name: command.to_owned(),
        arguments: all,
    }
}
