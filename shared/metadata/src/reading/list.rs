//! List cells and what may be wrong with them.

use crate::{
    literal::{self, Literal},
    missing::trim,
    mode::Mode,
};

/// A cell that holds a list. Matches if any of its elements does.
#[derive(Debug)]
pub(crate) struct ListCell {
    /// 0-based index of the data row.
    pub(crate) row: u32,
    pub(crate) elements: Vec<Element>,
}

/// One element: its text as filters compare it, and its number if it has one.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) text: Box<str>,
    pub(crate) number: Option<f64>,
}

impl ListCell {
    /// Bytes of memory, about.
    pub(super) fn memory(&self) -> usize {
        let texts: usize = self.elements.iter().map(|element| element.text.len()).sum();
        size_of::<Self>() + self.elements.len() * size_of::<Element>() + texts
    }
}

/// What a cell that begins with `[` turned out to be.
pub(crate) enum ListReading {
    /// Numbers only (booleans are numbers).
    Numbers(Vec<Element>),
    /// Anything but numbers.
    Texts(Vec<Element>),
    Empty,
    /// Not a literal, or not a list.
    Malformed,
    /// Numbers beside other things.
    Mixed,
}

/// Reads a cell that begins with `[`; `cell` is trimmed.
#[cold]
pub(crate) fn read(cell: &str, mode: Mode) -> ListReading {
    let Some(Literal::List(items)) = literal::parse(cell) else {
        return ListReading::Malformed;
    };
    let numbers = items.iter().filter(|item| item.number().is_some()).count();
    let all = items.len();
    let elements = items
        .iter()
        .map(|item| Element {
            text: text(item, mode),
            number: item.number(),
        })
        .collect();
    match numbers {
        _ if all == 0 => ListReading::Empty,
        0 => ListReading::Texts(elements),
        some if some == all => ListReading::Numbers(elements),
        _ => ListReading::Mixed,
    }
}

fn text(item: &Literal, mode: Mode) -> Box<str> {
    let text = item.text();
    match mode {
        Mode::Strict => trim(&text).into(),
        Mode::Compat => text.into(),
    }
}
