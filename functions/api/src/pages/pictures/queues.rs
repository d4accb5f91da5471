//! How much waited on each queue over time.

use divbase_db::tasks::QueueStretch;

use super::{Figure, Row, draw::bars};
use crate::pages::{
    admin_now::{STRETCH, STRETCHES},
    show::{count, seconds},
};

const QUEUES: [&str; 3] = ["quick", "long", "heavy"];

/// Depth and age; nothing before the first minute was noted.
pub(in crate::pages) fn over_time(stretches: &[QueueStretch]) -> Vec<Figure> {
    if stretches.is_empty() {
        return Vec::new();
    }
    let waiting = |one: &QueueStretch| u64::try_from(one.waiting).unwrap_or_default();
    // Whole seconds, as an age of less is none.
    let age = |one: &QueueStretch| one.oldest_seconds.max(0.0) as u64;
    let depth = figure(stretches, waiting, |number| {
        format!("{} tasks", count(&number))
    });
    let oldest = figure(stretches, age, |number| seconds(&(number as f64)));
    vec![
        Figure {
            id: "depth",
            heading: "Waiting tasks",
            axis: "the most within a quarter of an hour; the last day, until now",
            ..depth
        },
        Figure {
            id: "age",
            heading: "How long the oldest had waited",
            axis: "the longest within a quarter of an hour; the last day, until now",
            ..oldest
        },
    ]
}

fn figure(
    stretches: &[QueueStretch],
    value: impl Fn(&QueueStretch) -> u64,
    words: impl Fn(u64) -> String,
) -> Figure {
    let most = stretches.iter().map(&value).max().unwrap_or_default();
    let of = |queue: &str| -> Vec<u64> {
        let mut values = vec![0; STRETCHES as usize];
        for one in stretches.iter().filter(|one| one.queue == queue) {
            let place = usize::try_from(one.ago)
                .ok()
                .and_then(|ago| values.len().checked_sub(ago + 1));
            if let Some(place) = place {
                values[place] = value(one);
            }
        }
        values
    };
    let worst = stretches.iter().max_by_key(|one| value(one));
    let title = match worst {
        Some(one) if most > 0 => format!(
            "{} at most, on the queue {}, {} ago",
            words(most),
            one.queue,
            seconds(&(f64::from(one.ago) * f64::from(STRETCH)))
        ),
        _ => "Nothing waited".to_owned(),
    };
    Figure {
        id: "",
        heading: "",
        description: format!(
            "One row for each queue, with a bar for each quarter of an hour. The highest is {}.",
            words(most)
        ),
        title,
        rows: QUEUES
            .iter()
            .map(|queue| Row {
                label: (*queue).to_owned(),
                width: STRETCHES as usize,
                paths: vec![("mark", bars(&of(queue), most))],
                remark: words(of(queue).into_iter().max().unwrap_or_default()),
            })
            .collect(),
        ticks: vec!["24 h ago".to_owned(), "12 h".to_owned(), "now".to_owned()],
        axis: "",
        highest: words(most),
        header: vec!["Queue", "Most", "Now"],
        cells: QUEUES
            .iter()
            .map(|queue| {
                let values = of(queue);
                let last = values.last().copied().unwrap_or_default();
                vec![
                    (*queue).to_owned(),
                    words(values.iter().copied().max().unwrap_or_default()),
                    words(last),
                ]
            })
            .collect(),
        note: None,
    }
}
