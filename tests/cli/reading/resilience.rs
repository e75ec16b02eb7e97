//! `resilience`: intents, and hostile names.

use aws_dx_monitor::domain::{ItemDescription, ItemKey, Kind};

use super::{HOSTILE, Store, complaint, program, virginia};

/// Two interfaces on two connections that end on one device, and nothing said of a session.
async fn one_device() -> Store {
    let store = Store::new();
    for number in 1..=2 {
        let item = |kind: Kind, id: String| ItemDescription::bare(&virginia(), &ItemKey::new(kind, id));
        let mut connection = item(Kind::Connection, format!("dxcon-{number}"));
        (connection.location, connection.device) = (Some("EqDC2".to_owned()), Some(HOSTILE.to_owned()));
        store.story(&connection, &[("2026-09-01T00:00:00Z", "available")]).await;
        let mut interface = item(Kind::VirtualInterface, format!("dxvif-{number}"));
        interface.connection_id = Some(format!("dxcon-{number}"));
        interface.virtual_gateway_id = Some("vgw-1".to_owned());
        store.story(&interface, &[("2026-09-01T00:00:00Z", "available")]).await;
    }
    store.listed(Kind::Connection, "2026-11-01T00:10:00Z").await;
    store.listed(Kind::VirtualInterface, "2026-11-01T00:10:00Z").await;
    store
}

fn intended(store: &Store, models: &str) -> std::process::Output {
    let mut command = program();
    command.env("DX_MONITOR_INTENDED_RESILIENCE", models);
    command.args(["resilience", "--output", "json", "--db"]).arg(store.path()).output().unwrap()
}

#[tokio::test]
async fn what_is_intended_is_met_or_not() {
    let store = one_device().await;
    for (models, intended_model, meets) in
        [("", None, None), ("vgw-1=high,none", Some("high"), Some(false)), ("none", Some("none"), Some(true))]
    {
        let grades: serde_json::Value = serde_json::from_slice(&intended(&store, models).stdout).unwrap();
        let grade = &grades[0];
        assert_eq!((grade["model"].as_str(), grade["paths"].as_array().unwrap().len()), (Some("none"), 2));
        assert_eq!((grade["intended"].as_str(), grade["meetsIntent"].as_bool()), (intended_model, meets), "{models}");
    }
    let error = complaint(&intended(&store, "vgw-1=best,=high"));
    assert!(error.contains("\"best\" is not a resiliency model") && error.contains("names no gateway"), "{error}");
}

#[tokio::test]
async fn nothing_acts_on_a_terminal() {
    let store = one_device().await;
    let device = format!("device:{HOSTILE}");
    for arguments in [&["resilience"][..], &["what-if", &device], &["what-if", "device:\u{1b}[2J"]] {
        for form in ["table", "json"] {
            let output = store.run(&[arguments, &["--output", form]].concat());
            let written = [output.stdout, output.stderr].concat();
            let written = String::from_utf8(written).unwrap();
            assert!(!written.contains(['\u{1b}', '\u{202e}', '\u{200b}']), "{arguments:?}: {written:?}");
        }
    }
    let page = store.read(&["resilience", "--output", "html"]);
    assert!(!page.contains(['\u{1b}', '\u{202e}', '\u{200b}']) && !page.contains("<script"), "{page}");
    assert!(page.contains("&lt;script&gt;"), "the name is there, as text");
    assert!(store.read(&["resilience"]).contains("both circuits end on device "));
    assert!(store.read(&["resilience", "--output", "csv"]).contains(",virtual-gateway,vgw-1,"));
}
