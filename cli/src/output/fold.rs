//! Long lines on a terminal, broken between words. What programs read is never broken.

use std::io;

use terminal_size::{Width, terminal_size_of};

/// The text with its lines broken to the width of the terminal that errors go to; as it is where that is none.
pub(super) fn to_terminal(text: &str) -> String {
    match terminal_size_of(io::stderr()) {
        Some((Width(columns), _)) => fold(text, columns.into()),
        None => text.to_owned(),
    }
}

fn fold(text: &str, columns: usize) -> String {
    let lines = text.split('\n').map(|line| {
        if shown(line) <= columns {
            return line.to_owned();
        }
        let mut folded = String::with_capacity(line.len() + 8);
        let mut at = 0;
        for (place, word) in line.split(' ').enumerate() {
            let width = shown(word);
            if at > 0 && at + 1 + width > columns {
                folded.push('\n');
                at = 0;
            } else if place > 0 {
                folded.push(' ');
                at += 1;
            }
            folded.push_str(word);
            at += width;
        }
        folded
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Letters that take a place: not those of escape sequences, which end with a letter.
fn shown(text: &str) -> usize {
    let mut escaped = false;
    text.chars()
        .filter(|letter| {
            let hidden = escaped || *letter == '\u{1b}';
            escaped = hidden && !letter.is_ascii_alphabetic();
            !hidden
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(fold("one two three", 20), "one two three");
        assert_eq!(fold("one two three\n- four", 7), "one two\nthree\n- four");
        assert_eq!(
            fold("one /a/very/long/path two", 8),
            "one\n/a/very/long/path\ntwo"
        );
        assert_eq!(
            fold("\u{1b}[31mone\u{1b}[0m two", 7),
            "\u{1b}[31mone\u{1b}[0m two"
        );
        assert_eq!(fold("  one two", 6), "  one\ntwo");
        assert_eq!(fold("", 6), "");
    }
}
