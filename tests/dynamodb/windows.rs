//! Planned time and evidence in DynamoDB: the rows as they are written, lost answers, and rows of other versions.

use aws_dx_monitor::{
    aws::DynamoLedger,
    domain::{
        Acknowledgement, Evidence, EvidenceType, Kind, Matcher, Notice, NoticeChange, Span, Window, WindowRows,
        WindowSource,
    },
    ports::{EvidenceStore, Windows},
};
use serde_json::json;
use uuid::Uuid;

use super::{
    Store,
    rows::told,
    store::{NONE, map, rig, string},
};
use crate::ledger_contract::{rig::at, windows::silence};

const ACCOUNT: &str = "123456789012";

/// A page of a notice of AWS Health.
fn notice() -> Window {
    let notice = Notice {
        updated_at: at(-60),
        event: "arn:aws:health:us-east-1::event/DIRECTCONNECT/x/x-1".to_owned(),
        communication: "c-1".to_owned(),
        page: 2,
        change: NoticeChange::Scheduled,
    };
    Window { source: WindowSource::AwsHealth, notice: Some(notice), ..silence("work-1") }
}

fn acknowledgement() -> Acknowledgement {
    Acknowledgement { by: "alice".to_owned(), at: at(90), note: Some("on it".to_owned()) }
}

fn call() -> Evidence {
    Evidence {
        id: "e-1".to_owned(),
        kind: EvidenceType::ApiCall,
        at: at(0),
        summary: "DeleteVirtualInterface".to_owned(),
        by: Some("alice".to_owned()),
        items: ["dxvif-1".to_owned()].into(),
    }
}

async fn write_all(ledger: &DynamoLedger) {
    let matcher = Matcher {
        kinds: [Kind::Connection].into(),
        location: Some("EqDC2".to_owned()),
        region: Some("us-east-1".to_owned()),
        ..silence("").matcher
    };
    ledger.write_window(ACCOUNT, &Window { matcher, even_outage: true, ..silence("k7tq") }).await.unwrap();
    ledger.write_window(ACCOUNT, &notice()).await.unwrap();
    ledger.write_acknowledgement(ACCOUNT, Uuid::from_u128(7), &acknowledgement()).await.unwrap();
    ledger.keep(&rig(ledger).scope, &call()).await.unwrap();
}

#[tokio::test]
async fn planned_time_is_beside_the_states_and_evidence_in_history_without_a_day() {
    let store = Store::new().await;
    write_all(&store.ledger()).await;
    insta::assert_snapshot!(told(&store.states().await), @r#"
    123456789012/windows | acknowledged/00000000-0000-0000-0000-000000000007
        at: {"S":"2026-11-22T03:13:30.123Z"}
        by: {"S":"alice"}
        expires_at: {"N":"1803093210"}
        item: {"S":"acknowledged/00000000-0000-0000-0000-000000000007"}
        note: {"S":"on it"}
        scope: {"S":"123456789012/windows"}
    123456789012/windows | k7tq
        by: {"S":"alice"}
        even_outage: {"BOOL":true}
        expires_at: {"N":"1796011920"}
        from: {"S":"2026-11-22T03:12:00.123Z"}
        id: {"S":"k7tq"}
        item: {"S":"k7tq"}
        match: {"M":{"ids":{"L":[{"S":"dxcon-1"}]},"kinds":{"L":[{"S":"connection"}]},"location":{"S":"EqDC2"},"region":{"S":"us-east-1"}}}
        scope: {"S":"123456789012/windows"}
        source: {"S":"operator"}
        title: {"S":"router swap"}
        until: {"S":"2026-11-22T04:12:00.123Z"}
    123456789012/windows | work-1/arn:aws:health:us-east-1::event/DIRECTCONNECT/x/x-1/c-1/2
        by: {"S":"alice"}
        expires_at: {"N":"1796011920"}
        from: {"S":"2026-11-22T03:12:00.123Z"}
        id: {"S":"work-1"}
        item: {"S":"work-1/arn:aws:health:us-east-1::event/DIRECTCONNECT/x/x-1/c-1/2"}
        match: {"M":{"ids":{"L":[{"S":"dxcon-1"}]}}}
        notice: {"M":{"change":{"S":"scheduled"},"communication":{"S":"c-1"},"event":{"S":"arn:aws:health:us-east-1::event/DIRECTCONNECT/x/x-1"},"page":{"N":"2"},"updated_at":{"S":"2026-11-22T03:11:00.123Z"}}}
        scope: {"S":"123456789012/windows"}
        source: {"S":"aws-health"}
        title: {"S":"router swap"}
        until: {"S":"2026-11-22T04:12:00.123Z"}
    "#);
    insta::assert_snapshot!(told(&store.history().await), @r#"
    123456789012/us-east-1/calls | 2026-11-22T03:12:00.123Z#e-1
        at: {"S":"2026-11-22T03:12:00.123Z"}
        by: {"S":"alice"}
        expires_at: {"N":"1797909120"}
        id: {"S":"e-1"}
        item: {"S":"123456789012/us-east-1/calls"}
        items: {"L":[{"S":"dxvif-1"}]}
        occurred_at: {"S":"2026-11-22T03:12:00.123Z#e-1"}
        summary: {"S":"DeleteVirtualInterface"}
        type: {"S":"api-call"}
    "#);
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_finds_its_own_effect() {
    let store = Store::new().await;
    let (proxy, ledger) = store.proxied();
    proxy.on("dynamodb", "UpdateItem").times(2).lose_answer();
    proxy.on("dynamodb", "PutItem").times(2).lose_answer();
    write_all(&ledger).await;
    assert_eq!((proxy.count("dynamodb", "UpdateItem"), proxy.count("dynamodb", "PutItem")), (4, 4));
    let found = ledger.windows(ACCOUNT).await.unwrap();
    assert_eq!((found.windows.len(), found.acknowledgements.len()), (2, 1));
    assert_eq!(found.acknowledgements[&Uuid::from_u128(7)], acknowledgement());
    assert_eq!(ledger.evidence(&rig(&ledger).scope, Span::ALWAYS).await.unwrap(), [call()]);
}

impl Store {
    async fn tamper_windows(&self, item: &str, attributes: &[(&str, aws_sdk_dynamodb::types::AttributeValue)]) {
        let path = WindowRows::path(ACCOUNT);
        let row = self.states().await.remove(&format!("{path} | {item}"));
        assert!(row.is_some(), "{item}");
        let key = [("scope", string(path)), ("item", string(item))];
        self.tamper_with(&self.tables.states, key, attributes).await;
    }
}

#[tokio::test]
async fn unknown_attributes_survive() {
    let store = Store::new().await;
    let ledger = store.ledger();
    ledger.write_window(ACCOUNT, &Window { even_outage: true, ..silence("k7tq") }).await.unwrap();
    store.tamper_windows("k7tq", &[("mood", string("sunny"))]).await;
    ledger.write_window(ACCOUNT, &Window { until: at(60), ..silence("k7tq") }).await.unwrap();
    let row = &store.states().await[&format!("{ACCOUNT}/windows | k7tq")];
    assert_eq!((&row["mood"], row.get("even_outage")), (&json!({"S": "sunny"}), None));
    assert_eq!(ledger.windows(ACCOUNT).await.unwrap().windows, [Window { until: at(60), ..silence("k7tq") }]);
}

/// A condition that this version does not know is not passed over: the window would match more than was meant.
#[tokio::test]
async fn what_cannot_be_read_is_left_out() {
    let damages = [
        ("match", map([("ids", map([]))])),
        ("match", map([("weather", string("rain"))])),
        ("match", map([("kinds", aws_sdk_dynamodb::types::AttributeValue::L(vec![string("cross-connect")]))])),
        ("source", string("moon")),
        ("from", string("yesterday")),
        ("until", NONE),
    ];
    for (attribute, damage) in damages {
        let store = Store::new().await;
        let ledger = store.ledger();
        write_all(&ledger).await;
        store.tamper_windows("k7tq", &[(attribute, damage.clone())]).await;
        let found = ledger.windows(ACCOUNT).await.unwrap();
        assert_eq!(found.windows, [notice()], "{attribute} {damage:?}");
        store.tamper_windows(&Acknowledgement::key(Uuid::from_u128(7)), &[("at", string("soon"))]).await;
        assert_eq!(ledger.windows(ACCOUNT).await.unwrap().acknowledgements.len(), 0);
    }
}

#[tokio::test]
async fn evidence_that_cannot_be_read_is_left_out() {
    let store = Store::new().await;
    let ledger = store.ledger();
    let scope = rig(&ledger).scope;
    let later = Evidence { id: "e-2".to_owned(), ..call() };
    for evidence in [&call(), &later] {
        ledger.keep(&scope, evidence).await.unwrap();
    }
    let key = [("item", string(Evidence::path(&scope))), ("occurred_at", string(call().key()))];
    store.tamper_with(&store.tables.history, key, &[("type", string("rumour"))]).await;
    assert_eq!(ledger.evidence(&scope, Span::ALWAYS).await.unwrap(), [later]);
}
