//! The VCF query engine. Knows byte ranges and threads; must not know AWS or a database.
