//! bcftools 1.24 as engine: stages stream into each other; a file is written only where bcftools needs an index.
//! The result is in order without sorting: inputs are, merge and concat with overlaps keep it, and regions are asked
//! for in file order.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use divbase_vcf::command::{
    ViewStage,
    argv::{self, OutputType, SampleArgument, SampleList},
};
use futures::future::BoxFuture;

use super::{
    EngineError, Input, Job, QueryEngine, Ran, Steps,
    chain::{self, Step},
    engine_line, in_file_order,
};

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

impl QueryEngine for Bcftools {
    fn name(&self) -> &'static str {
        "bcftools 1.24"
    }

    fn run<'a>(
        &'a self,
        job: &'a Job,
        steps: Steps<'a>,
    ) -> BoxFuture<'a, Result<Ran, EngineError>> {
        Box::pin(async move {
            self.query(job, steps).await?;
            Ok(Ran {
                engine: self.name(),
                notes: Vec::new(),
            })
        })
    }
}

fn arguments<const N: usize>(texts: [&str; N]) -> Vec<OsString> {
    texts.into_iter().map(OsString::from).collect()
}

impl Bcftools {
    async fn query(&self, job: &Job, steps: Steps<'_>) -> Result<(), EngineError> {
        let total = job.inputs.len() + 1;
        if let [input] = job.inputs.as_slice() {
            let mut chain = self.subset(job, 0, input).await?;
            steps(1, total);
            chain.push(self.annotate(job, None)?);
            return chain::run(&self.program, chain, Some(&job.output)).await;
        }
        let mut parts = Vec::with_capacity(job.inputs.len());
        for (index, input) in job.inputs.iter().enumerate() {
            let part = job.folder.join(format!("part_{index}.bcf"));
            let chain = self.subset(job, index, input).await?;
            self.write_indexed(chain, &part).await?;
            parts.push(part);
            steps(index + 1, total);
        }
        let mut groups = Vec::with_capacity(job.groups.len());
        for (number, group) in job.groups.iter().enumerate() {
            groups.push(match group.as_slice() {
                [only] => parts[*only].clone(),
                several => {
                    let whole = job.folder.join(format!("group_{number}.bcf"));
                    let files = several.iter().map(|index| &parts[*index]);
                    self.write_indexed(
                        vec![combine("concat", ["--allow-overlaps"], files)],
                        &whole,
                    )
                    .await?;
                    whole
                }
            });
        }
        let chain = match groups.as_slice() {
            [only] => vec![self.annotate(job, Some(only))?],
            several => {
                vec![
                    combine("merge", [], several.iter()),
                    self.annotate(job, None)?,
                ]
            }
        };
        chain::run(&self.program, chain, Some(&job.output)).await
    }

    /// The steps that make one input's share, the last of them writing to standard output. Regions need an
    /// index, so a stage with regions behind another one reads a file that is written here.
    async fn subset(
        &self,
        job: &Job,
        index: usize,
        input: &Input,
    ) -> Result<Vec<Step>, EngineError> {
        let mut chain = Vec::new();
        let mut source = input.path.clone();
        for (number, stage) in job.pipeline.stages.iter().enumerate() {
            if number > 0 && !stage.regions.is_empty() {
                source = job.folder.join(format!("stage_{index}_{number}.bcf"));
                self.write_indexed(std::mem::take(&mut chain), &source)
                    .await?;
            }
            let from = if chain.is_empty() {
                source.as_path()
            } else {
                Path::new("-")
            };
            let samples = self.samples(job, index, number, stage, input)?;
            chain.push(Step {
                name: format!("view (stage {}) on {}", number + 1, input.key),
                arguments: argv::view(
                    &in_file_order(stage, &input.scaffolds),
                    &samples,
                    from,
                    OutputType::UncompressedBcf,
                ),
            });
        }
        Ok(chain)
    }

    fn samples(
        &self,
        job: &Job,
        index: usize,
        number: usize,
        stage: &ViewStage,
        input: &Input,
    ) -> Result<SampleArgument, EngineError> {
        let (Some(_), Some(names)) = (&stage.samples, &input.samples) else {
            return Ok(SampleArgument::All);
        };
        Ok(match SampleList::new(names) {
            SampleList::Inline(list) => SampleArgument::Inline(list),
            SampleList::NeedsFile(content) => {
                let path = job.folder.join(format!("samples_{index}_{number}.txt"));
                std::fs::write(&path, content)
                    .map_err(|error| EngineError::Fault(error.to_string()))?;
                SampleArgument::File(path)
            }
        })
    }

    async fn write_indexed(&self, chain: Vec<Step>, path: &Path) -> Result<(), EngineError> {
        chain::run(&self.program, chain, Some(path)).await?;
        let mut index = arguments(["index", "--csi", "--force", "--"]);
        index.push(path.into());
        let step = Step {
            name: "index".to_owned(),
            arguments: index,
        };
        chain::run(&self.program, vec![step], None).await
    }

    /// Adds the header lines to a file or to standard input and writes bgzipped VCF.
    fn annotate(&self, job: &Job, input: Option<&PathBuf>) -> Result<Step, EngineError> {
        let lines = job.folder.join("header_lines.txt");
        let mut text: String = job
            .header_lines
            .iter()
            .map(|line| format!("{line}\n"))
            .collect();
        text.push_str(&engine_line(self.name()));
        text.push('\n');
        std::fs::write(&lines, text).map_err(|error| EngineError::Fault(error.to_string()))?;
        let mut annotate = arguments(["annotate", "--output-type=z"]);
        let mut header = OsString::from("--header-lines=");
        header.push(&lines);
        annotate.push(header);
        annotate.push("--".into());
        annotate.push(input.map_or_else(|| OsString::from("-"), OsString::from));
        Ok(Step {
            name: "annotate".to_owned(),
            arguments: annotate,
        })
    }
}

fn combine<'a, const N: usize>(
    command: &str,
    options: [&str; N],
    files: impl Iterator<Item = &'a PathBuf>,
) -> Step {
    let mut all = arguments([command, "--output-type=u"]);
    all.extend(arguments(options));
    all.push("--".into());
    all.extend(files.map(OsString::from));
    Step {
        name: command.to_owned(),
        arguments: all,
    }
}
