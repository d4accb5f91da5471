//! Which files have which samples.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::ProjectFacts;

/// Files of a matrix.
const MOST_FILES: usize = 30;

/// Samples of a matrix.
const MOST_SAMPLES: usize = 60;

/// Samples by files.
#[derive(Debug, Default)]
pub struct Matrix {
    /// Keys of files that have one of the samples, the first of them.
    pub files: Vec<String>,
    /// Each sample with whether each of these files has it.
    pub rows: Vec<(String, Vec<bool>)>,
    /// Files that have one of the samples and are not shown.
    pub files_left_out: usize,
}

impl Matrix {
    /// Of the first of these samples.
    #[must_use]
    pub fn of(facts: &ProjectFacts, samples: &[&str]) -> Self {
        let samples = &samples[..samples.len().min(MOST_SAMPLES)];
        let wanted: HashSet<&str> = samples.iter().copied().collect();
        // A list is looked at once, however many files share it.
        let mut known = HashMap::new();
        let (mut files, mut has, mut files_left_out) = (Vec::new(), Vec::new(), 0);
        for file in &facts.files {
            let found: &HashSet<&str> =
                known.entry(Arc::as_ptr(&file.samples)).or_insert_with(|| {
                    let names = file.samples.iter().map(String::as_str);
                    names.filter(|name| wanted.contains(name)).collect()
                });
            if found.is_empty() {
                continue;
            }
            if files.len() < MOST_FILES {
                files.push(file.object_key.clone());
                has.push(found.clone());
            } else {
                files_left_out += 1;
            }
        }
        let row = |sample: &&str| {
            let marks = has.iter().map(|found| found.contains(sample)).collect();
            ((*sample).to_owned(), marks)
        };
        Self {
            rows: samples.iter().map(row).collect(),
            files,
            files_left_out,
        }
    }
}
