//! The whole query by hand: what a user with bcftools and all the files would type, as the judge of results.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use crate::{TestResult, bcftools::Bcftools};

/// A query as typed for bcftools.
#[derive(Clone, Copy, Debug)]
pub struct ByHand<'a> {
    /// The files.
    pub files: &'a [PathBuf],
    /// The samples that are wanted; all if absent.
    pub samples: Option<&'a [String]>,
    /// The order of the result's samples, if it is not that of the files.
    pub order: Option<&'a [String]>,
    /// The arguments of each stage, `view` left out.
    pub stages: &'a [&'a [&'a str]],
    /// Where files may be written.
    pub folder: &'a Path,
}

impl ByHand<'_> {
    /// Subsets each file, concatenates those with the same samples, merges the groups; gives the records.
    ///
    /// # Errors
    /// If bcftools fails.
    pub async fn records(&self, bcftools: &Bcftools) -> TestResult<Vec<String>> {
        let mut groups: BTreeMap<Vec<String>, Vec<PathBuf>> = BTreeMap::new();
        let mut order: Vec<Vec<String>> = Vec::new();
        for (number, file) in self.files.iter().enumerate() {
            let all = bcftools.samples(file).await?;
            let kept: Vec<String> = all
                .iter()
                .filter(|name| self.samples.is_none_or(|wanted| wanted.contains(name)))
                .cloned()
                .collect();
            if kept.is_empty() {
                continue;
            }
            let subset = if self.samples.is_some() {
                kept
            } else {
                Vec::new()
            };
            let out = self.folder.join(format!("by_hand_{number}"));
            let part = bcftools.view(file, &subset, self.stages, &out).await?;
            if !groups.contains_key(&all) {
                order.push(all.clone());
            }
            groups.entry(all).or_default().push(part);
        }
        let mut merged = Vec::new();
        for (number, samples) in order.iter().enumerate() {
            let out = self.folder.join(format!("by_hand_group_{number}.bcf"));
            merged.push(
                bcftools
                    .put_together("concat", &groups[samples], &out)
                    .await?,
            );
        }
        let out = self.folder.join("by_hand.bcf");
        let whole = bcftools.put_together("merge", &merged, &out).await?;
        let Some(order) = self.order else {
            return bcftools.records(&whole).await;
        };
        let out = self.folder.join("by_hand_ordered");
        let ordered = bcftools.view(&whole, order, &[&["-I"]], &out).await?;
        bcftools.records(&ordered).await
    }
}

/// Compares records; an error names the first that differs.
///
/// # Errors
/// If they differ.
pub fn same_records(expected: &[String], found: &[String]) -> TestResult {
    if expected == found {
        return Ok(());
    }
    let place = expected
        .iter()
        .zip(found)
        .position(|(one, other)| one != other)
        .unwrap_or(expected.len().min(found.len()));
    let line = |records: &[String]| records.get(place).cloned().unwrap_or_default();
    Err(format!(
        "{} records by hand, {} in the result; they differ at number {}:\nby hand: {}\nresult:  {}",
        expected.len(),
        found.len(),
        place + 1,
        line(expected),
        line(found)
    )
    .into())
}
