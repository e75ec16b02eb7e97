//! The report that an invocation answers with: its keys, in their order, and its numbers.

use super::rig::{Answer, Rig, Service, account};
use aws_dx_monitor::{
    domain::Kind,
    simulator::{FaultKind, Operation},
};

fn json(report: &aws_dx_monitor::monitor::PollReport) -> String {
    serde_json::to_string_pretty(report).unwrap()
}

#[tokio::test]
async fn a_good_poll_reports_numbers() {
    let rig = Rig::watching(account::of_each(2)).await;
    let report = rig.minute(1).turns("dxcon-0", "down").turns("dxcon-1", "down").poll_well().await;
    insta::assert_snapshot!(json(&report), @r#"
    {
      "items": 20,
      "metrics": 20,
      "transitions": 2,
      "announced": {
        "chat": 2,
        "eventbridge": 4,
        "sns": 2
      },
      "pending": 0,
      "parked": 0,
      "gaps": [],
      "failures": []
    }
    "#);
    // EventBridge: each outage is an incident, too.
    let own =
        ["PollSucceeded", "PollDuration", "ItemsObserved", "Transitions", "AnnouncementsPending", "UnrecognizedStates"];
    assert_eq!(own.map(|metric| rig.metrics.own(metric)), [1.0, 0.0, 20.0, 2.0, 0.0, 0.0].map(Some));
}

#[tokio::test]
async fn a_bad_poll_names_everything_that_was_not_done() {
    let rig = Rig::watching(account::of_each(2)).await;
    rig.minute(1).fails(Operation::DescribeLags, FaultKind::AccessDenied);
    rig.turns("dxcon-0", "down");
    rig.sns().answers(Answer::Transient);
    rig.chat().answers(Answer::RefusesTheEvent);
    rig.metrics.service(Service::Fails);
    let mut report = rig.poll().await;
    // They stand in the order in which they happened, which is another from time to time.
    report.failures.sort_by_key(|failure| failure.step);
    insta::assert_snapshot!(json(&report), @r#"
    {
      "items": 18,
      "metrics": 0,
      "transitions": 1,
      "announced": {
        "chat": 0,
        "eventbridge": 2,
        "sns": 0
      },
      "pending": 1,
      "parked": 1,
      "gaps": [
        {
          "scope": "123456789012/us-east-1",
          "kind": "hosted-connection",
          "error": "DescribeLags in us-east-1, page 1: AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/simulated/caller is not authorized to perform: directconnect:DescribeLags because no identity-based policy allows the directconnect:DescribeLags action"
        },
        {
          "scope": "123456789012/us-east-1",
          "kind": "lag",
          "error": "DescribeLags in us-east-1, page 1: AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/simulated/caller is not authorized to perform: directconnect:DescribeLags because no identity-based policy allows the directconnect:DescribeLags action"
        },
        {
          "scope": "123456789012/us-east-1",
          "kind": "port-encryption",
          "error": "DescribeLags in us-east-1, page 1: AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/simulated/caller is not authorized to perform: directconnect:DescribeLags because no identity-based policy allows the directconnect:DescribeLags action"
        }
      ],
      "failures": [
        {
          "step": "announce",
          "error": "sns connection/dxcon-0: the sink is throttled"
        },
        {
          "step": "metrics",
          "error": "CloudWatch is out of order"
        },
        {
          "step": "own metrics",
          "error": "CloudWatch is out of order"
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn only_the_configured_sinks_are_reported() {
    let mut rig = Rig::of(account::connections(1));
    rig.choose(&[Kind::Connection]);
    rig.sinks.clear();
    let report = rig.poll_well().await;
    assert_eq!(serde_json::to_value(&report).unwrap()["announced"], serde_json::json!({}));
    rig.minute(1).turns("dxcon-0", "down").poll_well().await;
    assert_eq!(rig.events("connection/dxcon-0").await.len(), 2, "recorded all the same");
}
