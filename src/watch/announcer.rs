//! The sink of the front, a view or a pipe. (The other sink of a watch, the command of `--exec`, is in `commands`.)

use std::time::Duration;

use anyhow::anyhow;
use async_trait::async_trait;
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};

use super::feed::{Content, FrontMessage};
use crate::{
    announcement::{BaselineSummary, Message},
    domain::SinkName,
    metrics::DataPoint,
    ports::{Announcement, Announcer, MetricSink, Publication, Refusal},
};

/// How long the front may take to show one message. After that, as behind a paused pager, the next poll tries again.
const PATIENCE: Duration = Duration::from_secs(5);

/// The sink that hands each document to the front and waits until it is shown.
#[derive(Debug)]
pub(super) struct FrontAnnouncer(pub(super) mpsc::Sender<FrontMessage>);

#[async_trait(?Send)]
impl Announcer for FrontAnnouncer {
    fn sink(&self) -> SinkName {
        SinkName::TERMINAL
    }

    fn is_for_people(&self) -> bool {
        true
    }

    async fn announce(&self, batch: &[Announcement<'_>]) -> Vec<Result<(), Refusal>> {
        let mut answers = Vec::new();
        for announcement in batch {
            // The front refuses no document, so it never gets the short form.
            answers.push(self.deliver(Content::Change(announcement.row.event.clone())).await);
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
        let showing = async { self.0.send(FrontMessage { content, done }).await.is_ok() && shown.await.is_ok() };
        match timeout(PATIENCE, showing).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Refusal::Transient(anyhow!("the output is closed"))),
            Err(_) => Err(Refusal::Transient(anyhow!("the output is not being read; the next poll tries again"))),
        }
    }
}

/// A metric sink that publishes nothing: a watch writes nothing to AWS.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoMetrics;

impl MetricSink for NoMetrics {
    async fn publish(&self, _: &[DataPoint]) -> Publication {
        Publication::default()
    }
}
