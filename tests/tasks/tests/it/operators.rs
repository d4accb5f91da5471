//! What an operator has the cron function do: dead letters, an administrator, and what is looked at after a restore.

use std::sync::Arc;

use divbase_db::Facts;
use divbase_local::AnyError;
use divbase_service::schedules::{Cron, CronError, Done, Job, RedrivenQueue, handle};
use divbase_task_tests::{Rig, probe::Act, rig::FAST};
use divbase_tasks::{Queue, Redriven, Relay};
use serde_json::json;

struct Place {
    rig: Rig,
    cron: Cron,
}

impl Place {
    async fn new() -> Result<Self, AnyError> {
        let rig = Rig::new().await?;
        let cron = Cron {
            db: rig.db.clone(),
            queues: Arc::clone(&rig.queues),
            relay: Relay::new(rig.db.clone(), rig.queues.clone()),
            timing: FAST,
            time_zone: "Europe/Stockholm".to_owned(),
            mirror: None,
        };
        Ok(Self { rig, cron })
    }

    /// As the function is called.
    async fn call(&self, payload: serde_json::Value) -> Result<Done, AnyError> {
        let job: Job = serde_json::from_value(payload)?;
        handle(&self.cron, job)
            .await?
            .done
            .ok_or_else(|| "nothing was done".into())
    }
}

#[tokio::test]
async fn dead_letters_are_redriven() -> Result<(), AnyError> {
    let place = Place::new().await?;
    let worker = place.rig.fast_worker();
    let old = place.rig.submit(&[Act::Internal]).await?;
    place.rig.step(&worker).await?;
    let body = format!(r#"{{"version":1,"task_id":{old}}}"#);
    assert_eq!(place.rig.dead_letters().await?, std::slice::from_ref(&body));
    place.rig.queues.bury(Queue::Quick, &body).await?;
    let done = place
        .call(json!({"job": "redrive", "queues": ["quick"]}))
        .await?;
    let Done::Redriven(queues) = done else {
        return Err(format!("{done:?}").into());
    };
    let [
        RedrivenQueue {
            queue: "quick",
            done:
                Redriven {
                    retried: 1,
                    announced: 0,
                    settled,
                    left: 0,
                },
        },
    ] = queues[..]
    else {
        return Err(format!("{queues:?}").into());
    };
    // A letter that was only looked at may come once more.
    assert!(settled <= 1, "{queues:?}");
    let retries: i64 = sqlx::query_scalar("SELECT count(*) FROM task WHERE retry_of = $1")
        .bind(old)
        .fetch_one(&place.rig.pool)
        .await?;
    assert_eq!(retries, 1);
    let refused = handle(
        &place.cron,
        Job::Redrive {
            queues: vec!["slow".to_owned()],
        },
    )
    .await;
    assert!(matches!(refused, Err(CronError::Refused(_))), "{refused:?}");
    Ok(())
}

#[tokio::test]
async fn an_administrator_is_made_of_whoever_has_the_address() -> Result<(), AnyError> {
    let place = Place::new().await?;
    let made = place
        .call(json!({"job": "administrator", "email": "Ops@example.org"}))
        .await?;
    let Done::Administrator { user_id, token, .. } = made else {
        return Err(format!("{made:?}").into());
    };
    let digest = divbase_auth::secret::digest(&token);
    let owner = place.rig.db.password_reset(&digest).await?;
    let owner = owner.ok_or("the token sets no password")?;
    assert_eq!(
        (owner.id, owner.email.as_str(), owner.is_admin),
        (user_id, "ops@example.org", true)
    );
    // There is no password yet.
    let account = place.rig.db.user_for_login("ops@example.org").await?;
    assert_eq!(account.map(|(_, hash)| hash), Some(None));

    // Who has an account keeps it.
    let again = place
        .call(json!({"job": "administrator", "email": "mary@example.org"}))
        .await?;
    assert!(matches!(again, Done::Administrator { user_id, .. } if user_id == place.rig.user_id));
    let audited: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM audit_entry WHERE action IN ('user.created', 'user.changed') AND actor_id IS NULL",
    )
    .fetch_one(&place.rig.pool)
    .await?;
    assert_eq!(audited, 2);

    sqlx::query("UPDATE app_user SET is_active = false WHERE id = $1")
        .bind(user_id)
        .execute(&place.rig.pool)
        .await?;
    for email in ["ops@example.org", "nobody"] {
        let refused = place
            .call(json!({"job": "administrator", "email": email}))
            .await;
        assert!(refused.is_err(), "{email}: {refused:?}");
    }
    Ok(())
}

#[tokio::test]
async fn numbers_of_tasks_that_were_seen_are_not_given_out_again() -> Result<(), AnyError> {
    let place = Place::new().await?;
    let seen = place.rig.submit(&[Act::Succeed]).await?;
    let done = place.call(json!({"job": "facts"})).await?;
    let Done::Facts(Facts {
        schema,
        accounts,
        tasks,
        unfinished_tasks,
        newest_task,
        next_task,
        ..
    }) = done
    else {
        return Err(format!("{done:?}").into());
    };
    assert!(schema.is_some_and(|version| version >= 501), "{schema:?}");
    assert_eq!((accounts, tasks, unfinished_tasks), (1, 1, 1));
    assert!(newest_task.is_some());
    assert_eq!(next_task, seen + 1);
    let done = place
        .call(json!({"job": "skip-numbers", "by": 10_000}))
        .await?;
    assert_eq!(done, Done::NextTask(seen + 10_001));
    assert_eq!(place.rig.submit(&[Act::Succeed]).await?, seen + 10_001);
    Ok(())
}
