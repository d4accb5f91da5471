//! `-s`: which sample columns a stage keeps, and in which order.

use std::collections::HashSet;

use crate::command::SampleChoice;
use crate::error::{Error, ErrorKind};
use crate::header::Header;

/// Their columns, 0-based.
pub(super) fn choose(
    choice: &SampleChoice,
    force: bool,
    header: &Header,
    selection: &[String],
) -> Result<Vec<usize>, Error> {
    let unknown = |name: &str, verb: &str| {
        Error::from(ErrorKind::Option(format!(
            "{verb} sample {name:?} is not in the header; --force-samples passes over unknown samples"
        )))
    };
    Ok(match choice {
        SampleChoice::Selection => {
            let mut seen = HashSet::new();
            let columns = selection
                .iter()
                .filter_map(|name| header.sample_index(name));
            columns.filter(|column| seen.insert(*column)).collect()
        }
        SampleChoice::Include(names) => {
            let mut seen = HashSet::new();
            let mut columns = Vec::with_capacity(names.len());
            for name in names {
                match header.sample_index(name) {
                    Some(column) if seen.insert(column) => columns.push(column),
                    Some(_) => {
                        let reason = format!("sample {name:?} is asked for twice");
                        return Err(ErrorKind::Option(reason).into());
                    }
                    None if force => {}
                    None => return Err(unknown(name, "the chosen")),
                }
            }
            columns
        }
        SampleChoice::Exclude(names) => {
            let mut excluded = HashSet::new();
            for name in names {
                match header.sample_index(name) {
                    Some(column) => {
                        excluded.insert(column);
                    }
                    None if force => {}
                    None => return Err(unknown(name, "the excluded")),
                }
            }
            (0..header.samples().len())
                .filter(|column| !excluded.contains(column))
                .collect()
        }
        SampleChoice::IncludeFile(path) | SampleChoice::ExcludeFile(path) => {
            let reason = format!("the file of samples {path:?} has not been read");
            return Err(ErrorKind::Option(reason).into());
        }
    })
}
