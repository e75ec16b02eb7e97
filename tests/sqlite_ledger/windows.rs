//! Planned time and evidence in a file: damaged rows are left out, and what is over goes.

use aws_dx_monitor::{
    domain::{Acknowledgement, Evidence, EvidenceType, Scope, Span, Timestamp, Window},
    local::SqliteLedger,
    ports::{EvidenceStore, Windows},
};
use uuid::Uuid;

use super::by_hand;
use crate::ledger_contract::{at, run, windows::silence};

const ACCOUNT: &str = "123456789012";

fn call(id: &str) -> Evidence {
    let (kind, summary) = (EvidenceType::ApiCall, "DeleteVirtualInterface".to_owned());
    Evidence { id: id.to_owned(), kind, at: at(0), summary, by: None, items: ["dxvif-1".to_owned()].into() }
}

fn acknowledgement() -> Acknowledgement {
    Acknowledgement { by: "alice".to_owned(), at: at(0), note: None }
}

async fn fill(ledger: &SqliteLedger) {
    for number in 1..=2 {
        ledger.write_window(ACCOUNT, &silence(&format!("s-{number}"))).await.unwrap();
        ledger.write_acknowledgement(ACCOUNT, Uuid::from_u128(number), &acknowledgement()).await.unwrap();
        ledger.keep(&Scope::global(ACCOUNT), &call(&format!("e-{number}"))).await.unwrap();
    }
}

/// How many windows, acknowledgements and pieces of evidence are left.
async fn left(ledger: &SqliteLedger) -> [usize; 3] {
    let rows = ledger.windows(ACCOUNT).await.unwrap();
    let evidence = ledger.evidence(&Scope::global(ACCOUNT), Span::ALWAYS).await.unwrap();
    [rows.windows.len(), rows.acknowledgements.len(), evidence.len()]
}

#[test]
fn what_cannot_be_read_is_left_out_and_kept() {
    for (damage, expected) in [
        ("windows SET source = 'moon' WHERE item = 's-1'", [1, 2, 2]),
        ("windows SET \"match\" = '{\"weather\":\"rain\"}' WHERE item = 's-1'", [1, 2, 2]),
        ("windows SET \"match\" = '{\"kinds\":[\"cross-connect\"]}' WHERE item = 's-1'", [1, 2, 2]),
        ("windows SET \"from\" = 'yesterday' WHERE item = 's-1'", [1, 2, 2]),
        ("windows SET notice = '{}' WHERE item = 's-1'", [1, 2, 2]),
        ("acknowledgements SET \"at\" = 'soon' WHERE incident LIKE '%1'", [2, 1, 2]),
        ("acknowledgements SET incident = 'one' WHERE incident LIKE '%1'", [2, 1, 2]),
        ("evidence SET type = 'rumour' WHERE id = 'e-1'", [2, 2, 1]),
        ("evidence SET items = 'all' WHERE id = 'e-1'", [2, 2, 1]),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ledger.db");
        let ledger = SqliteLedger::open(&path).unwrap();
        run(async {
            fill(&ledger).await;
            by_hand(&path, &format!("UPDATE {damage};"));
            assert_eq!(left(&ledger).await, expected, "{damage}");
            fill(&ledger).await;
            let window = Window { until: at(60), ..silence("s-1") };
            ledger.write_window(ACCOUNT, &window).await.unwrap();
            assert!(ledger.windows(ACCOUNT).await.unwrap().windows.contains(&window), "a write mends it");
        });
    }
}

#[test]
fn rows_live_until_their_time_is_over() {
    let ledger = SqliteLedger::in_memory().unwrap();
    let later = |seconds: i64| Timestamp::from_milliseconds(seconds * 1000 + 1000);
    run(async {
        fill(&ledger).await;
        for (expires_at, before, after) in [
            (silence("s-1").expires_at(), [2, 2, 2], [0, 2, 2]),
            (call("e-1").expires_at(), [0, 2, 2], [0, 2, 0]),
            (acknowledgement().expires_at(), [0, 2, 0], [0, 0, 0]),
        ] {
            assert_eq!(ledger.delete_expired(later(expires_at - 1)).unwrap(), 0);
            assert_eq!(left(&ledger).await, before);
            assert_eq!(ledger.delete_expired(later(expires_at)).unwrap(), 2);
            assert_eq!(left(&ledger).await, after);
        }
    });
}
