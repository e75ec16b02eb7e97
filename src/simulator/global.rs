//! What Direct Connect lists alike in every region: Direct Connect gateways with attachments, associations and proposals,
//! and resiliency groups, in the wire's own field names.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::logical::RouteFilterPrefix;
use super::physical::Tag;

/// A Direct Connect gateway. Global.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DirectConnectGateway {
    /// A UUID.
    pub direct_connect_gateway_id: String,
    /// Name given by its owner.
    pub direct_connect_gateway_name: Option<String>,
    /// `pending`, `available`, `deleting`, `deleted`, or any other word.
    pub direct_connect_gateway_state: Option<String>,
    /// Owning account; default: the scenario's account.
    pub owner_account: Option<String>,
    /// Autonomous system number of the AWS side.
    pub amazon_side_asn: Option<i64>,
    /// Why the last change of state failed.
    pub state_change_error: Option<String>,
    /// Prefixes allocated over all its virtual interfaces.
    pub total_prefix_pool_allocations: Option<i32>,
    /// Tags.
    pub tags: Option<Vec<Tag>>,
}

/// A virtual interface attached to a Direct Connect gateway. The timeline calls it
/// `<directConnectGatewayId>:<virtualInterfaceId>`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GatewayAttachment {
    /// The gateway; one that is not among the gateways is another account's.
    pub direct_connect_gateway_id: String,
    /// The virtual interface; `mcc-…` for a connection to another cloud.
    pub virtual_interface_id: String,
    /// `attaching`, `attached`, `detaching`, `detached`, or any other word.
    pub attachment_state: Option<String>,
    /// `TransitVirtualInterface` or `PrivateVirtualInterface`, in either case of its first letter.
    pub attachment_type: Option<String>,
    /// Region of the virtual interface.
    pub virtual_interface_region: Option<String>,
    /// Owner of the virtual interface.
    pub virtual_interface_owner_account: Option<String>,
    /// Why the last change of state failed.
    pub state_change_error: Option<String>,
}

/// A virtual private gateway, transit gateway or core network associated with a Direct Connect gateway.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GatewayAssociation {
    /// The Direct Connect gateway; one that is not among the gateways is another account's.
    pub direct_connect_gateway_id: String,
    /// A UUID. Without it the timeline calls the association `<directConnectGatewayId>:<id of the associated gateway,
    /// core network or virtual gateway>`; one that has none of these either it cannot call.
    pub association_id: Option<String>,
    /// `associating`, `associated`, `updating`, `disassociating`, `disassociated`, or any other word.
    pub association_state: Option<String>,
    /// Owner of the Direct Connect gateway.
    pub direct_connect_gateway_owner_account: Option<String>,
    /// The associated gateway.
    pub associated_gateway: Option<AssociatedGateway>,
    /// The associated core network.
    pub associated_core_network: Option<AssociatedCoreNetwork>,
    /// Prefixes to advertise to the Direct Connect gateway.
    pub allowed_prefixes_to_direct_connect_gateway: Option<Vec<RouteFilterPrefix>>,
    /// The virtual private gateway.
    pub virtual_gateway_id: Option<String>,
    /// Region of the virtual private gateway.
    pub virtual_gateway_region: Option<String>,
    /// Owner of the virtual private gateway.
    pub virtual_gateway_owner_account: Option<String>,
    /// Why the last change of state failed.
    pub state_change_error: Option<String>,
}

/// The far end of an association.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AssociatedGateway {
    /// `vgw-…` or `tgw-…`.
    pub id: Option<String>,
    /// `virtualPrivateGateway` or `transitGateway`.
    #[serde(rename = "type")]
    pub gateway_type: Option<String>,
    /// Its owner.
    pub owner_account: Option<String>,
    /// Its region.
    pub region: Option<String>,
}

/// The far end of an association with AWS Cloud WAN.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AssociatedCoreNetwork {
    /// `core-network-…`.
    pub id: Option<String>,
    /// Its owner.
    pub owner_account: Option<String>,
    /// Its attachment.
    pub attachment_id: Option<String>,
}

/// A proposal to associate a gateway of one account with a Direct Connect gateway of another.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GatewayAssociationProposal {
    /// A UUID.
    pub proposal_id: String,
    /// The Direct Connect gateway.
    pub direct_connect_gateway_id: Option<String>,
    /// Owner of the Direct Connect gateway.
    pub direct_connect_gateway_owner_account: Option<String>,
    /// `requested`, `accepted`, `deleted`, or any other word.
    pub proposal_state: Option<String>,
    /// The gateway that is to be associated.
    pub associated_gateway: Option<AssociatedGateway>,
    /// Prefixes that are advertised to the Direct Connect gateway now.
    pub existing_allowed_prefixes_to_direct_connect_gateway: Option<Vec<RouteFilterPrefix>>,
    /// Prefixes that are asked for.
    pub requested_allowed_prefixes_to_direct_connect_gateway: Option<Vec<RouteFilterPrefix>>,
}

/// A resiliency group: connections that are meant to stand in for each other.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResiliencyGroup {
    /// `dxrg-…`.
    pub resiliency_group_id: String,
    /// Its ARN.
    pub resiliency_group_arn: Option<String>,
    /// Name given by its owner.
    pub resiliency_group_name: Option<String>,
    /// `Managed`.
    pub resiliency_group_type: Option<String>,
    /// Owning account; default: the scenario's account.
    pub owner_account: Option<String>,
    /// `pending`, `available`, `deleting`, `deleted`, or any other word.
    pub state: Option<String>,
}
