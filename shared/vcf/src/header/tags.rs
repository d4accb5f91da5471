//! A map from tag names to what is known of them, made for looking up a handful of short names in
//! every record.

use hashbrown::HashTable;

/// Names to values; a name once taken keeps its value.
#[derive(Debug, Clone)]
pub struct TagMap<T> {
    tags: HashTable<Tag<T>>,
}

#[derive(Debug, Clone)]
struct Tag<T> {
    /// Of the name.
    key: Key,
    name: Box<[u8]>,
    value: T,
}

/// What a name is looked up by. Short names, as most are, need not be compared: they are in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key {
    /// The bytes of a short name, or what those of a long one come to.
    word: u64,
    length: usize,
}

impl<T> Default for TagMap<T> {
    fn default() -> Self {
        Self {
            tags: HashTable::new(),
        }
    }
}

impl<T> TagMap<T> {
    /// What the name stands for.
    #[must_use]
    pub fn get(&self, name: &[u8]) -> Option<&T> {
        let key = Key::of(name);
        let is_same = |tag: &Tag<T>| tag.key == key && (key.is_name() || *tag.name == *name);
        self.tags.find(key.hash(), is_same).map(|tag| &tag.value)
    }

    /// Adds the name if it is new, and says whether it was.
    pub fn insert_new(&mut self, name: &[u8], value: T) -> bool {
        if self.get(name).is_some() {
            return false;
        }
        let key = Key::of(name);
        let tag = Tag {
            key,
            name: name.into(),
            value,
        };
        self.tags
            .insert_unique(key.hash(), tag, |tag| tag.key.hash());
        true
    }
}

impl Key {
    #[inline]
    fn of(name: &[u8]) -> Self {
        let shift = |word: u64, byte: &u8| word << 8 | u64::from(*byte);
        let few = |bytes: &[u8]| bytes.iter().fold(0, shift);
        let half = |bytes: &[u8; 4]| u64::from(u32::from_le_bytes(*bytes));
        let word = match (name.first_chunk(), name.last_chunk()) {
            (Some(first), Some(last)) if name.len() <= 8 => half(first) | half(last) << 32,
            (None, _) => few(name),
            _ => {
                let (words, rest) = name.as_chunks::<8>();
                let words = words.iter().map(|word| u64::from_le_bytes(*word));
                words.fold(few(rest), |mixed, word| {
                    spread(mixed.rotate_left(23) ^ word)
                })
            }
        };
        Self {
            word,
            length: name.len(),
        }
    }

    /// Whether no other name has it.
    fn is_name(self) -> bool {
        self.length <= 8
    }

    #[inline]
    fn hash(self) -> u64 {
        let mixed = spread(self.word ^ (self.length as u64) << 56);
        mixed ^ mixed >> 32
    }
}

/// Headers bound the number of names and collisions cost time only, so no protection against chosen names is needed.
fn spread(word: u64) -> u64 {
    word.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_told_from_every_other() {
        let mut names: Vec<Vec<u8>> = vec![vec![]];
        for length in 1..20 {
            for at in 0..length {
                for byte in [b'A', b'B', 0] {
                    let mut name = vec![b'A'; length];
                    name[at] = byte;
                    names.push(name);
                }
            }
        }
        names.sort();
        names.dedup();
        let mut tags = TagMap::default();
        for (n, name) in names.iter().enumerate() {
            assert_eq!(tags.get(name), None, "{name:?}");
            assert!(tags.insert_new(name, n));
        }
        for (n, name) in names.iter().enumerate() {
            assert!(!tags.insert_new(name, 0));
            assert_eq!(tags.get(name), Some(&n), "{name:?}");
        }
    }
}
