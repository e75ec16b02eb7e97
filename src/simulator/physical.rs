//! What Direct Connect lists of fibre and ports: connections, interconnects and link aggregation groups, in the
//! wire's own field names, so that an answer seen on the real service can be pasted into a scenario as it is.
//!
//! Only identifiers are required. A state is a free word, and may be left out: AWS marks every member optional.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A dedicated or hosted connection.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Connection {
    /// `dxcon-…`. An empty id is played as it is: an item with no usable id.
    pub connection_id: String,
    /// Name given by its owner.
    pub connection_name: Option<String>,
    /// `ordering`, `requested`, `pending`, `available`, `down`, `deleting`, `deleted`, `rejected`, `unknown`, or any
    /// other word; left out, the item has no state.
    pub connection_state: Option<String>,
    /// Owning account; default: the scenario's account.
    pub owner_account: Option<String>,
    /// Region; default: the region it is listed in.
    pub region: Option<String>,
    /// Direct Connect location, such as `EqDC2`.
    pub location: Option<String>,
    /// Port speed, such as `10Gbps`.
    pub bandwidth: Option<String>,
    /// VLAN of a hosted connection.
    pub vlan: Option<i32>,
    /// Partner that provisioned the connection.
    pub partner_name: Option<String>,
    /// Provider of the port.
    pub provider_name: Option<String>,
    /// Time of the letter of authorization, in epoch seconds.
    pub loa_issue_time: Option<f64>,
    /// LAG that this connection is a member of.
    pub lag_id: Option<String>,
    /// AWS device, first generation of the field.
    pub aws_device: Option<String>,
    /// AWS device that ends the connection.
    pub aws_device_v2: Option<String>,
    /// AWS logical device.
    pub aws_logical_device_id: Option<String>,
    /// `yes`, `no` or `unknown`.
    pub has_logical_redundancy: Option<String>,
    /// Whether jumbo frames are supported.
    pub jumbo_frame_capable: Option<bool>,
    /// Tags.
    pub tags: Option<Vec<Tag>>,
    /// Whether MACsec is supported.
    pub mac_sec_capable: Option<bool>,
    /// MACsec keys.
    pub mac_sec_keys: Option<Vec<MacSecKey>>,
    /// `Encryption Up` or `Encryption Down`.
    pub port_encryption_status: Option<String>,
    /// `no_encrypt`, `should_encrypt` or `must_encrypt`.
    pub encryption_mode: Option<String>,
    /// Whether the partner's interconnect supports MACsec.
    pub partner_interconnect_mac_sec_capable: Option<bool>,
    /// How the connection is billed, such as `PayAsYouGo`.
    pub billing_mode: Option<String>,
    /// Size of the IPv4 prefix pool.
    pub prefix_pool_size_ipv4: Option<i32>,
    /// Size of the IPv6 prefix pool.
    pub prefix_pool_size_ipv6: Option<i32>,
    /// Unallocated IPv4 prefixes.
    pub prefix_pool_unallocated_count_ipv4: Option<i32>,
    /// Unallocated IPv6 prefixes.
    pub prefix_pool_unallocated_count_ipv6: Option<i32>,
    /// Rate limiters in use.
    pub rate_limiter_status: Option<RateLimiterStatus>,
}

/// A partner's interconnect: the port that hosted connections run on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Interconnect {
    /// `dxcon-…`.
    pub interconnect_id: String,
    /// Name given by its owner.
    pub interconnect_name: Option<String>,
    /// `requested`, `pending`, `available`, `down`, `deleting`, `deleted`, `unknown`, or any other word.
    pub interconnect_state: Option<String>,
    /// Region; default: the region it is listed in.
    pub region: Option<String>,
    /// Direct Connect location.
    pub location: Option<String>,
    /// Port speed.
    pub bandwidth: Option<String>,
    /// Provider of the port.
    pub provider_name: Option<String>,
    /// Time of the letter of authorization, in epoch seconds.
    pub loa_issue_time: Option<f64>,
    /// LAG that this interconnect is a member of.
    pub lag_id: Option<String>,
    /// AWS device, first generation of the field.
    pub aws_device: Option<String>,
    /// AWS device that ends the interconnect.
    pub aws_device_v2: Option<String>,
    /// AWS logical device.
    pub aws_logical_device_id: Option<String>,
    /// `yes`, `no` or `unknown`.
    pub has_logical_redundancy: Option<String>,
    /// Whether jumbo frames are supported.
    pub jumbo_frame_capable: Option<bool>,
    /// Tags.
    pub tags: Option<Vec<Tag>>,
    /// Whether MACsec is supported.
    pub mac_sec_capable: Option<bool>,
    /// MACsec keys.
    pub mac_sec_keys: Option<Vec<MacSecKey>>,
    /// `Encryption Up` or `Encryption Down`.
    pub port_encryption_status: Option<String>,
    /// `no_encrypt`, `should_encrypt` or `must_encrypt`.
    pub encryption_mode: Option<String>,
}

/// A link aggregation group.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Lag {
    /// `dxlag-…`.
    pub lag_id: String,
    /// Name given by its owner.
    pub lag_name: Option<String>,
    /// `requested`, `pending`, `available`, `down`, `deleting`, `deleted`, `unknown`, or any other word.
    pub lag_state: Option<String>,
    /// Owning account; default: the scenario's account.
    pub owner_account: Option<String>,
    /// Region; default: the region it is listed in.
    pub region: Option<String>,
    /// Direct Connect location.
    pub location: Option<String>,
    /// Speed of each member.
    pub connections_bandwidth: Option<String>,
    /// Number of members; default: those there are.
    pub number_of_connections: Option<i32>,
    /// Members that must be up for the LAG to be up.
    pub minimum_links: Option<i32>,
    /// Members. They may be written here or among the region's `connections` with this `lagId`; either way both
    /// listings show them.
    #[serde(default)]
    pub connections: Vec<Connection>,
    /// Whether hosted connections may run on this LAG.
    pub allows_hosted_connections: Option<bool>,
    /// AWS device, first generation of the field.
    pub aws_device: Option<String>,
    /// AWS device that ends the LAG.
    pub aws_device_v2: Option<String>,
    /// AWS logical device.
    pub aws_logical_device_id: Option<String>,
    /// `yes`, `no` or `unknown`.
    pub has_logical_redundancy: Option<String>,
    /// Whether jumbo frames are supported.
    pub jumbo_frame_capable: Option<bool>,
    /// Tags.
    pub tags: Option<Vec<Tag>>,
    /// Provider of the ports.
    pub provider_name: Option<String>,
    /// Whether MACsec is supported.
    pub mac_sec_capable: Option<bool>,
    /// MACsec keys.
    pub mac_sec_keys: Option<Vec<MacSecKey>>,
    /// `no_encrypt`, `should_encrypt` or `must_encrypt`.
    pub encryption_mode: Option<String>,
    /// How the LAG is billed.
    pub billing_mode: Option<String>,
    /// Size of the IPv4 prefix pool.
    pub prefix_pool_size_ipv4: Option<i32>,
    /// Size of the IPv6 prefix pool.
    pub prefix_pool_size_ipv6: Option<i32>,
    /// Unallocated IPv4 prefixes.
    pub prefix_pool_unallocated_count_ipv4: Option<i32>,
    /// Unallocated IPv6 prefixes.
    pub prefix_pool_unallocated_count_ipv6: Option<i32>,
    /// Rate limiters in use.
    pub rate_limiter_status: Option<RateLimiterStatus>,
}

/// A tag of any item.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tag {
    /// The tag's key.
    pub key: String,
    /// The tag's value.
    pub value: Option<String>,
}

/// A MACsec key association.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MacSecKey {
    /// ARN of the secret.
    #[serde(rename = "secretARN")]
    pub secret_arn: Option<String>,
    /// Connection key name.
    pub ckn: Option<String>,
    /// `associating`, `associated`, `disassociating` or `disassociated`.
    pub state: Option<String>,
    /// When the key takes effect.
    pub start_on: Option<String>,
}

/// Rate limiters of a connection or LAG.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RateLimiterStatus {
    /// How many there may be.
    pub max_allowed: Option<i32>,
    /// How many are in use.
    pub in_use: Option<i32>,
    /// How many are left.
    pub remaining: Option<i32>,
    /// Bandwidth of all of them.
    pub total_bandwidth: Option<String>,
}
