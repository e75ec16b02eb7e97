//! Incidents: transitions that have one cause, announced as one message.
//!
//! This module has the words and the values: what an incident is about (`vocabulary`), its document (`document`), the facts that one without members is about (`facts`) and what they are compared with (`known_resilience`), its
//! row in the store (`row`) with its root (`root`) and what is known around it (`circumstances`), what one step of a fold writes (`step`), and the reader of documents of any version
//! (`recorded`). How transitions become incidents is decided in the crate's module `incident`.

mod circumstances;
mod document;
mod facts;
mod known_resilience;
mod recorded;
mod root;
mod row;
mod step;
mod uncovered;
mod vocabulary;

pub use circumstances::{
    Circumstances, IncidentEvidence, KnownToPeople, MAXIMUM_EVIDENCE, Planned, PlannedBy, Silenced,
};
pub use document::{
    Affected, AffectedItem, Destination, INCIDENT_DETAIL_TYPE, IncidentDetails, IncidentDocument, IncidentImpact,
    IncidentMetadata, IncidentRoot,
};
pub use facts::{IncidentFacts, LowerResilience, PathChange, PathChangeType};
pub use known_resilience::{KnownDestination, KnownPath, KnownResilience};
pub use recorded::{
    RecordedAcknowledgement, RecordedDestination, RecordedIncident, RecordedPlanned, RecordedResilience, RecordedRoutes,
};
pub use root::{Root, RootKind};
pub use row::{Flapping, IncidentRow, IncidentState, Told};
pub use step::{FoldStep, Folding, IncidentWrite, Membership};
pub use uncovered::{LosingInterface, UNCOVERED_NAMED, UncoveredEnd, UncoveredPrefix, UncoveredPrefixes};
pub use vocabulary::{Action, Category, DestinationKind, Impact, IncidentStatus, Reason};
