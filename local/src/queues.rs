//! Makes the queues and their dead-letter queues, as the template does in a deployment.

use std::collections::HashMap;

use aws_config::SdkConfig;
use aws_sdk_sqs::{Client, types::QueueAttributeName};
use divbase_tasks::QueueUrls;

use crate::AnyError;

/// Deliveries of one message before it goes to the dead letters without anybody's decision.
const MAX_RECEIVES: u32 = 20;

/// Makes what does not exist yet; `prefix` keeps installations apart.
///
/// # Errors
/// If the queue service refuses.
pub async fn ensure(sdk: &SdkConfig, prefix: &str) -> Result<QueueUrls, AnyError> {
    let client = Client::new(sdk);
    let (quick, quick_dead) = pair(&client, prefix, "quick").await?;
    let (long, long_dead) = pair(&client, prefix, "long").await?;
    let (heavy, heavy_dead) = pair(&client, prefix, "heavy").await?;
    Ok(QueueUrls {
        quick,
        long,
        heavy,
        quick_dead,
        long_dead,
        heavy_dead,
    })
}

/// Makes the queue in which buckets tell of their changes; gives its URL and its ARN.
///
/// # Errors
/// If the queue service refuses.
pub async fn ensure_events(sdk: &SdkConfig, prefix: &str) -> Result<(String, String), AnyError> {
    let client = Client::new(sdk);
    let (url, _) = pair(&client, prefix, "events").await?;
    let arn = arn(&client, &url).await?;
    Ok((url, arn))
}

async fn arn(client: &Client, url: &str) -> Result<String, AnyError> {
    let attributes = client
        .get_queue_attributes()
        .queue_url(url)
        .attribute_names(QueueAttributeName::QueueArn)
        .send()
        .await?;
    let arn = attributes
        .attributes()
        .and_then(|found| found.get(&QueueAttributeName::QueueArn))
        .ok_or("the queue service gave no ARN")?;
    Ok(arn.clone())
}

async fn pair(client: &Client, prefix: &str, name: &str) -> Result<(String, String), AnyError> {
    let dead_url = queue(client, &format!("{prefix}-{name}-dead"), None).await?;
    let dead_arn = arn(client, &dead_url).await?;
    let redrive =
        format!(r#"{{"deadLetterTargetArn":"{dead_arn}","maxReceiveCount":{MAX_RECEIVES}}}"#);
    let url = queue(client, &format!("{prefix}-{name}"), Some(redrive)).await?;
    Ok((url, dead_url))
}

/// Makes a queue, and gives its URL.
async fn queue(client: &Client, name: &str, redrive: Option<String>) -> Result<String, AnyError> {
    let redrive =
        redrive.map(|policy| HashMap::from([(QueueAttributeName::RedrivePolicy, policy)]));
    let made = client
        .create_queue()
        .queue_name(name)
        .set_attributes(redrive)
        .send()
        .await?;
    Ok(made
        .queue_url()
        .ok_or("the queue service gave no URL")?
        .to_owned())
}
