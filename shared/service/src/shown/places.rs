//! Where samples come from, as their table says: columns of latitude and longitude in degrees.

use std::collections::BTreeMap;

use divbase_metadata::Table;

/// Places that a map shows; more are drawn together.
const MOST: usize = 2_000;

/// Names of samples that a place tells.
const TOLD: usize = 3;

/// Samples of one place.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// How many samples come from there.
    pub count: usize,
    /// The first of them.
    pub samples: Vec<String>,
}

/// The columns of latitude and longitude, if there are both.
pub(super) fn columns(table: &Table) -> Option<(usize, usize)> {
    let named = |names: &[&str]| {
        let mut columns = table.columns();
        columns.position(|(name, _)| names.contains(&name.to_ascii_lowercase().as_str()))
    };
    let latitude = named(&["latitude", "lat", "decimallatitude", "decimal_latitude"])?;
    let longitude = named(&[
        "longitude",
        "lon",
        "lng",
        "long",
        "decimallongitude",
        "decimal_longitude",
    ])?;
    Some((latitude, longitude))
}

/// The places of rows of the table, samples of one place together, and how many rows have none.
pub(super) fn places(
    table: &Table,
    (latitude, longitude): (usize, usize),
    rows: &[(usize, &str)],
) -> (Vec<Place>, usize) {
    let place = |row: usize| {
        let north = table.number(latitude, row)?;
        let east = table.number(longitude, row)?;
        ((-90.0..=90.0).contains(&north) && (-180.0..=180.0).contains(&east))
            .then_some((north, east))
    };
    let known: Vec<(f64, f64, &str)> = rows
        .iter()
        .filter_map(|(row, name)| place(*row).map(|(north, east)| (north, east, *name)))
        .collect();
    let without = rows.len() - known.len();
    // To a thousandth of a degree, some 100 m; coarser if there are too many.
    for steps in [1000.0, 100.0, 10.0, 2.0, 0.2] {
        let mut cells: BTreeMap<(i64, i64), Place> = BTreeMap::new();
        for (north, east, name) in &known {
            let cell = (
                (north * steps).round() as i64,
                (east * steps).round() as i64,
            );
            let place = cells.entry(cell).or_insert_with(|| Place {
                latitude: *north,
                longitude: *east,
                count: 0,
                samples: Vec::new(),
            });
            place.count += 1;
            if place.samples.len() < TOLD {
                place.samples.push((*name).to_owned());
            }
            if cells.len() > MOST {
                break;
            }
        }
        if cells.len() <= MOST {
            return (cells.into_values().collect(), without);
        }
    }
    (Vec::new(), without)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_of_one_place_are_drawn_together_and_impossible_places_are_none() {
        let text = "#Sample_ID\tLAT\tLongitude\nS1\t57.7\t11.9\nS2\t57.7\t11.9\nS3\t91\t0\nS4\t\t1\nS5\t-33\t151\n";
        let table = Table::read(text).expect("a table");
        let at = columns(&table).expect("both columns");
        let rows: Vec<(usize, &str)> = (0..5).map(|row| (row, table.cell(0, row))).collect();
        let (found, without) = places(&table, at, &rows);
        assert_eq!(without, 2);
        assert_eq!(found.len(), 2);
        assert_eq!((found[1].count, found[1].latitude), (2, 57.7));
        assert_eq!(found[1].samples, ["S1", "S2"]);
    }

    #[test]
    fn many_places_are_drawn_together() {
        let rows: String = (0..10_000)
            .map(|n| format!("S{n}\t{}\t{}\n", f64::from(n) / 200.0, 10))
            .collect();
        let table =
            Table::read(format!("#Sample_ID\tLatitude\tLongitude\n{rows}")).expect("a table");
        let at = columns(&table).expect("both columns");
        let rows: Vec<(usize, &str)> = (0..10_000).map(|row| (row, table.cell(0, row))).collect();
        let (found, without) = places(&table, at, &rows);
        assert_eq!(without, 0);
        assert!(found.len() <= MOST, "{}", found.len());
        assert_eq!(found.iter().map(|place| place.count).sum::<usize>(), 10_000);
    }
}
