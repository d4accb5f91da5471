//! How values of options are written.

/// Words and what they stand for; of several for one value the first is printed.
pub(crate) type Spelling<T> = [(&'static str, T)];

/// What a word stands for.
pub(crate) fn parse<T: Copy>(spelling: &Spelling<T>, word: &str) -> Option<T> {
    let mut words = spelling.iter();
    words.find(|(known, _)| *known == word).map(|found| found.1)
}

/// The word for a value.
pub(crate) fn print<T: PartialEq>(spelling: &Spelling<T>, value: T) -> &'static str {
    let mut words = spelling.iter();
    words
        .find(|(_, known)| *known == value)
        .map_or("", |found| found.0)
}
