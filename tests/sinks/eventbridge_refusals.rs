//! Events that the bus refuses: a whole call, or single entries behind HTTP 200.

use aws_dx_monitor::{aws::EventBridgeAnnouncer, ports::Form};
use serde_json::{Value, json};

use super::{REGION, announce, announce_all, outage, said};
use crate::support::{
    http::{Response, response},
    moto::Moto,
    proxy::Proxy,
    sdk,
};

/// moto with a proxy in front, and a bus of its own.
struct Stage {
    proxy: Proxy,
    announcer: EventBridgeAnnouncer,
    queue: crate::support::moto::resources::Queue,
}

impl Stage {
    async fn new(bus: &str) -> Stage {
        let moto = Moto::shared();
        let proxy = Proxy::start(&moto.endpoint);
        let bus = moto.create_bus(REGION, bus, None).await;
        let announcer = EventBridgeAnnouncer::new(&sdk::config(&proxy.endpoint(), REGION), &bus.name);
        Stage { proxy, announcer, queue: bus.queue }
    }

    async fn announce(&self, items: usize) -> Vec<String> {
        let rows: Vec<_> = (0..items).map(|number| outage(&format!("dxvif-{number}"))).collect();
        announce_all(&self.announcer, &rows, Form::Full).await.iter().map(said).collect()
    }

    fn entries_by_call(&self) -> Vec<usize> {
        let count = |body: Value| body["Entries"].as_array().unwrap().len();
        self.proxy.calls().iter().map(|call| count(call.json())).collect()
    }
}

/// Puts errors in the place of entries' results, as EventBridge does behind HTTP 200.
fn with_failed(answer: &Response, failed: &[(usize, &str, &str)]) -> Response {
    let mut body: Value = serde_json::from_slice(answer.body()).unwrap();
    for (index, code, message) in failed {
        body["Entries"][index] = json!({"ErrorCode": code, "ErrorMessage": message});
    }
    body["FailedEntryCount"] = json!(failed.len());
    response(200, body.to_string())
}

#[tokio::test]
async fn every_entry_has_its_own_result_behind_http_200() {
    let stage = Stage::new("sinks-entries").await;
    stage.proxy.on("events", "PutEvents").times(1).rewrite(|answer| {
        with_failed(
            &answer,
            &[
                (1, "MalformedDetail", "Detail is malformed."),
                (3, "NotAuthorizedForSourceException", "Not authorized for the source."),
            ],
        )
    });
    assert_eq!(
        stage.announce(5).await,
        [
            "accepted",
            "event: cannot announce on the event bus sinks-entries: MalformedDetail: Detail is malformed.",
            "accepted",
            "sink: cannot announce on the event bus sinks-entries: \
             it needs the permission events:PutEvents on sinks-entries: \
             NotAuthorizedForSourceException: Not authorized for the source.",
            "accepted",
        ]
    );
    assert_eq!(stage.entries_by_call(), [5]);
}

#[tokio::test]
async fn entries_that_the_bus_was_too_busy_for_are_offered_again_and_only_they() {
    let stage = Stage::new("sinks-busy").await;
    let busy = |answer: Response| with_failed(&answer, &[(0, "InternalFailure", ""), (2, "ThrottlingException", "")]);
    stage.proxy.on("events", "PutEvents").times(1).rewrite(busy);
    stage
        .proxy
        .on("events", "PutEvents")
        .times(1)
        .rewrite(|answer| with_failed(&answer, &[(1, "InternalFailure", "")]));
    assert_eq!(stage.announce(4).await, vec!["accepted"; 4]);
    let ids = |body: Value| -> Vec<String> {
        let detail = |entry: &Value| serde_json::from_str::<Value>(entry["Detail"].as_str().unwrap()).unwrap();
        let entries = body["Entries"].as_array().unwrap();
        entries.iter().map(|entry| detail(entry)["item"]["id"].as_str().unwrap().to_owned()).collect()
    };
    let offered: Vec<_> = stage.proxy.calls().iter().map(|call| ids(call.json())).collect();
    assert_eq!(offered[1..], [vec!["dxvif-0", "dxvif-2"], vec!["dxvif-2"]]);

    // And one that stays refused is for the next poll.
    stage.proxy.recover();
    stage.proxy.clear();
    stage.proxy.on("events", "PutEvents").rewrite(|answer| with_failed(&answer, &[(0, "ThrottlingException", "Slow")]));
    let expected = "transient: cannot announce on the event bus sinks-busy: ThrottlingException: Slow";
    assert_eq!(stage.announce(2).await, [expected, "accepted"]);
    assert_eq!(stage.entries_by_call(), [2, 1, 1]);
}

#[tokio::test]
async fn an_answer_without_an_entry_for_an_event_has_not_accepted_it() {
    let stage = Stage::new("sinks-short-answer").await;
    stage
        .proxy
        .on("events", "PutEvents")
        .rewrite(|_| response(200, json!({"FailedEntryCount": 0, "Entries": [{"EventId": "1"}, {}]}).to_string()));
    let silent =
        "transient: cannot announce on the event bus sinks-short-answer: the answer has no result for this event";
    // Offered again, the two others are answered for by the stand-in's first line, one at a time.
    assert_eq!(stage.announce(3).await, ["accepted", "accepted", "accepted"]);
    stage.proxy.recover();
    stage.proxy.on("events", "PutEvents").answer(response(200, "{}"));
    assert_eq!(stage.announce(2).await, [silent, silent]);
}

#[tokio::test]
async fn one_bad_entry_does_not_spoil_a_call_for_the_others() {
    let stage = Stage::new("sinks-spoiled").await;
    stage
        .proxy
        .on_call(|call| {
            let entries = call.json()["Entries"].to_string();
            call.is("events", "PutEvents") && entries.contains("dxvif-1")
        })
        .answer(response(
            400,
            json!({
                "__type": "ValidationException",
                "message": "Total size of the entries in the request is over the limit.",
            })
            .to_string(),
        ));
    let spoiled = "event: cannot announce on the event bus sinks-spoiled: \
                   ValidationException: Total size of the entries in the request is over the limit.";
    assert_eq!(stage.announce(3).await, ["accepted", spoiled, "accepted"]);
    assert_eq!(stage.entries_by_call(), [3, 1, 1, 1]);
    assert_eq!(Moto::shared().receive_all(REGION, &stage.queue).await.len(), 2);
}

#[tokio::test]
async fn a_missing_permission_and_a_missing_bus_hold() {
    let stage = Stage::new("sinks-held").await;
    for (code, expected) in [
        ("AccessDeniedException", "it needs the permission events:PutEvents on sinks-held"),
        ("ResourceNotFoundException", "there is no such event bus"),
        ("KMSDisabledException", "the event bus's KMS key cannot be used"),
    ] {
        stage.proxy.recover();
        stage.proxy.clear();
        stage.proxy.on("events", "PutEvents").fail(400, code);
        let refusal =
            format!("sink: cannot announce on the event bus sinks-held: {expected}: {code}: The test wants {code}.");
        assert_eq!(stage.announce(2).await, [refusal.clone(), refusal]);
        assert_eq!(stage.entries_by_call(), [2], "nothing is tried again that somebody must mend");
    }
    // moto refuses a bus that is not there; EventBridge itself may accept for it.
    let config = Moto::shared().sdk_config(REGION);
    let refusal = said(&announce(&EventBridgeAnnouncer::new(&config, "not-there"), &outage("dxvif-1")).await);
    assert!(refusal.starts_with("sink: cannot announce on the event bus not-there: there is no such"), "{refusal}");
}

#[tokio::test]
async fn server_errors_and_lost_answers_pass_by_themselves() {
    let stage = Stage::new("sinks-shaky").await;
    stage.proxy.on("events", "PutEvents").fail(500, "InternalException");
    let refusal =
        "transient: cannot announce on the event bus sinks-shaky: InternalException: The test wants InternalException.";
    assert_eq!(stage.announce(2).await, [refusal, refusal]);
    assert_eq!(stage.entries_by_call(), [2, 2, 2], "the SDK's own attempts, and no more");

    stage.proxy.recover();
    stage.proxy.on("events", "PutEvents").lose_answer();
    for refusal in stage.announce(2).await {
        assert!(refusal.starts_with("transient: cannot announce on the event bus sinks-shaky: "), "{refusal}");
    }
    // Each attempt arrived, but its answer was lost: they may arrive again, and were never skipped.
    assert_eq!(Moto::shared().receive_all(REGION, &stage.queue).await.len(), 6);
}
