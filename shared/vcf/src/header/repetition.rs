//! Lines that bcftools drops when they come again: plain ones with the same text, structured ones with the same key
//! and ID.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::{Line, LineKind};

/// Lines that are not to be repeated.
#[derive(Debug, Clone, Default)]
pub(super) struct Repetitions {
    lines: HashTable<Line>,
    hasher: DefaultHashBuilder,
}

impl Repetitions {
    pub(super) fn has(&self, line: &Line) -> bool {
        let hash = self.hasher.hash_one(identity(line));
        self.lines
            .find(hash, |known| identity(known) == identity(line))
            .is_some()
    }

    /// Says whether it was new.
    pub(super) fn insert(&mut self, line: &Line) -> bool {
        let fresh = !self.has(line);
        if fresh {
            let Self { lines, hasher } = self;
            let hash = |line: &Line| hasher.hash_one(identity(line));
            lines.insert_unique(hash(line), line.clone(), hash);
        }
        fresh
    }
}

fn identity(line: &Line) -> (&[u8], Option<&[u8]>) {
    match line.kind() {
        LineKind::Generic => (line.printed(), None),
        _ => (line.key(), line.attribute_any_case(b"ID")),
    }
}
