//! Distinct names in the order they came: scaffolds of a header, of an index, of a file.
//! A name takes its own bytes and some 12 more, because headers declare millions of scaffolds.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

/// Names, each with its place from 0 on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    text: Vec<u8>,
    /// Where each name ends in `text`. Files bound the text: no header and no index has 2^32 bytes.
    ends: Vec<u32>,
    places: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

/// Whether a name was there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    New(usize),
    Known(usize),
}

impl Names {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn get(&self, place: usize) -> Option<&[u8]> {
        let end = *self.ends.get(place)? as usize;
        Some(&self.text[self.start(place)..end])
    }

    pub(crate) fn place(&self, name: &[u8]) -> Option<usize> {
        let found = self
            .places
            .find(self.hasher.hash_one(name), |place| self.is(*place, name));
        found.map(|place| *place as usize)
    }

    /// Adds the name unless it is there.
    pub(crate) fn insert(&mut self, name: &[u8]) -> Entry {
        if let Some(place) = self.place(name) {
            return Entry::Known(place);
        }
        let place = self.ends.len();
        self.text.extend_from_slice(name);
        self.ends.push(self.text.len() as u32);
        let Self {
            text,
            ends,
            places,
            hasher,
        } = self;
        let name_at = |place: usize| {
            let start = place.checked_sub(1).map_or(0, |before| ends[before]);
            &text[start as usize..ends[place] as usize]
        };
        // Files bound the number of names: more than 2^32 do not fit into a header or an index.
        places.insert_unique(hasher.hash_one(name), place as u32, |place| {
            hasher.hash_one(name_at(*place as usize))
        });
        Entry::New(place)
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &[u8]> + Clone {
        (0..self.len()).map(|place| self.get(place).unwrap_or_default())
    }

    fn start(&self, place: usize) -> usize {
        let end = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        end as usize
    }

    fn is(&self, place: u32, name: &[u8]) -> bool {
        self.get(place as usize) == Some(name)
    }
}

impl PartialEq for Names {
    fn eq(&self, other: &Self) -> bool {
        self.ends == other.ends && self.text == other.text
    }
}

impl Eq for Names {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_at_its_place() {
        let mut names = Names::default();
        for n in 0..5_000_usize {
            let name = format!("scaffold_{n}");
            assert_eq!(names.insert(name.as_bytes()), Entry::New(n));
        }
        assert_eq!(names.insert(b""), Entry::New(5_000));
        assert_eq!(names.insert(b"scaffold_7"), Entry::Known(7));
        assert_eq!(names.place(b"scaffold_4999"), Some(4_999));
        assert_eq!(names.place(b"scaffold_5000"), None);
        assert_eq!(names.get(5_000), Some(&b""[..]));
        assert_eq!(names.iter().count(), 5_001);
    }
}
