//! The VCF query engine: `bcftools view` 1.24, and the joining of files, on byte ranges in one pass. Knows byte
//! ranges and threads; must not know AWS or a database.
//!
//! Its door is [`query`]: open the files ([`reader::open`]), parse the stages ([`command`]), put both into a
//! [`query::Request`] and let [`query::answer`] write the result. [`query::decide`] says how several files are
//! joined, [`dimensions::scan`] indexes one.
//!
//! ```
//! use divbase_vcf::command::{Pipeline, parse_local};
//! use divbase_vcf::query::{Cancel, Encoding, Input, Options, Request, answer};
//! use divbase_vcf::{reader, source::MemorySource, view::Context};
//!
//! # fn main() -> Result<(), divbase_vcf::Error> {
//! let file = "##fileformat=VCFv4.2\n##contig=<ID=1>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n\
//!             1\t5\t.\tA\tC\t40\t.\t.\n1\t9\t.\tG\tT\t10\t.\t.\n";
//! let source = MemorySource::new(file.as_bytes().to_vec());
//! let opened = reader::open(&source)?;
//! let words = ["-i", "QUAL>30"].map(str::to_owned);
//! let stages = Pipeline {
//!     stages: vec![parse_local(&words).expect("options of view").stage],
//! };
//! let context = Context::default();
//! let inputs = [Input {
//!     name: "birds.vcf",
//!     source: &source,
//!     opened: &opened,
//!     index: None,
//!     stages: &stages,
//!     context: &context,
//! }];
//! let options = Options {
//!     encoding: Encoding::Text,
//!     ..Options::default()
//! };
//! let mut result = Vec::new();
//! let answer = answer(&Request::new(&inputs), &options, &Cancel::default(), &mut result)?;
//! assert_eq!((answer.summary.read, answer.summary.written), (2, 1));
//! assert!(String::from_utf8_lossy(&result).ends_with("1\t5\t.\tA\tC\t40\t.\t.\n"));
//! # Ok(())
//! # }
//! ```

pub mod bcf;
pub mod bgzf;
pub mod canonical;
mod coded;
pub mod command;
pub mod concat;
pub mod cpu;
pub mod dimensions;
pub mod error;
mod executor;
pub mod expr;
pub mod groups;
pub mod header;
pub mod index;
pub mod layout;
pub mod limits;
pub mod merge;
mod names;
pub mod notices;
pub mod number;
pub mod query;
pub mod reader;
pub mod record;
pub mod reference;
pub mod reheader;
mod sidecar;
pub mod skips;
pub mod source;
mod spelling;
pub mod stats;
pub mod view;

pub use error::{Category, Error, ErrorKind};
pub use header::Header;
pub use record::Record;
