//! Pagers and tickets: the rules of the template and of the pages, played on the demo's incidents, on every document that there
//! can be, and on hostile names; each request has the form that its receiver publishes.

mod forms;

use std::{collections::BTreeSet, process::Command};

use aws_dx_monitor::domain::{Action, IncidentDocument, Reason, Severity};
use serde_json::{Value, json};

use self::forms::{assert_form, opsgenie_form, pagerduty_form, servicenow_form};
use super::{
    incident_subscriptions::{assert_chosen, delivered_by, sample},
    stack::{EVERYTHING, Stack},
    transformer::{Request, quoted_paths, request},
};
use crate::{
    cli,
    documentation::{Page, block},
    incident_schema::committed,
    support::python::tool,
};

const PAGERS: &str = "src/guide/pagers.md";
const TICKETS: &str = "src/guide/tickets.md";
/// What names from AWS may hold.
const HOSTILE: &str = "\"}, \"event_action\": \"resolve\", <severity> \\ \u{1b}[31m\u{202e}\n\u{0}é";

/// A rule of a pager: its pattern and its target.
struct Rule {
    name: String,
    pattern: Value,
    target: Value,
}

fn rules_of(resources: &Value) -> Vec<Rule> {
    let rules = resources.as_object().unwrap().iter().filter(|(_, resource)| resource["Type"] == "AWS::Events::Rule");
    let rule = |(name, resource): (&String, &Value)| {
        let properties = &resource["Properties"];
        assert_eq!(properties["Targets"].as_array().unwrap().len(), 1);
        Rule {
            name: name.clone(),
            pattern: properties["EventPattern"].clone(),
            target: properties["Targets"][0].clone(),
        }
    };
    rules.map(rule).filter(|rule| !rule.target["InputTransformer"].is_null()).collect()
}

fn pagerduty(parameters: &[(&str, &str)]) -> Vec<Rule> {
    rules_of(&json!(Stack::of(&[&[("PagerDutyRoutingKey", KEY)], parameters].concat()).resources()))
}

/// A key as PagerDuty makes them.
const KEY: &str = "0123456789abcdef0123456789abcdef";

/// The template under a heading of the page of tickets, functions as JSON.
fn ticket_template(heading: &str) -> Value {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("tickets.yaml");
    std::fs::write(&path, block(TICKETS, heading, "yaml")).unwrap();
    let lint = Command::new(tool("cfn-lint")).arg(&path).output().unwrap();
    assert!(lint.status.success(), "{}", String::from_utf8_lossy(&[lint.stdout, lint.stderr].concat()));
    let script = "import json, sys\nfrom cfnlint.decode import decode\nprint(json.dumps(decode(sys.argv[1])[0]))";
    let output = Command::new(tool("python3")).args(["-c", script]).arg(&path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn jira() -> Vec<Rule> {
    rules_of(&ticket_template("Jira Service Management and Opsgenie")["Resources"])
}

fn servicenow() -> Vec<Rule> {
    rules_of(&ticket_template("ServiceNow")["Resources"])
}

/// The event that carries a document, as a rule sees it.
fn event(document: &Value) -> Value {
    json!({"source": "awsx.directconnect", "detail-type": "Direct Connect Incident", "detail": document})
}

/// Every string of a document that no schema limits to words of a list.
fn made_hostile(document: &IncidentDocument) -> Value {
    let mut value = serde_json::to_value(document).unwrap();
    value["summary"] = HOSTILE.into();
    for key in ["account", "region", "cause"] {
        value["incident"][key] = HOSTILE.into();
    }
    for key in ["id", "name", "location", "device", "state"] {
        value["incident"]["root"][key] = HOSTILE.into();
    }
    value["incident"]["impact"]["destinations"] = json!([{"id": HOSTILE, "name": HOSTILE}]);
    value
}

/// The request to PagerDuty: the connection adds its part of the body.
fn to_pagerduty(rule: &Rule, event: &Value) -> Value {
    let connection = Stack::of(&[("PagerDutyRoutingKey", KEY)]).properties("PagerDutyConnection");
    let mut body = request(&rule.target, event).unwrap_or_else(|error| panic!("{}: {error}", rule.name)).body;
    for added in connection["AuthParameters"]["InvocationHttpParameters"]["BodyParameters"].as_array().unwrap() {
        assert_eq!(added["IsValueSecret"], true);
        body[added["Key"].as_str().unwrap()] = added["Value"].clone();
    }
    body
}

fn rule<'a>(rules: &'a [Rule], name: &str) -> &'a Rule {
    rules.iter().find(|rule| rule.name == name).unwrap_or_else(|| panic!("there is no rule {name}"))
}

/// The documents of the demo's outage: its beginning and its end.
fn outage() -> [Value; 2] {
    let list: Value = serde_json::from_str(&cli::answer(&["incidents", "--output", "json"])).unwrap();
    let id = list.as_array().unwrap().iter().find(|incident| incident["root"]["id"] == "dxcon-ffx3v7tc").unwrap()["id"]
        .clone();
    let whole: Value =
        serde_json::from_str(&cli::answer(&["incidents", id.as_str().unwrap(), "--output", "json"])).unwrap();
    let documents = whole["documents"].as_array().unwrap();
    assert_eq!(documents.len(), 2);
    [documents[0].clone(), documents[1].clone()]
}

/// The page shows what PagerDuty gets of the demo, but for the key and for what each run has of its own.
#[test]
fn pagerduty_is_sent_what_the_page_shows_of_the_demo() {
    let rules = pagerduty(&[]);
    let shown: Vec<Value> =
        Page::read(PAGERS).blocks("json").map(|block| serde_json::from_str(block).unwrap()).collect();
    let sent = outage().map(|document| {
        let name = if document["action"] == "resolve" { "PagerDutyResolve" } else { "PagerDutyTrigger" };
        to_pagerduty(rule(&rules, name), &event(&document))
    });
    assert_eq!(sent[0]["dedup_key"], sent[1]["dedup_key"], "the page that was opened is closed");
    for (shown, mut sent) in shown.into_iter().zip(sent) {
        assert_form(&pagerduty_form(), &sent);
        sent["routing_key"] = shown["routing_key"].clone();
        sent["dedup_key"] = shown["dedup_key"].clone();
        if !shown["payload"].is_null() {
            sent["payload"]["timestamp"] = shown["payload"]["timestamp"].clone();
        }
        assert_eq!(sent, shown);
    }
}

#[test]
fn every_document_makes_requests_of_the_published_form() {
    let forms = [(pagerduty(&[]), pagerduty_form()), (jira(), opsgenie_form()), (servicenow(), servicenow_form())];
    for (rules, form) in &forms {
        for document in sample() {
            let plain = serde_json::to_value(&document).unwrap();
            for (document, rule) in
                [plain, made_hostile(&document)].iter().flat_map(|one| rules.iter().map(move |rule| (one, rule)))
            {
                let body = match rule.name.starts_with("PagerDuty") {
                    true => to_pagerduty(rule, &event(document)),
                    false => sent(rule, document).body,
                };
                assert_form(form, &body);
            }
        }
    }
}

fn sent(rule: &Rule, document: &Value) -> Request {
    request(&rule.target, &event(document)).unwrap_or_else(|error| panic!("{}: {error}", rule.name))
}

#[test]
fn hostile_text_stays_in_its_field() {
    let document = made_hostile(&sample()[0]);
    let body = to_pagerduty(rule(&pagerduty(&[]), "PagerDutyTrigger"), &event(&document));
    assert_eq!((&body["event_action"], &body["payload"]["summary"]), (&json!("trigger"), &json!(HOSTILE)));
    assert_eq!(body["payload"]["custom_details"]["destinations"][0]["name"], HOSTILE);
    let body = sent(rule(&jira(), "Trigger"), &document).body;
    assert_eq!(body["description"], HOSTILE);
    let body = sent(rule(&servicenow(), "Critical"), &document).body;
    assert_eq!((&body["records"][0]["description"], &body["records"][0]["severity"]), (&json!(HOSTILE), &json!("1")));
}

/// EventBridge puts nothing in place of what an event lacks, and escapes nothing within quotes.
#[test]
fn a_transformer_uses_what_every_document_has_and_quotes_only_words_of_a_list() {
    let schema = committed();
    for rule in [pagerduty(&[]), jira(), servicenow()].iter().flatten() {
        let transformer = &rule.target["InputTransformer"];
        for (name, path) in transformer["InputPathsMap"].as_object().unwrap() {
            let field = required_field(&schema, path.as_str().unwrap());
            assert!(field.is_some(), "{}: {name} may be missing from a document", rule.name);
        }
        for path in quoted_paths(transformer) {
            let field = required_field(&schema, &path).unwrap();
            let listed = field["enum"].is_array() || field["oneOf"].is_array();
            assert!(listed, "{}: {path} is no word of a list: {field}", rule.name);
        }
    }
}

/// The schema of what is at a path, if every document has it.
fn required_field<'a>(schema: &'a Value, path: &str) -> Option<&'a Value> {
    let names = path.strip_prefix("$.detail.").unwrap();
    let resolved = |field: &'a Value| match field["$ref"].as_str() {
        Some(reference) => schema.pointer(reference.strip_prefix('#').unwrap()).unwrap(),
        None => field,
    };
    names.split('.').try_fold(schema, |object, name| {
        let required = object["required"].as_array()?.iter().any(|required| required == name);
        required.then(|| resolved(&object["properties"][name]))
    })
}

#[tokio::test]
async fn each_rule_takes_its_documents() {
    let rules = pagerduty(&[]);
    let page = |name: &'static str| (name, rule(&rules, name).pattern.clone());
    for (name, pattern) in ["PagerDutyTrigger", "PagerDutyAcknowledge", "PagerDutyResolve"].map(page) {
        let chosen = delivered_by(&format!("pager-{}", name.to_lowercase()), &pattern).await;
        assert_chosen(&chosen, |document| {
            !document.metadata.drill
                && match name {
                    "PagerDutyTrigger" => document.action == Action::Trigger && document.severity >= Severity::Warning,
                    "PagerDutyAcknowledge" => document.reason == Reason::Acknowledged,
                    _ => document.action == Action::Resolve,
                }
        });
    }
}

#[test]
fn tickets_are_opened_and_closed_by_the_same_documents_as_pages() {
    let patterns = |rules: &[Rule], key: &str| -> BTreeSet<String> {
        let words = rules.iter().flat_map(|rule| rule.pattern["detail"][key].as_array().cloned().unwrap_or_default());
        words.map(|word| word.as_str().unwrap().to_owned()).collect()
    };
    for rules in [jira(), servicenow()] {
        assert_eq!(patterns(&rules, "action"), BTreeSet::from(["resolve", "trigger"].map(str::to_owned)));
        assert_eq!(patterns(&rules, "severity"), BTreeSet::from(["critical", "warning"].map(str::to_owned)));
        for rule in rules {
            assert_eq!(rule.pattern["detail-type"], json!(["Direct Connect Incident"]));
            assert_eq!(rule.pattern["detail"]["metadata"], json!({"drill": [{"exists": false}]}));
        }
    }
}

#[test]
fn an_alert_is_closed_by_the_alias_that_it_was_made_with() {
    let rules = jira();
    let [opened, resolved] = outage();
    let (made, closed) = (sent(rule(&rules, "Trigger"), &opened), sent(rule(&rules, "Resolve"), &resolved));
    assert_eq!(closed.path, [made.body["alias"].as_str().unwrap()]);
    assert_eq!(closed.query["identifierType"], "alias");
    assert_eq!(made.body["message"], "[warning] Direct Connect connection: outage, impact reduced");
    let rules = servicenow();
    let [made, closed] =
        [("Warning", &opened), ("Clear", &resolved)].map(|(name, document)| sent(rule(&rules, name), document));
    let record = |request: &Request, key: &str| request.body["records"][0][key].clone();
    assert_eq!(record(&made, "message_key"), record(&closed, "message_key"));
    assert_eq!((record(&made, "severity"), record(&closed, "severity")), (json!("4"), json!("0")));
}

#[test]
fn the_lowest_severity_is_a_parameter() {
    let severities = |lowest: &str| {
        rule(&pagerduty(&[("PagerDutySeverity", lowest)]), "PagerDutyTrigger").pattern["detail"]["severity"].clone()
    };
    assert_eq!(severities("info"), json!(["info", "warning", "critical"]));
    assert_eq!(severities("warning"), json!(["warning", "critical"]));
    assert_eq!(severities("critical"), json!(["critical"]));
}

#[test]
fn the_pager_is_there_only_with_a_key_and_a_bus() {
    let names = [
        "PagerDutyConnection",
        "PagerDutyDestination",
        "PagerDutyTrigger",
        "PagerRole",
        "UndeliveredPages",
        "PagesUndeliveredAlarm",
    ];
    let key = ("PagerDutyRoutingKey", KEY);
    for name in names {
        assert!(Stack::of(&[key]).has(name) && !Stack::of(&[]).has(name), "{name}");
        assert!(!Stack::of(&[key, ("EventBus", "none")]).has(name), "{name}");
        assert!(!Stack::of(&[key, ("AWS::Region", "us-gov-west-1")]).has(name), "{name}");
    }
    for (bus, expected) in [("create", "watch-direct-connect"), ("network", "network")] {
        assert_eq!(Stack::of(&[key, ("EventBus", bus)]).properties("PagerDutyTrigger")["EventBusName"], expected);
    }
    let endpoint = |region| {
        Stack::of(&[key, ("PagerDutyRegion", region)]).properties("PagerDutyDestination")["InvocationEndpoint"].clone()
    };
    assert_eq!(endpoint("us"), "https://events.pagerduty.com/v2/enqueue");
    assert_eq!(endpoint("eu"), "https://events.eu.pagerduty.com/v2/enqueue");
}

/// The key is in the connection, and in nothing else that the stack has or says.
#[test]
fn the_key_is_in_the_connection_alone() {
    assert_eq!(super::stack::template()["Parameters"]["PagerDutyRoutingKey"]["NoEcho"], true);
    let stack = Stack::of(&[("PagerDutyRoutingKey", KEY)]);
    let holders: Vec<String> = stack
        .resources()
        .into_iter()
        .filter(|(_, resource)| resource.to_string().contains(KEY))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(holders, ["PagerDutyConnection"]);
    assert!(stack.outputs().values().all(|output| !output.contains(KEY)));
}

#[test]
fn what_is_not_delivered_is_kept_and_raises_an_alarm() {
    let stack = Stack::of(&EVERYTHING);
    let queue = "arn:aws:sqs:us-east-1:123456789012:UndeliveredPages";
    let rules = rules_of(&json!(stack.resources()));
    for rule in &rules {
        assert_eq!(rule.target["DeadLetterConfig"]["Arn"], queue);
        assert_eq!(rule.target["RetryPolicy"]["MaximumEventAgeInSeconds"], 3600);
        assert_eq!(rule.target["RoleArn"], "arn:aws:iam::123456789012:role/PagerRole");
    }
    let statement = &stack.properties("UndeliveredPagesPolicy")["PolicyDocument"]["Statement"][0];
    assert_eq!((&statement["Action"], &statement["Resource"]), (&json!("sqs:SendMessage"), &json!(queue)));
    let sources: BTreeSet<&str> = statement["Condition"]["ArnEquals"]["aws:SourceArn"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let arns: Vec<String> = rules
        .iter()
        .map(|rule| format!("arn:aws:events:us-east-1:123456789012:rule/watch-direct-connect/{}", rule.name))
        .collect();
    assert_eq!(sources, arns.iter().map(String::as_str).collect());
    let alarm = stack.properties("PagesUndeliveredAlarm");
    assert_eq!(
        (&alarm["Namespace"], &alarm["MetricName"]),
        (&json!("AWS/SQS"), &json!("ApproximateNumberOfMessagesVisible"))
    );
    assert_eq!(alarm["Dimensions"], json!([{"Name": "QueueName", "Value": "UndeliveredPages"}]));
    assert_eq!(alarm["AlarmActions"], json!(["arn:aws:sns:us-east-1:123456789012:MonitorTopic"]));
}
