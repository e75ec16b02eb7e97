//! What Direct Connect lists of a region above the fibre: virtual interfaces with their BGP peers, and virtual gateways,
//! in the wire's own field names.
//!
//! `authKey` and `customerRouterConfig` are included because the real service returns those secrets in clear: tests
//! check that a reader of its answers passes them on to no one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::physical::Tag;
use crate::prefixes::Prefix;

/// A private, public or transit virtual interface.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VirtualInterface {
    /// `dxvif-…`.
    pub virtual_interface_id: String,
    /// Name given by its owner.
    pub virtual_interface_name: Option<String>,
    /// `confirming`, `verifying`, `pending`, `available`, `down`, `testing`, `deleting`, `deleted`, `rejected`,
    /// `unknown`, or any other word; left out, the item has no state.
    pub virtual_interface_state: Option<String>,
    /// `private`, `public` or `transit`.
    pub virtual_interface_type: Option<String>,
    /// Owning account; default: the scenario's account.
    pub owner_account: Option<String>,
    /// Region; default: the region it is listed in.
    pub region: Option<String>,
    /// Direct Connect location.
    pub location: Option<String>,
    /// Connection or LAG that carries it.
    pub connection_id: Option<String>,
    /// VLAN.
    pub vlan: Option<i32>,
    /// Customer's autonomous system number, 32 bits signed.
    pub asn: Option<i32>,
    /// Customer's autonomous system number, long form.
    pub asn_long: Option<i64>,
    /// Autonomous system number of the AWS side.
    pub amazon_side_asn: Option<i64>,
    /// MD5 key of the BGP session: a secret, sent in clear.
    pub auth_key: Option<String>,
    /// Address of the AWS side.
    pub amazon_address: Option<String>,
    /// Address of the customer's side.
    pub customer_address: Option<String>,
    /// `ipv4` or `ipv6`.
    pub address_family: Option<String>,
    /// Router configuration, which holds the secret too.
    pub customer_router_config: Option<String>,
    /// Largest transmission unit.
    pub mtu: Option<i32>,
    /// Whether jumbo frames are supported.
    pub jumbo_frame_capable: Option<bool>,
    /// Virtual gateway that it is attached to.
    pub virtual_gateway_id: Option<String>,
    /// Direct Connect gateway that it is attached to.
    pub direct_connect_gateway_id: Option<String>,
    /// Prefixes advertised over a public virtual interface.
    pub route_filter_prefixes: Option<Vec<RouteFilterPrefix>>,
    /// BGP peers.
    #[serde(default)]
    pub bgp_peers: Vec<BgpPeer>,
    /// Routes over its sessions, each there while a session of its address family is up; left out, a default route is
    /// accepted in each. A router that keeps its session and withdraws what it has announced is played by setting this.
    pub routes: Option<Vec<Route>>,
    /// Prefixes that the router has withdrawn, with all that they hold: of `routes`, those within are not accepted, and the
    /// session stays up. `0.0.0.0/0` and `::/0` withdraw everything.
    pub withdrawn: Option<Vec<String>>,
    /// AWS device that ends it.
    pub aws_device_v2: Option<String>,
    /// AWS logical device.
    pub aws_logical_device_id: Option<String>,
    /// Tags.
    pub tags: Option<Vec<Tag>>,
    /// Whether SiteLink is on.
    pub site_link_enabled: Option<bool>,
    /// IPv4 prefixes allocated.
    pub prefix_pool_allocated_count_ipv4: Option<i32>,
    /// IPv6 prefixes allocated.
    pub prefix_pool_allocated_count_ipv6: Option<i32>,
    /// Rate limit, such as `1Gbps`.
    pub rate_limit: Option<String>,
}

impl VirtualInterface {
    /// Whether a session of an address family is up.
    fn has_session(&self, family: &str) -> bool {
        let mut of_family = self.bgp_peers.iter().filter(|peer| peer.address_family.as_deref() == Some(family));
        of_family.any(|peer| peer.bgp_status.as_deref() == Some("up"))
    }

    /// The routes over the sessions that are up.
    pub(super) fn routes_at_present(&self) -> Vec<Route> {
        let default = || ["0.0.0.0/0", "::/0"].map(Route::accepted).into();
        let mut routes = self.routes.clone().unwrap_or_else(default);
        routes.retain(|route| self.has_session(route.family()) && !self.has_withdrawn(route));
        routes
    }

    fn has_withdrawn(&self, route: &Route) -> bool {
        let is_from_router = route.route_direction.as_deref() == Some("accepted");
        let Some(cidr) = route.cidr.as_deref().filter(|_| is_from_router) else { return false };
        let prefix = |text: &str| text.parse::<Prefix>().ok();
        let holds = |withdrawn: &String| {
            withdrawn == cidr
                || prefix(withdrawn).zip(prefix(cidr)).is_some_and(|(withdrawn, prefix)| withdrawn.holds(&prefix))
        };
        self.withdrawn.iter().flatten().any(holds)
    }
}

/// A route over a session of a virtual interface.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Route {
    /// The prefix in CIDR notation.
    pub cidr: Option<String>,
    /// `accepted`, from the customer, or `advertised`, to the customer.
    pub route_direction: Option<String>,
    /// `ipv4` or `ipv6`; default: that of the prefix.
    pub address_family: Option<String>,
    /// Autonomous systems that it came through.
    pub as_path: Option<Vec<AsPathSegment>>,
    /// BGP communities, such as `7224:7300`.
    pub communities: Option<Vec<String>>,
    /// AWS logical device that ends the session.
    pub aws_logical_device_id: Option<String>,
    /// When it was installed, in seconds since 1970.
    pub route_installed_at: Option<f64>,
}

/// A part of the way of a route.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AsPathSegment {
    /// Its kind, such as `sequence`.
    pub path_type: Option<String>,
    /// The numbers of the autonomous systems.
    pub path: Option<Vec<i64>>,
}

impl Route {
    /// A route from the customer.
    pub fn accepted(cidr: impl Into<String>) -> Route {
        Route { cidr: Some(cidr.into()), route_direction: Some("accepted".to_owned()), ..Route::default() }
    }

    /// A route to the customer.
    pub fn advertised(cidr: impl Into<String>) -> Route {
        Route { route_direction: Some("advertised".to_owned()), ..Route::accepted(cidr) }
    }

    pub(super) fn family(&self) -> &str {
        let by_address = || if self.cidr.as_deref().is_some_and(|cidr| cidr.contains(':')) { "ipv6" } else { "ipv4" };
        self.address_family.as_deref().unwrap_or_else(by_address)
    }
}

/// One BGP peer of a virtual interface.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BgpPeer {
    /// `dxpeer-…`. Without it the timeline calls the peer `<virtual interface id>:<addressFamily>:<customerAddress>`, or
    /// `<virtual interface id>:<addressFamily>` where it has no address either; of several with one such id, the first.
    pub bgp_peer_id: Option<String>,
    /// `verifying`, `pending`, `available`, `deleting`, `deleted`, or any other word.
    pub bgp_peer_state: Option<String>,
    /// `up`, `down`, `unknown`, or any other word.
    pub bgp_status: Option<String>,
    /// Customer's autonomous system number, 32 bits signed.
    pub asn: Option<i32>,
    /// Customer's autonomous system number, long form.
    pub asn_long: Option<i64>,
    /// MD5 key of the BGP session: a secret, sent in clear.
    pub auth_key: Option<String>,
    /// `ipv4` or `ipv6`.
    pub address_family: Option<String>,
    /// Address of the AWS side.
    pub amazon_address: Option<String>,
    /// Address of the customer's side.
    pub customer_address: Option<String>,
    /// AWS device that ends the session.
    pub aws_device_v2: Option<String>,
    /// AWS logical device.
    pub aws_logical_device_id: Option<String>,
}

/// A prefix: of a public virtual interface, or one that an association allows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RouteFilterPrefix {
    /// The prefix in CIDR notation.
    pub cidr: Option<String>,
}

/// A virtual private gateway, as Direct Connect lists it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VirtualGateway {
    /// `vgw-…`.
    pub virtual_gateway_id: String,
    /// `pending`, `available`, `deleting`, `deleted`, or any other word.
    pub virtual_gateway_state: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An interface with a session of each family, and a router that has withdrawn these.
    fn left(withdrawn: &[&str]) -> Vec<String> {
        let session = |family: &str| BgpPeer {
            bgp_status: Some("up".to_owned()),
            address_family: Some(family.to_owned()),
            ..BgpPeer::default()
        };
        let announced = ["10.0.0.0/16", "10.1.0.0/16", "2001:db8::/48", "no prefix"].map(Route::accepted);
        let interface = VirtualInterface {
            bgp_peers: ["ipv4", "ipv6"].map(session).into(),
            routes: Some(announced.into_iter().chain([Route::advertised("10.0.0.0/8")]).collect()),
            withdrawn: Some(withdrawn.iter().map(|text| (*text).to_owned()).collect()),
            ..VirtualInterface::default()
        };
        interface.routes_at_present().into_iter().filter_map(|route| route.cidr).collect()
    }

    #[test]
    fn what_a_router_has_withdrawn_is_gone_with_all_that_it_holds() {
        assert_eq!(left(&["10.1.0.0/16"]), ["10.0.0.0/16", "2001:db8::/48", "no prefix", "10.0.0.0/8"]);
        assert_eq!(left(&["10.0.0.0/15"]), ["2001:db8::/48", "no prefix", "10.0.0.0/8"]);
        assert_eq!(left(&["0.0.0.0/0", "::/0", "no prefix"]), ["10.0.0.0/8"]);
        assert_eq!(left(&["10.1.0.0/24"]).len(), 5, "a part of what is announced is no announcement");
    }
}
