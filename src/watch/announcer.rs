//! The front of a watch as a sink, be it a view or a pipe. (The command of `--exec` is the other, in `commands`.)

use std::time::Duration;

use anyhow::anyhow;
use async_trait::async_trait;
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};

use super::feed::{Content, Delivery};
use crate::{
    announcement::{BaselineSummary, Message},
    domain::SinkName,
    metrics::DataPoint,
    ports::{Announcement, Announcer, MetricSink, Publication, Refusal},
};

/// How long the front may take for one delivery: nobody reads a paused pager, and the next poll tries again.
const PATIENCE: Duration = Duration::from_secs(5);

/// The sink that people read: the view, or the lines of a pipe.
#[derive(Debug)]
pub(super) struct FrontAnnouncer(pub(super) mpsc::Sender<Delivery>);

#[async_trait(?Send)]
impl Announcer for FrontAnnouncer {
    fn sink(&self) -> SinkName {
        SinkName::TERMINAL
    }

    fn is_for_people(&self) -> bool {
        true
    }

    fn batch_size(&self) -> usize {
        1
    }

    async fn announce(&self, batch: &[Announcement<'_>]) -> Vec<Result<(), Refusal>> {
        let mut answers = Vec::new();
        for announcement in batch {
            // The document as it was recorded: nothing here ever asks for the short form.
            answers.push(self.deliver(Content::Transition(announcement.row.event.clone())).await);
        }
        answers
    }

    async fn announce_baseline(&self, summary: &BaselineSummary) -> Result<(), Refusal> {
        self.deliver(Content::Baseline(Message::baseline_for_people(summary).subject)).await
    }
}

impl FrontAnnouncer {
    async fn deliver(&self, content: Content) -> Result<(), Refusal> {
        let (done, shown) = oneshot::channel();
        let delivery = async { self.0.send(Delivery { content, done }).await.is_ok() && shown.await.is_ok() };
        match timeout(PATIENCE, delivery).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Refusal::Transient(anyhow!("the output is closed"))),
            Err(_) => Err(Refusal::Transient(anyhow!("nobody reads the output; the next poll tries again"))),
        }
    }
}

/// A watch is read-only towards AWS: it publishes nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoMetrics;

impl MetricSink for NoMetrics {
    async fn publish(&self, _: &[DataPoint]) -> Publication {
        Publication::default()
    }
}
