//! `acknowledge`: who takes an open incident on.

use aws_dx_monitor::{domain::Acknowledgement, ports::Windows};

use super::{
    HOSTILE, complaint,
    incidents::{self, ALSO_OPEN, OPEN, OVER},
    twins::Twins,
};

const ACCOUNT: &str = "123456789012";

async fn acknowledgement(store: &(impl Windows + ?Sized), id: &str) -> Option<Acknowledgement> {
    store.windows(ACCOUNT).await.unwrap().acknowledgements.remove(&id.parse().unwrap())
}

#[tokio::test]
async fn an_open_incident_is_taken_on_and_whoever_was_first_stays() {
    let store = incidents::estate().await;
    // The id of one that is over begins so too.
    let first = store.read(&["acknowledge", "9A1F", "--by", "alice", "--note", "ticket 4711"]);
    let kept = acknowledgement(&store.ledger, OPEN).await.unwrap();
    assert_eq!((kept.by.as_str(), kept.note.as_deref()), ("alice", Some("ticket 4711")));
    let (lead, rest) = first.split_once('\n').unwrap();
    assert!(lead.starts_with("Acknowledged: by alice at ") && lead.ends_with(" UTC: ticket 4711"), "{lead}");
    assert!(rest.starts_with(&format!("Incident {OPEN}\nconnection dxcon-1 (=cmd|")), "{rest}");
    for by in ["bob", "alice"] {
        let second = store.read(&["acknowledge", OPEN, "--by", by]);
        assert!(second.starts_with("Acknowledged already, which stays: by alice at "), "{second}");
        assert_eq!(acknowledgement(&store.ledger, OPEN).await.unwrap(), kept);
    }
}

#[tokio::test]
async fn mistakes_are_named_and_nothing_is_kept() {
    let store = incidents::estate().await;
    incidents::open_another(&store.ledger).await;
    let mistake = |id: &str| complaint(&store.run(&["acknowledge", id, "--by", "a"]));
    let over = mistake(OVER);
    assert_eq!(over, format!("error: the incident {OVER} is over since 2026-10-25 00:12:00 UTC\n"));
    assert!(mistake("7777").contains("is over since 2026-10-24"));
    let several = mistake("9a1f");
    assert!(several.contains("the ids of 2 open incidents begin with \"9a1f\", such as "), "{several}");
    assert!(several.contains(OPEN) && several.contains(ALSO_OPEN) && !several.contains(OVER), "{several}");
    for unknown in ["", "dxcon-1", "9a1f3c5f", "\u{1b}[2J", "9a1f3c5e-0000-4000-8000-000000000009"] {
        let error = mistake(unknown);
        assert!(error.contains("`aws-dx-monitor incidents --open` lists them"), "{error}");
        assert!(!error.contains('\u{1b}') && error.lines().count() == 1, "{error}");
    }
    assert!(store.ledger.windows(ACCOUNT).await.unwrap().acknowledgements.is_empty());
    assert!(complaint(&store.run(&["acknowledge", OPEN])).contains("say it with --by"));
}

#[tokio::test]
async fn nothing_that_anybody_wrote_acts() {
    let store = incidents::estate().await;
    for by in [HOSTILE, "bob"] {
        let text = store.read(&["acknowledge", OPEN, "--by", by, "--note", HOSTILE]);
        let acts = |hidden: &char| ['\u{1b}', '\u{202e}', '\u{200b}'].contains(hidden);
        assert_eq!(text.chars().find(acts), None, "{text:?}");
    }
    assert_eq!(acknowledgement(&store.ledger, OPEN).await.unwrap().note.as_deref(), Some(HOSTILE));
}

#[tokio::test]
async fn both_stores_keep_the_same() {
    let twins = Twins::empty().await;
    incidents::write_story(&twins.file.ledger).await;
    incidents::write_story(&twins.ledger).await;
    let acknowledge = ["acknowledge", OPEN, "--by", "alice"];
    let lines = |output: std::process::Output| {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(lines(twins.on_tables(&acknowledge)), lines(twins.on_file(&acknowledge)));
    let without_time = |kept: Option<Acknowledgement>| kept.map(|kept| (kept.by, kept.note));
    let [file, tables] = [
        without_time(acknowledgement(&twins.file.ledger, OPEN).await),
        without_time(acknowledgement(&twins.ledger, OPEN).await),
    ];
    assert_eq!((&file, &tables), (&Some(("alice".to_owned(), None)), &file));
}
