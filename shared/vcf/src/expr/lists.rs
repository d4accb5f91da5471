//! Lists of values that an expression names as `@path`, read by whoever may open files.

use std::collections::{HashMap, HashSet};
use std::io::{self, BufRead, Read};
use std::sync::Arc;

/// Most values of a list.
pub const LIST_MAX_VALUES: usize = 5_000_000;

/// Longest line of a list, bytes.
const LONGEST_LINE: u64 = 1 << 20;

/// The values of a list.
pub(super) type Values = Arc<HashSet<Vec<u8>>>;

/// Lists by the path that the expression has.
#[derive(Clone, Debug, Default)]
pub struct Lists(HashMap<String, Values>);

impl Lists {
    /// Reads a list: the first word of each line. Blank lines are passed over.
    ///
    /// # Errors
    /// If the text cannot be had, or is longer than lists may be.
    pub fn read(&mut self, path: &str, mut text: impl BufRead) -> io::Result<()> {
        let mut values = HashSet::new();
        let mut line = Vec::new();
        for number in 1_u64.. {
            line.clear();
            let read = text
                .by_ref()
                .take(LONGEST_LINE)
                .read_until(b'\n', &mut line)?;
            if read == 0 {
                break;
            }
            let is_too_long = read as u64 == LONGEST_LINE && line.last() != Some(&b'\n');
            if is_too_long || values.len() == LIST_MAX_VALUES {
                let text = format!(
                    "line {number}: a list has up to {LIST_MAX_VALUES} lines of {LONGEST_LINE} bytes"
                );
                return Err(io::Error::new(io::ErrorKind::InvalidData, text));
            }
            let is_blank = line.iter().all(|b| matches!(b, b'\n' | b'\r'));
            if !is_blank {
                let mut words = line.split(u8::is_ascii_whitespace);
                values.insert(words.next().unwrap_or_default().to_vec());
            }
        }
        self.0.insert(path.to_owned(), Arc::new(values));
        Ok(())
    }

    pub(super) fn get(&self, path: &str) -> Option<&Values> {
        self.0.get(path)
    }
}
