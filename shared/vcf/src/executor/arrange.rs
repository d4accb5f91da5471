//! Sample columns put in another order, on printed lines.

use hashbrown::HashMap;

use crate::error::{Error, ErrorKind};

/// Where each column of the result is in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arrangement {
    columns: Vec<usize>,
}

impl Arrangement {
    /// That of a file with `own` samples for a result with `wanted`; `None` if they are the same in the
    /// same order.
    ///
    /// # Errors
    /// If they are not the same samples.
    pub(crate) fn new(own: &[Vec<u8>], wanted: &[Vec<u8>]) -> Result<Option<Self>, Error> {
        if own == wanted {
            return Ok(None);
        }
        let places: HashMap<&[u8], usize> = own.iter().map(Vec::as_slice).zip(0..).collect();
        let place = |name: &Vec<u8>| places.get(name.as_slice()).copied();
        let columns: Option<Vec<usize>> = wanted.iter().map(place).collect();
        match columns {
            Some(columns) if own.len() == wanted.len() => Ok(Some(Self { columns })),
            _ => {
                let reason = "its samples are not those of the other files of its group".to_owned();
                Err(ErrorKind::Option(reason).into())
            }
        }
    }

    /// Appends lines, each with a line feed, with their sample columns re-ordered.
    pub(crate) fn apply(&self, lines: &[u8], out: &mut Vec<u8>) {
        let mut places = Vec::with_capacity(self.columns.len());
        for line in lines.split_inclusive(|b| *b == b'\n') {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let fixed = memchr::memchr_iter(b'\t', line).nth(8);
            let Some(fixed) = fixed else {
                out.extend_from_slice(line);
                out.push(b'\n');
                continue;
            };
            out.extend_from_slice(&line[..fixed]);
            places.clear();
            places.extend(line[fixed + 1..].split(|b| *b == b'\t'));
            for column in &self.columns {
                out.push(b'\t');
                out.extend_from_slice(places.get(*column).copied().unwrap_or(b"."));
            }
            out.push(b'\n');
        }
    }
}

/// Sorts what has names in the order `wanted` asks for; what it does not name comes behind.
pub(crate) fn sort<T>(named: &mut [T], wanted: &[String], name: impl Fn(&T) -> &[u8]) {
    let ranks: HashMap<&[u8], usize> = wanted.iter().map(String::as_bytes).zip(0..).collect();
    named.sort_by_key(|item| ranks.get(name(item)).copied().unwrap_or(usize::MAX));
}
