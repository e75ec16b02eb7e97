//! The queue of orders on SQS: a message for each poll of an account. Needs `sqs:SendMessage` on the queue.
//!
//! It is a standard queue. A message may come twice and in any order, which does no harm; one that is lost is followed by the
//! next beat's.

use anyhow::{Context, anyhow};
use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_sqs::{
    Client,
    config::Builder,
    types::{BatchResultErrorEntry, SendMessageBatchRequestEntry},
};
use futures::{StreamExt, stream};

use super::{
    batches::batches,
    failure::CallFailure,
    limits::{CallLimits, Limited},
    obstacle::Obstacle,
};
use crate::ports::{Queue, Queued};

/// The most messages in one call.
const MAXIMUM_ENTRIES: usize = 10;
/// The most bytes of the messages of one call. SQS accepts 1 MiB since 2025, and 256 KiB before; ours have some hundred bytes.
const MAXIMUM_CALL_BYTES: usize = 256 * 1024;
/// Calls in flight at the same time.
const CALLS_IN_FLIGHT: usize = 8;
/// The longest name of a group.
const MAXIMUM_GROUP_BYTES: usize = 128;

/// A queue.
#[derive(Clone, Debug)]
pub struct SqsQueue {
    client: Client,
    url: String,
}

/// A message as it is sent.
struct Message<'a> {
    queued: &'a Queued,
    body: String,
}

impl SqsQueue {
    /// The queue at this URL.
    pub fn new(config: &SdkConfig, url: impl Into<String>) -> SqsQueue {
        let config = Builder::from(config).limited(&CallLimits::SINK);
        SqsQueue { client: Client::from_conf(config.build()), url: url.into() }
    }

    /// Sends the messages of one call. Those that SQS could not take at present are sent again, as often as a call is tried:
    /// the SDK's own retries work by call, not by message.
    async fn send_batch(&self, messages: &[Message<'_>]) -> Vec<anyhow::Result<()>> {
        let mut results: Vec<Option<anyhow::Error>> = messages.iter().map(|_| None).collect();
        let mut wanted: Vec<usize> = (0..messages.len()).collect();
        let mut wait = CallLimits::SINK.initial_backoff;
        for attempt in 1..=CallLimits::SINK.attempts {
            let failed = match self.call(messages, &wanted).await {
                Ok(failed) => failed,
                Err(failure) => {
                    wanted.iter().for_each(|index| results[*index] = Some(self.error(&failure)));
                    break;
                }
            };
            wanted.iter().for_each(|index| results[*index] = None);
            wanted.clear();
            for failure in failed {
                let Some(index) = failure.id.parse::<usize>().ok().filter(|index| *index < messages.len()) else {
                    continue;
                };
                let text = failure.message.as_deref().unwrap_or("no message");
                results[index] = Some(anyhow!("{}: {text}", failure.code).context(self.subject()));
                wanted.extend((!failure.sender_fault).then_some(index));
            }
            if wanted.is_empty() || attempt == CallLimits::SINK.attempts {
                break;
            }
            tokio::time::sleep(wait).await;
            wait *= 2;
        }
        results.into_iter().map(|error| error.map_or(Ok(()), Err)).collect()
    }

    async fn call(
        &self,
        messages: &[Message<'_>],
        wanted: &[usize],
    ) -> Result<Vec<BatchResultErrorEntry>, CallFailure> {
        let entry = |index: &usize| {
            let Message { queued, body } = &messages[*index];
            SendMessageBatchRequestEntry::builder()
                .id(index.to_string())
                .message_body(body)
                .delay_seconds(i32::try_from(queued.delay.as_secs()).unwrap_or(i32::MAX))
                .message_group_id(&queued.group)
                .build()
        };
        // The id and the body are there, which is all that building asks for.
        let entries = wanted.iter().filter_map(|index| entry(index).ok()).collect();
        let call = self.client.send_message_batch().queue_url(&self.url).set_entries(Some(entries));
        // On the heap: the SDK's futures are large, and a dispatch joins several.
        let answer = Box::pin(call.send()).await.map_err(|error| CallFailure::of(&error))?;
        Ok(answer.failed)
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

fn body(queued: &Queued) -> anyhow::Result<String> {
    anyhow::ensure!(queued.group.len() <= MAXIMUM_GROUP_BYTES, "the group {:?} is too long", queued.group);
    serde_json::to_string(&queued.order).context("an order has no JSON form")
}
