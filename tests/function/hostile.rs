//! Names and ids from AWS may be anything, and secrets appear nowhere.

use aws_dx_monitor::simulator::{BgpPeer, VirtualInterface};

use super::rig::{REGION, Rig, connection, connections, good_poll};

const NAME: &str =
    "prod\r\nSubject: forged\u{1b}[31m\u{202e}<script>alert(1)</script> <!channel> @everyone *b* `c` \u{1f50c}";
const SECRETS: [&str; 3] = ["canary-password", "canary-peer-password", "canary-router"];

#[tokio::test]
async fn a_hostile_name_is_inert_where_people_read_it_and_whole_where_programs_do() {
    let mut scenario = connections(1);
    let region = scenario.inventory.region_mut(REGION);
    region.connections[0].connection_name = Some(NAME.to_owned());
    region.connections.push(connection("dxcon-\u{e9}\n\u{1b}[2J", "available"));
    let rig = Rig::of(scenario).await;
    let everything = rig.subscribe(&rig.people, "everything", &serde_json::json!({"state": ["down"]})).await;
    let function = rig.watching_connections().start();
    let report = good_poll(&function).await;
    assert_eq!(
        (report["items"].as_u64(), report["metrics"].as_u64()),
        (Some(2), Some(1)),
        "no dimension takes that id"
    );
    let line = function.log_containing("left out of the metrics").await;
    assert!(line.contains(r#""left_out":1"#), "{line}");

    rig.received().await;
    for id in ["dxcon-1", "dxcon-\u{e9}\n\u{1b}[2J"] {
        rig.set_state(id, "down");
    }
    good_poll(&function).await;
    let received = rig.received().await;
    assert_eq!(received.counts(), [2, 2, 2]);
    for message in &received.people {
        let shown = message.body.chars().filter(|character| *character != '\n');
        assert!(
            shown.clone().all(|character| !character.is_control() && character != '\u{202e}'),
            "{:?}",
            message.body
        );
        assert!(!message.body.lines().any(|line| line.starts_with("Subject:")), "{:?}", message.body);
    }
    for message in &received.chat {
        let description = message.json()["content"]["description"].as_str().unwrap().to_owned();
        let title = message.json()["content"]["title"].as_str().unwrap().to_owned();
        for text in [description, title] {
            assert!(!text.contains("<!channel>") && !text.contains("<script>"), "{text:?}");
            assert!(!text.contains(['\u{1b}', '\u{202e}', '\r']), "{text:?}");
        }
    }
    for message in rig.moto.receive_all(REGION, &everything).await {
        let subject = message.json()["Subject"].as_str().unwrap().to_owned();
        assert!(subject.len() < 100 && subject.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{subject:?}");
    }
    let details = received.details();
    let named = details.iter().find(|detail| detail["item"]["id"] == "dxcon-1").unwrap();
    assert_eq!(named["item"]["name"], NAME);
    let roots: Vec<String> = received
        .incident_details()
        .iter()
        .map(|detail| detail["incident"]["root"]["name"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert!(roots.contains(&NAME.to_owned()), "{roots:?}");
    let history = rig.history("connection/dxcon-\u{e9}\n\u{1b}[2J").await;
    assert_eq!(history.len(), 2);
    assert_eq!(function.json_logs().len(), function.logs().len(), "no name breaks a line of the log in two");
}

#[tokio::test]
async fn a_secret_is_in_no_log_row_message_or_metric() {
    let mut scenario = connections(0);
    scenario.inventory.region_mut(REGION).virtual_interfaces.push(VirtualInterface {
        virtual_interface_id: "dxvif-1".to_owned(),
        virtual_interface_name: Some("prod-private".to_owned()),
        virtual_interface_state: Some("available".to_owned()),
        auth_key: Some(SECRETS[0].to_owned()),
        customer_router_config: Some(format!("<config>{}</config>", SECRETS[2])),
        bgp_peers: vec![BgpPeer {
            bgp_peer_id: Some("dxpeer-1".to_owned()),
            bgp_peer_state: Some("available".to_owned()),
            bgp_status: Some("up".to_owned()),
            auth_key: Some(SECRETS[1].to_owned()),
            ..BgpPeer::default()
        }],
        ..VirtualInterface::default()
    });
    let rig = Rig::of(scenario).await;
    let function = rig
        .program()
        .environment("AWS_LAMBDA_LOG_LEVEL", "TRACE")
        .environment("DX_MONITOR_KINDS", "virtual-interface,bgp-peer")
        .start();
    good_poll(&function).await;
    rig.simulator
        .edit(|scenario| {
            let interface = &mut scenario.inventory.region_mut(REGION).virtual_interfaces[0];
            interface.virtual_interface_state = Some("down".to_owned());
            interface.bgp_peers[0].bgp_status = Some("down".to_owned());
        })
        .unwrap();
    good_poll(&function).await;
    function.log_containing(r#""message":"poll""#).await;

    let logs = function.logs();
    assert!(
        logs.iter().any(|line| line.contains(r#""level":"TRACE""#) && line.contains("dxvif-1")),
        "answers are logged"
    );
    let received = rig.received().await;
    assert_eq!(received.counts(), [3, 3, 2]);
    assert!(!received.incidents.is_empty(), "the documents of incidents are looked through too");
    let rows: Vec<String> = rig.rows().await.iter().map(|row| format!("{row:?}")).collect();
    let metrics: Vec<String> = rig.recorder.data_points().iter().map(|point| format!("{point:?}")).collect();
    let texts: Vec<String> = received.texts().map(str::to_owned).collect();
    for (place, texts) in [("log", logs), ("row", rows), ("message", texts), ("metric", metrics)] {
        assert!(!texts.is_empty());
        for secret in SECRETS {
            let leak = texts.iter().find(|text| text.contains(secret));
            assert_eq!(leak, None, "{secret} in a {place}");
        }
    }
}
