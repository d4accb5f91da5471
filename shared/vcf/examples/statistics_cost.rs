//! Prints what statistics add to the CPU time of indexing: `cargo run --release -p divbase-vcf --example statistics_cost FILE…`.
//! The best of several runs of each, by turns, so that other work on the machine matters less.

use std::hint::black_box;

use divbase_vcf::dimensions::{scan_in_full, scan_with_layout};
use divbase_vcf::source::MemorySource;

const RUNS: usize = 15;

/// CPU time of this thread in seconds.
fn cpu() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for path in std::env::args().skip(1) {
        let source = MemorySource::new(std::fs::read(&path)?);
        let (mut without, mut with, mut bytes) = (f64::MAX, f64::MAX, 0);
        for _ in 0..RUNS {
            let begun = cpu();
            black_box(scan_with_layout(&source)?);
            without = without.min(cpu() - begun);
            let begun = cpu();
            let full = scan_in_full(&source)?;
            with = with.min(cpu() - begun);
            bytes = full.statistics.to_bytes().len();
        }
        println!(
            "{path}: {without:.4} s without, {with:.4} s with statistics ({:+.1} %), {bytes} bytes",
            100.0 * (with / without - 1.0)
        );
    }
    Ok(())
}
