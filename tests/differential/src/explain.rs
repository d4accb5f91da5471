//! From verdicts to paragraphs: one cut-down example per likely cause.

use std::path::Path;

use crate::Error;
use crate::case::Case;
use crate::compare::Verdict;
use crate::judge::Judge;
use crate::minimise::minimise;
use crate::report::{group, paragraph};

/// Paragraphs of Markdown for the most frequent causes, at most `most`.
///
/// # Errors
///
/// If a program cannot be run at all.
pub fn differences(
    judge: &mut Judge,
    cases: &[Case],
    verdicts: &[Verdict],
    most: usize,
    folder: &Path,
) -> Result<Vec<String>, Error> {
    let mut paragraphs = Vec::new();
    for (signature, members) in group(cases, verdicts).iter().take(most) {
        if let Verdict::Different(difference) = &verdicts[members[0]] {
            let minimal = minimise(judge, &cases[members[0]], difference, folder)?;
            paragraphs.push(paragraph(signature, members, &minimal));
        }
    }
    Ok(paragraphs)
}
