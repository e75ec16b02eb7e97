//! The keys of history: the path of an item or an incident, a span of time, and a selection by both.
//!
//! History has a partition for each item, for each incident, and for the unmonitored time of each kind in each scope.
//! Their names are contract, since people query the tables by hand. Only this module knows their format.

use std::{fmt, str::FromStr};

use uuid::Uuid;

use super::{
    kind::{Kind, ParseKindError},
    scope::{ItemKey, ParseItemKeyError, ParseScopeError, Scope},
    timestamp::Timestamp,
};

/// The full name of an item: its scope, and its key within.
///
/// Written `123456789012/us-east-1/connection/dxcon-fg5678gh`, which is the partition of its transitions in history. Two
/// accounts may see the same item, and each has its own history of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemPath {
    /// The scope in which it is polled.
    pub scope: Scope,
    /// Its key within the scope.
    pub key: ItemKey,
}

impl ItemPath {
    /// The path of the item that `key` names in `scope`.
    pub fn new(scope: Scope, key: ItemKey) -> ItemPath {
        ItemPath { scope, key }
    }
}

impl fmt::Display for ItemPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.scope, self.key)
    }
}

/// A text that is not the path of an item.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseItemPathError {
    /// It does not begin with a scope.
    #[error(transparent)]
    Scope(#[from] ParseScopeError),
    /// It has the form of a path, but this version does not know its kind. Rows of newer versions and of unmonitored time
    /// have such paths.
    #[error(transparent)]
    Kind(#[from] ParseKindError),
    /// It is not `<account>/<region>/<kind>/<id>`.
    #[error("{0:?} is not the path of an item like 123456789012/us-east-1/connection/dxcon-fg5678gh")]
    Form(String),
}

impl FromStr for ItemPath {
    type Err = ParseItemPathError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (scope, key) = split(text)?;
        // An id may hold slashes itself, also after an unknown kind.
        match key.parse() {
            Ok(key) => Ok(ItemPath { scope, key }),
            Err(ParseItemKeyError::Kind(error)) => Err(error.into()),
            Err(ParseItemKeyError::Form(_)) => Err(ParseItemPathError::Form(text.to_owned())),
        }
    }
}

/// The scope that a path begins with, and what follows.
fn split(path: &str) -> Result<(Scope, &str), ParseItemPathError> {
    let region = path.match_indices('/').nth(1);
    let (region, _) = region.ok_or_else(|| ParseItemPathError::Form(path.to_owned()))?;
    Ok((path[..region].parse()?, &path[region + 1..]))
}

/// The key, within a scope, of a row that has a history and cursors of its own. Written `connection/dxcon-fg5678gh` or
/// `incident/9a1f3c5e-…`. No kind has the slug `incident`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowKey {
    /// An item.
    Item(ItemKey),
    /// An incident, by its id.
    Incident(Uuid),
}

impl RowKey {
    /// The prefix of the key of every incident.
    pub const INCIDENT: &'static str = "incident/";

    /// The item that it names, if it names one.
    pub fn item(&self) -> Option<&ItemKey> {
        match self {
            RowKey::Item(key) => Some(key),
            RowKey::Incident(_) => None,
        }
    }
}

impl fmt::Display for RowKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RowKey::Item(key) => key.fmt(formatter),
            RowKey::Incident(id) => write!(formatter, "{}{id}", RowKey::INCIDENT),
        }
    }
}

impl From<ItemKey> for RowKey {
    fn from(key: ItemKey) -> RowKey {
        RowKey::Item(key)
    }
}

/// The full name of a row that has a history and cursors of its own: its scope, and its key within. It is the partition of
/// its documents in history.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowPath {
    /// The scope.
    pub scope: Scope,
    /// The key within the scope.
    pub key: RowKey,
}

impl RowPath {
    /// The path of the row that `key` names in `scope`.
    pub fn new(scope: Scope, key: impl Into<RowKey>) -> RowPath {
        RowPath { scope, key: key.into() }
    }

    /// The path of an incident.
    pub fn incident(scope: Scope, id: Uuid) -> RowPath {
        RowPath { scope, key: RowKey::Incident(id) }
    }

    /// Whether `text` is the path of an incident, rather than another partition of history.
    pub fn is_of_an_incident(text: &str) -> bool {
        let id = split(text).ok().and_then(|(_, key)| key.strip_prefix(RowKey::INCIDENT));
        id.is_some_and(|id| id.parse::<Uuid>().is_ok())
    }
}

impl From<ItemPath> for RowPath {
    fn from(path: ItemPath) -> RowPath {
        RowPath::new(path.scope, path.key)
    }
}

impl fmt::Display for RowPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.scope, self.key)
    }
}

/// The partition of a kind's unmonitored time in history: `123456789012/us-east-1/coverage/connection`, with the parent's
/// id behind it for the time in which only the children of that parent were unmonitored. No kind has the slug `coverage`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CoveragePath {
    /// The scope in which the kind is polled.
    pub scope: Scope,
    /// The kind.
    pub kind: Kind,
    /// The parent, where it is the time of its children only.
    pub parent: Option<String>,
}

impl CoveragePath {
    /// The path of the unmonitored time of `kind` in `scope`.
    pub fn new(scope: Scope, kind: Kind) -> CoveragePath {
        CoveragePath { scope, kind, parent: None }
    }

    /// The path of the unmonitored time of the children of `parent` alone.
    pub fn of_children(self, parent: impl Into<String>) -> CoveragePath {
        CoveragePath { parent: Some(parent.into()), ..self }
    }
}

impl fmt::Display for CoveragePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/coverage/{}", self.scope, self.kind)?;
        self.parent.iter().try_for_each(|parent| write!(formatter, "/{parent}"))
    }
}

/// A span of time, from one instant up to, but not including, another. It is empty if the second is not later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
}

impl Span {
    /// All instants except the last that can be written.
    pub const ALWAYS: Span = Span { from: Timestamp::MINIMUM, until: Timestamp::MAXIMUM };

    /// The span from `from` up to, but not including, `until`.
    pub fn new(from: Timestamp, until: Timestamp) -> Span {
        Span { from, until }
    }

    /// The span that begins with `from` and does not end.
    pub fn since(from: Timestamp) -> Span {
        Span { from, ..Span::ALWAYS }
    }

    /// Whether it holds no instant.
    pub fn is_empty(self) -> bool {
        self.from >= self.until
    }

    /// How long it is, in milliseconds.
    pub fn milliseconds(self) -> u64 {
        u64::try_from(self.until.milliseconds() - self.from.milliseconds()).unwrap_or(0)
    }

    /// Its intersection with `other`; `None` if that is empty.
    pub fn within(self, other: Span) -> Option<Span> {
        let both = Span::new(self.from.max(other.from), self.until.min(other.until));
        (!both.is_empty()).then_some(both)
    }

    /// Its last instant; `None` if it is empty.
    pub fn last(self) -> Option<Timestamp> {
        (!self.is_empty()).then(|| Timestamp::from_milliseconds(self.until.milliseconds() - 1))
    }
}

/// The transitions to read, by item and by time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The item; `None` selects all items.
    pub item: Option<ItemPath>,
    /// When they occurred.
    pub span: Span,
}

impl Selection {
    /// The transitions of one item in `span`.
    pub fn of(item: ItemPath, span: Span) -> Selection {
        Selection { item: Some(item), span }
    }

    /// The transitions of all items in `span`.
    pub fn of_all(span: Span) -> Selection {
        Selection { item: None, span }
    }
}

/// For the texts of errors: `of 1/us-east-1/lag/dxlag-1`, or `from … until …` for all items.
impl fmt::Display for Selection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.item {
            Some(path) => write!(formatter, "of {path}"),
            None => write!(formatter, "from {} until {}", self.span.from, self.span.until),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_back() {
        let scope = Scope::regional("123456789012", "us-east-1");
        let path = ItemPath::new(scope.clone(), ItemKey::new(Kind::Connection, "dxcon-fg5678gh"));
        assert_eq!(path.to_string(), "123456789012/us-east-1/connection/dxcon-fg5678gh");
        assert_eq!(path.to_string().parse(), Ok(path));
        let slashes = ItemPath::new(scope.clone(), ItemKey::new(Kind::BgpPeer, "dxvif-1:ipv6:2001:db8::2/125"));
        assert_eq!(slashes.to_string().parse(), Ok(slashes), "an id may hold slashes of its own");
        let coverage = CoveragePath::new(scope, Kind::Connection);
        assert_eq!(coverage.to_string(), "123456789012/us-east-1/coverage/connection");
        let of_children = coverage.of_children("dxlag-1").to_string();
        assert_eq!(of_children, "123456789012/us-east-1/coverage/connection/dxlag-1");
    }

    #[test]
    fn a_text_that_is_not_a_path_is_refused_with_the_reason() {
        let error = |text: &str| text.parse::<ItemPath>().unwrap_err();
        for text in ["", "note", "1/us-east-1", "1/us-east-1/", "1/us-east-1/lag", "1/us-east-1/lag/"] {
            assert!(matches!(error(text), ParseItemPathError::Form(named) if named == text), "{text}");
        }
        assert!(matches!(error("/us-east-1/lag/dxlag-1"), ParseItemPathError::Scope(_)));
        for text in ["1/us-east-1/coverage/lag", "1/us-east-1/cross-connect/x-1", "1/us-east-1/incident/a/b"] {
            assert!(matches!(error(text), ParseItemPathError::Kind(_)), "{text}");
        }
    }

    #[test]
    fn the_paths_of_incidents_are_distinguished_from_all_others() {
        let scope = Scope::regional("123456789012", "us-east-1");
        let path = RowPath::incident(scope, Uuid::from_u128(7)).to_string();
        assert_eq!(path, "123456789012/us-east-1/incident/00000000-0000-0000-0000-000000000007");
        assert!(RowPath::is_of_an_incident(&path));
        assert!(path.parse::<ItemPath>().is_err(), "it is no item's");
        for text in ["1/us-east-1/lag/dxlag-1", "1/us-east-1/coverage/lag", "1/us-east-1/incident/a", "incident/7", "1"]
        {
            assert!(!RowPath::is_of_an_incident(text), "{text}");
        }
    }

    #[test]
    fn the_last_instant_of_a_span_is_the_one_before_its_end() {
        let at = Timestamp::from_milliseconds;
        assert_eq!(Span::new(at(1), at(3)).last(), Some(at(2)));
        assert_eq!(Span::new(at(3), at(3)).last(), None);
        assert_eq!(Span::new(at(3), at(1)).last(), None);
        assert_eq!(Span::since(at(3)).until, Timestamp::MAXIMUM);
    }

    #[test]
    fn spans_are_cut_to_each_other() {
        let span = |from, until| Span::new(Timestamp::from_milliseconds(from), Timestamp::from_milliseconds(until));
        assert_eq!(span(1, 5).within(span(3, 9)), Some(span(3, 5)));
        assert_eq!(span(1, 5).within(span(2, 3)), Some(span(2, 3)));
        assert_eq!(span(1, 3).within(span(3, 5)), None, "they touch");
        assert_eq!((span(1, 5).milliseconds(), span(5, 1).milliseconds(), span(5, 1).is_empty()), (4, 0, true));
    }
}
