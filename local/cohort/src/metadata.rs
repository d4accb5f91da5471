//! The sample metadata table that belongs to a cohort.
//!
//! Populations differ in area, coordinates and body weight, so that a filter selects something that
//! makes sense. A few cells are empty and a few hold several values, as in real tables.

use crate::{Cohort, Rng};

/// Population, Area, Latitude, Longitude, mean Weight in grams.
const POPULATIONS: [(&str, &str, f64, f64, f64); 6] = [
    ("1", "North", 66.1, 14.2, 310.0),
    ("2", "North", 63.4, 10.4, 295.0),
    ("3", "West", 57.7, 11.9, 260.0),
    ("4", "East", 58.9, 19.6, 180.0),
    ("5", "South", 55.4, 13.1, 240.0),
    ("6", "South", 54.3, 10.9, 225.0),
];

impl Cohort {
    /// The table as text: a header line that begins with `#Sample_ID`, then one line per sample.
    #[must_use]
    pub fn metadata(&self) -> String {
        let mut table = String::from(
            "#Sample_ID\tPopulation\tArea\tLatitude\tLongitude\tSex\tWeight\tYear\tMethods\n",
        );
        let names = self.sample_names();
        for (nth, name) in names.iter().enumerate() {
            let mut rng = Rng::stream(self.seed, &[3, nth as u64]);
            let home = nth * POPULATIONS.len() / names.len();
            let (population, area, latitude, longitude, mean) = POPULATIONS[home];
            let sex = rng.pick(&["F", "M"]);
            let weight = if rng.chance(0.04) {
                String::new()
            } else {
                format!("{:.1}", mean + (rng.unit() - 0.5) * 120.0)
            };
            let year = 2012 + rng.below(12);
            let methods = rng.pick(&["trawl", "trawl", "net", "trawl;net"]);
            table += &format!(
                "{name}\t{population}\t{area}\t{latitude}\t{longitude}\t{sex}\t{weight}\t{year}\t{methods}\n"
            );
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_full_row_per_sample() {
        let cohort = Cohort {
            samples: 25,
            ..Cohort::default()
        };
        let table = cohort.metadata();
        let rows: Vec<&str> = table.lines().collect();
        assert_eq!(rows.len(), 26);
        assert!(rows.iter().all(|row| row.split('\t').count() == 9));
        for (row, name) in rows[1..].iter().zip(cohort.sample_names()) {
            assert_eq!(row.split('\t').next(), Some(name.as_str()));
        }
    }
}
