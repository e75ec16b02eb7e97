//! Every listing of a region through the Rust SDK: its answers, filters and refusals.

use aws_dx_monitor::simulator::Simulator;
use aws_sdk_directconnect::types::{AddressFamily, BgpPeerState, ConnectionState};

use super::{client, ids, partner, refusal};

#[tokio::test]
async fn connections_and_members_of_lags_are_listed_with_their_defaults() {
    let simulator = Simulator::start(partner(), 0).unwrap();
    let client = client(&simulator, "us-east-1");

    let all = client.describe_connections().send().await.unwrap();
    assert_eq!(ids!(all.connections(), connection_id), ["dxcon-1", "dxcon-2", "dxcon-3"]);
    let [first, second, member] = all.connections() else { panic!("{all:?}") };
    assert_eq!(first.connection_state, Some(ConnectionState::Available));
    assert_eq!(first.region(), Some("us-east-1"));
    assert_eq!(first.owner_account(), Some("123456789012"));
    assert_eq!(first.loa_issue_time().unwrap().secs(), 1_714_521_600);
    assert_eq!(second.region(), Some("us-west-2"));
    assert_eq!(second.owner_account(), Some("210987654321"));
    assert_eq!(second.connection_state, None);
    assert_eq!(member.lag_id(), Some("dxlag-1"));
    assert_eq!(all.next_token(), None);

    let one = client.describe_connections().connection_id("dxcon-2").send().await.unwrap();
    assert_eq!(ids!(one.connections(), connection_id), ["dxcon-2"]);
    assert_eq!(
        refusal(client.describe_connections().connection_id("dxcon-9").send().await),
        "DirectConnectClientException: Could not find Connection with ID dxcon-9"
    );
}

#[tokio::test]
async fn lags_hold_their_members() {
    let simulator = Simulator::start(partner(), 0).unwrap();
    let client = client(&simulator, "us-east-1");
    let all = client.describe_lags().send().await.unwrap();
    assert_eq!(ids!(all.lags(), lag_id), ["dxlag-1", "dxlag-2"]);
    assert_eq!(ids!(all.lags()[0].connections(), connection_id), ["dxcon-1", "dxcon-3"]);
    assert_eq!(all.lags()[0].number_of_connections(), 2);
    assert!(all.lags()[1].allows_hosted_connections());
    let one = client.describe_lags().lag_id("dxlag-2").send().await.unwrap();
    assert_eq!(ids!(one.lags(), lag_id), ["dxlag-2"]);
    assert!(refusal(client.describe_lags().lag_id("dxlag-9").send().await).contains("dxlag-9"));
}

#[tokio::test]
async fn partners_see_interconnects_and_what_they_host() {
    let simulator = Simulator::start(partner(), 0).unwrap();
    let client = client(&simulator, "us-east-1");
    let all = client.describe_interconnects().send().await.unwrap();
    assert_eq!(ids!(all.interconnects(), interconnect_id), ["dxcon-i1", "dxcon-i2"]);
    let one = client.describe_interconnects().interconnect_id("dxcon-i2").send().await.unwrap();
    assert_eq!(ids!(one.interconnects(), interconnect_id), ["dxcon-i2"]);
    let unknown = client.describe_interconnects().interconnect_id("dxcon-1").send().await;
    assert!(refusal(unknown).contains("dxcon-1"));

    for (parent, expected) in
        [("dxcon-i1", &["dxcon-h1", "dxcon-h2"][..]), ("dxcon-i2", &[]), ("dxlag-2", &["dxcon-h3"])]
    {
        let hosted = client.describe_hosted_connections().connection_id(parent).send().await.unwrap();
        assert_eq!(ids!(hosted.connections(), connection_id), expected, "{parent}");
    }
    assert_eq!(
        refusal(client.describe_hosted_connections().connection_id("dxcon-h1").send().await),
        "DirectConnectClientException: 123456789012 DescribeHostedConnections failed for connection dxcon-h1 doesn't exist."
    );
    #[expect(deprecated, reason = "callers of the old operation are answered too")]
    let old = client.describe_connections_on_interconnect();
    let hosted = old.interconnect_id("dxcon-i1").send().await.unwrap();
    assert_eq!(ids!(hosted.connections(), connection_id), ["dxcon-h1", "dxcon-h2"]);
}

#[tokio::test]
async fn every_other_account_is_refused_as_no_partner() {
    let simulator = Simulator::start(partner(), 0).unwrap();
    simulator.edit(|scenario| scenario.partner = false).unwrap();
    let client = client(&simulator, "us-east-1");
    let expected =
        "DirectConnectClientException: Account 123456789012 is not an authorized Direct Connect partner in us-east-1.";
    assert_eq!(refusal(client.describe_interconnects().send().await), expected);
    let hosted = client.describe_hosted_connections().connection_id("dxcon-i1").send().await;
    assert_eq!(refusal(hosted), expected);
}

#[tokio::test]
async fn virtual_interfaces_carry_their_peers_and_are_found_by_connection() {
    let simulator = Simulator::start(partner(), 0).unwrap();
    let client = client(&simulator, "us-east-1");
    let all = client.describe_virtual_interfaces().send().await.unwrap();
    assert_eq!(ids!(all.virtual_interfaces(), virtual_interface_id), ["dxvif-1", "dxvif-2"]);
    let first = &all.virtual_interfaces()[0];
    assert_eq!(first.virtual_interface_state().unwrap().as_str(), "approving");
    assert_eq!(first.auth_key(), Some("secret"));
    assert_eq!(first.bgp_peers()[0].bgp_peer_state(), Some(&BgpPeerState::Available));
    assert_eq!(first.bgp_peers()[0].bgp_status().unwrap().as_str(), "up");
    assert_eq!(first.bgp_peers()[1].bgp_peer_id(), None);
    assert_eq!(first.bgp_peers()[1].address_family(), Some(&AddressFamily::IPv6));

    let request = || client.describe_virtual_interfaces();
    let one = request().virtual_interface_id("dxvif-2").send().await.unwrap();
    assert_eq!(ids!(one.virtual_interfaces(), virtual_interface_id), ["dxvif-2"]);
    let one = request().connection_id("dxcon-2").send().await.unwrap();
    assert_eq!(ids!(one.virtual_interfaces(), virtual_interface_id), ["dxvif-1"]);
    let none = request().connection_id("dxlag-1").send().await.unwrap();
    assert!(none.virtual_interfaces().is_empty());
    assert!(refusal(request().virtual_interface_id("dxvif-9").send().await).contains("dxvif-9"));
    assert!(refusal(request().connection_id("dxcon-9").send().await).contains("dxcon-9"));
}
