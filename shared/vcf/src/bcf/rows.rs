//! Rows of words put one behind the other.

use super::words::{ELSEWHERE, LONG, MOST, STAY, Word, parts};
use crate::number::print_integer;
use crate::record::RecordError;

/// Words that are made before they are put together: they and their characters stay in the nearest cache.
pub(super) const WORDS: usize = 256;

/// Words written with one look at the room.
const GROUP: usize = 8;
/// Bytes that a group writes to, the last word beyond what stays of it.
const REACH: usize = 8 * GROUP;

/// Puts words together.
pub(super) struct Weaver {
    words: [Word; WORDS],
    room: [u8; MOST * WORDS + REACH],
}

impl Weaver {
    pub(super) fn new() -> Self {
        Self {
            words: [0; WORDS],
            room: [0; MOST * WORDS + REACH],
        }
    }

    /// So many words to fill.
    pub(super) fn words(&mut self, count: usize) -> &mut [Word] {
        &mut self.words[..count]
    }

    /// Appends the characters of the first so many words. What stands elsewhere is appended by `other`, told which word it is
    /// and the number of its field.
    pub(super) fn append(
        &mut self,
        count: usize,
        out: &mut Vec<u8>,
        mut other: impl FnMut(usize, usize, &mut Vec<u8>) -> Result<(), RecordError>,
    ) -> Result<(), RecordError> {
        let end = count.next_multiple_of(GROUP);
        // Of these nothing stays.
        self.words[count..end].fill(0);
        let (groups, _) = self.words[..end].as_chunks::<GROUP>();
        let mut at = 0;
        for (n, group) in groups.iter().enumerate() {
            let all = group.iter().fold(0, |all, word| all | word);
            let room = self.room[at..].first_chunk_mut::<REACH>();
            match room {
                Some(room) if all & (LONG | ELSEWHERE) == 0 => at += put(group, room),
                _ => {
                    out.extend_from_slice(&self.room[..at]);
                    at = 0;
                    for (word, number) in group.iter().zip(n * GROUP..) {
                        let (separator, value) = parts(*word);
                        match word & (LONG | ELSEWHERE) {
                            0 => {
                                let stay = (word >> STAY) as usize;
                                out.extend_from_slice(&word.to_le_bytes()[..stay]);
                            }
                            LONG => {
                                out.push(separator);
                                print_integer(i64::from(value), out);
                            }
                            _ => {
                                out.push(separator);
                                other(number, value as usize, out)?;
                            }
                        }
                    }
                }
            }
        }
        out.extend_from_slice(&self.room[..at]);
        Ok(())
    }
}

/// Writes a group; says how many characters stay.
#[inline(always)]
fn put(group: &[Word; GROUP], room: &mut [u8; REACH]) -> usize {
    let mut at = 0;
    for word in group {
        room[at..at + 8].copy_from_slice(&word.to_le_bytes());
        at += (word >> STAY) as usize;
    }
    at
}
