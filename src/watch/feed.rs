//! The channels from the poller to the front: messages, which the front acknowledges one by one; notices, which need no
//! acknowledgement; and the status, of which only the latest counts. A front that is stuck (a paused pager, a stopped
//! terminal) holds up only its messages.

use std::sync::Arc;

use serde_json::Value;
use tokio::sync::{mpsc, oneshot, watch};

use super::{incident::IncidentView, row::Row};
use crate::domain::{Health, Timestamp};

/// An announcement for the front. It counts as announced once the front has acknowledged it.
#[derive(Debug)]
pub(super) struct FrontMessage {
    pub(super) content: Content,
    /// Answered once it is shown or written.
    pub(super) done: oneshot::Sender<()>,
}

#[derive(Debug)]
pub(super) enum Content {
    /// The recorded document of a transition or of an incident.
    Change(Value),
    /// What a baseline found, in one sentence.
    Baseline(String),
}

/// A text for people besides the changes, such as a problem that began or ended. Inert for a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Notice {
    pub(super) at: Timestamp,
    /// Its sign and colour: those of `unknown` for a problem, of `up` for its end.
    pub(super) health: Health,
    pub(super) text: String,
}

/// A gap or failure that lasts. Inert for a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) since: Timestamp,
    pub(super) text: String,
}

/// The state of the watch.
#[derive(Clone, Debug, Default)]
pub(super) struct WatchStatus {
    /// The items as stored after the last poll. Empty unless the front is a view.
    pub(super) rows: Arc<Vec<Row>>,
    /// The open incidents as stored after the last poll. Empty unless the front is a view.
    pub(super) incidents: Arc<Vec<IncidentView>>,
    /// When the poll began that is running.
    pub(super) polling_since: Option<Timestamp>,
    /// When the last poll ended.
    pub(super) polled_at: Option<Timestamp>,
    /// When the next one begins.
    pub(super) next_at: Option<Timestamp>,
    /// The problems that last.
    pub(super) problems: Vec<Problem>,
}

/// The front's end.
#[derive(Debug)]
pub(super) struct Feed {
    pub(super) messages: mpsc::Receiver<FrontMessage>,
    pub(super) notices: mpsc::UnboundedReceiver<Notice>,
    pub(super) status: watch::Receiver<WatchStatus>,
}

/// The poller's end.
#[derive(Clone, Debug)]
pub(super) struct Outlets {
    pub(super) messages: mpsc::Sender<FrontMessage>,
    pub(super) notices: mpsc::UnboundedSender<Notice>,
    pub(super) status: watch::Sender<WatchStatus>,
}

/// Both ends of a feed.
pub(super) fn channels() -> (Outlets, Feed) {
    // One at a time: all that is queued when the front is killed has to be announced again.
    let (messages, received) = mpsc::channel(1);
    let (notices, noticed) = mpsc::unbounded_channel();
    let (status, seen) = watch::channel(WatchStatus::default());
    (Outlets { messages, notices, status }, Feed { messages: received, notices: noticed, status: seen })
}
