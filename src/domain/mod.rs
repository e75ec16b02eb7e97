//! The domain: kinds, states, items, observations, transitions, and the event that records a transition.
//!
//! Everything here is a value or a total function: no I/O, no clock, no `async`. The rest of the crate translates to and
//! from these types. Start with [`Kind`] and [`State`], then [`Snapshot`] (what one poll observed), [`Recalled`] (what
//! earlier polls stored), [`Transition`] (what changed in between) and [`Event`] (its document).
//!
//! # Glossary
//!
//! Each of these words has this meaning everywhere, and nothing else is called by it.
//!
//! | word | meaning |
//! | --- | --- |
//! | poll | one run of the pipeline |
//! | scope | an account and a region (or `global`), whose items are read together: [`Scope`] |
//! | listing | one paged Describe call to Direct Connect |
//! | observation | all listings of a scope in one poll: [`Observation`] |
//! | gap | what an observation could not read, a whole kind or the children of one parent: [`Extent`] |
//! | snapshot | an observation with its scope and its time: [`Snapshot`] |
//! | item | a connection, a virtual interface, or any other thing that Direct Connect lists: [`ItemDescription`] |
//! | kind | the type of an item: [`Kind`] |
//! | state | AWS's word for an item's condition, with its level and its health: [`State`] |
//! | level | the number of a state in CloudWatch |
//! | health | what a state means for traffic: [`Health`] |
//! | transition | a change of an item's state, or its first sight: [`Transition`] |
//! | event | the document of a transition: [`Event`] |
//! | suspect | an uncertain sight (`unknown`, or missing from a complete listing) that is not confirmed yet: [`Suspect`] |
//! | baseline | the first complete listing of a kind in a scope: it is announced as one summary |
//! | coverage | the time in which a kind was monitored; the rest is [`Unmonitored`] |
//! | sink | where transitions are announced, such as a topic or a bus: [`SinkName`] |
//! | cursor | the sequence of the last transition of an item that a sink has acknowledged |
//! | record | to write a transition to the store |
//! | fold | to gather recorded transitions into incidents: [`FoldStep`] |
//! | incident | transitions that have one cause, and the time that they last: [`IncidentState`] |
//! | member | an item whose group is an incident's id |
//! | root | what the members of an incident have in common and what explains them: [`Root`] |
//! | impact | what an incident takes from its destinations: [`Impact`] |
//! | announce | to send a transition to a sink |
//! | acknowledge | to move a sink's cursor after it has accepted an announcement |
//! | park | to give up a transition for one sink, with the reason |
//! | roster | the accounts that are watched from one hub, a row for each: [`RosterRow`] |
//! | visit | a poll or a probe of another account: [`Visit`] |
//! | late | of an account: it was reached once and is not any more: [`Late`] |
//! | turn | when a poll begins that events of AWS ask for: [`Turn`] |

mod accepted;
mod accounts;
mod amendment;
mod arn;
mod caller;
mod context;
mod coverage;
pub mod defaults;
mod description;
mod event;
mod evidence;
mod gap;
mod hash;
mod health;
mod incident;
mod kind;
mod measurement;
mod model;
mod notify;
mod path;
mod recalled;
mod recorded;
mod recorded_document;
mod roster;
mod routes_mode;
mod scope;
mod severity;
mod sink;
mod snapshot;
mod state;
mod text;
mod timestamp;
mod topology;
mod transition;
mod turn;
mod turns;
mod vocabulary;
mod watched;
mod window;

pub use accepted::{Accepted, KeptPrefixes, PREFIXES_KEPT, PrefixRow};
pub use accounts::{Accounts, Denial, NoAccess, ParseAccountsError};
pub use amendment::Amendment;
pub use arn::Arn;
pub use caller::{Caller, ParseCallerError, Whose};
pub use coverage::Unmonitored;
pub use description::ItemDescription;
pub use event::{Event, EventMetadata, EventPreviousState, EventState, STATE_CHANGE_DETAIL_TYPE, STATE_CHANGE_SOURCE};
pub use evidence::{Evidence, EvidenceType, KEEP_EVIDENCE};
pub use gap::{Extent, GapProgress, Gaps, ParentGap};
pub use hash::fnv_1a;
pub use health::Health;
pub use incident::{
    Action, Affected, AffectedItem, Category, Circumstances, Destination, DestinationKind, Flapping, FoldStep, Folding,
    INCIDENT_DETAIL_TYPE, Impact, IncidentDetails, IncidentDocument, IncidentEvidence, IncidentFacts, IncidentImpact,
    IncidentMetadata, IncidentRoot, IncidentRow, IncidentState, IncidentStatus, IncidentWrite, KnownDestination,
    KnownPath, KnownResilience, KnownToPeople, LosingInterface, LowerResilience, MAXIMUM_EVIDENCE, Membership,
    PathChange, PathChangeType, Planned, PlannedBy, Reason, RecordedAcknowledgement, RecordedDestination,
    RecordedIncident, RecordedPlanned, RecordedResilience, RecordedRoutes, Root, RootKind, Silenced, Told,
    UNCOVERED_NAMED, UncoveredEnd, UncoveredPrefix, UncoveredPrefixes,
};
pub use kind::{Kind, ParseKindError};
pub use measurement::{CONNECTION_ID, MEASURED_NAMESPACE, Measured, Sample, Series};
pub use model::Model;
pub use notify::Notify;
pub use path::{CoveragePath, ItemPath, ParseItemPathError, RowKey, RowPath, Selection, Span};
pub use recalled::{
    Confirmation, HistoryRow, KindProgress, ListedScope, PollRow, Recalled, StateRow, Suspect, Suspicion,
};
pub use recorded::{NotAnEvent, RecordedEvent, RecordedItem, RecordedState};
pub use recorded_document::RecordedDocument;
pub use roster::{
    BETWEEN_WRITES, Cadence, Late, LateReason, ListedAccount, Order, Outcome, PollOrder, RosterRow, SweepOrder, Visit,
};
pub use routes_mode::RoutesMode;
pub use scope::{ItemKey, MAXIMUM_ID_BYTES, ParseItemKeyError, ParseScopeError, Scope, is_account, is_region};
pub use severity::Severity;
pub use sink::{SinkName, Sinks};
pub use snapshot::{Item, Observation, Snapshot};
pub use state::State;
pub use text::{MAXIMUM_TEXT_CHARACTERS, bounded};
pub use timestamp::{ParseTimestampError, Timestamp};
pub use topology::{Bond, Tie, Topology, listed_under, ties};
pub use transition::{Change, Previous, Transition};
pub use turn::{Asked, BETWEEN_TURNS, LONGEST_WAIT, Turn};
pub use turns::{IDLE_NOTED, KindTurns, Turns};
pub use vocabulary::{Dimension, Word};
pub use watched::Watched;
pub use window::{
    Acknowledgement, KEEP_ACKNOWLEDGEMENTS, KEEP_WINDOWS, LONGEST_WINDOW, Matcher, Notice, NoticeChange, Plans,
    USUAL_WORK, Window, WindowRows, WindowSource,
};
