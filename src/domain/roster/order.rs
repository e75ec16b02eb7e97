//! What the queue carries: the body of a message, which is the payload of an invocation too.

use serde::{Deserialize, Serialize};

use crate::domain::timestamp::Timestamp;

/// An order to poll an account. In a payload it is the value of `poll`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PollOrder {
    /// The account's id; none for the function's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The regions to read; none for all that are configured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<String>,
    /// When the poll may begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// When it is too late: the next beat orders the next poll.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<Timestamp>,
}

/// An order to go on with a sweep that did not fit one invocation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SweepOrder {
    /// When the sweep listed the accounts. Those that were visited since then are done.
    pub listed_at: Timestamp,
}

/// The body of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Order {
    /// Polls an account.
    Poll(PollOrder),
    /// Goes on with a sweep.
    Sweep(SweepOrder),
}
