//! Evidence: kept once, found by scope and by time, and no part of history.

use std::{collections::BTreeSet, ops::ControlFlow};

use aws_dx_monitor::{
    domain::{Evidence, EvidenceType, Selection, Span},
    ports::{History, Ledger},
};

use super::{
    hostile::HOSTILE,
    rig::{Rig, at},
};

/// A call that was made at `second`.
fn call(id: &str, second: i64) -> Evidence {
    Evidence {
        id: id.to_owned(),
        kind: EvidenceType::ApiCall,
        at: at(second),
        summary: "DeleteVirtualInterface".to_owned(),
        by: Some("alice".to_owned()),
        items: BTreeSet::from(["dxvif-1".to_owned(), "dxcon-1".to_owned()]),
    }
}

impl<L: Ledger + History> Rig<'_, L> {
    async fn keep(&self, evidence: &Evidence) {
        self.ledger.keep(&self.scope, evidence).await.unwrap();
    }

    async fn evidence(&self, span: Span) -> Vec<Evidence> {
        self.ledger.evidence(&self.scope, span).await.unwrap()
    }

    /// The ids of the evidence between two seconds.
    async fn found(&self, from: i64, until: i64) -> Vec<String> {
        self.evidence(Span::new(at(from), at(until))).await.into_iter().map(|evidence| evidence.id).collect()
    }
}

pub async fn evidence_reads_back_as_it_was_kept(rig: Rig<'_, impl Ledger + History>) {
    assert_eq!(rig.evidence(Span::ALWAYS).await, []);
    let notice = Evidence {
        kind: EvidenceType::AwsHealth,
        by: None,
        items: BTreeSet::new(),
        summary: String::new(),
        ..call("e-2", 60)
    };
    let metrics = Evidence { kind: EvidenceType::Metrics, ..call("e-3", 120) };
    for evidence in [&call("e-1", 0), &notice, &metrics] {
        rig.keep(evidence).await;
    }
    assert_eq!(rig.evidence(Span::ALWAYS).await, [call("e-1", 0), notice, metrics]);
}

pub async fn a_repeat_of_evidence_changes_nothing(rig: Rig<'_, impl Ledger + History>) {
    rig.keep(&call("e-1", 0)).await;
    rig.keep(&call("e-1", 0)).await;
    rig.keep(&Evidence { summary: "something else".to_owned(), ..call("e-1", 0) }).await;
    assert_eq!(rig.evidence(Span::ALWAYS).await, [call("e-1", 0)]);
}

pub async fn evidence_is_ascending_and_half_open(rig: Rig<'_, impl Ledger + History>) {
    for (id, second) in [("e-3", 20), ("e-1", 0), ("e-2", 10), ("e-4", 86_400)] {
        rig.keep(&call(id, second)).await;
    }
    assert_eq!(rig.found(0, 20).await, ["e-1", "e-2"]);
    assert_eq!(rig.found(1, 21).await, ["e-2", "e-3"]);
    assert_eq!(rig.found(10, 11).await, ["e-2"]);
    assert_eq!(rig.found(-10, 100_000).await, ["e-1", "e-2", "e-3", "e-4"]);
    for (from, until) in [(10, 10), (20, 10), (11, 20)] {
        assert!(rig.found(from, until).await.is_empty(), "{from} {until}");
    }
}

pub async fn evidence_of_one_instant_is_all_kept(rig: Rig<'_, impl Ledger + History>) {
    for id in ["e-2", "e-1", "e-3"] {
        rig.keep(&call(id, 0)).await;
    }
    assert_eq!(rig.found(0, 1).await, ["e-1", "e-2", "e-3"]);
}

pub async fn evidence_is_told_apart_by_scope(rig: Rig<'_, impl Ledger + History>) {
    let elsewhere = rig.elsewhere("us-east-10");
    rig.keep(&call("e-1", 0)).await;
    elsewhere.keep(&call("e-2", 0)).await;
    assert_eq!((rig.found(0, 1).await, elsewhere.found(0, 1).await), (vec!["e-1".into()], vec!["e-2".into()]));
}

pub async fn evidence_is_no_history(rig: Rig<'_, impl Ledger + History>) {
    rig.story("dxcon-1", &["down"]).await;
    rig.open(1, 1).await;
    rig.keep(&call("e-1", 60)).await;
    let recalled = rig.recall().await;
    assert_eq!((recalled.states.len(), recalled.incidents.len()), (1, 1));
    let span = Span::new(at(0), at(600));
    let all = rig.ledger.transitions(&Selection::of_all(span)).await.unwrap();
    let own = all.iter().filter(|row| row.event["item"]["account"] == rig.scope.account());
    assert_eq!(own.map(|row| row.sequence).collect::<Vec<_>>(), [1, 2]);
    let mut documents = 0;
    let mut count = |row: aws_dx_monitor::domain::HistoryRow| {
        documents += usize::from(row.event["incident"]["account"] == rig.scope.account());
        ControlFlow::Continue(())
    };
    rig.ledger.each_document(span, &mut count).await.unwrap();
    assert_eq!(documents, 1);
}

pub async fn any_text_of_evidence_reads_back(rig: Rig<'_, impl Ledger + History>) {
    for (number, hostile) in HOSTILE.into_iter().enumerate() {
        let (text, second) = (|| hostile.to_owned(), i64::try_from(number).unwrap());
        let items = BTreeSet::from([text(), String::new()]);
        let kept = Evidence { summary: text(), by: Some(text()), items, ..call(hostile, second) };
        rig.keep(&kept).await;
        assert_eq!(rig.evidence(Span::new(at(second), at(second + 1))).await, [kept], "{hostile:?}");
    }
}

/// More than a megabyte, so that a store that reads by pages has to turn them.
pub async fn all_evidence_is_found_over_many_large_rows(rig: Rig<'_, impl Ledger + History>) {
    let summary = "🦀".repeat(5_000);
    for number in 0..60 {
        rig.keep(&Evidence { summary: summary.clone(), ..call(&format!("e-{number:02}"), number) }).await;
    }
    let ids = |from, until| (from..until).map(|number| format!("e-{number:02}")).collect::<Vec<_>>();
    assert_eq!(rig.found(0, 60).await, ids(0, 60));
    assert_eq!(rig.found(7, 59).await, ids(7, 59));
}
