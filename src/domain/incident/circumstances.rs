//! What is known around an incident: planned work and silences that cover it, who has taken it on, and evidence of its
//! cause.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{root::Root, vocabulary::Impact};
use crate::domain::{
    evidence::{Evidence, EvidenceType},
    severity::Severity,
    timestamp::Timestamp,
    window::{Acknowledgement, Window, WindowSource},
};

/// How many pieces of evidence an incident keeps: the first that came.
pub const MAXIMUM_EVIDENCE: usize = 10;

/// Who planned something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PlannedBy {
    /// AWS, by a notice of AWS Health.
    AwsHealth,
    /// An operator, by a silence.
    Silence,
    /// Whoever started a failover test.
    FailoverTest,
}

impl PlannedBy {
    /// All of them.
    pub const ALL: [PlannedBy; 3] = [PlannedBy::AwsHealth, PlannedBy::Silence, PlannedBy::FailoverTest];

    /// The word in documents and options.
    pub fn as_str(self) -> &'static str {
        match self {
            PlannedBy::AwsHealth => "aws-health",
            PlannedBy::Silence => "silence",
            PlannedBy::FailoverTest => "failover-test",
        }
    }
}

/// Planned time that covers an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Planned {
    /// Who planned it.
    pub by: PlannedBy,
    /// The window's id; of a failover test, the id of what is tested.
    pub id: String,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends. While a failover test lasts, when it ends if it has the usual length, or else the longest.
    pub until: Timestamp,
    /// What it is, in the words of whoever planned it.
    pub title: String,
    /// When it was announced that it is so planned, as far as that is known. Left out for a failover test.
    #[serde(rename = "announcedAt", default, skip_serializing_if = "Option::is_none")]
    pub announced_at: Option<Timestamp>,
}

impl From<&Window> for Planned {
    fn from(window: &Window) -> Planned {
        let by = match window.source {
            WindowSource::AwsHealth => PlannedBy::AwsHealth,
            WindowSource::Silence => PlannedBy::Silence,
        };
        let Window { id, from, until, title, announced_at, .. } = window.clone();
        Planned { by, id, from, until, title, announced_at }
    }
}

impl Planned {
    /// It, where it has ended at `at` and no later.
    pub(crate) fn ended(self, at: Timestamp) -> Planned {
        Planned { until: self.until.min(at), ..self }
    }
}

/// A piece of evidence of an incident's cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IncidentEvidence {
    /// Its id.
    pub id: String,
    /// What kind of evidence it is.
    #[serde(rename = "type")]
    pub kind: EvidenceType,
    /// When what it is about happened.
    pub at: Timestamp,
    /// It in a sentence.
    pub summary: String,
    /// Who did it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

impl From<&Evidence> for IncidentEvidence {
    fn from(evidence: &Evidence) -> IncidentEvidence {
        let Evidence { id, kind, at, summary, by, .. } = evidence.clone();
        IncidentEvidence { id, kind, at, summary, by }
    }
}

/// A silence that covers an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silenced {
    /// The window.
    pub planned: Planned,
    /// Whether it covers even an outage that leaves a destination without a path.
    #[serde(default)]
    pub even_outage: bool,
}

/// What an incident was when people were last notified of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownToPeople {
    /// The severity.
    pub severity: Severity,
    /// The impact.
    pub impact: Impact,
    /// Its root; none where an older version wrote this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<Root>,
}

/// What is known around an incident.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Circumstances {
    /// AWS's planned work that covers it, or did last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub work: Option<Planned>,
    /// Whether the time of that work is over.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub work_is_over: bool,
    /// The silence that covers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence: Option<Silenced>,
    /// Since when a silence that lasts is not about it any more, or is about it again, as its members change: not yet for
    /// long enough to count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsteady_since: Option<Timestamp>,
    /// Since when no silence covers it any more, until what people do not know yet is announced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence_over_at: Option<Timestamp>,
    /// The silence that has ended, or the work that was moved or cancelled, until people know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Planned>,
    /// Who has taken it on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<Acknowledgement>,
    /// Evidence of its cause, by when it came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<IncidentEvidence>,
    /// What people know of it; none where they were never notified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<KnownToPeople>,
}

impl Circumstances {
    /// Whether it is none at all.
    pub fn is_none(&self) -> bool {
        *self == Circumstances::default()
    }

    /// Whether AWS's planned work covers it.
    pub fn is_planned(&self) -> bool {
        self.work.is_some() && !self.work_is_over
    }

    /// The planned time that a document names: AWS's work, or else a silence, or else what has just ended.
    pub fn planned(&self) -> Option<&Planned> {
        self.work.as_ref().or(self.silence.as_ref().map(|silence| &silence.planned)).or(self.ended.as_ref())
    }

    /// Whether a silence keeps an incident of this impact from people.
    pub fn is_silenced(&self, impact: Impact) -> bool {
        self.silence.as_ref().is_some_and(|silence| silence.even_outage || impact != Impact::Outage)
    }
}
