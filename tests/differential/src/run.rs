//! Runs all cases on several threads.

use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::Error;
use crate::case::Case;
use crate::compare::Verdict;
use crate::judge::Judge;
use crate::oracle::Oracle;
use crate::ours::Ours;

/// Judges every case; results in the order of the cases.
///
/// # Errors
///
/// The first error of any thread.
pub fn all(cases: &[Case], ours: &Ours, jobs: usize, folder: &Path) -> Result<Vec<Verdict>, Error> {
    let next = AtomicUsize::new(0);
    let verdicts = Mutex::new(vec![None; cases.len()]);
    let work = |job: usize| -> Result<(), Error> {
        let own = folder.join(format!("job{job}"));
        fs::create_dir_all(&own).map_err(Error::io(&own))?;
        let mut judge = Judge::new(Oracle::start()?, ours.clone(), own);
        loop {
            let nth = next.fetch_add(1, Ordering::Relaxed);
            let Some(case) = cases.get(nth) else {
                return Ok(());
            };
            let mut verdict = judge.judge(case)?;
            if matches!(verdict, Verdict::Different(_)) && judge.is_contradictory(case)? {
                verdict = Verdict::NoTruth;
            }
            // A poisoned lock means that another thread panicked; its results are still good.
            let mut verdicts = verdicts
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            verdicts[nth] = Some(verdict);
        }
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..jobs.max(1))
            .map(|job| scope.spawn(move || work(job)))
            .collect();
        let ended = threads.into_iter().map(|thread| {
            thread
                .join()
                .unwrap_or_else(|_| Err(Error::Oracle("a thread panicked".to_owned())))
        });
        ended.collect::<Result<Vec<()>, Error>>()
    })?;
    let verdicts = verdicts
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    Ok(verdicts.into_iter().flatten().collect())
}
