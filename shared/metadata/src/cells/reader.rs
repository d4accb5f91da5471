//! Cuts the text into cells. The rules are those of the `csv` format with tabs: a `"` at the start of a cell opens a
//! quoted stretch in which tabs and line ends are text and `""` is one quote; anywhere else it is an ordinary letter.
//!
//! Must not interpret cells, and must not copy them: only a cell whose quoting changes its text is written anew.

use memchr::{memchr, memchr_iter, memchr3};

use super::{Cells, ReadError, Span, bounds, grid::Grid};
use crate::limits::COLUMNS_MAX;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// How the files begin that are most often taken for a table.
const SIGNATURES: [(&[u8], &str); 3] = [
    (b"\x1f\x8b", "a gzip-compressed file"),
    (b"PK\x03\x04", "a spreadsheet (.xlsx, .ods) or a zip file"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet (.xls)"),
];

pub(super) fn read(bytes: Vec<u8>) -> Result<Cells, ReadError> {
    if u32::try_from(bytes.len()).is_err() {
        return Err(ReadError::TooLarge { bytes: bytes.len() });
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(ReadError::Utf16);
    }
    if let Some((_, kind)) = SIGNATURES
        .iter()
        .find(|(begin, _)| bytes.starts_with(begin))
    {
        return Err(ReadError::NotText { kind });
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        ReadError::NotUtf8 {
            row: 1 + memchr_iter(b'\n', &error.as_bytes()[..offset]).count(),
            offset,
        }
    })?;
    let byte_order_mark = text.starts_with(BYTE_ORDER_MARK);
    let start = if byte_order_mark {
        BYTE_ORDER_MARK.len()
    } else {
        0
    };
    if text.len() == start {
        return Err(ReadError::Empty);
    }

    let mut cutter = Cutter {
        text: &text,
        at: start,
        rewritten: String::new(),
        unclosed: false,
    };
    let mut header = Vec::new();
    cutter.row(|_, span| header.push(span));
    let mut unclosed_quote = cutter.unclosed.then_some(1);

    if header.len() > COLUMNS_MAX {
        return Err(ReadError::TooManyColumns {
            columns: header.len(),
        });
    }

    let lines = memchr_iter(b'\n', &text.as_bytes()[cutter.at..]).count() + 1;
    bounds::cells(lines - 1, header.len(), text.len())?;
    let mut grid = Grid::new(header.len(), lines, text.len());
    let mut row = 1;
    while cutter.at < text.len() {
        row += 1;
        let mut first = Span::EMPTY;
        let found = cutter.row(|column, cell| {
            if column == 0 {
                first = cell;
            }
            grid.add(column, cell);
        });
        if cutter.unclosed {
            unclosed_quote = Some(row);
        }
        grid.end_row(row, found, first);
    }

    let rewritten = cutter.rewritten;
    let mut text = text;
    text.reserve_exact(rewritten.len());
    text.push_str(&rewritten);
    if u32::try_from(text.len()).is_err() {
        return Err(ReadError::TooLarge { bytes: text.len() });
    }
    // An unclosed quote swallows the rest of a file, which says more of it than the length of a cell.
    if unclosed_quote.is_none() {
        bounds::header(&text, &header)?;
        bounds::columns(&text, &grid.columns, &grid.rows)?;
    }
    Ok(Cells {
        text,
        byte_order_mark,
        header,
        columns: grid.columns,
        rows: grid.rows,
        ragged: grid.ragged,
        unclosed_quote,
    })
}

struct Cutter<'t> {
    text: &'t str,
    /// 0-based byte offset of the next cell.
    at: usize,
    /// Cells whose text differs from the file's; they lie behind the file's text.
    rewritten: String,
    unclosed: bool,
}

impl Cutter<'_> {
    /// Hands every cell of the next row to `take` with its 0-based index, and returns how many there were.
    #[inline]
    fn row(&mut self, mut take: impl FnMut(usize, Span)) -> usize {
        if self.end_line() {
            return 0;
        }
        let bytes = self.text.as_bytes();
        let mut count = 0;
        loop {
            let span = if bytes.get(self.at) == Some(&b'"') {
                self.quoted()
            } else {
                self.plain()
            };
            take(count, span);
            count += 1;
            if bytes.get(self.at) != Some(&b'\t') {
                break;
            }
            self.at += 1;
        }
        self.end_line();
        count
    }

    /// Steps over one line end, if there is one here.
    fn end_line(&mut self) -> bool {
        let rest = &self.text.as_bytes()[self.at..];
        let length = match rest {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => 0,
        };
        self.at += length;
        length > 0
    }

    #[inline]
    fn plain(&mut self) -> Span {
        let start = self.at;
        let rest = &self.text.as_bytes()[start..];
        self.at = start + memchr3(b'\t', b'\n', b'\r', rest).unwrap_or(rest.len());
        Span::new(start..self.at)
    }

    #[cold]
    fn quoted(&mut self) -> Span {
        let bytes = self.text.as_bytes();
        let start = self.at + 1;
        let rewritten_start = self.text.len() + self.rewritten.len();
        let mut from = start;
        loop {
            let Some(quote) = memchr(b'"', &bytes[from..]).map(|offset| from + offset) else {
                self.unclosed = true;
                self.at = bytes.len();
                self.rewritten.push_str(&self.text[from..]);
                break;
            };
            match bytes.get(quote + 1) {
                Some(b'"') => {
                    self.rewritten.push_str(&self.text[from..=quote]);
                    from = quote + 2;
                }
                None | Some(b'\t' | b'\n' | b'\r') if from == start => {
                    self.at = quote + 1;
                    return Span::new(start..quote);
                }
                _ => {
                    self.rewritten.push_str(&self.text[from..quote]);
                    self.at = quote + 1;
                    let tail = self.plain();
                    self.rewritten.push_str(&self.text[tail.range()]);
                    break;
                }
            }
        }
        Span::new(rewritten_start..self.text.len() + self.rewritten.len())
    }
}
