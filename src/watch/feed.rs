//! What the poller tells the front, and how: deliveries, which the front acknowledges one by one; notices, which are
//! told once; and the status, of which only the latest counts. A front that is stuck (a paused pager, a stopped
//! terminal) holds up its own deliveries and nothing else.

use std::sync::Arc;

use serde_json::Value;
use tokio::sync::{mpsc, oneshot, watch};

use super::row::Row;
use crate::domain::{Health, Timestamp};

/// What the front has to acknowledge: before that, it counts as not told.
#[derive(Debug)]
pub(super) struct Delivery {
    pub(super) content: Content,
    /// Answered once it is shown or written.
    pub(super) done: oneshot::Sender<()>,
}

#[derive(Debug)]
pub(super) enum Content {
    /// The recorded document of a transition.
    Transition(Value),
    /// What a first look found, in one sentence.
    Baseline(String),
}

/// Something that people should know besides the transitions. Inert for a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Notice {
    pub(super) at: Timestamp,
    /// How it looks: a problem is `unknown`, its end is `up`.
    pub(super) health: Health,
    pub(super) text: String,
}

/// Something that is wrong at present; inert for a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) since: Timestamp,
    pub(super) text: String,
}

/// How the watch stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Status {
    /// The items as the store has them after the last poll; only a view asks for them.
    pub(super) rows: Arc<Vec<Row>>,
    /// The poll that goes on.
    pub(super) polling_since: Option<Timestamp>,
    /// When the last poll ended.
    pub(super) polled_at: Option<Timestamp>,
    /// When the next one begins.
    pub(super) next_at: Option<Timestamp>,
    /// What is wrong at present.
    pub(super) problems: Vec<Problem>,
}

/// The front's end.
#[derive(Debug)]
pub(super) struct Feed {
    pub(super) deliveries: mpsc::Receiver<Delivery>,
    pub(super) notices: mpsc::UnboundedReceiver<Notice>,
    pub(super) status: watch::Receiver<Status>,
}

/// The poller's end.
#[derive(Clone, Debug)]
pub(super) struct Outlets {
    pub(super) deliveries: mpsc::Sender<Delivery>,
    pub(super) notices: mpsc::UnboundedSender<Notice>,
    pub(super) status: watch::Sender<Status>,
}

/// A feed and its other end.
pub(super) fn channels() -> (Outlets, Feed) {
    // One at a time: what lies in a queue when the front is killed would have to be told again.
    let (deliveries, delivered) = mpsc::channel(1);
    let (notices, noticed) = mpsc::unbounded_channel();
    let (status, seen) = watch::channel(Status::default());
    (Outlets { deliveries, notices, status }, Feed { deliveries: delivered, notices: noticed, status: seen })
}
