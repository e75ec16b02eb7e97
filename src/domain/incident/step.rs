//! The writes of one step of a fold: one transaction, complete in itself.

use serde::Serialize;
use uuid::Uuid;

use super::{document::IncidentDocument, known_resilience::KnownResilience, row::IncidentState};
use crate::domain::{
    scope::{ItemKey, Scope},
    sink::SinkName,
    timestamp::Timestamp,
};

/// The namespace of the ids of steps: made up once, fixed for ever.
const STEP_NAMESPACE: Uuid = Uuid::from_u128(0x51b2_6c0e_9d57_5a8f_8e3b_4a6f_0c1d_77e2);

/// One step of a fold.
///
/// It is written only if the scope's revision is `revision`, every member's cursor and group are as recalled, and every
/// member's row exists. It increments the revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FoldStep {
    /// The scope.
    pub scope: Scope,
    /// The scope's revision, as it was before the recall; 0 if nothing was folded yet.
    pub revision: u64,
    /// The items whose transitions it folds, or which change their group.
    pub members: Vec<Membership>,
    /// The incidents that it opens or changes.
    pub incidents: Vec<IncidentWrite>,
    /// What is known of the resilience of the account's destinations from now on; none leaves it as it is.
    pub resilience: Option<KnownResilience>,
    /// When its documents may be deleted, in seconds since 1970.
    pub expires_at: i64,
}

impl FoldStep {
    /// An id computed from everything that the step writes. By it, a step whose answer was lost recognizes its own
    /// effect.
    pub fn id(&self) -> Uuid {
        let content = serde_json::to_vec(self).unwrap_or_default();
        Uuid::new_v5(&STEP_NAMESPACE, &content)
    }

    /// How many rows it writes, the scope's own included.
    pub fn rows(&self) -> usize {
        let documents: usize = self.incidents.iter().map(|incident| incident.documents.len()).sum();
        1 + self.members.len() + self.incidents.len() + documents + usize::from(self.resilience.is_some())
    }
}

/// What a step changes on an item's row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Membership {
    /// The item.
    pub key: ItemKey,
    /// The cursor of folding as it was recalled; none if the row has none.
    pub recalled_cursor: Option<u64>,
    /// The sequence of the last transition that is folded with it.
    pub cursor: u64,
    /// The item's incident as it was recalled.
    pub recalled_group: Option<Uuid>,
    /// The item's incident from now on.
    pub group: Option<Uuid>,
}

/// An incident that a step opens or changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IncidentWrite {
    /// Its id.
    pub id: Uuid,
    /// Whether it has no row yet.
    pub is_new: bool,
    /// Its state from now on.
    pub state: IncidentState,
    /// How many documents it has from now on.
    pub sequence: u64,
    /// For a new row: whether the cursors of all sinks start after its documents, since a summary has announced it.
    pub announced: bool,
    /// The sinks that announce none of its new documents and have announced all earlier ones: their cursors move along
    /// with the write.
    pub passed_by: Vec<SinkName>,
    /// When the row may be deleted, in seconds since 1970, once the incident is over.
    pub expires_at: Option<i64>,
    /// The documents that it gets, each with its instant.
    pub documents: Vec<(Timestamp, IncidentDocument)>,
}

impl IncidentWrite {
    /// How many documents it had before.
    pub fn sequence_before(&self) -> u64 {
        self.sequence.saturating_sub(self.documents.len() as u64)
    }
}

/// The outcome of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Folding {
    /// It is written, by this call or by an earlier one whose answer was lost.
    Folded,
    /// Another poll has folded, or a row has changed since it was recalled. Nothing was written.
    Refused,
}
