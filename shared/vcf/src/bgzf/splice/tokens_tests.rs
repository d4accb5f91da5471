use super::super::tests::{block, text};
use super::*;

/// The text that the tokens stand for, with literals taken from `text`.
fn rebuilt(tokens: &Tokens, text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for sequence in &tokens.sequences {
        let literals = sequence.literals as usize;
        out.extend_from_slice(&text[out.len()..][..literals]);
        for _ in 0..sequence.length {
            out.push(out[out.len() - usize::from(sequence.distance)]);
        }
    }
    out
}

fn deflated(text: &[u8], level: u8) -> Vec<u8> {
    let block = block(text, level);
    block[18..block.len() - 8].to_vec()
}

#[test]
fn tokens_stand_for_the_text_at_every_level() {
    let mut decoder = Decoder::default();
    let mut tokens = Tokens::default();
    for noise in [false, true] {
        let text = text(130, noise, 11);
        for level in 0..=12 {
            let deflated = deflated(&text, level);
            decoder
                .decode(&deflated, text.len(), text.len(), &mut tokens)
                .unwrap();
            assert_eq!(rebuilt(&tokens, &text), text, "level {level}");
            let matches = tokens.sequences.iter().filter(|s| s.length > 0).count();
            assert_eq!(matches > 0, level > 0);
        }
    }
}

/// By zlib with `Z_FIXED`, with a full flush in the middle, which leaves an empty stored block.
const FIXED: &str = "4ace2832e4343430e0d4e374e474e63436e00c700c0ee67409b035e5740fe134d0378462032e00000000ffff4bce2832e4343230e0d4e374e474e63436e40c700c0ee67409b035e3740fe134d0370062434e437d432e00";
/// By zlib at level 6, with codes of its own.
const DYNAMIC: &str = "4bce2832e4343430e0d4e374e474e63436e00c700c0ee67409b035e5740fe134d037846203ae64905223845243b85233885203b052437d432e00";
const FIXTURE: &[u8] = b"chr1\t100\t.\tA\tC\t30\tPASS\tDP=5\tGT\t0/1\t0/1\t0/0\n\
    chr1\t200\t.\tA\tC\t31\tPASS\tDP=6\tGT\t0/0\t0/1\t1/1\n";

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex
        .bytes()
        .map(|digit| (digit as char).to_digit(16).unwrap() as u8)
        .collect();
    digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}

#[test]
fn blocks_of_zlib_are_read() {
    for (hex, blocks) in [(FIXED, 2), (DYNAMIC, 1)] {
        let mut tokens = Tokens::default();
        let length = FIXTURE.len();
        Decoder::default()
            .decode(&bytes(hex), length, length, &mut tokens)
            .unwrap();
        assert_eq!(rebuilt(&tokens, FIXTURE), FIXTURE);
        assert_eq!(tokens.ends.len(), blocks);
    }
}

#[test]
fn no_more_is_read_than_wanted() {
    let text = text(130, false, 2);
    let deflated = deflated(&text, 6);
    let mut decoder = Decoder::default();
    let (mut all, mut some) = (Tokens::default(), Tokens::default());
    decoder
        .decode(&deflated, text.len(), text.len(), &mut all)
        .unwrap();
    decoder
        .decode(&deflated, text.len(), 1_000, &mut some)
        .unwrap();
    let rebuilt = rebuilt(&some, &text);
    assert!(rebuilt.len() >= 1_000 && rebuilt.len() < 1_000 + 600);
    assert_eq!(rebuilt, text[..rebuilt.len()]);
    assert!(all.sequences.len() > 2 * some.sequences.len());
}

#[test]
fn hostile_bytes_are_refused_in_bounded_memory() {
    let mut decoder = Decoder::default();
    let mut tokens = Tokens::default();
    let mut state = 1_u64;
    for length in 0..600 {
        for start in [0b001, 0b010, 0b011, 0b100, 0b101, 0b110_u8] {
            let mut bytes: Vec<u8> = (0..length)
                .map(|_| {
                    state = state
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1);
                    (state >> 56) as u8
                })
                .collect();
            if let Some(first) = bytes.first_mut() {
                *first = *first & !7 | start;
            }
            if decoder
                .decode(&bytes, 60_000, 60_000, &mut tokens)
                .is_some()
            {
                let (covered, within) = covered(&tokens);
                assert!(covered == 60_000 && within);
            }
            assert!(tokens.sequences.len() <= 60_000 / 3 + 8 * bytes.len());
        }
    }
    // Nothing but empty blocks, stored and fixed.
    for filler in [[0_u8, 0, 0, 0xff, 0xff], [0b010, 0b0100_0000, 0, 0, 0]] {
        let bytes: Vec<u8> = filler.iter().copied().cycle().take(65_000).collect();
        assert!(
            decoder
                .decode(&bytes, 60_000, 60_000, &mut tokens)
                .is_none()
        );
        assert!(tokens.sequences.len() < 65_000);
    }
}

/// How much text the tokens cover, and whether no match begins before it.
fn covered(tokens: &Tokens) -> (usize, bool) {
    let mut place = 0;
    let mut within = true;
    for sequence in &tokens.sequences {
        place += sequence.literals as usize;
        within &= usize::from(sequence.distance) <= place;
        place += usize::from(sequence.length);
    }
    (place, within)
}
