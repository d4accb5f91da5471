//! Bounds of a table, so that the memory for it is bounded by what is allowed and not by what is sent. Every limit is
//! told with its value to whoever passes it.

/// Most columns: a header with more is no table of samples, but a file of another kind.
pub const COLUMNS_MAX: usize = 1 << 16;
/// Most cells of a table, the header not counted: a hundred thousand samples by a hundred columns.
pub const CELLS_MAX: usize = 10_000_000;
/// Longest cell, bytes of UTF-8 (64 KiB).
pub const CELL_MAX_BYTES: usize = 64 << 10;
/// Most elements of all lists of a table together. An element takes some fifty times its place in the file.
pub const ELEMENTS_MAX: usize = 1_000_000;
