//! Input that is wrong or hostile: the documented status, a text that says what is wrong and what to do, and a
//! service that keeps running.

mod commands;
mod every_field;
mod once_faults;
mod requests;
mod tokens;
mod vcf_files;
