//! A map of where samples come from: land as a picture of our own, and a circle for each place.

use divbase_service::shown::Place;

use super::assets::COAST;

/// Degrees that a map shows at least from north to south: the coastline is coarse.
const LEAST_DEGREES: f64 = 10.0;

/// Places that the table beside the map has.
const LISTED: usize = 100;

/// What is drawn. Lengths are in degrees of latitude.
pub(super) struct Map {
    /// Of the part of the world that is shown.
    pub(super) view: String,
    /// Where the picture of all land lies, and how wide it is: degrees of longitude are narrower than those of latitude.
    pub(super) land: (String, String),
    /// The picture's address.
    pub(super) coast: &'static str,
    pub(super) circles: Vec<Circle>,
    /// The finding.
    pub(super) title: String,
    /// Places for the table, those with the most samples, and how many are left out.
    pub(super) places: Vec<Place>,
    pub(super) left_out: usize,
}

/// One place.
pub(super) struct Circle {
    pub(super) x: String,
    pub(super) y: String,
    pub(super) radius: String,
    pub(super) title: String,
}

impl Map {
    /// Nothing if there is no place to draw.
    pub(super) fn of(places: &[Place], without: usize) -> Option<Self> {
        let ends = |of: fn(&Place) -> f64| {
            let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
            for place in places {
                low = low.min(of(place));
                high = high.max(of(place));
            }
            (low, high)
        };
        if places.is_empty() {
            return None;
        }
        let (south, north) = ends(|place| place.latitude);
        let (west, east) = ends(|place| place.longitude);
        let middle = f64::midpoint(south, north);
        let narrow = middle.to_radians().cos().max(0.2);
        // Twice as wide as high, with a tenth around it.
        let high = ((north - south) * 1.2).max((east - west) * narrow * 1.2 / 2.0);
        let high = high.clamp(LEAST_DEGREES, 180.0);
        let wide = high * 2.0;
        let x = f64::midpoint(west, east) * narrow - wide / 2.0;
        let y = (-middle - high / 2.0).clamp(-90.0, 90.0 - high);
        let most = places.iter().map(|place| place.count).max().unwrap_or(1);
        let mut circles: Vec<&Place> = places.iter().collect();
        // Small ones lie on large ones.
        circles.sort_by_key(|place| std::cmp::Reverse(place.count));
        let listed = circles.iter().take(LISTED).map(|place| (*place).clone());
        let listed: Vec<Place> = listed.collect();
        let samples: usize = places.iter().map(|place| place.count).sum();
        let mut title = match places {
            [_] => format!("{samples} samples come from one place"),
            places => format!("{samples} samples come from {} places", places.len()),
        };
        if without > 0 {
            title.push_str(&format!("; {without} have no latitude and longitude"));
        }
        Some(Self {
            view: format!("{x:.3} {y:.3} {wide:.3} {high:.3}"),
            land: (
                format!("{:.3}", -180.0 * narrow),
                format!("{:.3}", 360.0 * narrow),
            ),
            coast: &COAST.path,
            circles: circles
                .iter()
                .map(|place| Circle {
                    x: format!("{:.3}", place.longitude * narrow),
                    y: format!("{:.3}", -place.latitude),
                    radius: format!(
                        "{:.3}",
                        high * (0.008 + 0.022 * (place.count as f64 / most as f64).sqrt())
                    ),
                    title: told(place),
                })
                .collect(),
            title,
            left_out: places.len() - listed.len(),
            places: listed,
        })
    }
}

fn told(place: &Place) -> String {
    let mut text = format!("{}: {}", position(place), place.samples.join(", "));
    if place.count > place.samples.len() {
        text.push_str(&format!(" and {} more", place.count - place.samples.len()));
    }
    text
}

/// As people write it.
pub(super) fn position(place: &Place) -> String {
    let north = if place.latitude < 0.0 { "S" } else { "N" };
    let east = if place.longitude < 0.0 { "W" } else { "E" };
    format!(
        "{:.2}° {north}, {:.2}° {east}",
        place.latitude.abs(),
        place.longitude.abs()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(latitude: f64, longitude: f64, count: usize) -> Place {
        Place {
            latitude,
            longitude,
            count,
            samples: vec!["S1".to_owned()],
        }
    }

    #[test]
    fn all_places_are_on_the_map() {
        for places in [
            vec![place(57.7, 11.97, 3)],
            vec![place(-90.0, -180.0, 1), place(90.0, 180.0, 9)],
            vec![place(58.0, 17.0, 1), place(66.0, 24.0, 2)],
            vec![place(89.9, 10.0, 1)],
        ] {
            let map = Map::of(&places, 0).expect("a map");
            let view: Vec<f64> = map
                .view
                .split(' ')
                .map(|part| part.parse().unwrap())
                .collect();
            for circle in &map.circles {
                let (x, y): (f64, f64) = (circle.x.parse().unwrap(), circle.y.parse().unwrap());
                assert!(
                    x >= view[0] - 0.01 && x <= view[0] + view[2] + 0.01,
                    "{x} {view:?}"
                );
                assert!(
                    y >= view[1] - 0.01 && y <= view[1] + view[3] + 0.01,
                    "{y} {view:?}"
                );
            }
        }
        assert!(Map::of(&[], 3).is_none());
    }

    #[test]
    fn positions_are_told_as_people_write_them() {
        assert_eq!(position(&place(-33.5, 151.25, 1)), "33.50° S, 151.25° E");
        assert_eq!(
            told(&place(1.0, -2.0, 3)),
            "1.00° N, 2.00° W: S1 and 2 more"
        );
    }
}
