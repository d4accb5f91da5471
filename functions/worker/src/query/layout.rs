//! How the files' answers are put together: files with the same samples are concatenated, files with disjoint
//! samples merged. The rule looks at all samples of a file, not only at those that were asked for.

use std::collections::HashMap;

use divbase_tasks::TaskError;

use super::Chosen;

/// Groups of files by their samples, as indices into `chosen`: to be concatenated within a group, then merged.
///
/// # Errors
/// A user error that names two files whose samples overlap in another way.
pub(crate) fn layout(chosen: &[Chosen<'_>]) -> Result<Vec<Vec<usize>>, TaskError> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut by_samples: HashMap<&[String], usize> = HashMap::new();
    let mut owner: HashMap<&str, usize> = HashMap::new();
    for (index, Chosen { file, .. }) in chosen.iter().enumerate() {
        if let Some(&group) = by_samples.get(file.samples.as_slice()) {
            groups[group].push(index);
            continue;
        }
        if file.samples.is_empty() && chosen.len() > 1 {
            return Err(TaskError::user(format!(
                "The file '{}' has no samples and cannot be combined with others.",
                file.object_key
            )));
        }
        let group = groups.len();
        for sample in &file.samples {
            if let Some(other) = owner.insert(sample, group) {
                let other = chosen[groups[other][0]].file;
                return Err(incompatible(
                    &other.object_key,
                    &other.samples,
                    &file.object_key,
                    &file.samples,
                ));
            }
        }
        by_samples.insert(&file.samples, group);
        groups.push(vec![index]);
    }
    Ok(groups)
}

fn incompatible(a: &str, a_samples: &[String], b: &str, b_samples: &[String]) -> TaskError {
    let (mut a_sorted, mut b_sorted) = (a_samples.to_vec(), b_samples.to_vec());
    a_sorted.sort();
    b_sorted.sort();
    let why = if a_sorted == b_sorted {
        "have the same samples in another order"
    } else {
        "share some samples but not all"
    };
    TaskError::user(format!(
        "The files '{a}' and '{b}' {why}, so they can neither be concatenated nor merged. Choose samples or regions \
         that are in one of them only."
    ))
}
