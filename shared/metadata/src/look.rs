//! Cells of a table as they are shown to people, by the rules of strict mode.

use crate::{
    missing::{is_missing, trim},
    mode::Mode,
    number::float,
    reading::{Kind, Values},
    table::Table,
};

impl Table {
    /// Names of the columns as filters write them, with their kinds, from left to right.
    pub fn columns(&self) -> impl Iterator<Item = (&str, Kind)> {
        let columns = self.reading(Mode::Strict).columns.iter();
        columns.map(|column| (column.name.as_str(), column.kind))
    }

    /// A cell without blanks around it, empty if it is missing. Rows and columns are counted from 0, the header being none.
    ///
    /// # Panics
    /// If there is no such row or column.
    pub fn cell(&self, column: usize, row: usize) -> &str {
        let raw = self.cells().cell(column, row);
        let cell = trim(raw);
        if is_missing(raw, cell, Mode::Strict) {
            ""
        } else {
            cell
        }
    }

    /// A cell as a number; none if it is missing, a list or text.
    ///
    /// # Panics
    /// As [`Self::cell`].
    pub fn number(&self, column: usize, row: usize) -> Option<f64> {
        float(self.cell(column, row)).filter(|number| number.is_finite())
    }

    /// The first row of a sample, counted from 0.
    pub fn row_of(&self, sample: &str) -> Option<usize> {
        let ids = self.reading(Mode::Strict).ids.as_ref()?;
        ids.find(sample).and_then(|row| usize::try_from(row).ok())
    }

    /// The different values of a column of text that repeats itself, as they stand in the file, if there are no more than `most`.
    ///
    /// # Panics
    /// If there is no such column.
    pub fn words(&self, column: usize, most: usize) -> Vec<&str> {
        match &self.reading(Mode::Strict).columns[column].values {
            Values::Words(words) if words.texts.len() <= most => {
                let words = words.texts.iter().map(trim);
                words.filter(|word| !word.is_empty()).collect()
            }
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_shown_as_filters_understand_them() {
        let table = "#Sample_ID\tArea\tLatitude\nS1\t North \t57.1\nS2\tNA\tx\nS3\tNorth\t1e3\n";
        let table = Table::read(table).expect("a table");
        let names: Vec<&str> = table.columns().map(|(name, _)| name).collect();
        assert_eq!(names, ["Sample_ID", "Area", "Latitude"]);
        assert_eq!((table.cell(1, 0), table.cell(1, 1)), ("North", ""));
        assert_eq!(table.number(2, 0), Some(57.1));
        assert_eq!(
            (table.number(2, 1), table.number(2, 2)),
            (None, Some(1000.0))
        );
        assert_eq!((table.row_of("S3"), table.row_of("S4")), (Some(2), None));
        assert!(table.words(1, 10).contains(&"North"));
        assert!(table.words(1, 0).is_empty());
    }
}
