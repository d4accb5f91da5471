//! INFO, entry by entry.

/// Iterates over `KEY` and `KEY=VALUE` entries; empty entries are passed over.
#[derive(Debug, Clone)]
pub struct InfoFields<'a> {
    rest: &'a [u8],
}

impl<'a> InfoFields<'a> {
    /// Over the INFO column as written.
    #[must_use]
    pub fn new(info: &'a [u8]) -> Self {
        Self {
            rest: if info == b"." { b"" } else { info },
        }
    }
}

impl<'a> Iterator for InfoFields<'a> {
    type Item = (&'a [u8], Option<&'a [u8]>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            let end = memchr::memchr(b';', self.rest).unwrap_or(self.rest.len());
            let entry = &self.rest[..end];
            self.rest = self.rest.get(end + 1..).unwrap_or_default();
            let (key, value) = match memchr::memchr(b'=', entry) {
                None => (entry, None),
                Some(equals) => (&entry[..equals], Some(&entry[equals + 1..])),
            };
            if !key.is_empty() {
                return Some((key, value));
            }
        }
    }
}
