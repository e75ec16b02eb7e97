//! The sinks of a watch: the front, be it a view or a pipe, and the command of `--exec`; each has cursors of its own.

use std::time::Duration;

use anyhow::anyhow;
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};

use super::{
    commands::Commands,
    feed::{Content, Delivery},
};
use crate::{
    announcement::{BaselineSummary, Message},
    domain::SinkName,
    metrics::DataPoint,
    ports::{Announcement, Announcer, MetricSink, Publication, Refusal},
};

/// How long the front may take for one delivery: nobody reads a paused pager, and the next poll tries again.
const PATIENCE: Duration = Duration::from_secs(5);

/// A sink of a watch.
#[derive(Debug)]
pub(super) enum WatchAnnouncer<'a> {
    /// What somebody looks at.
    Front(mpsc::Sender<Delivery>),
    /// What `--exec` says.
    Exec(&'a Commands),
}

impl Announcer for WatchAnnouncer<'_> {
    fn sink(&self) -> SinkName {
        match self {
            WatchAnnouncer::Front(_) => SinkName::TERMINAL,
            WatchAnnouncer::Exec(_) => SinkName::EXEC,
        }
    }

    fn is_for_people(&self) -> bool {
        matches!(self, WatchAnnouncer::Front(_))
    }

    fn batch_size(&self) -> usize {
        1
    }

    async fn announce(&self, batch: &[Announcement<'_>]) -> Vec<Result<(), Refusal>> {
        let mut answers = Vec::new();
        for announcement in batch {
            answers.push(match self {
                // The document as it was recorded: neither sink ever asks for the short form.
                WatchAnnouncer::Front(front) => {
                    deliver(front, Content::Transition(announcement.row.event.clone())).await
                }
                WatchAnnouncer::Exec(commands) => commands.run(announcement.row).await,
            });
        }
        answers
    }

    async fn announce_baseline(&self, summary: &BaselineSummary) -> Result<(), Refusal> {
        match self {
            WatchAnnouncer::Front(front) => {
                deliver(front, Content::Baseline(Message::baseline_for_people(summary).subject)).await
            }
            WatchAnnouncer::Exec(_) => Ok(()),
        }
    }
}

async fn deliver(front: &mpsc::Sender<Delivery>, content: Content) -> Result<(), Refusal> {
    let (done, shown) = oneshot::channel();
    let delivery = async { front.send(Delivery { content, done }).await.is_ok() && shown.await.is_ok() };
    match timeout(PATIENCE, delivery).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(Refusal::Transient(anyhow!("the output is closed"))),
        Err(_) => Err(Refusal::Transient(anyhow!("nobody reads the output; the next poll tries again"))),
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
