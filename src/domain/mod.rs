//! What the program knows: kinds, states, items, what was seen, what changed, and the document that says so.
//!
//! Everything here is a value or a total function: no I/O, no clock, no `async`. The rest of the crate translates
//! to and from these types. Start with [`Kind`] and [`State`], then [`Snapshot`] (what one poll saw), [`Recalled`]
//! (what earlier polls left), [`Transition`] (what happened in between) and [`Event`] (how the world is told).

mod amendment;
mod arn;
mod caller;
mod context;
mod coverage;
pub mod defaults;
mod description;
mod event;
mod health;
mod kind;
mod path;
mod recalled;
mod recorded;
mod scope;
mod sink;
mod snapshot;
mod state;
mod text;
mod timestamp;
mod topology;
mod transition;
mod vocabulary;

pub use amendment::Amendment;
pub use arn::Arn;
pub use caller::{Caller, ParseCallerError};
pub use coverage::Unmonitored;
pub use description::ItemDescription;
pub use event::{Event, EventMetadata, EventPreviousState, EventState, STATE_CHANGE_DETAIL_TYPE, STATE_CHANGE_SOURCE};
pub use health::Health;
pub use kind::{Kind, ParseKindError};
pub use path::{CoveragePath, ItemPath, ParseItemPathError, Selection, Span};
pub use recalled::{HistoryRow, KindProgress, PollRow, Recalled, StateRow, Suspect, Suspicion};
pub use recorded::{NotAnEvent, RecordedEvent, RecordedItem, RecordedState};
pub use scope::{ItemKey, MAXIMUM_ID_BYTES, ParseItemKeyError, ParseScopeError, Scope};
pub use sink::{SinkName, Sinks};
pub use snapshot::{Gaps, Item, Observation, Snapshot};
pub use state::State;
pub use text::{MAXIMUM_TEXT_CHARACTERS, bounded};
pub use timestamp::{ParseTimestampError, Timestamp};
pub use topology::{Bond, Tie, Topology, ties};
pub use transition::{Change, Previous, Severity, Transition};
pub use vocabulary::{Dimension, Word};
