//! A map from tag names to what is known of them, made for looking up a handful of short names in
//! every record.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Names to values; a name once taken keeps its value.
#[derive(Debug, Clone)]
pub struct TagMap<T> {
    map: HashMap<Box<[u8]>, T, BuildHasherDefault<TagHasher>>,
}

impl<T> Default for TagMap<T> {
    fn default() -> Self {
        Self {
            map: HashMap::default(),
        }
    }
}

impl<T> TagMap<T> {
    /// What the name stands for.
    #[must_use]
    pub fn get(&self, name: &[u8]) -> Option<&T> {
        self.map.get(name)
    }

    /// Adds the name if it is new, and says whether it was.
    pub fn insert_new(&mut self, name: &[u8], value: T) -> bool {
        if self.map.contains_key(name) {
            return false;
        }
        self.map.insert(name.into(), value);
        true
    }
}

/// Multiply-and-rotate over eight bytes at a time. Headers bound the number of names and collisions
/// cost time only, so no protection against chosen names is needed.
#[derive(Debug, Default, Clone)]
pub(super) struct TagHasher(u64);

impl Hasher for TagHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            let mixed = self.0.rotate_left(23) ^ u64::from_le_bytes(word);
            self.0 = mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}
