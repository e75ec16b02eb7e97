//! Events that a topic refuses.

use std::time::{Duration, Instant};

use aws_dx_monitor::{aws::SnsAnnouncer, ports::Announcer};
use serde_json::json;

use super::{REGION, announce, baseline, outage, said};
use crate::support::{http::response, moto::Moto, proxy::Proxy, sdk};

const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:not-there";

fn announcer(endpoint: &str) -> SnsAnnouncer {
    SnsAnnouncer::for_people(&sdk::config(endpoint, REGION), TOPIC)
}

/// What SNS answers with an error.
fn error(status: u16, code: &str, message: &str) -> crate::support::http::Response {
    response(
        status,
        format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
             <RequestId>11111111-2222-4333-8444-555555555555</RequestId></ErrorResponse>"
        ),
    )
}

#[tokio::test]
async fn a_topic_that_is_not_there_holds() {
    // The sentence is moto's own.
    let moto = Moto::shared();
    let announcer = announcer(&moto.endpoint);
    let expected = format!(
        "sink: cannot announce on the topic {TOPIC}: there is no such topic: NotFound: Endpoint does not exist"
    );
    assert_eq!(said(&announce(&announcer, &outage("dxvif-1")).await), expected);
    assert_eq!(said(&announcer.announce_baseline(&baseline()).await), expected);
}

#[tokio::test]
async fn a_missing_permission_and_a_disabled_key_hold_the_sink_and_name_the_remedy() {
    let proxy = Proxy::start("http://127.0.0.1:9");
    for (code, message, expected) in [
        (
            "AuthorizationError",
            "User: u is not authorized to perform: SNS:Publish",
            format!(
                "it needs the permission sns:Publish on {TOPIC}: \
                 AuthorizationError: User: u is not authorized to perform: SNS:Publish"
            ),
        ),
        (
            "KMSAccessDenied",
            "null (Service: AWSKMS; Request ID: 318a7abf-00c8; Proxy: null)",
            "it needs the permissions kms:GenerateDataKey and kms:Decrypt on the topic's key: \
             KMSAccessDenied: null (Service: AWSKMS; Request ID: …; Proxy: null)"
                .to_owned(),
        ),
        (
            "KMSDisabled",
            "The key is disabled.",
            "the topic's KMS key cannot be used: KMSDisabled: The key is disabled.".to_owned(),
        ),
        ("ExpiredToken", "Expired.", "the credentials are not accepted: ExpiredToken: Expired.".to_owned()),
    ] {
        proxy.recover();
        proxy.on("sns", "Publish").answer(error(403, code, message));
        let refusal = said(&announce(&announcer(&proxy.endpoint()), &outage("dxvif-1")).await);
        assert_eq!(refusal, format!("sink: cannot announce on the topic {TOPIC}: {expected}"));
    }
}

#[tokio::test]
async fn a_message_that_is_too_long_is_the_events_own_fault() {
    let proxy = Proxy::start("http://127.0.0.1:9");
    proxy.on("sns", "Publish").answer(error(400, "InvalidParameter", "Invalid parameter: Message too long"));
    assert_eq!(
        said(&announce(&announcer(&proxy.endpoint()), &outage("dxvif-1")).await),
        format!("event: cannot announce on the topic {TOPIC}: InvalidParameter: Invalid parameter: Message too long")
    );
    assert_eq!(proxy.calls().len(), 1, "it is not tried again");
}

#[tokio::test]
async fn throttling_server_errors_and_lost_answers_pass_by_themselves() {
    let moto = Moto::shared();
    let topic = moto.create_topic(REGION, "sinks-unsteady", true, None).await;
    let proxy = Proxy::start(&moto.endpoint);
    let announcer = SnsAnnouncer::for_people(&sdk::config(&proxy.endpoint(), REGION), &topic.arn);
    for code in ["Throttling", "KMSThrottling", "InternalError", "Surprise"] {
        proxy.recover();
        proxy.on("sns", "Publish").fail(503, code);
        let refusal = said(&announce(&announcer, &outage("dxvif-1")).await);
        let arn = &topic.arn;
        assert_eq!(refusal, format!("transient: cannot announce on the topic {arn}: {code}: The test wants {code}."));
    }
    assert!(moto.receive_all(REGION, &topic.queue).await.is_empty());

    // Each attempt arrived, but its answer was lost: it may arrive again, and was never skipped.
    proxy.recover();
    proxy.on("sns", "Publish").lose_answer();
    let refusal = said(&announce(&announcer, &outage("dxvif-1")).await);
    assert!(refusal.starts_with("transient: cannot announce on the topic"), "{refusal}");
    assert_eq!(moto.receive_all(REGION, &topic.queue).await.len(), 3);

    proxy.recover();
    proxy.on("sns", "Publish").times(1).fail(503, "InternalError");
    announce(&announcer, &outage("dxvif-1")).await.unwrap();
    assert_eq!(moto.receive_all(REGION, &topic.queue).await.len(), 1);
}

#[tokio::test]
async fn a_service_that_is_not_there_is_a_passing_failure() {
    let refusal = said(&announce(&announcer("http://127.0.0.1:9"), &outage("dxvif-1")).await);
    assert!(refusal.starts_with("transient: cannot announce on the topic"), "{refusal}");
    assert!(refusal.contains("refused"), "{refusal}");
}

#[tokio::test]
async fn a_document_that_is_no_event_is_refused_without_a_call() {
    let mut row = outage("dxvif-1");
    row.event = json!({"metadata": "of another time"});
    let proxy = Proxy::start("http://127.0.0.1:9");
    let refusal = said(&announce(&announcer(&proxy.endpoint()), &row).await);
    assert!(refusal.starts_with("event: the recorded document is not an event"), "{refusal}");
    assert!(proxy.calls().is_empty());
}

#[tokio::test]
async fn a_topic_that_hangs_does_not_take_the_time_of_a_poll() {
    let proxy = Proxy::start("http://127.0.0.1:9");
    let _shut = proxy.on("sns", "Publish").hold();
    let started = Instant::now();
    let refusal = said(&announce(&announcer(&proxy.endpoint()), &outage("dxvif-1")).await);
    assert!(refusal.starts_with("transient: ") && refusal.contains("timeout"), "{refusal}");
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    assert!(proxy.calls().len() > 1, "an attempt that hangs leaves time for another");
}
