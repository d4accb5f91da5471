//! Digits looked at eight at a time, in one word whose lowest byte is the first.

/// How many of the bytes are digits before the first that is none; 8 if all are.
#[inline]
pub(crate) fn leading_digits(word: u64) -> usize {
    // A digit becomes its value; adding 0x76 sets the high bit of anything from 10 on. A carry goes
    // to higher bytes only, so the lowest bit set is right.
    let values = word ^ 0x3030_3030_3030_3030;
    let others = (values.wrapping_add(0x7676_7676_7676_7676) | values) & 0x8080_8080_8080_8080;
    (others.trailing_zeros() / 8) as usize
}

/// The number that the first `length` bytes, from 1 to 8 and all digits, are.
#[inline]
pub(crate) fn eight_digits(word: u64, length: usize) -> u32 {
    // The digits go to the high end, so that zeros come before them.
    let digits = (word ^ 0x3030_3030_3030_3030) << (64 - 8 * length);
    let pairs = (digits.wrapping_mul(10) + (digits >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs.wrapping_mul(100) + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    (fours.wrapping_mul(10_000) + (fours >> 32)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_length() {
        for text in ["7:..::::", "12345678", "90\t1/1:3", "0,14:22:", "100:5678"] {
            let word = u64::from_le_bytes(text.as_bytes().try_into().unwrap());
            let length = text.bytes().take_while(u8::is_ascii_digit).count();
            assert_eq!(leading_digits(word), length, "{text}");
            assert_eq!(
                eight_digits(word, length),
                text[..length].parse::<u32>().unwrap(),
                "{text}"
            );
        }
        assert_eq!(leading_digits(u64::from_le_bytes(*b"./.:3:4:")), 0);
    }
}
