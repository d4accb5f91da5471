//! Which page of a list is wanted.

use serde::Deserialize;

/// Entries of a page unless another number is asked for.
const DEFAULT: u16 = 100;

/// Query parameters of lists that come in pages; written out in the description of each route.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Paging {
    /// Only entries with a larger number: `next` of the page before.
    pub(crate) after: Option<i64>,
    /// At most so many, 1 to 1000; 100 if it is left out.
    pub(crate) limit: Option<u16>,
}

impl Paging {
    pub(super) fn after(&self) -> i64 {
        self.after.unwrap_or(0)
    }

    pub(super) fn limit(&self) -> usize {
        usize::from(self.limit.unwrap_or(DEFAULT).clamp(1, 1000))
    }

    /// One more than the page has, which tells whether there is another page.
    pub(super) fn to_fetch(&self) -> i64 {
        i64::try_from(self.limit()).unwrap_or(1000) + 1
    }

    /// Cuts what was fetched to the page; gives `after` of the next one.
    pub(super) fn cut<T>(&self, fetched: &mut Vec<T>, number: impl Fn(&T) -> i64) -> Option<i64> {
        if fetched.len() <= self.limit() {
            return None;
        }
        fetched.truncate(self.limit());
        fetched.last().map(number)
    }
}
