use super::*;

/// Literals, length and distance of each sequence.
fn tokens(sequences: &[(u32, usize, usize)]) -> Tokens {
    let mut tokens = Tokens::default();
    for (literals, length, distance) in sequences {
        tokens.literals(*literals);
        if *length > 0 {
            tokens.copy(*length, *distance);
        }
    }
    tokens.end_block();
    tokens
}

fn clipped(sequences: &[(u32, usize, usize)], ranges: &[(usize, usize)]) -> (Tokens, usize) {
    let mut new = 0;
    let mut kept = Vec::new();
    for (start, end) in ranges {
        kept.push(Kept {
            old: *start..*end,
            new,
        });
        new += end - start;
    }
    let mut out = Tokens::default();
    let lost = clip(&tokens(sequences), &kept, &mut out);
    (out, lost)
}

fn check(
    sequences: &[(u32, usize, usize)],
    ranges: &[(usize, usize)],
    expected: &[(u32, usize, usize)],
) {
    let (out, lost) = clipped(sequences, ranges);
    assert_eq!(out.sequences, tokens(expected).sequences);
    let without = expected.iter().filter(|(_, _, distance)| *distance == 0);
    assert_eq!(lost, without.map(|(_, length, _)| length).sum::<usize>());
}

// 20 literals, 20 bytes as 20 before, 10 literals, 30 bytes as 50 before.
const TEXT: [(u32, usize, usize); 2] = [(20, 20, 20), (10, 30, 50)];

#[test]
fn what_is_kept_whole_stays() {
    check(&TEXT, &[(0, 80)], &TEXT);
    check(&TEXT, &[(0, 40)], &TEXT[..1]);
}

#[test]
fn distances_shrink_by_what_was_between() {
    check(
        &TEXT,
        &[(0, 20), (25, 80)],
        &[(20, 15, 15), (10, 20, 45), (0, 5, 0), (0, 5, 50)],
    );
    check(&TEXT, &[(0, 30), (50, 80)], &[(20, 10, 20), (0, 30, 30)]);
}

#[test]
fn matches_into_what_is_gone_are_lost() {
    check(&TEXT, &[(20, 40)], &[(0, 20, 0)]);
    // Of 50..80, whose source is 0..30: 0..10 is gone.
    check(
        &TEXT,
        &[(10, 80)],
        &[(10, 10, 0), (0, 10, 20), (10, 10, 0), (0, 20, 50)],
    );
}

#[test]
fn a_source_in_two_stretches_makes_two_matches() {
    check(
        &TEXT,
        &[(0, 10), (15, 20), (50, 80)],
        &[(15, 10, 15), (0, 5, 0), (0, 5, 20), (0, 10, 0)],
    );
}

#[test]
fn matches_that_overlap_themselves_stay() {
    let run = [(10, 200, 1), (0, 100, 7)];
    check(&run, &[(0, 310)], &run);
    check(
        &run,
        &[(0, 100), (150, 310)],
        &[(10, 90, 1), (0, 1, 0), (0, 59, 1), (0, 100, 7)],
    );
}

#[test]
fn pieces_too_short_for_a_match_are_lost() {
    check(
        &TEXT,
        &[(0, 22), (60, 80)],
        &[(20, 2, 0), (0, 12, 12), (0, 8, 0)],
    );
}

#[test]
fn blocks_that_are_gone_are_left_out() {
    let mut two = tokens(&[(20, 0, 0)]);
    two.literals(30);
    two.end_block();
    let kept = [Kept {
        old: 25..40,
        new: 0,
    }];
    let mut out = Tokens::default();
    clip(&two, &kept, &mut out);
    assert_eq!(out.ends, [1]);
    assert_eq!(out.sequences[0].literals, 15);
}
