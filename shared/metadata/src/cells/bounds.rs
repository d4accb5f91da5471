//! Whether a table keeps to [`crate::limits`].

use memchr::memchr_iter;

use super::{ReadError, Span};
use crate::limits::{CELL_MAX_BYTES, CELLS_MAX, ELEMENTS_MAX};

/// Judges the number of cells before any is kept. A cell takes a byte of the file, its separator, so that short rows do
/// not count as whole ones.
pub(super) fn cells(lines: usize, columns: usize, bytes: usize) -> Result<(), ReadError> {
    let rows = lines.min(bytes / columns.max(1));
    if rows.saturating_mul(columns) > CELLS_MAX {
        return Err(ReadError::TooManyCells {
            rows,
            columns,
            limit: CELLS_MAX,
        });
    }
    Ok(())
}

/// Judges the names of the columns.
pub(super) fn header(text: &str, header: &[Span]) -> Result<(), ReadError> {
    header.iter().try_for_each(|cell| length(text, *cell, 1))
}

/// Judges the length of each cell and, by their commas, the number of elements of all lists.
pub(super) fn columns(text: &str, columns: &[Vec<Span>], rows: &[u32]) -> Result<(), ReadError> {
    let mut elements = 0;
    for column in columns {
        for (span, row) in column.iter().zip(rows) {
            let row = *row as usize;
            length(text, *span, row)?;
            let cell = &text.as_bytes()[span.range()];
            if cell.trim_ascii_start().starts_with(b"[") {
                elements += memchr_iter(b',', cell).count() + 1;
            }
            if elements > ELEMENTS_MAX {
                return Err(ReadError::TooManyElements {
                    row,
                    limit: ELEMENTS_MAX,
                });
            }
        }
    }
    Ok(())
}

fn length(text: &str, cell: Span, row: usize) -> Result<(), ReadError> {
    let bytes = text[cell.range()].len();
    if bytes > CELL_MAX_BYTES {
        return Err(ReadError::CellTooLong {
            row,
            bytes,
            limit: CELL_MAX_BYTES,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Table;

    fn refused(text: String) -> ReadError {
        Table::read(text).unwrap_err()
    }

    #[test]
    fn a_table_beyond_a_limit_is_refused_with_its_value() {
        let cell = "x".repeat(CELL_MAX_BYTES);
        assert!(Table::read(format!("#Sample_ID\tA\nS1\t{cell}\n")).is_ok());
        let error = refused(format!("#Sample_ID\tA\nS1\t1\nS2\t{cell}y\n"));
        assert_eq!(
            error.to_string(),
            "The metadata file has a cell of 65537 bytes in row 3; cells of more than 65536 bytes are not read."
        );
        let error = refused(format!("#Sample_ID\t{cell}y\nS1\t1\n"));
        assert!(matches!(error, ReadError::CellTooLong { row: 1, .. }));

        let list = |elements: usize| format!("[1{}]", ",1".repeat(elements - 1));
        let lists = |last: usize| {
            let rows = (1..100).map(|n| format!("S{n}\t{}\n", list(ELEMENTS_MAX / 100)));
            let rows: String = rows.collect();
            format!("#Sample_ID\tA\n{rows}S100\t{}\n", list(last))
        };
        assert!(Table::read(lists(ELEMENTS_MAX / 100)).is_ok());
        let error = refused(lists(ELEMENTS_MAX / 100 + 1));
        assert!(
            matches!(error, ReadError::TooManyElements { row: 101, limit } if limit == 1_000_000)
        );

        let columns = 1000;
        let row = "\t".repeat(columns - 1) + "\n";
        let error = refused(row.repeat(CELLS_MAX / columns + 2));
        assert!(
            error.to_string().contains("more than 10000000 cells"),
            "{error}"
        );
    }
}
