//! Names in texts for users: lists that end, and what may have been meant.

/// So many names stand in a text; more are counted.
const NAMED: usize = 10;

/// Names further from what was written are not suggested.
const MOST_SLIPS: usize = 2;

/// The names in quotes, separated by commas; behind the tenth they are counted.
pub(crate) fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let mut names = names.into_iter();
    let first: Vec<String> = names
        .by_ref()
        .take(NAMED)
        .map(|name| format!("'{name}'"))
        .collect();
    match names.count() {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

/// ` Did you mean 'NAME'?` with the known name that is nearest to the one that was written; nothing if none is near.
/// Case, and `chr` before the name of a scaffold, do not count.
pub(crate) fn nearest<'n>(written: &str, known: impl IntoIterator<Item = &'n str>) -> String {
    let wanted = fold(written);
    let near = |name: &&str| {
        let folded = fold(name);
        // In short names two slips are another name.
        let most = match folded.chars().count() {
            0 | 1 => 0,
            2 | 3 => 1,
            _ => MOST_SLIPS,
        };
        // A letter has at most four bytes.
        let slips = if folded.len().abs_diff(wanted.len()) > 4 * MOST_SLIPS {
            usize::MAX
        } else {
            strsim::damerau_levenshtein(&folded, &wanted)
        };
        (slips <= most).then_some(slips)
    };
    let best = known
        .into_iter()
        .filter_map(|name| near(&name).map(|slips| (slips, name)))
        .min();
    best.map_or_else(String::new, |(_, name)| format!(" Did you mean '{name}'?"))
}

fn fold(name: &str) -> String {
    let lower = name.to_lowercase();
    lower.strip_prefix("chr").unwrap_or(&lower).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_end() {
        let names: Vec<String> = (0..12).map(|n| n.to_string()).collect();
        let text = listed(names.iter().map(String::as_str));
        assert!(text.ends_with("'9' and 2 more"), "{text}");
        assert_eq!(listed(["a", "b"]), "'a', 'b'");
    }

    #[test]
    fn a_near_name_is_suggested() {
        for (written, known, meant) in [
            ("1", &["chr1", "chr2", "10"][..], " Did you mean 'chr1'?"),
            ("CHR2", &["chr1", "chr2"], " Did you mean 'chr2'?"),
            (
                "sacffold_7",
                &["scaffold_7", "scaffold_70"],
                " Did you mean 'scaffold_7'?",
            ),
            ("DPP", &["DP", "GQ"], " Did you mean 'DP'?"),
            ("FOO", &["DP", "GQ"], ""),
            ("MAPQ0F", &["MQ0F", "DP"], " Did you mean 'MQ0F'?"),
            ("3", &["1", "2"], ""),
        ] {
            assert_eq!(nearest(written, known.iter().copied()), meant, "{written}");
        }
    }
}
