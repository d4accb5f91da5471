//! Bits as DEFLATE packs them: from the lowest of each byte upwards (RFC 1951 §3.1.1).

/// Reads bits. Beyond the end there are zeros, and [`Self::is_sound`] says that it was passed.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    buffer: u64,
    /// Bits of `buffer` that are counted for; above them may be more.
    count: u32,
    /// Bytes taken from beyond the end.
    beyond: u32,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            buffer: 0,
            count: 0,
            beyond: 0,
        }
    }

    /// Makes at least 56 bits ready.
    #[inline(always)]
    pub(super) fn refill(&mut self) {
        if let Some((word, _)) = self
            .bytes
            .get(self.at..)
            .and_then(<[u8]>::split_first_chunk)
        {
            self.buffer |= u64::from_le_bytes(*word) << self.count;
            self.at += ((63 - self.count) >> 3) as usize;
            self.count |= 56;
        } else {
            self.refill_near_end();
        }
    }

    #[cold]
    fn refill_near_end(&mut self) {
        while self.count < 56 {
            match self.bytes.get(self.at) {
                Some(byte) => self.buffer |= u64::from(*byte) << self.count,
                None => self.beyond += 1,
            }
            self.at += 1;
            self.count += 8;
        }
    }

    /// The next bits, the first lowest.
    #[inline(always)]
    pub(super) fn bits(&self) -> u64 {
        self.buffer
    }

    /// Goes on by `count` bits, which must be ready.
    #[inline(always)]
    pub(super) fn skip(&mut self, count: u32) {
        self.buffer >>= count;
        self.count -= count;
    }

    /// Takes up to 32 bits, of which 56 may be taken after each [`Self::refill`].
    pub(super) fn take(&mut self, count: u32) -> usize {
        let bits = self.buffer & ((1 << count) - 1);
        self.skip(count);
        bits as usize
    }

    /// Goes on to the next byte that has not begun, and returns the bytes from there.
    pub(super) fn align(&mut self) -> &'a [u8] {
        self.skip(self.count & 7);
        let at = self.at.saturating_sub((self.count >> 3) as usize);
        self.bytes.get(at..).unwrap_or_default()
    }

    /// Starts again at `bytes`.
    pub(super) fn restart(&mut self, bytes: &'a [u8]) {
        *self = Self::new(bytes);
    }

    /// Whether all bits taken so far were there.
    pub(super) fn is_sound(&self) -> bool {
        self.beyond * 8 <= self.count
    }
}

/// Writes bits into room of fixed size. What does not fit is dropped, and [`Self::finish`] says so.
pub(super) struct Writer<'a> {
    room: &'a mut [u8],
    at: usize,
    buffer: u64,
    count: u32,
}

impl<'a> Writer<'a> {
    pub(super) fn new(room: &'a mut [u8]) -> Self {
        Self {
            room,
            at: 0,
            buffer: 0,
            count: 0,
        }
    }

    /// Appends the lowest `count` of `bits`; the others must be 0. After each [`Self::flush`] there
    /// is place for 56.
    #[inline(always)]
    pub(super) fn put(&mut self, bits: u64, count: u32) {
        self.buffer |= bits << self.count;
        self.count += count;
    }

    /// How many bits were put and not flushed.
    #[inline(always)]
    pub(super) fn pending(&self) -> u32 {
        self.count
    }

    #[inline(always)]
    pub(super) fn flush(&mut self) {
        if let Some(room) = self
            .room
            .get_mut(self.at..)
            .and_then(<[u8]>::first_chunk_mut)
        {
            *room = self.buffer.to_le_bytes();
        }
        self.at += (self.count >> 3) as usize;
        self.buffer >>= self.count & !7;
        self.count &= 7;
    }

    /// Fills up the last byte. Returns how many bytes were written, if eight more than that have room.
    pub(super) fn finish(mut self) -> Option<usize> {
        self.flush();
        self.count = (self.count + 7) & !7;
        self.flush();
        (self.at + 8 <= self.room.len()).then_some(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_is_taken() {
        let widths = [1, 15, 3, 13, 0, 32, 7, 11];
        let value = |n: usize| (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
        let mut room = vec![0; 4_000];
        let mut writer = Writer::new(&mut room);
        for n in 0..1_000 {
            let width = widths[n % widths.len()];
            writer.put(value(n) & ((1 << width) - 1), width);
            writer.flush();
        }
        let length = writer.finish().unwrap();
        let mut reader = Reader::new(&room[..length]);
        for n in 0..1_000 {
            let width = widths[n % widths.len()];
            reader.refill();
            assert_eq!(reader.take(width) as u64, value(n) & ((1 << width) - 1));
        }
        assert!(reader.is_sound());
        reader.refill();
        reader.skip(8);
        assert!(!reader.is_sound());
    }

    #[test]
    fn bytes_follow_at_the_next_boundary() {
        let bytes: Vec<u8> = (0..20).collect();
        for refills in [1, 2] {
            let mut reader = Reader::new(&bytes);
            for _ in 0..refills {
                reader.refill();
            }
            reader.skip(11);
            assert_eq!(reader.align(), &bytes[2..]);
        }
    }

    #[test]
    fn too_little_room_is_noticed() {
        let mut room = [0; 16];
        for (bytes, fits) in [(8, true), (9, false), (100, false)] {
            let mut writer = Writer::new(&mut room);
            for _ in 0..bytes {
                writer.put(0x55, 8);
                writer.flush();
            }
            assert_eq!(writer.finish().is_some(), fits);
        }
    }
}
