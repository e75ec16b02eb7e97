//! `drill`: what arrives on each sink, and what the command shows, with the caller's credentials and by the function.

use std::{path::Path, process::Output};

use aws_dx_monitor::domain::SinkName;
use serde_json::{Value, json};

use super::{text, tool};
use crate::{
    function::rig::{ACCOUNT, REGION, Rig},
    support::{
        http,
        lambda_api::{LambdaApi, refusal},
        moto::Moto,
        proxy::Proxy,
        sdk,
    },
};

/// `drill` with these arguments and variables, and an AWS where there is nothing but what they name.
fn drill(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = tool(Path::new("/"));
    command.envs(sdk::environment("http://127.0.0.1:9", REGION)).arg("drill").args(arguments);
    command.envs(variables.iter().copied()).output().unwrap()
}

/// What it prints when every sink has accepted.
#[track_caller]
fn accepted(output: &Output) -> String {
    assert_eq!(text(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    text(&output.stdout)
}

/// What it complains of when it could not be held.
#[track_caller]
fn complaint(output: &Output) -> String {
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(2), ""));
    text(&output.stderr)
}

/// The rig's sinks as the environment names them; STS is moto's.
fn caller(rig: &Rig) -> Vec<(String, String)> {
    let [moto, sinks] = [rig.moto.endpoint.clone(), rig.sinks.endpoint()];
    [
        ("AWS_ENDPOINT_URL_STS", moto),
        ("AWS_ENDPOINT_URL_SNS", sinks.clone()),
        ("AWS_ENDPOINT_URL_EVENTBRIDGE", sinks),
        ("AWS_ENDPOINT_URL_DYNAMODB", rig.dynamodb.endpoint()),
        ("DX_MONITOR_STATE_TABLE", rig.tables.states.clone()),
        ("DX_MONITOR_HISTORY_TABLE", rig.tables.history.clone()),
        ("DX_MONITOR_TOPIC_ARN", rig.people.arn.clone()),
        ("DX_MONITOR_CHAT_TOPIC_ARN", rig.chat.arn.clone()),
        ("DX_MONITOR_EVENT_BUS", rig.bus.name.clone()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

fn borrowed(variables: &[(String, String)]) -> Vec<(&str, &str)> {
    variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

#[tokio::test]
async fn with_the_callers_credentials_every_sink_gets_one_marked_transition_and_one_marked_incident() {
    let rig = Rig::of_connections(0).await;
    let enveloped = rig.subscribe(&rig.people, "envelope", &json!({"drill": ["true"]})).await;
    let output = drill(&["--output", "json"], &borrowed(&caller(&rig)));
    let report: Value = serde_json::from_str(&accepted(&output)).unwrap();
    assert_eq!(report["sinks"], json!({"chat": "accepted", "eventbridge": "accepted", "sns": "accepted"}));
    assert_eq!(report["accepted"], true);

    let received = rig.received().await;
    received.assert_is_drill(report["id"].as_str().unwrap());
    for message in &received.people {
        assert!(message.body.starts_with("*** DRILL ***"), "{}", message.body);
    }
    for message in &received.chat {
        assert!(message.json()["content"]["title"].as_str().unwrap().starts_with("[drill] "));
    }
    let event = &received.details()[0];
    assert_eq!((&event["metadata"]["drill"], &event["item"]["account"]), (&json!(true), &json!(ACCOUNT)));
    assert_eq!(event["item"]["name"], "drill by moto", "whose credentials they are");
    let mails = rig.moto.receive_all(REGION, &enveloped).await;
    let subjects: Vec<String> = mails.iter().map(|mail| mail.json()["Subject"].as_str().unwrap().to_owned()).collect();
    insta::assert_snapshot!(subjects.join("\n"), @"
    [drill] [critical] connection dxcon-drill000 available -> down (drill by moto)
    [drill] [critical] connection dxcon-drill000 (drill by moto) down: drill-gateway has no path
    [drill] [resolved] connection dxcon-drill000 (drill by moto) up again after 1 minute
    ");

    assert!(rig.dynamodb.calls().is_empty() && rig.rows().await.is_empty(), "no table is touched");
}

#[tokio::test]
async fn people_see_the_answer_of_each_sink() {
    let rig = Rig::of_connections(0).await;
    let all = caller(&rig);
    let table = accepted(&drill(&[], &borrowed(&all)));
    let (id, rest) = table.split_once('\n').unwrap();
    assert!(id.starts_with("drill ") && id.len() == "drill ".len() + 36, "{id}");
    insta::assert_snapshot!(rest.trim_start_matches('\n'), @"
       SINK         ANSWER
    +  chat         accepted
    +  eventbridge  accepted
    +  sns          accepted

    Accepted everywhere. Now check that all three messages arrive, with [drill] in the subject.
    ");

    let gone = "arn:aws:sns:us-east-1:123456789012:gone";
    let output = drill(&["--topic-arn", gone, "--event-bus", "gone"], &borrowed(&all));
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(2), ""));
    let table = text(&output.stdout);
    insta::assert_snapshot!(table.split_once('\n').unwrap().1.trim_start_matches('\n'), @"
       SINK         ANSWER
    +  chat         accepted
    !  eventbridge  cannot announce on the event bus gone: there is no such event bus: ResourceNotFoundException: Event bus gone does not exist.
    !  sns          cannot announce on the topic arn:aws:sns:us-east-1:123456789012:gone: there is no such topic: NotFound: Endpoint does not exist

    Refused by 2 of 3; nothing will arrive there.
    ");
}

#[tokio::test]
async fn a_permission_that_is_missing_is_named_and_hostile_answers_are_inert() {
    let rig = Rig::of_connections(0).await;
    rig.refuse(SinkName::SNS, 403, "AuthorizationError");
    let output = drill(&["--output", "json"], &borrowed(&caller(&rig)));
    assert_eq!(output.status.code(), Some(2));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["accepted"], &report["sinks"]["chat"]), (&json!(false), &json!("accepted")));
    let refusal = report["sinks"]["sns"].as_str().unwrap();
    assert!(refusal.contains(&format!("it needs the permission sns:Publish on {}", rig.people.arn)), "{refusal}");

    rig.recover();
    rig.sinks.on("events", "PutEvents").fail(400, "Quiet\u{1b}[2J");
    let output = drill(&[], &borrowed(&caller(&rig)));
    assert_eq!(output.status.code(), Some(2));
    let table = text(&output.stdout);
    assert!(!table.contains('\u{1b}') && table.contains(r"\u{1b}[2J"), "{table}");
}

#[tokio::test]
async fn options_come_before_the_environment_and_one_sink_is_enough() {
    let moto = Moto::shared();
    let [people, other] = ["drill-people", "drill-other"].map(|name| moto.create_topic(REGION, name, true, None));
    let (people, other) = (people.await, other.await);
    let variables = [
        ("AWS_ENDPOINT_URL", moto.endpoint.as_str()),
        ("DX_MONITOR_TOPIC_ARN", &people.arn),
        ("DX_MONITOR_EVENT_BUS", " "),
    ];
    let output = drill(&["--topic-arn", &other.arn, "--output", "json"], &variables);
    let report: Value = serde_json::from_str(&accepted(&output)).unwrap();
    assert_eq!(report["sinks"], json!({"sns": "accepted"}), "an empty variable is no sink");
    assert_eq!(moto.receive_all(REGION, &people.queue).await.len(), 0);
    assert_eq!(moto.receive_all(REGION, &other.queue).await.len(), 3);
}

#[test]
fn missing_and_wrong_settings_are_reported_before_any_call() {
    let nothing = complaint(&drill(&[], &[]));
    assert!(
        nothing.starts_with("error: there is no topic and no bus to send a drill to: give --topic-arn"),
        "{nothing}"
    );
    for name in ["DX_MONITOR_TOPIC_ARN", "DX_MONITOR_CHAT_TOPIC_ARN", "DX_MONITOR_EVENT_BUS", "--function"] {
        assert!(nothing.contains(name), "{nothing}");
    }
    let wrong = complaint(&drill(&["--topic-arn", "people"], &[]));
    assert!(wrong.contains("not the ARN of an SNS topic like arn:aws:sns:us-east-1:123456789012:name"), "{wrong}");
    let wrong = complaint(&drill(&[], &[("DX_MONITOR_TOPIC_ARN", "people"), ("DX_MONITOR_CHAT_TOPIC_ARN", "chat")]));
    assert!(wrong.contains("DX_MONITOR_TOPIC_ARN is \"people\", which is not the ARN"), "{wrong}");
    assert!(wrong.contains("DX_MONITOR_CHAT_TOPIC_ARN is \"chat\""), "every mistake at once: {wrong}");
    // `--event-bus "$BUS"` in a script where it is not set.
    for option in ["--function", "--topic-arn", "--chat-topic-arn", "--event-bus"] {
        let empty = complaint(&drill(&[option, ""], &[]));
        assert!(empty.contains(option), "{empty}");
    }
    let both = complaint(&drill(&["--function", "monitor", "--event-bus", "default"], &[]));
    assert!(both.contains("cannot be used with"), "{both}");
    for arguments in [["--event-bus", "default"], ["--function", "monitor"]] {
        let mut command = tool(Path::new("/"));
        command.env("AWS_EC2_METADATA_DISABLED", "true").arg("drill").args(arguments);
        let nowhere = complaint(&command.output().unwrap());
        assert!(nowhere.starts_with("error: no AWS region is set") && nowhere.contains("set AWS_REGION"), "{nowhere}");
    }
    let unreachable = complaint(&drill(&["--event-bus", "default"], &[]));
    assert!(
        unreachable.contains("cannot find out whose AWS credentials these are: sts:GetCallerIdentity: "),
        "{unreachable}"
    );
}

#[tokio::test]
async fn by_the_function_it_goes_to_the_functions_sinks() {
    let rig = Rig::of_connections(0).await;
    let lambda = LambdaApi::start(rig.watching_connections().start());
    let endpoint = lambda.endpoint();
    let arn = "arn:aws:lambda:us-east-1:123456789012:function:monitor";
    for name in ["monitor", arn] {
        let output = drill(&["--function", name, "--output", "json"], &[("AWS_ENDPOINT_URL_LAMBDA", &endpoint)]);
        let report: Value = serde_json::from_str(&accepted(&output)).unwrap();
        assert_eq!(report["sinks"], json!({"chat": "accepted", "eventbridge": "accepted", "sns": "accepted"}));
        let received = rig.received().await;
        received.assert_is_drill(report["id"].as_str().unwrap());
        assert_eq!(received.details()[0]["item"]["name"], "drill by monitor");
    }
    let table = accepted(&drill(&["--function", "monitor"], &[("AWS_ENDPOINT_URL_LAMBDA", &endpoint)]));
    assert!(table.contains("+  eventbridge  accepted\n"), "{table}");
    assert!(rig.dynamodb.calls().is_empty(), "no table is touched");
}

#[tokio::test]
async fn the_functions_own_error_is_reported() {
    let rig = Rig::of_connections(0).await;
    let lambda = LambdaApi::start(rig.watching_connections().start());
    let variables = [("AWS_ENDPOINT_URL_LAMBDA", lambda.endpoint())];
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    rig.refuse(SinkName::CHAT, 403, "AuthorizationError");
    let refused = complaint(&drill(&["--function", "monitor"], &variables));
    assert!(refused.starts_with("error: the function monitor has failed: DrillRefused: drill "), "{refused}");
    assert!(
        refused.contains("; chat: cannot announce on the topic ") && refused.contains("; sns: accepted"),
        "{refused}"
    );

    let unusable = rig.program().environment("DX_MONITOR_STATE_TABLE", "").start();
    let unusable = LambdaApi::start(unusable);
    let said = complaint(&drill(&["--function", "monitor"], &[("AWS_ENDPOINT_URL_LAMBDA", &unusable.endpoint())]));
    assert!(
        said.contains("has failed: Configuration: the environment is not usable: DX_MONITOR_STATE_TABLE"),
        "{said}"
    );

    let nobody = complaint(&drill(&["--function", "another"], &variables));
    let expected = "error: cannot invoke the function another: there is no such function in this account and region: \
                    ResourceNotFoundException: Function not found: another\n";
    assert_eq!(nobody, expected);
}

#[tokio::test]
async fn lambdas_error_is_reported_and_nothing_is_sent_twice() {
    let server = http::Server::start(|_| async { Some(http::response(200, "[\"\\u001b[2J\"]")) });
    let proxy = Proxy::start(&server.url());
    let endpoint = proxy.endpoint();
    let invoke = || complaint(&drill(&["--function", "monitor"], &[("AWS_ENDPOINT_URL_LAMBDA", &endpoint)]));
    let other = invoke();
    assert!(
        other.starts_with(
            "error: the function monitor did not answer like a monitor's; check that --function names one: "
        ),
        "{other}"
    );
    assert!(!other.contains('\u{1b}'), "{other}");
    for (answer, expected) in [
        (
            refusal(429, "TooManyRequestsException", "Rate Exceeded."),
            "cannot invoke the function monitor: Lambda throttled the call, and nothing was sent: try again: \
             TooManyRequestsException: Rate Exceeded.",
        ),
        (
            refusal(403, "AccessDeniedException", "User: me is not authorized to perform: lambda:InvokeFunction"),
            "cannot invoke the function monitor: it needs the permission lambda:InvokeFunction on it: \
             AccessDeniedException: User: me is not authorized to perform: lambda:InvokeFunction",
        ),
        (refusal(500, "ServiceException", "Later."), "cannot invoke the function monitor: ServiceException: Later."),
        (
            http::response(200, "not JSON"),
            "the function monitor has answered with something that is not JSON: expected ident at line 1 column 2",
        ),
    ] {
        proxy.clear();
        proxy.on_call(|_| true).answer(answer);
        assert_eq!(invoke(), format!("error: {expected}\n"));
        assert_eq!(proxy.calls().len(), 1, "a drill that is asked for again is a second drill");
        proxy.recover();
    }
    proxy.clear();
    proxy.on_call(|_| true).lose_answer();
    assert!(invoke().starts_with("error: cannot invoke the function monitor: "));
    assert_eq!(proxy.calls().len(), 1);
}
