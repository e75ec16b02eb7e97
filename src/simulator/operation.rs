//! The operations that the simulator answers, with what is particular to each on the wire.

use schemars::JsonSchema;
use serde::Serialize;

/// A Describe or List operation of the Direct Connect API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[allow(missing_docs, reason = "each is documented by AWS under exactly its name")]
pub enum Operation {
    DescribeConnections,
    DescribeConnectionsOnInterconnect,
    DescribeDirectConnectGatewayAssociationProposals,
    DescribeDirectConnectGatewayAssociations,
    DescribeDirectConnectGatewayAttachments,
    DescribeDirectConnectGateways,
    DescribeHostedConnections,
    DescribeInterconnects,
    DescribeLags,
    DescribeVirtualGateways,
    DescribeVirtualInterfaces,
    ListResiliencyGroups,
    ListVirtualInterfaceRoutes,
}

impl Operation {
    /// All of them.
    pub const ALL: [Operation; 13] = [
        Operation::DescribeConnections,
        Operation::DescribeConnectionsOnInterconnect,
        Operation::DescribeDirectConnectGatewayAssociationProposals,
        Operation::DescribeDirectConnectGatewayAssociations,
        Operation::DescribeDirectConnectGatewayAttachments,
        Operation::DescribeDirectConnectGateways,
        Operation::DescribeHostedConnections,
        Operation::DescribeInterconnects,
        Operation::DescribeLags,
        Operation::DescribeVirtualGateways,
        Operation::DescribeVirtualInterfaces,
        Operation::ListResiliencyGroups,
        Operation::ListVirtualInterfaceRoutes,
    ];

    /// Its name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Operation::DescribeConnections => "DescribeConnections",
            Operation::DescribeConnectionsOnInterconnect => "DescribeConnectionsOnInterconnect",
            Operation::DescribeDirectConnectGatewayAssociationProposals => {
                "DescribeDirectConnectGatewayAssociationProposals"
            }
            Operation::DescribeDirectConnectGatewayAssociations => "DescribeDirectConnectGatewayAssociations",
            Operation::DescribeDirectConnectGatewayAttachments => "DescribeDirectConnectGatewayAttachments",
            Operation::DescribeDirectConnectGateways => "DescribeDirectConnectGateways",
            Operation::DescribeHostedConnections => "DescribeHostedConnections",
            Operation::DescribeInterconnects => "DescribeInterconnects",
            Operation::DescribeLags => "DescribeLags",
            Operation::DescribeVirtualGateways => "DescribeVirtualGateways",
            Operation::DescribeVirtualInterfaces => "DescribeVirtualInterfaces",
            Operation::ListResiliencyGroups => "ListResiliencyGroups",
            Operation::ListVirtualInterfaceRoutes => "ListVirtualInterfaceRoutes",
        }
    }

    /// The operation of that name, if it is simulated.
    pub fn from_name(name: &str) -> Option<Operation> {
        Operation::ALL.into_iter().find(|operation| operation.name() == name)
    }

    /// The member of its answer that holds the list.
    pub(super) fn list(self) -> &'static str {
        match self {
            Operation::DescribeConnections
            | Operation::DescribeConnectionsOnInterconnect
            | Operation::DescribeHostedConnections => "connections",
            Operation::DescribeDirectConnectGatewayAssociationProposals => "directConnectGatewayAssociationProposals",
            Operation::DescribeDirectConnectGatewayAssociations => "directConnectGatewayAssociations",
            Operation::DescribeDirectConnectGatewayAttachments => "directConnectGatewayAttachments",
            Operation::DescribeDirectConnectGateways => "directConnectGateways",
            Operation::DescribeInterconnects => "interconnects",
            Operation::DescribeLags => "lags",
            Operation::DescribeVirtualGateways => "virtualGateways",
            Operation::DescribeVirtualInterfaces => "virtualInterfaces",
            Operation::ListResiliencyGroups => "items",
            Operation::ListVirtualInterfaceRoutes => "routes",
        }
    }

    /// Whether its request takes `maxResults` and `nextToken`. The others answer everything at once.
    pub(super) fn is_paged(self) -> bool {
        !matches!(self, Operation::DescribeVirtualGateways | Operation::DescribeConnectionsOnInterconnect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_operations() {
        for operation in Operation::ALL {
            assert_eq!(Operation::from_name(operation.name()), Some(operation));
            assert_eq!(serde_json::to_value(operation).unwrap(), operation.name());
        }
        assert_eq!(Operation::from_name("CreateConnection"), None);
    }
}
