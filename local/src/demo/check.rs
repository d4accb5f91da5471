//! Whether the downloaded records are right: the same query by hand with bcftools on the files that were uploaded.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    thread,
};

use divbase_cohort::Written;
use futures::{StreamExt, TryStreamExt, stream};
use tokio::process::Command;

use super::{EXPRESSION, REGION};
use crate::AnyError;

/// Compares the records and shows the first ones.
pub(super) async fn run(
    bcftools: &Path,
    folder: &Path,
    result: &Path,
    written: &Written,
) -> Result<(), AnyError> {
    let bcftools = Bcftools(bcftools.to_owned());
    let by_hand = by_hand(&bcftools, folder, written).await?;
    let result = result.display().to_string();
    let downloaded = bcftools.text(&["view", "--no-header", &result]).await?;
    let (want, have): (Vec<&str>, Vec<&str>) =
        (by_hand.lines().collect(), downloaded.lines().collect());
    println!("\nThe first records of the result (the first columns of each):");
    for record in have.iter().take(5) {
        let columns: Vec<&str> = record.split('\t').take(12).collect();
        println!("  {}", columns.join("  "));
    }
    let samples = bcftools
        .text(&["query", "--list-samples", &result])
        .await?
        .lines()
        .count();
    println!(
        "{} records, {samples} samples, {} bytes; by hand with bcftools: {} records",
        have.len(),
        std::fs::metadata(&result)?.len(),
        want.len()
    );
    if want.is_empty() {
        return Err("the query selects nothing, so the demo shows nothing".into());
    }
    match want.iter().zip(&have).position(|(want, have)| want != have) {
        None if want.len() == have.len() => {
            println!("The records are the same, byte for byte.");
            Ok(())
        }
        place => Err(format!(
            "the records differ from those made by hand, first at number {}",
            place.unwrap_or(want.len().min(have.len())) + 1
        )
        .into()),
    }
}

/// The samples that the demo's filter means, read from the table without the service's code.
fn wanted_samples(table: &str) -> Vec<&str> {
    let column = |name: &str| {
        table
            .lines()
            .next()
            .and_then(|header| header.split('\t').position(|title| title == name))
    };
    let (Some(area), Some(weight)) = (column("Area"), column("Weight")) else {
        return Vec::new();
    };
    table
        .lines()
        .skip(1)
        .filter_map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            let is_heavy = cells[weight]
                .parse()
                .is_ok_and(|weight: f64| weight > 100.0);
            (matches!(cells[area], "North" | "South" | "West") && is_heavy).then_some(cells[0])
        })
        .collect()
}

async fn by_hand(
    bcftools: &Bcftools,
    folder: &Path,
    written: &Written,
) -> Result<String, AnyError> {
    let table = std::fs::read_to_string(&written.metadata)?;
    let wanted = wanted_samples(&table);
    let subsets: Vec<Option<(String, PathBuf)>> = stream::iter(written.files.iter().enumerate())
        .map(|(number, file)| subset(bcftools, folder, number, &file.path, &wanted))
        .buffered(thread::available_parallelism().map_or(1, usize::from))
        .try_collect()
        .await?;
    let mut groups: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for (listed, path) in subsets.into_iter().flatten() {
        groups.entry(listed).or_default().push(path);
    }
    let mut merged = Vec::new();
    for (number, files) in groups.values().enumerate() {
        let whole = folder.join(format!("hand_group_{number}.bcf"));
        let names: Vec<String> = files
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        let mut arguments = vec!["concat", "--allow-overlaps"];
        arguments.extend(names.iter().map(String::as_str));
        bcftools.write(&whole, &arguments).await?;
        merged.push(whole.display().to_string());
    }
    let all = folder.join("hand.bcf");
    if let [only] = merged.as_slice() {
        return bcftools.text(&["view", "--no-header", only]).await;
    }
    let mut arguments = vec!["merge"];
    arguments.extend(merged.iter().map(String::as_str));
    bcftools.write(&all, &arguments).await?;
    bcftools
        .text(&["view", "--no-header", &all.display().to_string()])
        .await
}

/// The samples of a file and the records that its part of the query keeps; nothing if it has none of the samples.
async fn subset(
    bcftools: &Bcftools,
    folder: &Path,
    number: usize,
    file: &Path,
    wanted: &[&str],
) -> Result<Option<(String, PathBuf)>, AnyError> {
    let path = file.display().to_string();
    bcftools.text(&["index", "--force", &path]).await?;
    let listed = bcftools.text(&["query", "--list-samples", &path]).await?;
    let kept: Vec<&str> = listed
        .lines()
        .filter(|name| wanted.contains(name))
        .collect();
    if kept.is_empty() {
        return Ok(None);
    }
    let (first, second) = (
        folder.join(format!("hand_{number}_1.bcf")),
        folder.join(format!("hand_{number}_2.bcf")),
    );
    let names = kept.join(",");
    bcftools
        .write(&first, &["view", "-s", &names, "-r", REGION, &path])
        .await?;
    bcftools
        .write(
            &second,
            &["view", "-i", EXPRESSION, &first.display().to_string()],
        )
        .await?;
    Ok(Some((listed, second)))
}

struct Bcftools(PathBuf);

impl Bcftools {
    async fn text(&self, arguments: &[&str]) -> Result<String, AnyError> {
        let output = Command::new(&self.0).args(arguments).output().await?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(format!("bcftools {}: {said}", arguments.join(" ")).into());
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Writes BCF with an index, uncompressed: it is read again at once.
    async fn write(&self, path: &Path, arguments: &[&str]) -> Result<(), AnyError> {
        let path = path.display().to_string();
        let mut all = vec![arguments[0], "-Ob0", "-o", &path];
        all.extend(&arguments[1..]);
        self.text(&all).await?;
        self.text(&["index", "--force", &path]).await?;
        Ok(())
    }
}
