//! The whole path as typed: upload, index, query, result, compared with bcftools by hand on the same files.

use std::{
    fs,
    path::{Path, PathBuf},
};

use divbase_cohort::{Cohort, Layout};
use divbase_services::workspace_root;
use divbase_tests::{
    Outcome, TestResult,
    by_hand::{ByHand, same_records},
    installation::Installation,
    process::Cli,
};

/// A user at a terminal, in a folder with data, logged in.
struct Terminal {
    installation: Installation,
    cli: Cli,
}

impl Terminal {
    async fn open() -> TestResult<Self> {
        let installation = Installation::start().await?;
        let person = installation.person("linnea").await?;
        installation.project("herring", &person, "edit").await?;
        let cli = Cli::new(&installation.api_url, &installation.path("home"))?;
        cli.log_in(&person).await?;
        cli.ok(&["config", "add", "herring", "--default"]).await?;
        Ok(Self { installation, cli })
    }

    async fn upload(&self, files: &[PathBuf]) -> TestResult {
        let names: Vec<String> = files
            .iter()
            .map(|file| file.to_string_lossy().into_owned())
            .collect();
        let mut typed = vec!["files", "upload"];
        typed.extend(names.iter().map(String::as_str));
        let said = self.cli.ok(&typed).await?;
        assert!(
            said.to_lowercase().contains("successfully uploaded"),
            "{said}"
        );
        self.cli.ok(&["dimensions", "update", "--wait"]).await?;
        Ok(())
    }

    /// Submits a query, fetches its result, gives the file.
    async fn query(&self, arguments: &[&str]) -> TestResult<PathBuf> {
        let mut typed = vec!["query", "vcf"];
        typed.extend(arguments);
        let said = self.cli.ok(&typed).await?;
        let task_id = said
            .split("task id: ")
            .nth(1)
            .map_or_else(String::new, |rest| {
                rest.chars().take_while(char::is_ascii_digit).collect()
            });
        assert!(!task_id.is_empty(), "no task id was printed: {said}");
        self.cli.ok(&["query", "get-vcf-results", &task_id]).await?;
        let history = self.cli.ok(&["task-history", "id", &task_id]).await?;
        let name = format!("result_of_job_{task_id}.vcf.gz");
        assert!(history.contains(&name), "{history}");
        Ok(self.cli.folder().join(name))
    }

    /// A result equals the same query by hand, and has what it should have to be of use.
    async fn is_right(&self, result: &Path, by_hand: &ByHand<'_>) -> TestResult {
        let bcftools = self.installation.bcftools();
        let expected = by_hand.records(&bcftools).await?;
        assert!(
            !expected.is_empty(),
            "the query selects nothing, so the test shows nothing"
        );
        let header = bcftools
            .text(&["view", "--header-only", &result.to_string_lossy()])
            .await?;
        assert!(header.contains("##DivBase_created="), "{header}");
        same_records(&expected, &bcftools.records(result).await?)
    }
}

/// The samples whose column has this value, in the table's order.
fn samples_with(table: &Path, column: &str, value: &str) -> TestResult<Vec<String>> {
    let text = fs::read_to_string(table)?;
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let place = header
        .iter()
        .position(|title| *title == column)
        .ok_or("no such column")?;
    Ok(lines
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .filter(|cells| cells.get(place) == Some(&value))
        .map(|cells| cells[0].to_owned())
        .collect())
}

/// Generates a cohort in this layout and queries it by metadata, region and expression.
async fn generated(layout: Layout) -> Outcome {
    let terminal = Terminal::open().await?;
    let cohort = Cohort {
        samples: 24,
        records: 1_500,
        scaffolds: 2,
        ..Cohort::default()
    };
    let data = terminal.installation.path("data");
    let written = cohort.write(layout, &data, "herring")?;
    let files: Vec<PathBuf> = written.files.iter().map(|file| file.path.clone()).collect();
    let mut all = files.clone();
    all.push(written.metadata.clone());
    terminal.upload(&all).await?;

    let listed = terminal
        .cli
        .ok(&[
            "query",
            "tsv",
            "Sex:F",
            "--metadata-tsv-name",
            "herring.tsv",
        ])
        .await?;
    let samples = samples_with(&written.metadata, "Sex", "F")?;
    for sample in &samples {
        assert!(listed.contains(sample), "{sample} is missing: {listed}");
    }
    let expression = "QUAL>=30 && N_ALT==1";
    let region = "scaffold_1:1-60000,scaffold_2";
    let command = format!("view -r {region}; view -i '{expression}'");
    let arguments = [
        "--tsv-filter",
        "Sex:F",
        "--metadata-tsv-name",
        "herring.tsv",
        "--command",
    ];
    let result = terminal
        .query(&[&arguments[..], &[&command]].concat())
        .await?;
    let by_hand = ByHand {
        files: &files,
        samples: Some(&samples),
        order: None,
        stages: &[&["-r", region], &["-i", expression]],
        folder: terminal.installation.folder.path(),
    };
    terminal.is_right(&result, &by_hand).await?;
    terminal.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn one_file() -> Outcome {
    generated(Layout::Whole).await
}

#[tokio::test]
async fn files_that_are_concatenated() -> Outcome {
    generated(Layout::ByScaffold).await
}

#[tokio::test]
async fn files_that_are_merged() -> Outcome {
    generated(Layout::BySamples(3)).await
}

#[tokio::test]
async fn files_that_are_concatenated_and_merged() -> Outcome {
    generated(Layout::Mixed(2)).await
}

/// Files of a real cohort by the names that they have beside the checkout, if they are there.
fn real(names: &[&str]) -> Option<Vec<PathBuf>> {
    let folder = workspace_root().join("../shared/data/divbase");
    let files: Vec<PathBuf> = names.iter().map(|name| folder.join(name)).collect();
    if files.iter().all(|file| file.is_file()) {
        println!("real data is used: {}", folder.display());
        Some(files)
    } else {
        println!(
            "there is no {}; the generated data has to do",
            folder.display()
        );
        None
    }
}

/// Queries real files by names and by all samples.
async fn queried(names: &[&str]) -> Outcome {
    let Some(files) = real(names) else {
        return Ok(());
    };
    let terminal = Terminal::open().await?;
    terminal.upload(&files).await?;
    let folder = terminal.installation.folder.path();
    let bcftools = terminal.installation.bcftools();

    let all = terminal
        .query(&["--all-samples", "--command", "view -i 'AC>2'"])
        .await?;
    // What bcftools by hand does with the originals it does in place, so it gets copies.
    let copies: Vec<PathBuf> = files
        .iter()
        .map(|file| {
            let copy = folder.join(file.file_name().unwrap_or_default());
            fs::copy(file, &copy).map(|_| copy)
        })
        .collect::<Result<_, _>>()?;
    let by_hand = ByHand {
        files: &copies,
        samples: None,
        order: None,
        stages: &[&["-i", "AC>2"]],
        folder,
    };
    terminal.is_right(&all, &by_hand).await?;

    let mut some = Vec::new();
    for file in &copies {
        let listed = bcftools.samples(file).await?;
        some.extend(listed.into_iter().step_by(3));
    }
    some.sort();
    some.dedup();
    let named = terminal
        .query(&[
            "--samples",
            &some.join(","),
            "--command",
            "view -s; view -c 1",
        ])
        .await?;
    let by_hand = ByHand {
        samples: Some(&some),
        order: Some(&some),
        stages: &[&["-c", "1"]],
        ..by_hand
    };
    terminal.is_right(&named, &by_hand).await?;
    terminal.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_real_cohort_split_by_samples() -> Outcome {
    queried(&[
        "HOM_20ind_17SNPs_first_10_samples.vcf.gz",
        "HOM_20ind_17SNPs_last_10_samples.vcf.gz",
    ])
    .await
}

#[tokio::test]
async fn a_real_cohort_split_by_scaffold() -> Outcome {
    queried(&[
        "HOM_20ind_17SNPs.1.vcf.gz",
        "HOM_20ind_17SNPs.4.vcf.gz",
        "HOM_20ind_17SNPs.13.vcf.gz",
        "HOM_20ind_17SNPs.21.vcf.gz",
    ])
    .await
}

#[tokio::test]
async fn a_real_cohort_in_a_mixed_layout() -> Outcome {
    queried(&[
        "HOM_20ind_17SNPs.8.vcf.gz",
        "HOM_20ind_17SNPs.13.vcf.gz",
        "HOM_20ind_17SNPs.8_edit_new_sample_names.vcf.gz",
        "HOM_20ind_17SNPs.13_edit_new_sample_names.vcf.gz",
    ])
    .await
}
