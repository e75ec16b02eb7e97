//! The rig of the rules about incidents: items that are folded, and short ways to write steps of a fold.

use aws_dx_monitor::{
    announcement::drill_incident,
    domain::{
        Acknowledgement, Action, Affected, Category, Circumstances, EvidenceType, Flapping, FoldStep, Folding,
        HistoryRow, Impact, IncidentDetails, IncidentDocument, IncidentEvidence, IncidentImpact, IncidentMetadata,
        IncidentRoot, IncidentRow, IncidentState, IncidentStatus, IncidentWrite, ItemKey, Kind, KnownToPeople,
        Membership, Planned, PlannedBy, Reason, Recalled, Root, RootKind, RowPath, Severity, Silenced, SinkName,
        StateRow, Timestamp, Told,
    },
    ports::{History, Ledger, Recording},
};
use uuid::Uuid;

use super::rig::{EXPIRES_AT, Rig, SINKS, at};

/// The sinks, and the cursor of folding beside them.
pub const FOLDED: [SinkName; 3] = [SinkName::SNS, SinkName::EVENTBRIDGE, SinkName::INCIDENTS];

/// The id of an incident.
pub fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x9a1f_3c5e << 96 | number)
}

/// What a store keeps of an outage of a connection that began at second 60, with as many members.
pub fn state(count: u64) -> IncidentState {
    let root = Root { kind: RootKind::Device, id: "EqDC2-abc".to_owned() };
    IncidentState {
        category: Category::Outage,
        status: IncidentStatus::Open,
        root: root.clone(),
        since: at(60),
        last_seen_at: Some(at(0)),
        opened_at: at(61),
        grown_at: at(60),
        last_document_at: at(60),
        told: Told { severity: Severity::Critical, impact: Impact::Unknown, root, count, people: true },
        closed_at: None,
        merged_into: None,
        outages: 1,
        down_milliseconds: 0,
        down_since: Some(at(60)),
        changed_at: at(60),
        flapping: Flapping { penalty: 1_000, at: at(60), since: None },
        root_well_since: None,
        reminders: 0,
        reminded_at: None,
        spread_at: None,
        blind_since: None,
        circumstances: circumstances(),
        facts: None,
    }
}

/// The step that makes a new incident.
pub fn new(number: u128, documents: Vec<(Timestamp, IncidentDocument)>) -> IncidentWrite {
    IncidentWrite {
        id: id(number),
        is_new: true,
        state: state(1),
        sequence: documents.len() as u64,
        announced: false,
        passed_by: Vec::new(),
        expires_at: None,
        documents,
    }
}

/// The step that changes an incident which has `before` documents.
pub fn change(number: u128, before: u64, documents: Vec<(Timestamp, IncidentDocument)>) -> IncidentWrite {
    let sequence = before + documents.len() as u64;
    IncidentWrite { is_new: false, sequence, state: state(2), ..new(number, documents) }
}

/// What folding an item's row up to its head does, as it was recalled.
pub fn membership(id: &str, row: &StateRow, group: Option<Uuid>) -> Membership {
    let key = ItemKey::new(Kind::Connection, id);
    let recalled_cursor = row.announced.get(SinkName::INCIDENTS.as_str()).copied();
    Membership { key, recalled_cursor, cursor: row.sequence, recalled_group: row.group, group }
}

impl<L: Ledger + History> Rig<'_, L> {
    /// A document of an incident, `second` after the beginning of the story.
    pub fn document(&self, number: u128, sequence: u64, second: i64) -> (Timestamp, IncidentDocument) {
        let root = IncidentRoot {
            kind: RootKind::Device,
            id: "EqDC2-abc".to_owned(),
            name: None,
            arn: None,
            location: Some("EqDC2".to_owned()),
            device: None,
            state: None,
        };
        let [IncidentDocument { incident: drilled, .. }, _] = drill_incident(&self.scope, at(60), "rig");
        let details = IncidentDetails {
            id: id(number),
            category: Category::Outage,
            account: self.scope.account().to_owned(),
            region: self.scope.region().to_owned(),
            since: at(60),
            last_seen_at: Some(at(0)),
            root,
            cause: "All connections of the device are down.".to_owned(),
            affected: Affected { count: sequence, ..Affected::default() },
            impact: IncidentImpact { level: Impact::Unknown, destinations: Vec::new(), more: 0 },
            ..drilled
        };
        let document = IncidentDocument {
            metadata: IncidentMetadata {
                version: "1".to_owned(),
                id: Uuid::from_u128(number << 64 | u128::from(sequence)),
                sequence,
                incident_id: id(number),
                recorded_at: at(second),
                previous_at: None,
                people: true,
                chat: true,
                drill: false,
                minimal: false,
            },
            reason: if sequence == 1 { Reason::Opened } else { Reason::Spread },
            status: IncidentStatus::Open,
            severity: Severity::Critical,
            action: Action::Trigger,
            dedup_key: id(number),
            summary: "[critical] device EqDC2-abc down".to_owned(),
            incident: details,
        };
        (at(second), document)
    }

    /// The documents of an incident from one sequence to another, one a minute, the first at second 60.
    pub fn documents(
        &self,
        number: u128,
        sequences: std::ops::RangeInclusive<u64>,
    ) -> Vec<(Timestamp, IncidentDocument)> {
        sequences.map(|sequence| self.document(number, sequence, 60 * i64::try_from(sequence).unwrap())).collect()
    }

    /// A step on a revision, of nothing yet.
    pub fn step(&self, revision: u64) -> FoldStep {
        let scope = self.scope.clone();
        FoldStep {
            scope,
            revision,
            members: Vec::new(),
            incidents: Vec::new(),
            resilience: None,
            expires_at: EXPIRES_AT,
        }
    }

    pub async fn fold(&self, step: &FoldStep) -> Folding {
        self.ledger.fold(step, &SINKS).await.unwrap()
    }

    pub async fn revision(&self) -> u64 {
        self.ledger.revision(&self.scope).await.unwrap()
    }

    /// Records that an item is seen and goes down, with a cursor of folding at zero; gives its row.
    pub async fn goes_down(&self, id: &str) -> StateRow {
        let first = self.first(id, "available", at(0));
        assert_eq!(self.record_for(&first, &FOLDED).await, Recording::Recorded);
        self.go_on(id, &["down"]).await
    }

    /// Opens an incident with as many documents and no members, on revision 0.
    pub async fn open(&self, number: u128, documents: u64) {
        let incidents = vec![new(number, self.documents(number, 1..=documents))];
        assert_eq!(self.fold(&FoldStep { incidents, ..self.step(0) }).await, Folding::Folded);
    }

    pub async fn incident(&self, number: u128) -> IncidentRow {
        self.recall().await.incidents.remove(&id(number)).expect("the row of the incident")
    }

    pub fn incident_path(&self, number: u128) -> RowPath {
        RowPath::incident(self.scope.clone(), id(number))
    }

    /// All documents of an incident.
    pub async fn told(&self, number: u128) -> Vec<HistoryRow> {
        self.ledger.documents(&self.scope, id(number)).await.unwrap()
    }

    /// Asserts that a step is refused and that nothing changed.
    pub async fn assert_refused(&self, step: &FoldStep) {
        let before = self.whole(step).await;
        assert_eq!(self.fold(step).await, Folding::Refused, "{step:?}");
        assert_eq!(self.whole(step).await, before);
    }

    async fn whole(&self, step: &FoldStep) -> (Recalled, u64, Vec<Vec<HistoryRow>>) {
        let mut documents = Vec::new();
        for incident in &step.incidents {
            documents.push(self.ledger.documents(&self.scope, incident.id).await.unwrap());
        }
        (self.recall().await, self.revision().await, documents)
    }
}

/// The cursors of an incident's row, in the order of their names.
pub fn cursors_of(row: &IncidentRow) -> Vec<(&str, u64)> {
    row.announced.iter().map(|(sink, sequence)| (sink.as_str(), *sequence)).collect()
}

/// Everything that may be known around an incident.
fn circumstances() -> Circumstances {
    let at = Timestamp::from_milliseconds;
    let planned = |by| Planned {
        by,
        id: "1".to_owned(),
        from: at(1),
        until: at(2),
        title: "work".to_owned(),
        announced_at: Some(at(0)),
    };
    Circumstances {
        work: Some(planned(PlannedBy::AwsHealth)),
        work_is_over: true,
        silence: Some(Silenced { planned: planned(PlannedBy::Silence), even_outage: true }),
        unsteady_since: Some(at(3)),
        silence_over_at: Some(at(3)),
        ended: Some(planned(PlannedBy::Silence)),
        acknowledged: Some(Acknowledgement { by: "anna".to_owned(), at: at(4), note: Some("on it".to_owned()) }),
        evidence: vec![IncidentEvidence {
            id: "event".to_owned(),
            kind: EvidenceType::ApiCall,
            at: at(5),
            summary: "DeleteVirtualInterface by anna".to_owned(),
            by: Some("anna".to_owned()),
        }],
        people: Some(KnownToPeople {
            root: Some(Root::item(&ItemKey::new(Kind::Lag, "dxlag-1"))),
            severity: Severity::Warning,
            impact: Impact::Reduced,
        }),
    }
}
