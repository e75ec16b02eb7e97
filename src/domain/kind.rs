//! The ten kinds of Direct Connect item: their slugs, metrics, dimensions and the words their states are told in.
//!
//! The metric names, dimensions and numbers are those of the predecessor (a Python program of the same name), so that
//! alarms and dashboards made for it keep their meaning; the words come from the AWS Direct Connect API reference.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::state::{Health, Word};

/// A kind of Direct Connect configuration item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A dedicated connection, or a hosted connection seen by the customer who uses it (`DescribeConnections`).
    Connection,
    /// A partner's interconnect (`DescribeInterconnects`).
    Interconnect,
    /// A connection that a partner hosts on an interconnect or a LAG (`DescribeHostedConnections`).
    HostedConnection,
    /// A virtual interface (`DescribeVirtualInterfaces`).
    VirtualInterface,
    /// A virtual private gateway (`DescribeVirtualGateways`).
    VirtualGateway,
    /// A BGP peer of a virtual interface (listed inside `DescribeVirtualInterfaces`).
    BgpPeer,
    /// A link aggregation group (`DescribeLags`).
    Lag,
    /// A Direct Connect gateway; global (`DescribeDirectConnectGateways`).
    DirectConnectGateway,
    /// A virtual interface's attachment to a Direct Connect gateway; global (`DescribeDirectConnectGatewayAttachments`).
    GatewayAttachment,
    /// A gateway's or core network's association with a Direct Connect gateway; global
    /// (`DescribeDirectConnectGatewayAssociations`).
    GatewayAssociation,
}

/// What identifies an item of a kind in CloudWatch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// One dimension of this name holds the item's id.
    Id(&'static str),
    /// The id is `<gateway id>:<virtual interface id>`; the halves go to `DirectConnectGatewayId` and
    /// `VirtualInterfaceId`.
    GatewayAndVirtualInterface,
}

struct Facts {
    slug: &'static str,
    label: &'static str,
    plural: &'static str,
    metric: &'static str,
    dimension: Dimension,
    words: &'static [Word],
}

impl Kind {
    /// Every kind, in the order in which people read them: cables first, then what runs over them.
    pub const ALL: [Kind; 10] = [
        Kind::Connection,
        Kind::Interconnect,
        Kind::HostedConnection,
        Kind::Lag,
        Kind::VirtualInterface,
        Kind::BgpPeer,
        Kind::VirtualGateway,
        Kind::DirectConnectGateway,
        Kind::GatewayAttachment,
        Kind::GatewayAssociation,
    ];

    /// The kind's name in keys, events and options, such as `virtual-interface`.
    pub fn slug(self) -> &'static str {
        self.facts().slug
    }

    /// The kind's name in sentences, such as `virtual interface`.
    pub fn label(self) -> &'static str {
        self.facts().label
    }

    /// The plural of [`Kind::label`].
    pub fn plural(self) -> &'static str {
        self.facts().plural
    }

    /// The CloudWatch metric that carries the kind's levels.
    pub fn metric(self) -> &'static str {
        self.facts().metric
    }

    /// How an item of this kind is told apart in CloudWatch.
    pub fn dimension(self) -> Dimension {
        self.facts().dimension
    }

    /// The words that AWS uses for this kind's states, with their levels.
    pub fn words(self) -> &'static [Word] {
        self.facts().words
    }

    /// Whether items of this kind are the same from every region, and so are read once.
    pub fn is_global(self) -> bool {
        matches!(self, Kind::DirectConnectGateway | Kind::GatewayAttachment | Kind::GatewayAssociation)
    }

    /// The kinds whose listing must be read to know what to ask for this one: a gap there is a gap here.
    pub fn parents(self) -> &'static [Kind] {
        match self {
            Kind::BgpPeer => &[Kind::VirtualInterface],
            Kind::HostedConnection => &[Kind::Interconnect, Kind::Lag],
            Kind::GatewayAttachment | Kind::GatewayAssociation => &[Kind::DirectConnectGateway],
            _ => &[],
        }
    }

    fn facts(self) -> &'static Facts {
        match self {
            Kind::Connection => &CONNECTION,
            Kind::Interconnect => &INTERCONNECT,
            Kind::HostedConnection => &HOSTED_CONNECTION,
            Kind::VirtualInterface => &VIRTUAL_INTERFACE,
            Kind::VirtualGateway => &VIRTUAL_GATEWAY,
            Kind::BgpPeer => &BGP_PEER,
            Kind::Lag => &LAG,
            Kind::DirectConnectGateway => &DIRECT_CONNECT_GATEWAY,
            Kind::GatewayAttachment => &GATEWAY_ATTACHMENT,
            Kind::GatewayAssociation => &GATEWAY_ASSOCIATION,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.slug())
    }
}

/// A word that is not the slug of a kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a kind; the kinds are {list}", list = Kind::ALL.map(Kind::slug).join(", "))]
pub struct ParseKindError(pub String);

impl FromStr for Kind {
    type Err = ParseKindError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Kind::ALL.into_iter().find(|kind| kind.slug() == text).ok_or_else(|| ParseKindError(text.to_owned()))
    }
}

use Health::{Down, Pending, Removed, Testing, Up};

const fn word(word: &'static str, level: u8, health: Health) -> Word {
    Word { word, level, health }
}

static CONNECTION: Facts = Facts {
    slug: "connection",
    label: "connection",
    plural: "connections",
    metric: "ConnectionState",
    dimension: Dimension::Id("ConnectionId"),
    words: &[
        word("ordering", 1, Pending),
        word("requested", 2, Pending),
        word("pending", 3, Pending),
        word("available", 4, Up),
        word("down", 5, Down),
        word("deleting", 6, Removed),
        word("deleted", 7, Removed),
        word("rejected", 8, Removed),
    ],
};

static INTERCONNECT: Facts = Facts {
    slug: "interconnect",
    label: "interconnect",
    plural: "interconnects",
    metric: "InterconnectState",
    dimension: Dimension::Id("InterconnectId"),
    words: PORT_WORDS,
};

static LAG: Facts = Facts {
    slug: "lag",
    label: "LAG",
    plural: "LAGs",
    metric: "LagState",
    dimension: Dimension::Id("LagId"),
    words: PORT_WORDS,
};

/// Interconnects and LAGs share words and levels.
const PORT_WORDS: &[Word] = &[
    word("requested", 1, Pending),
    word("pending", 2, Pending),
    word("available", 3, Up),
    word("down", 4, Down),
    word("deleting", 5, Removed),
    word("deleted", 6, Removed),
];

static HOSTED_CONNECTION: Facts = Facts {
    slug: "hosted-connection",
    label: "hosted connection",
    plural: "hosted connections",
    metric: "HostedConnectionState",
    dimension: Dimension::Id("ConnectionId"),
    // The same words as a connection's, but the predecessor numbered the last three differently.
    words: &[
        word("ordering", 1, Pending),
        word("requested", 2, Pending),
        word("pending", 3, Pending),
        word("available", 4, Up),
        word("down", 5, Down),
        word("deleted", 6, Removed),
        word("rejected", 7, Removed),
        word("deleting", 8, Removed),
    ],
};

static VIRTUAL_INTERFACE: Facts = Facts {
    slug: "virtual-interface",
    label: "virtual interface",
    plural: "virtual interfaces",
    metric: "VirtualInterfaceState",
    dimension: Dimension::Id("VirtualInterfaceId"),
    words: &[
        word("confirming", 1, Pending),
        word("verifying", 2, Pending),
        // Undocumented, but seen in the wild while a hosted virtual interface waits to be accepted.
        word("approving", 2, Pending),
        word("pending", 3, Pending),
        word("available", 4, Up),
        word("down", 5, Down),
        word("deleting", 6, Removed),
        word("deleted", 7, Removed),
        word("rejected", 8, Removed),
        word("testing", 9, Testing),
    ],
};

static VIRTUAL_GATEWAY: Facts = Facts {
    slug: "virtual-gateway",
    label: "virtual private gateway",
    plural: "virtual private gateways",
    metric: "VirtualGatewayState",
    dimension: Dimension::Id("VirtualGatewayId"),
    words: GATEWAY_WORDS,
};

static DIRECT_CONNECT_GATEWAY: Facts = Facts {
    slug: "direct-connect-gateway",
    label: "Direct Connect gateway",
    plural: "Direct Connect gateways",
    metric: "DirectConnectGatewayState",
    dimension: Dimension::Id("DirectConnectGatewayId"),
    words: GATEWAY_WORDS,
};

/// Virtual private gateways and Direct Connect gateways share words and levels.
const GATEWAY_WORDS: &[Word] =
    &[word("pending", 1, Pending), word("available", 2, Up), word("deleting", 3, Removed), word("deleted", 4, Removed)];

static BGP_PEER: Facts = Facts {
    slug: "bgp-peer",
    label: "BGP peer",
    plural: "BGP peers",
    metric: "BgpPeerState",
    dimension: Dimension::Id("BgpPeerId"),
    words: &[
        word("verifying", 1, Pending),
        word("pending", 2, Pending),
        word("up", 3, Up),
        word("down", 4, Down),
        word("deleting", 5, Removed),
        word("deleted", 6, Removed),
    ],
};

static GATEWAY_ATTACHMENT: Facts = Facts {
    slug: "gateway-attachment",
    label: "gateway attachment",
    plural: "gateway attachments",
    metric: "DirectConnectGatewayAttachmentState",
    dimension: Dimension::GatewayAndVirtualInterface,
    words: &[
        word("attaching", 1, Pending),
        word("attached", 2, Up),
        word("detaching", 3, Removed),
        word("detached", 4, Removed),
    ],
};

static GATEWAY_ASSOCIATION: Facts = Facts {
    slug: "gateway-association",
    label: "gateway association",
    plural: "gateway associations",
    metric: "DirectConnectGatewayAssociationState",
    dimension: Dimension::Id("AssociationId"),
    words: &[
        word("associating", 1, Pending),
        // Allowed prefixes are being changed; traffic flows.
        word("updating", 2, Up),
        word("associated", 3, Up),
        word("disassociating", 4, Removed),
        word("disassociated", 5, Removed),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_levels_are_those_of_the_contract() {
        let table: String = Kind::ALL
            .map(|kind| {
                let words: Vec<String> =
                    kind.words().iter().map(|word| format!("{} {} {}", word.word, word.level, word.health)).collect();
                format!("{kind} {}: {}\n", kind.metric(), words.join(", "))
            })
            .concat();
        insta::assert_snapshot!(table, @r"
        connection ConnectionState: ordering 1 pending, requested 2 pending, pending 3 pending, available 4 up, down 5 down, deleting 6 removed, deleted 7 removed, rejected 8 removed
        interconnect InterconnectState: requested 1 pending, pending 2 pending, available 3 up, down 4 down, deleting 5 removed, deleted 6 removed
        hosted-connection HostedConnectionState: ordering 1 pending, requested 2 pending, pending 3 pending, available 4 up, down 5 down, deleted 6 removed, rejected 7 removed, deleting 8 removed
        lag LagState: requested 1 pending, pending 2 pending, available 3 up, down 4 down, deleting 5 removed, deleted 6 removed
        virtual-interface VirtualInterfaceState: confirming 1 pending, verifying 2 pending, approving 2 pending, pending 3 pending, available 4 up, down 5 down, deleting 6 removed, deleted 7 removed, rejected 8 removed, testing 9 testing
        bgp-peer BgpPeerState: verifying 1 pending, pending 2 pending, up 3 up, down 4 down, deleting 5 removed, deleted 6 removed
        virtual-gateway VirtualGatewayState: pending 1 pending, available 2 up, deleting 3 removed, deleted 4 removed
        direct-connect-gateway DirectConnectGatewayState: pending 1 pending, available 2 up, deleting 3 removed, deleted 4 removed
        gateway-attachment DirectConnectGatewayAttachmentState: attaching 1 pending, attached 2 up, detaching 3 removed, detached 4 removed
        gateway-association DirectConnectGatewayAssociationState: associating 1 pending, updating 2 up, associated 3 up, disassociating 4 removed, disassociated 5 removed
        ");
    }

    #[test]
    fn slugs_are_read_back() {
        for kind in Kind::ALL {
            assert_eq!(kind.slug().parse(), Ok(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.slug(), "serde and slug agree");
        }
        let error = "vif".parse::<Kind>().unwrap_err();
        assert!(error.to_string().starts_with("\"vif\" is not a kind; the kinds are connection, interconnect,"));
    }
}
