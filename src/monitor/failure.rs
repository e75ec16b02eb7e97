//! What a poll could not do, as values. The sentence is made where it is shown, and never parsed back.

use std::fmt;

use serde::{Serialize, Serializer, ser::SerializeStruct};

use crate::domain::{Kind, Scope};

/// A step of the pipeline, as a report names it. Steps sort by their words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A sink's cursor is moved.
    Acknowledge,
    /// A state row is changed without a transition.
    Amend,
    /// Pending documents are read and announced.
    Announce,
    /// First sights that belong to a baseline are recorded, and remembered as announced.
    Baseline,
    /// Unmonitored time is recorded.
    Coverage,
    /// The poll must be done before the invocation ends.
    Deadline,
    /// Recorded transitions are gathered into incidents.
    Fold,
    /// The items' metrics are published.
    Metrics,
    /// The monitor's own metrics are published.
    OwnMetrics,
    /// A row is marked as parked for a sink.
    Park,
    /// What is accepted over virtual interfaces is kept.
    Prefixes,
    /// A scope's progress is recorded.
    Progress,
    /// The rows of a scope are read.
    Recall,
    /// Transitions are recorded.
    Record,
}

impl Step {
    /// The word for it in reports, logs and texts.
    pub fn as_str(self) -> &'static str {
        match self {
            Step::Acknowledge => "acknowledge",
            Step::Amend => "amend",
            Step::Announce => "announce",
            Step::Baseline => "baseline",
            Step::Coverage => "coverage",
            Step::Deadline => "deadline",
            Step::Fold => "fold",
            Step::Metrics => "metrics",
            Step::OwnMetrics => "own metrics",
            Step::Park => "park",
            Step::Prefixes => "prefixes",
            Step::Progress => "progress",
            Step::Recall => "recall",
            Step::Record => "record",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Why a step failed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// The error, with the errors behind it.
    Error(String),
    /// A further cause of a step whose list of causes is full: such causes are only counted.
    Further,
}

/// Something that should have been done and was not.
///
/// Its display is a sentence without the step: `connection/dxcon-1: throttled (and 2 more alike)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The step of the pipeline.
    pub step: Step,
    /// What the step failed for: an item, a scope, a sink; of several, the first. None for a step that has a single
    /// subject.
    pub subject: Option<String>,
    /// Why.
    pub cause: Cause,
    /// How often it failed so.
    pub count: u64,
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(subject) = &self.subject {
            write!(formatter, "{subject}: ")?;
        }
        match (&self.cause, self.count) {
            (Cause::Error(error), ..=1) => formatter.write_str(error),
            (Cause::Error(error), count) => write!(formatter, "{error} (and {} more alike)", count - 1),
            (Cause::Further, count) => write!(formatter, "{count} more failures of other kinds"),
        }
    }
}

/// Serializes it as in the answer of an invocation: `{"step", "error"}`.
impl Serialize for Failure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut failure = serializer.serialize_struct("Failure", 2)?;
        failure.serialize_field("step", &self.step)?;
        failure.serialize_field("error", &self.to_string())?;
        failure.end()
    }
}

/// A kind that could not be listed completely, or its items of one parent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// Where.
    pub scope: Scope,
    /// Which kind.
    pub kind: Kind,
    /// The parent, where only its children could not be listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Why.
    pub error: String,
}

impl fmt::Display for Gap {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "could not list every {}", self.kind.label())?;
        self.parent.iter().try_for_each(|parent| write!(formatter, " of {}", parent.escape_debug()))?;
        write!(formatter, " in {}: {}", self.scope, self.error)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn failure(subject: Option<&str>, cause: Cause, count: u64) -> Failure {
        Failure { step: Step::OwnMetrics, subject: subject.map(str::to_owned), cause, count }
    }

    #[test]
    fn a_failure_is_a_step_and_a_sentence() {
        let error = || Cause::Error("cannot write: refused".to_owned());
        for (failure, sentence) in [
            (failure(None, error(), 1), "cannot write: refused"),
            (failure(None, error(), 3), "cannot write: refused (and 2 more alike)"),
            (failure(Some("lag/dxlag-1"), error(), 1), "lag/dxlag-1: cannot write: refused"),
            (failure(Some("lag/dxlag-1"), error(), 2), "lag/dxlag-1: cannot write: refused (and 1 more alike)"),
            (failure(None, Cause::Further, 3), "3 more failures of other kinds"),
        ] {
            assert_eq!(failure.to_string(), sentence);
            assert_eq!(json!(failure), json!({"step": "own metrics", "error": sentence}));
        }
    }

    #[test]
    fn a_gap_is_a_scope_a_kind_and_an_error() {
        let scope = Scope::regional("123456789012", "us-east-1");
        let gap = Gap { scope, kind: Kind::Lag, parent: None, error: "throttled".to_owned() };
        let document = json!({"scope": "123456789012/us-east-1", "kind": "lag", "error": "throttled"});
        assert_eq!(json!(gap), document);
        assert_eq!(gap.to_string(), "could not list every LAG in 123456789012/us-east-1: throttled");
        let of_parent = Gap { kind: Kind::HostedConnection, parent: Some("dxcon-i1".to_owned()), ..gap };
        assert_eq!(json!(of_parent)["parent"], "dxcon-i1");
        let sentence = "could not list every hosted connection of dxcon-i1 in 123456789012/us-east-1: throttled";
        assert_eq!(of_parent.to_string(), sentence);
    }

    #[test]
    fn steps_sort_as_their_words_do() {
        let mut steps = [Step::Record, Step::OwnMetrics, Step::Park, Step::Metrics, Step::Announce, Step::Acknowledge];
        steps.sort();
        assert!(steps.is_sorted_by_key(|step| step.as_str()), "{steps:?}");
    }
}
