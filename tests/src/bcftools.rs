//! bcftools by hand, the judge of query results.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::TestResult;

/// The program.
#[derive(Clone, Debug)]
pub struct Bcftools(pub PathBuf);

impl Bcftools {
    /// Runs it; gives what it printed.
    ///
    /// # Errors
    /// If it fails.
    pub async fn text(&self, arguments: &[&str]) -> TestResult<String> {
        self.text_in(Path::new("."), arguments).await
    }

    /// Runs it in a folder; gives what it printed.
    ///
    /// # Errors
    /// If it fails.
    pub async fn text_in(&self, folder: &Path, arguments: &[&str]) -> TestResult<String> {
        let mut command = Command::new(&self.0);
        command.args(arguments).current_dir(folder);
        let output = command.output().await?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(format!("bcftools {}: {said}", arguments.join(" ")).into());
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// The records of a file, without its header.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn records(&self, file: &Path) -> TestResult<Vec<String>> {
        let text = self
            .text(&["view", "--no-header", &file.to_string_lossy()])
            .await?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// The sample names of a file, in order.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn samples(&self, file: &Path) -> TestResult<Vec<String>> {
        let text = self
            .text(&["query", "--list-samples", &file.to_string_lossy()])
            .await?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// Runs stages of `view` over one file as a user would by hand, the samples subset first; gives an indexed BCF.
    ///
    /// # Errors
    /// If a stage fails.
    pub async fn view(
        &self,
        file: &Path,
        samples: &[String],
        stages: &[&[&str]],
        out: &Path,
    ) -> TestResult<PathBuf> {
        let names = samples.join(",");
        let mut input = self.indexed(file).await?;
        for (number, stage) in stages.iter().enumerate() {
            let output = out.with_extension(format!("{number}.bcf"));
            let (from, to) = (
                input.to_string_lossy().into_owned(),
                output.to_string_lossy().into_owned(),
            );
            let mut arguments = vec!["view", "-Ob", "-o", &to];
            if number == 0 && !samples.is_empty() {
                arguments.extend(["-s", &names]);
            }
            arguments.extend(stage.iter().copied());
            arguments.push(&from);
            self.text(&arguments).await?;
            input = self.indexed(&output).await?;
        }
        Ok(input)
    }

    /// `concat` or `merge` of indexed files; one file is given back as it is.
    ///
    /// # Errors
    /// If it fails.
    pub async fn put_together(
        &self,
        how: &str,
        files: &[PathBuf],
        out: &Path,
    ) -> TestResult<PathBuf> {
        if let [only] = files {
            return Ok(only.clone());
        }
        let names: Vec<String> = files
            .iter()
            .map(|file| file.to_string_lossy().into_owned())
            .collect();
        let to = out.to_string_lossy().into_owned();
        let mut arguments = vec![how, "-Ob", "-o", &to];
        if how == "concat" {
            arguments.push("--allow-overlaps");
        }
        arguments.extend(names.iter().map(String::as_str));
        self.text(&arguments).await?;
        self.indexed(out).await
    }

    async fn indexed(&self, file: &Path) -> TestResult<PathBuf> {
        self.text(&["index", "--force", &file.to_string_lossy()])
            .await?;
        Ok(file.to_owned())
    }
}
