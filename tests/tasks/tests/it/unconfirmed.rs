//! Accounts that somebody registered and nobody confirmed.

use divbase_local::AnyError;
use divbase_service::tasks::periodic::{CleanupUnconfirmedAccounts, UnconfirmedRetention};
use divbase_task_tests::Rig;
use serde_json::json;

use crate::periodic::run;

#[tokio::test]
async fn accounts_that_nobody_confirmed_are_deleted_and_others_never() -> Result<(), AnyError> {
    let rig = Rig::new().await?;
    for (email, verified, confirmed, days) in [
        ("late@example.org", false, "late@example.org", 31),
        ("waiting@example.org", false, "waiting@example.org", 29),
        ("moving@example.org", true, "moved@example.org", 31),
        ("proven@example.org", true, "proven@example.org", 31),
    ] {
        sqlx::query(
            "WITH made AS (
                 INSERT INTO app_user (name, email, organisation, organisation_role, password_hash, email_verified)
                 VALUES ('Some One', $1, 'Nowhere', 'None', 'x', $2) RETURNING id)
             INSERT INTO email_confirmation (user_id, email, token_sha256, expires_at)
             SELECT id, $3, lpad(id::text, 64, '0'), now() - make_interval(days => $4) FROM made",
        )
        .bind(email)
        .bind(verified)
        .bind(confirmed)
        .bind(days)
        .execute(&rig.pool)
        .await?;
    }
    let result = run::<CleanupUnconfirmedAccounts>(&rig, UnconfirmedRetention::default()).await?;
    assert_eq!(result, json!({"number_of_accounts_deleted": 1}));
    let left: Vec<String> = sqlx::query_scalar(
        "SELECT email FROM app_user WHERE email LIKE '%ing@example.org' OR email LIKE 'late@%' ORDER BY email",
    )
    .fetch_all(&rig.pool)
    .await?;
    assert_eq!(left, ["moving@example.org", "waiting@example.org"]);
    Ok(())
}
