//! Evidence of a cause: who called what, and what AWS itself reports. It never delays a message; it explains one.

use std::{collections::BTreeSet, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{path::Span, scope::Scope, timestamp::Timestamp};

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
    /// How many routes are accepted over a session.
    Routes,
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
    /// The partition of a scope's evidence in history. It is no item's.
    pub fn path(scope: &Scope) -> String {
        format!("{scope}/calls")
    }

    /// Between which two keys the evidence of a span lies; `None` if the span is empty. No key is one of the two.
    pub fn keys_within(span: Span) -> Option<[String; 2]> {
        (!span.is_empty()).then(|| [span.from.to_string(), span.until.to_string()])
    }

    /// The sort key of its row: by time, and of one time by id. AWS dates calls in whole seconds.
    pub fn key(&self) -> String {
        format!("{}#{}", self.at, self.id)
    }

    /// When its row may be dropped, in seconds since 1970.
    pub fn expires_at(&self) -> i64 {
        self.at.plus(KEEP_EVIDENCE).seconds()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_lie_within_their_span_half_open() {
        let at = |seconds: i64| Timestamp::from_milliseconds(seconds * 1000);
        let key = |seconds| {
            let (id, kind, summary) = ("\0".to_owned(), EvidenceType::ApiCall, String::new());
            Evidence { id, kind, at: at(seconds), summary, by: None, items: BTreeSet::new() }.key()
        };
        let [first, last] = Evidence::keys_within(Span::new(at(10), at(20))).unwrap();
        let within = |key: String| first < key && key < last;
        assert_eq!([9, 10, 19, 20].map(|seconds| within(key(seconds))), [false, true, true, false]);
        assert_eq!(Evidence::keys_within(Span::new(at(10), at(10))), None);
    }
}
