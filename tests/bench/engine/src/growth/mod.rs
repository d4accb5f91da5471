//! How the engine's work grows when one dimension of its input doubles: samples, files, regions, header lines.
//! What is n log n stays near 2 for a doubling; what grows with the square comes to 4.
//!
//! Work is counted in instructions, which a machine's caches do not change. Time is printed beside it: it grows faster where
//! what is small enough for a cache at one size is too large for it at the next.

mod cohort;
mod instructions;

use std::time::Instant;

use cohort::{Shape, run};
pub(crate) use instructions::Counted;

use crate::error::Error;

/// Each size is timed this often, in turns with the others; the fastest counts, for the rest were disturbed.
const REPEAT: usize = 7;
/// A dimension doubles this often when it is timed, so that the step over the size of one cache does not decide.
const DOUBLINGS: u32 = 3;
/// The most by which the instructions may grow when a dimension doubles.
const ALLOWED: f64 = 2.2;

/// What doubles, where it begins, and what the rest is.
struct Dimension {
    name: &'static str,
    shape: Shape,
    size: fn(&mut Shape) -> &mut usize,
}

const DIMENSIONS: [Dimension; 4] = [
    Dimension {
        name: "samples in another order",
        shape: Shape {
            samples: 50_000,
            files: 3,
            regions: 0,
            header_lines: 1,
        },
        size: |shape| &mut shape.samples,
    },
    Dimension {
        name: "files",
        shape: Shape {
            samples: 4,
            files: 500,
            regions: 0,
            header_lines: 10,
        },
        size: |shape| &mut shape.files,
    },
    Dimension {
        name: "regions",
        shape: Shape {
            samples: 4,
            files: 2,
            regions: 20_000,
            header_lines: 1,
        },
        size: |shape| &mut shape.regions,
    },
    Dimension {
        name: "header lines",
        shape: Shape {
            samples: 4,
            files: 3,
            regions: 0,
            header_lines: 20_000,
        },
        size: |shape| &mut shape.header_lines,
    },
];

impl Dimension {
    /// The shape after so many doublings.
    fn doubled(&self, doublings: u32) -> Shape {
        let mut shape = self.shape;
        *(self.size)(&mut shape) <<= doublings;
        shape
    }
}

/// Prints for each dimension whose name contains `only` by how much instructions and time grow when it doubles. Says whether
/// the instructions of all stay within what is allowed.
///
/// # Errors
/// If there is no valgrind to count with, or the engine fails.
pub(crate) fn measure(only: Option<&str>) -> Result<bool, Error> {
    let mut reached = true;
    for (nth, dimension) in DIMENSIONS.iter().enumerate() {
        if only.is_some_and(|only| !dimension.name.contains(only)) {
            continue;
        }
        let name = dimension.name.replace(' ', "-");
        let (once, twice) = (instructions::of(nth, 0)?, instructions::of(nth, 1)?);
        let growth = twice / once;
        reached &= growth <= ALLOWED;
        println!("RATIO growth-{name}-doubled-instructions {growth:.2} {ALLOWED:.2}");
        let seconds = fastest(dimension)?;
        let growth = (seconds[seconds.len() - 1] / seconds[0]).powf(1.0 / f64::from(DOUBLINGS));
        println!(
            "{name}, each size twice the one before: {seconds:.4?} s, {growth:.2} times the time for twice the size"
        );
    }
    Ok(reached)
}

/// Makes the files of a dimension, and joins them if that is what is to be counted: what valgrind runs.
///
/// # Errors
/// If there is no such dimension, or the engine fails.
pub(crate) fn count(counted: Counted) -> Result<(), Error> {
    let dimension = DIMENSIONS
        .get(counted.dimension)
        .ok_or_else(|| Error::Engine(format!("there is no dimension {}", counted.dimension)))?;
    let shape = dimension.doubled(counted.doublings);
    let texts = shape.texts();
    if counted.joins {
        run(shape, &texts).map_err(|error| Error::Engine(error.to_string()))?;
    }
    Ok(())
}

/// The fastest run of each size, in seconds.
fn fastest(dimension: &Dimension) -> Result<Vec<f64>, Error> {
    let sizes: Vec<Shape> = (0..=DOUBLINGS).map(|n| dimension.doubled(n)).collect();
    let texts: Vec<Vec<String>> = sizes.iter().map(|shape| shape.texts()).collect();
    let mut fastest = vec![f64::INFINITY; sizes.len()];
    for _ in 0..REPEAT {
        for ((shape, texts), fastest) in sizes.iter().zip(&texts).zip(&mut fastest) {
            let start = Instant::now();
            run(*shape, texts).map_err(|error| Error::Engine(error.to_string()))?;
            *fastest = fastest.min(start.elapsed().as_secs_f64());
        }
    }
    Ok(fastest)
}
