//! Each kind of item, from working to trouble and back.

use aws_dx_monitor::domain::{Health, Kind};

use super::rig::{
    Rig,
    account::{self, TROUBLES, id},
    minute,
};

/// The line of the way back.
fn recovery(outage: &str) -> String {
    let [_, kind, id, before, "->", after, name @ ..] = &outage.split(' ').collect::<Vec<_>>()[..] else {
        panic!("{outage}")
    };
    [&["[info]", kind, id, after, "->", before][..], name].concat().join(" ")
}

#[tokio::test]
async fn every_kind_is_announced_when_it_fails_and_when_it_recovers() {
    let rig = Rig::watching(account::of_each(1)).await;
    for (kind, _, trouble) in TROUBLES {
        rig.minute(1).turns(&id(kind, 0), trouble);
    }
    let report = rig.poll_well().await;
    assert_eq!((report.items, report.metrics, report.transitions), (10, 10, 10));
    let outages = rig.sns().told();
    insta::assert_snapshot!(outages, @r"
    [critical] connection dxcon-0 available -> down (fibre dxcon-0)
    [critical] interconnect dxcon-i0 available -> down (port dxcon-i0)
    [critical] hosted-connection dxcon-h0 available -> down (fibre dxcon-h0)
    [critical] lag dxlag-0 available -> down (lag 0)
    [critical] virtual-interface dxvif-0 available -> down (interface 0)
    [critical] bgp-peer dxpeer-0 up -> down (interface 0)
    [warning] virtual-gateway vgw-0 available -> deleting
    [warning] direct-connect-gateway gateway-0 available -> deleting (gateway 0)
    [warning] gateway-attachment gateway-0:dxvif-0 attached -> detaching
    [warning] gateway-association association-0 associated -> disassociating
    ");
    for (kind, works, _) in TROUBLES {
        rig.minute(31).turns(&id(kind, 0), works);
    }
    rig.poll_well().await;
    let recoveries: Vec<String> = outages.lines().map(recovery).collect();
    assert_eq!(rig.sns().told(), recoveries.join("\n"));
    assert_eq!(rig.chat().told(), rig.bus().told(), "every sink is told the same");
}

#[tokio::test]
async fn every_kinds_outage_is_one_incident_with_its_levels_and_its_length() {
    let rig = Rig::watching(account::of_each(1)).await;
    let mut story = String::new();
    let dimensions = |kind: Kind| id(kind, 0).replace(':', " ");
    let levels = || TROUBLES.map(|(kind, ..)| rig.metrics.last(kind.metric(), &dimensions(kind)).unwrap());
    for (kind, _, trouble) in TROUBLES {
        rig.minute(1).turns(&id(kind, 0), trouble);
    }
    rig.poll_well().await;
    let while_down = levels();
    for (kind, _, _) in TROUBLES {
        let row = rig.row(&format!("{kind}/{}", id(kind, 0))).await;
        assert!(row.incident_id.is_some(), "{kind}");
    }
    for (kind, works, _) in TROUBLES {
        rig.minute(4).turns(&id(kind, 0), works);
    }
    rig.poll_well().await;
    for ((kind, ..), (down, after)) in TROUBLES.into_iter().zip(while_down.into_iter().zip(levels())) {
        story += &format!("{} {} = {down}, then {after}\n", kind.metric(), dimensions(kind));
    }

    for (kind, ..) in TROUBLES {
        let item = format!("{kind}/{}", id(kind, 0));
        let [_, outage, recovery] = &rig.events(&item).await[..] else { panic!("{item}") };
        let previous = outage.previous_state.as_ref().unwrap();
        assert_eq!((previous.health, previous.since, previous.last_seen_at), (Health::Up, minute(0), minute(0)));
        assert_eq!((outage.state.since, outage.previous_duration_seconds), (minute(1), Some(60)));
        assert_eq!((recovery.state.since, recovery.previous_duration_seconds), (minute(4), Some(180)));
        assert_eq!(outage.metadata.incident_id, Some(outage.metadata.id), "{item} opens its incident");
        assert_eq!(recovery.metadata.incident_id, outage.metadata.incident_id, "{item} closes it");
        assert_eq!(rig.row(&item).await.incident_id, None, "{item}");
        story += &format!("{kind} {} {}, {} {}\n", outage.change, outage.severity, recovery.change, recovery.severity);
    }
    insta::assert_snapshot!(story, @r"
    ConnectionState dxcon-0 = 5, then 4
    InterconnectState dxcon-i0 = 4, then 3
    HostedConnectionState dxcon-h0 = 5, then 4
    VirtualInterfaceState dxvif-0 = 5, then 4
    VirtualGatewayState vgw-0 = 3, then 2
    BgpPeerState dxpeer-0 = 4, then 3
    LagState dxlag-0 = 4, then 3
    DirectConnectGatewayState gateway-0 = 3, then 2
    DirectConnectGatewayAttachmentState gateway-0 dxvif-0 = 3, then 2
    DirectConnectGatewayAssociationState association-0 = 4, then 3
    connection degraded critical, recovered info
    interconnect degraded critical, recovered info
    hosted-connection degraded critical, recovered info
    virtual-interface degraded critical, recovered info
    virtual-gateway removed warning, recovered info
    bgp-peer degraded critical, recovered info
    lag degraded critical, recovered info
    direct-connect-gateway removed warning, recovered info
    gateway-attachment removed warning, recovered info
    gateway-association removed warning, recovered info
    ");
}

#[tokio::test]
async fn a_failover_test_is_announced_as_a_test_and_not_as_an_outage() {
    let rig = Rig::watching_only(Kind::VirtualInterface, account::of_each(1)).await;
    rig.minute(1).turns("dxvif-0", "testing").poll_well().await;
    rig.minute(2).turns("dxvif-0", "down").poll_well().await;
    rig.minute(3).turns("dxvif-0", "available").poll_well().await;
    insta::assert_snapshot!(rig.sns().told(), @r"
    [info] virtual-interface dxvif-0 available -> testing (interface 0)
    [critical] virtual-interface dxvif-0 testing -> down (interface 0)
    [info] virtual-interface dxvif-0 down -> available (interface 0)
    ");
    let incidents: Vec<_> =
        rig.events("virtual-interface/dxvif-0").await.iter().map(|event| event.metadata.incident_id).collect();
    assert!(incidents[1].is_some() && incidents[1..].iter().all(|incident| *incident == incidents[1]), "{incidents:?}");
}

#[tokio::test]
async fn an_associations_prefixes_are_changed_while_it_is_up() {
    let rig = Rig::watching_only(Kind::GatewayAssociation, account::of_each(1)).await;
    rig.minute(1).turns("association-0", "updating").poll_well().await;
    rig.minute(2).turns("association-0", "associated").poll_well().await;
    insta::assert_snapshot!(rig.sns().told(), @r"
    [info] gateway-association association-0 associated -> updating
    [info] gateway-association association-0 updating -> associated
    ");
    let events = rig.events("gateway-association/association-0").await;
    assert!(events.iter().all(|event| event.metadata.incident_id.is_none()));
}

#[tokio::test]
async fn a_new_peer_comes_into_service_step_by_step() {
    let mut scenario = account::of_each(1);
    let peer = &mut scenario.inventory.region_mut(super::rig::REGION).virtual_interfaces[0].bgp_peers[0];
    peer.bgp_peer_state = Some("verifying".into());
    peer.bgp_status = Some("down".into());
    let rig = Rig::watching_only(Kind::BgpPeer, scenario).await;
    for (number, state, status) in [(1, "pending", "down"), (2, "available", "down"), (3, "available", "up")] {
        rig.minute(number)
            .simulator
            .edit(|scenario| {
                let peer = &mut scenario.inventory.region_mut(super::rig::REGION).virtual_interfaces[0].bgp_peers[0];
                (peer.bgp_peer_state, peer.bgp_status) = (Some(state.into()), Some(status.into()));
            })
            .unwrap();
        rig.poll_well().await;
    }
    insta::assert_snapshot!(rig.sns().told(), @r"
    [info] bgp-peer dxpeer-0 verifying -> pending (interface 0)
    [info] bgp-peer dxpeer-0 pending -> down (interface 0)
    [info] bgp-peer dxpeer-0 down -> up (interface 0)
    ");
}
