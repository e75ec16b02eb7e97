//! The words of incidents: category, reason, status, action, impact. They are contract.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::health::Health;

/// Gives an enumeration its words: text, parsing, and the list of all.
macro_rules! words {
    ($type:ident, $what:literal: $($variant:ident $word:literal),+ $(,)?) => {
        impl $type {
            /// All of them, in the order of declaration.
            pub const ALL: &'static [$type] = &[$($type::$variant),+];

            /// The word in documents, attributes and options.
            pub fn as_str(self) -> &'static str {
                match self {
                    $($type::$variant => $word),+
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(self.as_str())
            }
        }

        impl FromStr for $type {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $type::ALL.iter().copied().find(|word| word.as_str() == text).ok_or_else(|| {
                    format!(concat!("{:?} is not ", $what, "; they are {}"), text, [$($word),+].join(", "))
                })
            }
        }
    };
}

/// What an incident is about.
//
// Ordered by how much it takes over: an incident that was about one thing and turns out to be about a later one is about
// that from then on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// Planned work will take a destination's last path.
    Maintenance,
    /// The paths to a destination amount to a lower resiliency model than they did.
    Resilience,
    /// Routes that were accepted over several paths are accepted over one.
    Routes,
    /// Something is new, and has not been up yet.
    Provisioning,
    /// AWS does not report a state.
    Visibility,
    /// A failover test.
    Test,
    /// Something is being taken away, or has been.
    Removal,
    /// Something that worked is down.
    Outage,
}

words!(Category, "a category": Maintenance "maintenance", Resilience "resilience", Routes "routes",
    Provisioning "provisioning", Visibility "visibility", Test "test", Removal "removal", Outage "outage");

impl Category {
    /// The health of its root while it lasts.
    pub fn health(self) -> Health {
        match self {
            Category::Maintenance | Category::Resilience | Category::Routes => Health::Up,
            Category::Provisioning => Health::Pending,
            Category::Visibility => Health::Unknown,
            Category::Test => Health::Testing,
            Category::Removal => Health::Removed,
            Category::Outage => Health::Down,
        }
    }

    /// Whether its incidents are about facts that a poll compares, and not about items that are not well. They have no
    /// members, begin and end with a comparison, and take no item's incident over.
    pub fn is_of_facts(self) -> bool {
        matches!(self, Category::Maintenance | Category::Resilience | Category::Routes)
    }
}

/// What kind of thing a destination is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DestinationKind {
    /// A Direct Connect gateway.
    DirectConnectGateway,
    /// A virtual private gateway.
    VirtualGateway,
    /// The public services of AWS, over public virtual interfaces.
    Public,
}

/// Why a document was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The incident began.
    Opened,
    /// Another root explains it than in the document before.
    CauseFound,
    /// It has more members, and its impact is no worse.
    Spread,
    /// Its severity or its impact is worse than in the document before.
    Escalated,
    /// Its severity or its impact is better than in the document before.
    Eased,
    /// It was resolved, and began again.
    Reopened,
    /// It begins and ends again and again: from now on that is counted, not announced.
    Flapping,
    /// It begins and ends no longer.
    Settled,
    /// It is still open.
    Reminded,
    /// Evidence of its cause came.
    Explained,
    /// Planned work came, moved or ended.
    Planned,
    /// Somebody has taken it.
    Acknowledged,
    /// Its items have not been listed for longer than is tolerated.
    Blind,
    /// It is over.
    Resolved,
    /// It turned out to be part of another incident.
    Merged,
    /// All of its members were removed.
    Withdrawn,
}

words!(Reason, "a reason": Opened "opened", CauseFound "cause-found", Spread "spread", Escalated "escalated",
    Eased "eased", Reopened "reopened", Flapping "flapping", Settled "settled", Reminded "reminded",
    Explained "explained", Planned "planned", Acknowledged "acknowledged", Blind "blind", Resolved "resolved",
    Merged "merged", Withdrawn "withdrawn");

impl Reason {
    /// What a pager does with it.
    pub fn action(self) -> Action {
        match self {
            Reason::Opened
            | Reason::CauseFound
            | Reason::Escalated
            | Reason::Reopened
            | Reason::Flapping
            | Reason::Reminded => Action::Trigger,
            Reason::Resolved | Reason::Merged | Reason::Withdrawn => Action::Resolve,
            Reason::Spread
            | Reason::Eased
            | Reason::Settled
            | Reason::Explained
            | Reason::Planned
            | Reason::Acknowledged
            | Reason::Blind => Action::None,
        }
    }
}

/// Where an incident stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum IncidentStatus {
    /// It lasts.
    Open,
    /// It lasts, and begins and ends again and again.
    Flapping,
    /// It is over.
    Resolved,
    /// It is part of another.
    Merged,
    /// All of its members were removed.
    Withdrawn,
}

words!(IncidentStatus, "a status": Open "open", Flapping "flapping", Resolved "resolved", Merged "merged",
    Withdrawn "withdrawn");

impl IncidentStatus {
    /// Whether it lasts.
    pub fn is_open(self) -> bool {
        matches!(self, IncidentStatus::Open | IncidentStatus::Flapping)
    }
}

/// What a pager does with a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// It opens an alert, or makes one more urgent.
    Trigger,
    /// It closes the alert.
    Resolve,
    /// Nothing.
    None,
}

words!(Action, "an action": Trigger "trigger", Resolve "resolve", None "none");

/// What an incident takes from its destinations.
//
// Ordered by how bad it is. `Unknown` ranks with the worst, which cannot be ruled out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Impact {
    /// No destination has fewer paths.
    None,
    /// A destination has fewer paths than before.
    Reduced,
    /// A destination has one path left, or all that are left end on one device.
    LastPath,
    /// No destination is known, as of a partner's ports.
    Unknown,
    /// A destination that had a path has none.
    Outage,
}

words!(Impact, "an impact": None "none", Reduced "reduced", LastPath "last-path", Unknown "unknown", Outage "outage");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_those_of_the_documents() {
        for reason in Reason::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
            assert_eq!(reason.as_str().parse(), Ok(*reason));
        }
        for category in Category::ALL {
            assert_eq!(serde_json::to_value(category).unwrap(), category.as_str());
        }
        for (status, impact) in IncidentStatus::ALL.iter().zip(Impact::ALL) {
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
            assert_eq!(serde_json::to_value(impact).unwrap(), impact.as_str());
        }
        let error = "gone".parse::<IncidentStatus>().unwrap_err();
        assert_eq!(error, "\"gone\" is not a status; they are open, flapping, resolved, merged, withdrawn");
    }

    #[test]
    fn every_incident_that_a_pager_opens_it_closes() {
        let table: Vec<String> = Reason::ALL.iter().map(|reason| format!("{reason} {}", reason.action())).collect();
        insta::assert_snapshot!(table.join(", "), @"opened trigger, cause-found trigger, spread none, escalated trigger, eased none, reopened trigger, flapping trigger, settled none, reminded trigger, explained none, planned none, acknowledged none, blind none, resolved resolve, merged resolve, withdrawn resolve");
    }
}
