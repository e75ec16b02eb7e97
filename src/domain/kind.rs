//! The kinds of Direct Connect item: names, metrics, state words, and how they depend on each other.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::vocabulary::{self, Dimension, Facts, Word};

/// A kind of Direct Connect configuration item.
//
// Declared, and so ordered, as people read them: cables first, then what runs over them. No stored row and no request
// depends on that order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A dedicated connection, or a hosted connection seen by the customer who uses it (`DescribeConnections`).
    Connection,
    /// A partner's interconnect (`DescribeInterconnects`).
    Interconnect,
    /// A connection that a partner hosts on an interconnect or a LAG (`DescribeHostedConnections`).
    HostedConnection,
    /// A link aggregation group (`DescribeLags`).
    Lag,
    /// MACsec of a connection, an interconnect or a LAG that is set to encrypt (listed with the port). Its id is that of
    /// the port.
    PortEncryption,
    /// A virtual interface (`DescribeVirtualInterfaces`).
    VirtualInterface,
    /// A BGP peer of a virtual interface (listed inside `DescribeVirtualInterfaces`).
    BgpPeer,
    /// The routes of a BGP session, in one address family (`ListVirtualInterfaceRoutes`). Its id is
    /// `<virtual interface id>:<address family>`. Watched only where `DX_MONITOR_ROUTES` says so.
    BgpRoutes,
    /// A virtual private gateway (`DescribeVirtualGateways`).
    VirtualGateway,
    /// A Direct Connect gateway; global (`DescribeDirectConnectGateways`).
    DirectConnectGateway,
    /// A virtual interface's attachment to a Direct Connect gateway; global (`DescribeDirectConnectGatewayAttachments`).
    GatewayAttachment,
    /// A gateway's or core network's association with a Direct Connect gateway; global
    /// (`DescribeDirectConnectGatewayAssociations`).
    GatewayAssociation,
    /// A proposal to associate a gateway with another account's Direct Connect gateway; global
    /// (`DescribeDirectConnectGatewayAssociationProposals`).
    GatewayAssociationProposal,
    /// A group of connections that are meant to be redundant; global (`ListResiliencyGroups`).
    ResiliencyGroup,
}

impl Kind {
    /// Every kind, in their order.
    pub const ALL: [Kind; 14] = [
        Kind::Connection,
        Kind::Interconnect,
        Kind::HostedConnection,
        Kind::Lag,
        Kind::PortEncryption,
        Kind::VirtualInterface,
        Kind::BgpPeer,
        Kind::BgpRoutes,
        Kind::VirtualGateway,
        Kind::DirectConnectGateway,
        Kind::GatewayAttachment,
        Kind::GatewayAssociation,
        Kind::GatewayAssociationProposal,
        Kind::ResiliencyGroup,
    ];

    /// The kinds that are watched unless something else is configured: those that cost no call for each of their items.
    pub fn usual() -> impl Iterator<Item = Kind> {
        Kind::ALL.into_iter().filter(|kind| *kind != Kind::BgpRoutes)
    }

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

    /// The dimensions of an item of this kind in CloudWatch.
    pub fn dimension(self) -> Dimension {
        self.facts().dimension
    }

    /// The words that AWS uses for this kind's states, with their levels.
    pub fn words(self) -> &'static [Word] {
        self.facts().words
    }

    /// Whether items of this kind end on a device, at a location.
    pub fn ends_on_a_device(self) -> bool {
        matches!(
            self,
            Kind::Connection
                | Kind::HostedConnection
                | Kind::Interconnect
                | Kind::Lag
                | Kind::VirtualInterface
                | Kind::BgpPeer
        )
    }

    /// Whether items of this kind are the same from every region, and so are read once.
    pub fn is_global(self) -> bool {
        matches!(
            self,
            Kind::DirectConnectGateway
                | Kind::GatewayAttachment
                | Kind::GatewayAssociation
                | Kind::GatewayAssociationProposal
                | Kind::ResiliencyGroup
        )
    }

    /// The kinds whose listings are needed to list this one. A gap there is a gap here.
    pub fn parents(self) -> &'static [Kind] {
        match self {
            Kind::BgpPeer | Kind::BgpRoutes => &[Kind::VirtualInterface],
            Kind::HostedConnection => &[Kind::Interconnect, Kind::Lag],
            Kind::PortEncryption => &[Kind::Connection, Kind::Interconnect, Kind::Lag],
            Kind::GatewayAttachment | Kind::GatewayAssociation => &[Kind::DirectConnectGateway],
            _ => &[],
        }
    }

    /// Its layer, counted from the cables upwards. An item runs over items of lower layers.
    pub fn layer(self) -> u8 {
        match self {
            Kind::Connection | Kind::Interconnect | Kind::Lag | Kind::PortEncryption => 0,
            Kind::HostedConnection | Kind::VirtualInterface => 1,
            Kind::BgpRoutes => 3,
            _ => 2,
        }
    }

    fn facts(self) -> &'static Facts {
        match self {
            Kind::Connection => &vocabulary::CONNECTION,
            Kind::Interconnect => &vocabulary::INTERCONNECT,
            Kind::HostedConnection => &vocabulary::HOSTED_CONNECTION,
            Kind::VirtualInterface => &vocabulary::VIRTUAL_INTERFACE,
            Kind::VirtualGateway => &vocabulary::VIRTUAL_GATEWAY,
            Kind::BgpPeer => &vocabulary::BGP_PEER,
            Kind::BgpRoutes => &vocabulary::BGP_ROUTES,
            Kind::Lag => &vocabulary::LAG,
            Kind::DirectConnectGateway => &vocabulary::DIRECT_CONNECT_GATEWAY,
            Kind::GatewayAttachment => &vocabulary::GATEWAY_ATTACHMENT,
            Kind::GatewayAssociation => &vocabulary::GATEWAY_ASSOCIATION,
            Kind::PortEncryption => &vocabulary::PORT_ENCRYPTION,
            Kind::GatewayAssociationProposal => &vocabulary::GATEWAY_ASSOCIATION_PROPOSAL,
            Kind::ResiliencyGroup => &vocabulary::RESILIENCY_GROUP,
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

#[cfg(test)]
mod tests {
    use super::*;

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
