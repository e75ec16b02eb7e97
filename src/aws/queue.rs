//! The queue of orders on SQS: a message for each poll of an account. Needs `sqs:SendMessage` on the queue.
//!
//! It is a standard queue. A message may come twice and in any order, which does no harm; one that is lost is followed by the
//! next beat's.

use anyhow::{Context, anyhow};
use async_trait::async_trait;
use aws_config::SdkConfig;
use futures::{StreamExt, stream};
use serde::{Deserialize, Serialize};

use super::{
    batches::batches,
    failure::CallFailure,
    limits::CallLimits,
    obstacle::Obstacle,
    signed::{Json, Service, Signed},
};
use crate::ports::{Queue, Queued};

/// The most messages in one call.
const MAXIMUM_ENTRIES: usize = 10;
/// The most bytes of the messages of one call. SQS accepts 1 MiB since 2025, and 256 KiB before; ours have some hundred bytes.
const MAXIMUM_CALL_BYTES: usize = 256 * 1024;
/// Calls in flight at the same time.
const CALLS_IN_FLIGHT: usize = 8;

/// A queue.
#[derive(Clone, Debug)]
pub struct SqsQueue {
    client: Signed,
    url: String,
}

/// A call to send messages.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Batch<'a> {
    queue_url: &'a str,
    entries: Vec<Entry<'a>>,
}

/// A message in a call.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Entry<'a> {
    id: String,
    message_body: &'a str,
    delay_seconds: u64,
    message_group_id: &'a str,
}

/// What SQS says of each message of a call.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Sent {
    #[serde(default)]
    successful: Vec<Taken>,
    #[serde(default)]
    failed: Vec<NotTaken>,
}

/// A message that the queue has taken.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Taken {
    id: String,
}

/// A message that the queue has not taken.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NotTaken {
    id: String,
    code: String,
    message: Option<String>,
    #[serde(default)]
    sender_fault: bool,
}

/// A message as it is sent.
struct Message<'a> {
    queued: &'a Queued,
    body: String,
}

impl SqsQueue {
    /// The queue at this URL, which is in the region of `config`.
    pub fn new(config: &SdkConfig, url: impl Into<String>) -> SqsQueue {
        let url = url.into();
        let region = config.region().map_or("", AsRef::as_ref);
        let service = Service { id: "SQS", signing_name: "sqs", region, url: origin(&url) };
        SqsQueue { client: Signed::new(config, service, &CallLimits::SINK), url }
    }

    /// Sends the messages of one call. Those that SQS could not take at present are sent again, as often as a call is tried:
    /// retries of calls work by call, not by message.
    async fn send_batch(&self, messages: &[Message<'_>]) -> Vec<anyhow::Result<()>> {
        let mut results: Vec<Option<anyhow::Error>> = messages.iter().map(|_| None).collect();
        let mut wanted: Vec<usize> = (0..messages.len()).collect();
        let mut wait = CallLimits::SINK.initial_backoff;
        for attempt in 1..=CallLimits::SINK.attempts {
            let sent = match self.call(messages, &wanted).await {
                Ok(sent) => sent,
                Err(failure) => {
                    wanted.iter().for_each(|index| results[*index] = Some(self.error(&failure)));
                    break;
                }
            };
            let mut again = Vec::new();
            for index in wanted {
                let (error, may_pass) = self.result(&sent, index);
                again.extend((error.is_some() && may_pass).then_some(index));
                results[index] = error;
            }
            wanted = again;
            if wanted.is_empty() || attempt == CallLimits::SINK.attempts {
                break;
            }
            tokio::time::sleep(wait).await;
            wait *= 2;
        }
        results.into_iter().map(|error| error.map_or(Ok(()), Err)).collect()
    }

    /// Why a message was not sent, and whether that may pass. One that the answer does not name may have been sent; sent
    /// twice it does no harm.
    fn result(&self, sent: &Sent, index: usize) -> (Option<anyhow::Error>, bool) {
        let id = index.to_string();
        if let Some(failure) = sent.failed.iter().find(|failed| failed.id == id) {
            let text = failure.message.as_deref().unwrap_or("no message");
            let failed = CallFailure::answered(Some(&failure.code), text);
            return (Some(anyhow!(failed).context(self.subject())), !failure.sender_fault);
        }
        let is_named = sent.successful.iter().any(|taken| taken.id == id);
        ((!is_named).then(|| anyhow!("the answer does not name it").context(self.subject())), true)
    }

    async fn call(&self, messages: &[Message<'_>], wanted: &[usize]) -> Result<Sent, CallFailure> {
        let entries = wanted.iter().map(|index| {
            let Message { queued, body } = &messages[*index];
            Entry {
                id: index.to_string(),
                message_body: body,
                delay_seconds: queued.delay.as_secs(),
                message_group_id: &queued.group,
            }
        });
        let batch = Batch { queue_url: &self.url, entries: entries.collect() };
        self.client.post((Json::V1_0, "AmazonSQS.SendMessageBatch"), &batch).await
    }

    fn subject(&self) -> String {
        format!("a message cannot be sent to the queue {}", self.url)
    }

    fn error(&self, failure: &CallFailure) -> anyhow::Error {
        let advice = match (Obstacle::of(failure), failure.plain_code()) {
            (Some(Obstacle::Permission), _) => "it needs the permission sqs:SendMessage on the queue",
            (Some(Obstacle::KeyPermission | Obstacle::Key), _) => "the key that encrypts the queue cannot be used",
            (_, "QueueDoesNotExist" | "AWS.SimpleQueueService.NonExistentQueue") => {
                "there is no such queue: deploy it, or correct DX_MONITOR_QUEUE_URL"
            }
            _ => return anyhow!(failure.clone()).context(self.subject()),
        };
        anyhow!(failure.clone()).context(format!("{}: {advice}", self.subject()))
    }
}

#[async_trait(?Send)]
impl Queue for SqsQueue {
    async fn send(&self, queued: &[Queued]) -> Vec<anyhow::Result<()>> {
        let message = |queued| anyhow::Ok(Message { queued, body: body(queued)? });
        let messages: anyhow::Result<Vec<Message<'_>>> = queued.iter().map(message).collect();
        let messages = match messages {
            Ok(messages) => messages,
            Err(error) => return queued.iter().map(|_| Err(anyhow!("{error:#}"))).collect(),
        };
        let calls = batches(&messages, MAXIMUM_ENTRIES, MAXIMUM_CALL_BYTES, |message| message.body.len());
        let results = stream::iter(calls.into_iter().map(|batch| self.send_batch(batch)));
        results.buffered(CALLS_IN_FLIGHT).collect::<Vec<_>>().await.into_iter().flatten().collect()
    }
}

/// Scheme and host of a URL: where the queue is.
fn origin(url: &str) -> &str {
    let path = url.find("://").map(|at| at + 3).and_then(|host| Some(host + url[host..].find('/')?));
    path.map_or(url, |path| &url[..path])
}

/// The longest name of a group.
const MAXIMUM_GROUP_BYTES: usize = 128;

fn body(queued: &Queued) -> anyhow::Result<String> {
    anyhow::ensure!(queued.group.len() <= MAXIMUM_GROUP_BYTES, "the group {:?} is too long", queued.group);
    serde_json::to_string(&queued.order).context("an order has no JSON form")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_is_called_at_its_own_host() {
        let at = "https://sqs.cn-north-1.amazonaws.com.cn";
        assert_eq!(origin(&format!("{at}/123456789012/polls")), at);
        assert_eq!(origin("http://127.0.0.1:4566/000000000000/polls"), "http://127.0.0.1:4566");
        assert_eq!(origin("https://sqs.us-east-1.amazonaws.com"), "https://sqs.us-east-1.amazonaws.com");
    }
}
