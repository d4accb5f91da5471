//! Where the sample columns of a merged result come from. A sample can be in several groups of files; at
//! each site it is taken from the one that has it.

use hashbrown::HashMap;

use crate::executor::arrange;
use crate::header::Header;

/// A sample column of the result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    /// Group, and column in it.
    pub first: (usize, usize),
    /// Other groups that have the sample.
    pub others: Vec<(usize, usize)>,
}

/// How many columns each of `groups` groups has, if all columns come group by group in their own order
/// and none is in two of them.
pub(crate) fn sizes_in_order(columns: &[Column], groups: usize) -> Option<Vec<usize>> {
    let mut sizes = vec![0; groups];
    let mut last = 0;
    for column in columns {
        let (group, place) = column.first;
        if !column.others.is_empty() || group < last || place != sizes[group] {
            return None;
        }
        last = group;
        sizes[group] += 1;
    }
    Some(sizes)
}

/// The samples of all groups in the order they are first seen, those in `wanted` before all others.
pub(crate) fn columns(groups: &[Header], wanted: &[String]) -> (Vec<Column>, Vec<Vec<u8>>) {
    let mut known: HashMap<&[u8], usize> = HashMap::new();
    let mut found: Vec<(Column, Vec<u8>)> = Vec::new();
    for (group, header) in groups.iter().enumerate() {
        for (column, name) in header.samples().iter().enumerate() {
            match known.get(name.as_slice()) {
                Some(place) => found[*place].0.others.push((group, column)),
                None => {
                    known.insert(name, found.len());
                    let column = Column {
                        first: (group, column),
                        others: Vec::new(),
                    };
                    found.push((column, name.clone()));
                }
            }
        }
    }
    arrange::sort(&mut found, wanted, |(_, name)| name);
    found.into_iter().unzip()
}
