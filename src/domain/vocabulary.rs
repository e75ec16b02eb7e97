//! The names of each kind, the metric that carries its levels, and AWS's words for its states.
//!
//! The metric names, dimensions and numbers of the first ten kinds are those of the predecessor (a Python program of the
//! same name), so that alarms and dashboards made for it keep their meaning; the words come from the AWS Direct Connect
//! API reference.

use super::health::Health;

/// One word of a kind's vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// AWS's word, such as `available`.
    pub word: &'static str,
    /// Its number in CloudWatch.
    pub level: u8,
    /// What it means.
    pub health: Health,
}

/// What identifies an item of a kind in CloudWatch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// One dimension of this name holds the item's id.
    Id(&'static str),
    /// The id has two halves with a colon in between; they go to the dimensions of these names.
    Pair(&'static str, &'static str),
}

/// The constants of a kind.
pub(super) struct Facts {
    pub(super) slug: &'static str,
    pub(super) label: &'static str,
    pub(super) plural: &'static str,
    pub(super) metric: &'static str,
    pub(super) dimension: Dimension,
    pub(super) words: &'static [Word],
}

use Health::{Down, Pending, Removed, Testing, Up};

const fn word(word: &'static str, level: u8, health: Health) -> Word {
    Word { word, level, health }
}

pub(super) static CONNECTION: Facts = Facts {
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

pub(super) static INTERCONNECT: Facts = Facts {
    slug: "interconnect",
    label: "interconnect",
    plural: "interconnects",
    metric: "InterconnectState",
    dimension: Dimension::Id("InterconnectId"),
    words: PORT_WORDS,
};

pub(super) static LAG: Facts = Facts {
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

pub(super) static HOSTED_CONNECTION: Facts = Facts {
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

pub(super) static VIRTUAL_INTERFACE: Facts = Facts {
    slug: "virtual-interface",
    label: "virtual interface",
    plural: "virtual interfaces",
    metric: "VirtualInterfaceState",
    dimension: Dimension::Id("VirtualInterfaceId"),
    words: &[
        word("confirming", 1, Pending),
        word("verifying", 2, Pending),
        // Not documented, but observed while a hosted virtual interface waits to be accepted.
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

pub(super) static VIRTUAL_GATEWAY: Facts = Facts {
    slug: "virtual-gateway",
    label: "virtual private gateway",
    plural: "virtual private gateways",
    metric: "VirtualGatewayState",
    dimension: Dimension::Id("VirtualGatewayId"),
    words: GATEWAY_WORDS,
};

pub(super) static DIRECT_CONNECT_GATEWAY: Facts = Facts {
    slug: "direct-connect-gateway",
    label: "Direct Connect gateway",
    plural: "Direct Connect gateways",
    metric: "DirectConnectGatewayState",
    dimension: Dimension::Id("DirectConnectGatewayId"),
    words: GATEWAY_WORDS,
};

/// Gateways of both sorts and resiliency groups share words and levels.
const GATEWAY_WORDS: &[Word] =
    &[word("pending", 1, Pending), word("available", 2, Up), word("deleting", 3, Removed), word("deleted", 4, Removed)];

pub(super) static BGP_PEER: Facts = Facts {
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

pub(super) static GATEWAY_ATTACHMENT: Facts = Facts {
    slug: "gateway-attachment",
    label: "gateway attachment",
    plural: "gateway attachments",
    metric: "DirectConnectGatewayAttachmentState",
    dimension: Dimension::Pair("DirectConnectGatewayId", "VirtualInterfaceId"),
    words: &[
        word("attaching", 1, Pending),
        word("attached", 2, Up),
        word("detaching", 3, Removed),
        word("detached", 4, Removed),
    ],
};

pub(super) static GATEWAY_ASSOCIATION: Facts = Facts {
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

pub(super) static PORT_ENCRYPTION: Facts = Facts {
    slug: "port-encryption",
    label: "port encryption",
    plural: "port encryptions",
    metric: "PortEncryptionState",
    dimension: Dimension::Id("PortId"),
    // AWS's words are `Encryption Up` and `Encryption Down`. Down may mean that traffic flows unencrypted
    // (`should_encrypt`) or not at all (`must_encrypt`).
    words: &[word("up", 1, Up), word("down", 2, Down)],
};

pub(super) static BGP_ROUTES: Facts = Facts {
    slug: "bgp-routes",
    label: "BGP routes",
    plural: "sets of BGP routes",
    metric: "BgpRoutesState",
    dimension: Dimension::Pair("VirtualInterfaceId", "AddressFamily"),
    // AWS gives the routes, not a word. `none` means that the session is up, and no route is accepted over it.
    words: &[word("present", 1, Up), word("none", 2, Down)],
};

pub(super) static GATEWAY_ASSOCIATION_PROPOSAL: Facts = Facts {
    slug: "gateway-association-proposal",
    label: "gateway association proposal",
    plural: "gateway association proposals",
    metric: "DirectConnectGatewayAssociationProposalState",
    dimension: Dimension::Id("ProposalId"),
    words: &[word("requested", 1, Pending), word("accepted", 2, Up), word("deleted", 3, Removed)],
};

pub(super) static RESILIENCY_GROUP: Facts = Facts {
    slug: "resiliency-group",
    label: "resiliency group",
    plural: "resiliency groups",
    metric: "ResiliencyGroupState",
    dimension: Dimension::Id("ResiliencyGroupId"),
    words: GATEWAY_WORDS,
};

#[cfg(test)]
mod tests {
    use crate::domain::Kind;

    #[test]
    fn the_levels_are_those_of_the_contract() {
        let table: String = Kind::ALL
            .map(|kind| {
                let words: Vec<String> =
                    kind.words().iter().map(|word| format!("{} {} {}", word.word, word.level, word.health)).collect();
                format!("{kind} {}: {}\n", kind.metric(), words.join(", "))
            })
            .concat();
        insta::assert_snapshot!(table, @"
        connection ConnectionState: ordering 1 pending, requested 2 pending, pending 3 pending, available 4 up, down 5 down, deleting 6 removed, deleted 7 removed, rejected 8 removed
        interconnect InterconnectState: requested 1 pending, pending 2 pending, available 3 up, down 4 down, deleting 5 removed, deleted 6 removed
        hosted-connection HostedConnectionState: ordering 1 pending, requested 2 pending, pending 3 pending, available 4 up, down 5 down, deleted 6 removed, rejected 7 removed, deleting 8 removed
        lag LagState: requested 1 pending, pending 2 pending, available 3 up, down 4 down, deleting 5 removed, deleted 6 removed
        port-encryption PortEncryptionState: up 1 up, down 2 down
        virtual-interface VirtualInterfaceState: confirming 1 pending, verifying 2 pending, approving 2 pending, pending 3 pending, available 4 up, down 5 down, deleting 6 removed, deleted 7 removed, rejected 8 removed, testing 9 testing
        bgp-peer BgpPeerState: verifying 1 pending, pending 2 pending, up 3 up, down 4 down, deleting 5 removed, deleted 6 removed
        bgp-routes BgpRoutesState: present 1 up, none 2 down
        virtual-gateway VirtualGatewayState: pending 1 pending, available 2 up, deleting 3 removed, deleted 4 removed
        direct-connect-gateway DirectConnectGatewayState: pending 1 pending, available 2 up, deleting 3 removed, deleted 4 removed
        gateway-attachment DirectConnectGatewayAttachmentState: attaching 1 pending, attached 2 up, detaching 3 removed, detached 4 removed
        gateway-association DirectConnectGatewayAssociationState: associating 1 pending, updating 2 up, associated 3 up, disassociating 4 removed, disassociated 5 removed
        gateway-association-proposal DirectConnectGatewayAssociationProposalState: requested 1 pending, accepted 2 up, deleted 3 removed
        resiliency-group ResiliencyGroupState: pending 1 pending, available 2 up, deleting 3 removed, deleted 4 removed
        ");
    }
}
