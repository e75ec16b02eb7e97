//! Evidence of a cause: who called what, and what AWS itself reports. It never delays a message; it explains one.

use std::{collections::BTreeSet, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::timestamp::Timestamp;

/// For how long evidence is kept.
pub const KEEP_EVIDENCE: Duration = Duration::from_secs(30 * 86_400);

/// What kind of evidence it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceType {
    /// A call to Direct Connect, as AWS CloudTrail records it.
    ApiCall,
    /// A notice of AWS Health that is not about planned work.
    AwsHealth,
    /// Numbers of CloudWatch.
    Metrics,
}

/// One piece of evidence, as an event brought it and the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Its id: the event's. A repeat has the same.
    pub id: String,
    /// What kind of evidence it is.
    #[serde(rename = "type")]
    pub kind: EvidenceType,
    /// When what it tells of happened.
    pub at: Timestamp,
    /// It in a sentence. Hostile until it is escaped; without addresses and keys.
    pub summary: String,
    /// Who did it, where that is known. Hostile until it is escaped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The ids of the items that it names; none where it is about the whole region.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub items: BTreeSet<String>,
}

impl Evidence {
    /// The sort key of its row: by time, and of one time by id. AWS dates calls in whole seconds.
    pub fn key(&self) -> String {
        format!("{}#{}", self.at, self.id)
    }

    /// When its row may be dropped, in seconds since 1970.
    pub fn expires_at(&self) -> i64 {
        self.at.plus(KEEP_EVIDENCE).seconds()
    }
}
