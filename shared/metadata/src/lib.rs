//! The sample-metadata table: reading, validating, filtering.
//!
//! A research project describes its samples in one tab-separated file whose first column is `#Sample_ID`. This crate
//! reads such a file ([`Table`]), judges it ([`validate`]), parses the filters people write ([`Filter`]), and answers
//! which samples a filter selects ([`query`]). The worker and the command line both use it, so that a file is judged
//! the same before and after upload.
//!
//! It must not know the service: no network, no database, no paths, no wire types. The samples a project has are handed
//! in as a list of names.
//!
//! ```
//! use divbase_metadata::{query, validate, Checks, Filter, Mode, Table};
//!
//! let table = Table::read("#Sample_ID\tArea\tWeight\nS1\tNorth\t12\nS2\tSouth\t9\n")?;
//! let report = validate(&table, Mode::Strict, &Checks::default());
//! assert!(report.errors.is_empty());
//!
//! let filter = Filter::parse("Area:North,East;Weight:>10", Mode::Strict)?;
//! let selection = query(&table, &filter, &Checks::default())?;
//! assert_eq!(selection.sample_ids, ["S1"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cells;
mod date;
mod filter;
pub mod limits;
mod literal;
mod look;
mod missing;
mod mode;
mod number;
mod query;
mod reading;
mod table;
pub mod template;
mod validate;

pub use filter::{Filter, FilterError, FilterFault};
pub use mode::Mode;
pub use query::{QueryError, Selection, query};
pub use reading::Kind;
pub use table::{ReadError, Table};
pub use validate::{
    Category, Checks, Finding, Preview, Report, Statistics, UnknownSamples, validate,
};
