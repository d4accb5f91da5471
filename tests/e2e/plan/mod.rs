//! How queries are planned: pinned versions, project versions, dry runs, joins, earlier results, and what is left of
//! a query that does not end well.

mod gvcf;
mod joins;
mod leftovers;
mod merge_rules;
mod pins;
mod preview;
mod refused;
mod warned;

/// `SCAFFOLD:POS` of records.
fn sites(records: &[String]) -> Vec<String> {
    records
        .iter()
        .map(|record| {
            let mut columns = record.split('\t');
            format!(
                "{}:{}",
                columns.next().unwrap_or_default(),
                columns.next().unwrap_or_default()
            )
        })
        .collect()
}
