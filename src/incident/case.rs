//! An incident while it is folded: its row, and what the instants of this fold have done to it.

use std::mem::take;

use uuid::Uuid;

use super::{estate::Place, rules};
use crate::domain::{
    Category, Circumstances, Impact, IncidentDocument, IncidentRow, IncidentState, IncidentStatus, Reason, Root,
    Severity, Timestamp, Told,
};

/// An incident while it is folded.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) id: Uuid,
    pub(super) state: IncidentState,
    pub(super) sequence: u64,
    pub(super) expires_at: Option<i64>,
    /// Whether it has no row yet.
    pub(super) is_new: bool,
    /// Whether a summary announces its opening, instead of a message of its own.
    pub(super) is_silent: bool,
    /// Whether it was over, and has begun again at this instant.
    pub(super) is_reopened: bool,
    /// Whether it is about something worse since this instant.
    pub(super) is_raised: bool,
    /// Whether it has ended at this instant.
    pub(super) is_ending: bool,
    /// Whether the first evidence of its cause came at this instant.
    pub(super) is_explained: bool,
    /// Why a comparison of facts wants a document.
    pub(super) news: Option<Reason>,
    /// Whether its row has to be written.
    pub(super) is_changed: bool,
    /// The documents that are not written yet.
    pub(super) documents: Vec<(Timestamp, IncidentDocument)>,
}

/// What an incident begins with.
pub(super) struct Beginning {
    /// The id of the transition with which its first member left.
    pub(super) transition: Uuid,
    /// When that was.
    pub(super) at: Timestamp,
    /// The beginning of the last observation that certainly saw that member as it was before.
    pub(super) last_seen_at: Option<Timestamp>,
    /// Whether a summary announces it.
    pub(super) is_silent: bool,
}

/// The namespace of the ids of incidents: made up once, fixed for ever.
const INCIDENT_NAMESPACE: Uuid = Uuid::from_u128(0xb0d4_1c57_2f6e_5b93_8a07_6d1f_94e2_3ac8);

/// The id of the incident that begins with a transition.
pub fn id_of(transition: Uuid) -> Uuid {
    Uuid::new_v5(&INCIDENT_NAMESPACE, transition.as_bytes())
}

impl Case {
    /// The incident of a row.
    pub(super) fn recalled(id: Uuid, row: &IncidentRow) -> Case {
        Case {
            id,
            state: row.state.clone(),
            sequence: row.sequence,
            expires_at: row.expires_at,
            is_new: false,
            is_silent: false,
            is_reopened: false,
            is_raised: false,
            is_ending: false,
            is_explained: false,
            news: None,
            is_changed: false,
            documents: Vec::new(),
        }
    }

    /// A new incident.
    pub(super) fn begun(beginning: &Beginning, category: Category, root: Root, now: Timestamp) -> Case {
        let at = beginning.at;
        let told = Told { severity: Severity::Info, impact: Impact::None, root: root.clone(), count: 0, people: false };
        let state = IncidentState {
            category,
            status: IncidentStatus::Open,
            root,
            since: at,
            last_seen_at: beginning.last_seen_at,
            opened_at: now,
            grown_at: at,
            last_document_at: Timestamp::from_milliseconds(at.milliseconds() - 1),
            told,
            closed_at: None,
            merged_into: None,
            outages: 0,
            down_milliseconds: 0,
            down_since: None,
            changed_at: at,
            flapping: rules::first(at),
            root_well_since: None,
            reminders: 0,
            reminded_at: None,
            spread_at: None,
            blind_since: None,
            circumstances: Circumstances::default(),
            facts: None,
        };
        Case {
            id: id_of(beginning.transition),
            state,
            sequence: 0,
            expires_at: None,
            is_new: true,
            is_silent: beginning.is_silent,
            is_reopened: false,
            is_raised: false,
            is_ending: false,
            is_explained: false,
            news: None,
            is_changed: true,
            documents: Vec::new(),
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.state.status.is_open()
    }

    /// Whether it is about items that are not well, and not about facts.
    pub(super) fn has_members(&self) -> bool {
        !self.state.category.is_of_facts()
    }

    /// Whether what it is about is over for now, where `members` are not well.
    pub(super) fn is_at_rest(&self, members: &[Place]) -> bool {
        if self.has_members() { members.is_empty() } else { self.state.down_since.is_none() }
    }

    /// Whether nothing of it is written or about to be.
    pub(super) fn is_unborn(&self) -> bool {
        self.is_new && self.sequence == 0
    }

    /// Whether it is older than another: of two, the older lives on.
    pub(super) fn is_older(&self, other: &Case) -> bool {
        (self.state.since, self.id) < (other.state.since, other.id)
    }

    /// It begins again.
    pub(super) fn reopen(&mut self, at: Timestamp, now: Timestamp) {
        self.state.status = IncidentStatus::Open;
        self.state.closed_at = None;
        self.state.opened_at = now;
        self.state.reminders = 0;
        self.state.reminded_at = None;
        // It is the same incident: whoever has taken it on still has it.
        let Circumstances { evidence, acknowledged, .. } = take(&mut self.state.circumstances);
        self.state.circumstances = Circumstances { evidence, acknowledged, ..Circumstances::default() };
        self.state.grown_at = at;
        self.state.flapping = rules::one_more(&self.state.flapping, at);
        self.expires_at = None;
        self.is_reopened = true;
        self.is_changed = true;
    }

    /// It ends.
    pub(super) fn close(&mut self, status: IncidentStatus, at: Timestamp, expires_at: i64) {
        self.rest(at);
        self.state.status = status;
        self.state.closed_at = Some(at);
        self.state.root_well_since = None;
        self.state.blind_since = None;
        self.state.flapping.since = None;
        self.expires_at = Some(expires_at);
        self.is_ending = true;
        self.is_changed = true;
    }

    /// Members are not well, from `at` on if it was at rest.
    pub(super) fn trouble(&mut self, at: Timestamp) {
        if self.state.down_since.is_some() {
            return;
        }
        if self.state.category == Category::Outage {
            self.state.outages += 1;
        }
        // The first outage and the one with which it is reopened are counted where that is decided.
        if self.sequence > 0 && !self.is_reopened {
            self.state.flapping = rules::one_more(&self.state.flapping, at);
        }
        self.state.down_since = Some(at);
        self.state.changed_at = at;
        self.is_changed = true;
    }

    /// No member is unwell any more, from `at` on.
    pub(super) fn rest(&mut self, at: Timestamp) {
        if let Some(since) = self.state.down_since.take() {
            self.state.down_milliseconds += u64::try_from(at.since(since).as_millis()).unwrap_or(u64::MAX);
            self.state.changed_at = at;
            self.is_changed = true;
        }
    }

    /// Whether it flaps, and has settled by `now`.
    pub(super) fn has_settled(&self, now: Timestamp) -> bool {
        self.state.status == IncidentStatus::Flapping && rules::has_settled(&self.state, now)
    }

    /// Another root explains it.
    pub(super) fn root_at(&mut self, root: Root) {
        if self.state.root != root {
            self.state.root = root;
            self.is_changed = true;
        }
        if self.state.root_well_since.take().is_some() {
            self.is_changed = true;
        }
    }
}
