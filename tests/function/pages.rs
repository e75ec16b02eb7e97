//! The second function, which keeps pages in a bucket: what it writes and sends over the wire, and how it fails.

use aws_dx_monitor::{
    calendar::Calendar,
    pages::Month,
    ports::{Clock, SystemClock},
    simulator::Scenario,
};
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};

use super::{
    rig::{REGION, Rig, good_poll},
    stored_rows::known_row,
};
use crate::support::{
    moto::resources::Message,
    proxy::Proxy,
    runtime_api::{Function, FunctionError, Program},
};

/// What the schedule gives a report.
const WITHIN: std::time::Duration = std::time::Duration::from_secs(300);

/// A deployment with a bucket, whose monitor has polled.
pub struct Deployment {
    pub rig: Rig,
    pub s3: Proxy,
    bucket: String,
}

impl Deployment {
    pub async fn new() -> Deployment {
        let rig = Rig::of(Scenario::builtin()).await;
        let (bucket, s3) = (format!("{}-pages", rig.bus.name), Proxy::start(&rig.moto.endpoint));
        rig.moto.create_bucket(&bucket).await;
        good_poll(&rig.program().start()).await;
        rig.received().await;
        rig.forget_calls();
        Deployment { rig, s3, bucket }
    }

    pub fn program(&self) -> Program {
        let rig = &self.rig;
        Program::new(env!("CARGO_BIN_EXE_pages"))
            .environment("AWS_ENDPOINT_URL_DYNAMODB", rig.dynamodb.endpoint())
            .environment("AWS_ENDPOINT_URL_SNS", rig.sinks.endpoint())
            .environment("AWS_ENDPOINT_URL_S3", self.s3.endpoint())
            .environment("DX_MONITOR_STATE_TABLE", &rig.tables.states)
            .environment("DX_MONITOR_HISTORY_TABLE", &rig.tables.history)
            .environment("DX_MONITOR_TOPIC_ARN", &rig.people.arn)
            .environment("DX_MONITOR_PAGES_BUCKET", &self.bucket)
            .environment("DX_MONITOR_PAGES_LINK", "https://dx.example.com/")
    }

    async fn object(&self, key: &str) -> Option<String> {
        let object = self.rig.moto.object(&self.bucket, key).await?;
        Some(String::from_utf8(object.into_body().to_vec()).unwrap())
    }

    /// An item that has been seen for years.
    async fn grow_old(&self) {
        let mut row = known_row("connection/dxcon-1");
        for name in ["since", "last_transition_at"] {
            row.insert(name.to_owned(), AttributeValue::S("2020-01-01T00:00:00.000Z".to_owned()));
        }
        self.rig.put_rows(&self.rig.tables.states, [row]).await;
    }

    async fn mail(&self) -> Vec<Message> {
        self.rig.moto.receive_all(REGION, &self.rig.people.queue).await
    }
}

/// Asks the function for pages.
pub async fn ask(function: &Function, what: &str) -> Result<Value, FunctionError> {
    function.invoke(&json!({"pages": what}), WITHIN).await
}

#[tokio::test]
async fn the_pages_are_written_with_what_a_browser_must_know() {
    let deployment = Deployment::new().await;
    let function = deployment.program().start();
    let answer = ask(&function, "status").await.unwrap();
    assert_eq!((&answer["pages"], answer["at"].is_string()), (&json!("status"), true), "{answer}");
    let moto = deployment.rig.moto;
    for (key, title) in [("status.html", "Direct Connect status"), ("incidents.html", "Direct Connect incidents")] {
        let object = moto.object(&deployment.bucket, key).await.unwrap();
        let header = |name: &str| object.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "text/html; charset=utf-8");
        let text = String::from_utf8(object.body().to_vec()).unwrap();
        assert!(text.contains(&format!("<h1>{title}</h1>")) && text.ends_with("</html>\n"), "{key}");
    }
    let mut calls: Vec<String> = [&deployment.rig.dynamodb, &deployment.s3]
        .iter()
        .flat_map(|proxy| proxy.calls())
        .map(|call| call.name())
        .collect();
    calls.sort();
    calls.dedup();
    assert_eq!(calls, ["dynamodb:Query", "s3:PutObject"], "it reads, and writes pages");
    assert!(deployment.mail().await.is_empty());
}

#[tokio::test]
async fn a_bucket_that_cannot_be_written_fails_the_invocation_and_says_why() {
    let deployment = Deployment::new().await;
    let nowhere = deployment.program().environment("DX_MONITOR_PAGES_BUCKET", "not-there").start();
    let error = ask(&nowhere, "status").await.unwrap_err();
    assert_eq!(error.error_type, "Pages");
    assert!(
        error.message.starts_with("cannot write s3://not-there/status.html: there is no such bucket: NoSuchBucket: "),
        "{}",
        error.message
    );
    nowhere.log_containing("there is no such bucket").await;

    let function = deployment.program().start();
    for (status, code, attempts, why) in [
        (403, "AccessDenied", 1, "it needs the permission s3:PutObject there"),
        (503, "SlowDown", 4, "S3 throttled the call, each time it was made"),
        (500, "InternalError", 4, "InternalError"),
    ] {
        deployment.s3.clear();
        deployment.s3.on("s3", "PutObject").fail(status, code);
        let error = ask(&function, "status").await.unwrap_err().message;
        assert!(error.contains(&format!("cannot write s3://{}/status.html: {why}", deployment.bucket)), "{error}");
        assert_eq!(deployment.s3.calls().len(), attempts, "{code}");
        deployment.s3.recover();
    }
    // Throttled for a moment, it is written all the same; and what failed is due at once.
    deployment.s3.on("s3", "PutObject").times(2).fail(503, "SlowDown");
    assert_eq!(ask(&function, "status").await.unwrap()["pages"], "status");
    assert!(deployment.object("status.html").await.is_some());
}

/// Calls whose answers are lost, a schedule that fires twice, an invocation that Lambda repeats: one message.
#[tokio::test]
async fn a_report_is_announced_once_whatever_happens() {
    let deployment = Deployment::new().await;
    let mut function = deployment.program().start();
    let month = json!({"pages": "nothing-to-report", "month": last_month()});
    assert_eq!(ask(&function, "report").await.unwrap(), month, "the monitor is younger than the month");
    deployment.grow_old().await;

    // Its first attempt loses the answer to each of its writes, and the topic refuses it.
    function.restart();
    deployment.s3.on("s3", "PutObject").times(1).lose_answer();
    deployment.s3.on("s3", "PutObject").skip(1).times(1).lose_answer();
    deployment.rig.sinks.on("sns", "Publish").fail(403, "AuthorizationError");
    let error = ask(&function, "report").await.unwrap_err().message;
    assert!(
        error.contains("is written, and the message about it is not sent: cannot announce on the topic"),
        "{error}"
    );
    deployment.rig.recover();
    // Meanwhile the schedule has fired again.
    assert_eq!(ask(&function, "report").await.unwrap()["pages"], "report-is-there");
    assert!(deployment.mail().await.is_empty());
    // Lambda repeats the first one, under the same id, in a new process.
    function.restart();
    assert_eq!(ask(&function, "report").await.unwrap(), json!({"pages": "report", "month": last_month()}));
    assert_eq!(ask(&function, "report").await.unwrap()["pages"], "report-is-there");

    let mail = deployment.mail().await;
    assert_eq!(mail.len(), 1);
    assert_eq!(mail[0].attributes, [("change".to_owned(), "report".to_owned())].into());
    let key = format!("reports/{}.html", last_month());
    assert!(mail[0].body.contains(&format!("\n  https://dx.example.com/{key}\n")), "{}", mail[0].body);
    let report = deployment.object(&key).await.unwrap();
    assert!(report.contains("<h1>Direct Connect availability</h1>") && report.ends_with("</html>\n"));
}

#[tokio::test]
async fn what_is_not_configured_or_not_known_is_one_clear_error() {
    let bare = Program::new(env!("CARGO_BIN_EXE_pages")).start();
    let error = ask(&bare, "status").await.unwrap_err();
    assert_eq!(error.error_type, "Configuration");
    assert!(error.message.contains("DX_MONITOR_PAGES_BUCKET is not set"), "{}", error.message);
    let deployment = Deployment::new().await;
    let function = deployment.program().start();
    let error = ask(&function, "all").await.unwrap_err();
    assert_eq!(error.error_type, "Payload");
    deployment.rig.dynamodb.on("dynamodb", "Query").fail(400, "AccessDeniedException");
    let error = ask(&function, "status").await.unwrap_err().message;
    assert!(error.starts_with("cannot make the status page: ") && error.contains("AccessDenied"), "{error}");
    assert!(deployment.s3.calls().is_empty());
}

/// The month before this one.
fn last_month() -> String {
    Month::before(SystemClock.now(), Calendar::UTC).name
}
