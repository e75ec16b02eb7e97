//! The runbook: every alarm of the template has its section, no section is about another, and the commands run.

use std::{collections::BTreeSet, fs};

use aws_dx_monitor::{domain::SinkName, simulator::Scenario};
use serde_json::{Value, json};

use super::{Page, Part, block, blocks, lines};
use crate::{
    deployment::{
        shell,
        stack::{Stack, template},
    },
    function::rig::{Rig, bad_poll, good_poll},
    support::{dynamodb, lambda_api::LambdaApi, runtime_api::Function},
};

const RUNBOOK: &str = "src/guide/runbook.md";
const PAGES: [&str; 3] = [RUNBOOK, "src/guide/runbook-states.md", "src/guide/runbook-accounts.md"];
/// What comes before the alarms: it is about none.
const SETUP: &str = "First, in a new terminal";

/// The names of the template's alarms, without the stack's.
fn alarms() -> BTreeSet<String> {
    let resources = template()["Resources"].as_object().unwrap().values();
    let alarms = resources.filter(|resource| resource["Type"] == "AWS::CloudWatch::Alarm");
    let name = |alarm: &Value| {
        let name = alarm["Properties"]["AlarmName"]["Fn::Sub"].as_str().expect("a name with the stack's in it");
        name.strip_prefix("${AWS::StackName}-").expect("the stack's name comes first").to_owned()
    };
    alarms.map(name).collect()
}

/// The headings of the alarms on a page.
fn sections(page: &Page) -> Vec<String> {
    let headings = page.headings().filter(|(level, title)| *level == 2 && *title != SETUP);
    headings.map(|(_, title)| title.to_owned()).collect()
}

#[test]
fn every_alarm_has_its_section_and_no_section_is_about_another() {
    let sections: Vec<String> = PAGES.iter().flat_map(|path| sections(&Page::read(path))).collect();
    assert_eq!(sections.iter().cloned().collect::<BTreeSet<_>>(), alarms());
    assert_eq!(sections.len(), alarms().len(), "each has one");
    let contents = Page::read(RUNBOOK);
    let contents: Vec<&str> = contents.lines().filter(|line| line.starts_with('|')).collect();
    for alarm in alarms() {
        assert!(
            contents.iter().any(|row| row.contains(&format!("`{alarm}`"))),
            "{alarm} is not in the table of contents"
        );
    }
}

#[test]
fn every_section_has_a_meaning_steps_and_when_to_escalate() {
    for page in PAGES.map(Page::read) {
        for alarm in sections(&page) {
            let parts = page.section(&alarm);
            let said = lines(parts).filter_map(|line| line.strip_prefix("**")?.split_once("**"));
            let said: Vec<&str> = said.map(|(label, _)| label).collect();
            assert_eq!(said, ["Means", "First", "Next", "Escalate"], "{alarm}");
            let first = parts.iter().position(|part| matches!(part, Part::Line(line) if line == "**First**")).unwrap();
            let command = parts[first..].iter().find(|part| !matches!(part, Part::Line(line) if line.len() < 10));
            assert!(
                matches!(command, Some(Part::Block { language, .. }) if language == "sh"),
                "{alarm}: first a command"
            );
        }
    }
}

/// A function that has polled well, then badly in every way that the runbook is about, then well again.
async fn function_in_trouble(rig: &Rig) -> Function {
    let function = rig.program().start();
    good_poll(&function).await;
    rig.set_state("dxcon-ffx3v7tc", "down");
    rig.direct_connect.on_call(|call| call.operation == "DescribeLags").fail(400, "AccessDeniedException");
    rig.refuse(SinkName::SNS, 403, "AuthorizationError");
    rig.refuse(SinkName::EVENTBRIDGE, 400, "MalformedDetail");
    bad_poll(&function).await;
    rig.recover();
    good_poll(&function).await;
    function
}

/// The lines of the log that the pattern of `problems` lets through.
async fn problems(function: &Function) -> Vec<String> {
    function.log_containing("\"pending\":0").await;
    let logged = function.json_logs();
    let level = |line: &&Value| ["ERROR", "WARN"].iter().any(|level| line["level"] == *level);
    logged.iter().filter(level).map(ToString::to_string).collect()
}

/// A file with a stack of the names that the runbook asks for: those of this world.
fn stack_template(rig: &Rig) -> Value {
    let outputs = Stack::of(&[]).outputs();
    let environment = outputs["ToolEnvironment"].replace("StateTable", &rig.tables.states);
    let environment = environment.replace("HistoryTable", &rig.tables.history);
    assert_eq!(outputs["FunctionName"], "Function");
    assert!(
        Stack::of(&[("StatusPage", "true")]).has("FunctionLog") && Stack::of(&[("StatusPage", "true")]).has("PagesLog")
    );
    json!({
        "Resources": {"FunctionLog": {"Type": "AWS::Logs::LogGroup"}, "PagesLog": {"Type": "AWS::Logs::LogGroup"}},
        "Outputs": {
            "FunctionName": {"Value": "monitor"},
            "ToolEnvironment": {"Value": environment},
            "TopicArn": {"Value": rig.people.arn},
            "UndeliveredPagesUrl": {"Value": rig.people.queue.url},
        },
    })
}

/// The blocks of a page, each to be run by itself after the one that sets the terminal up.
fn script(logged: &[String]) -> String {
    let events: Vec<Value> = logged.iter().map(|line| json!({"timestamp": "NOW", "message": line})).collect();
    let events = json!(events).to_string().replace("\"NOW\"", "'$(date +%s)000'");
    let mut script = format!(
        "export PATH=\"$TOOL:$PATH\"\n\
         # moto has no events of CloudTrail: the AWS CLI checks the options, and says what an answer looks like.\n\
         # For SQS alone, this version of it overrides the endpoint of the environment.\n\
         aws() {{ [ \"$1\" = cloudtrail ] && set -- \"$@\" --generate-cli-skeleton output; \
         [ \"$1\" = sqs ] && set -- \"$@\" --endpoint-url \"$AWS_ENDPOINT_URL\"; command aws \"$@\"; }}\n\
         aws cloudformation create-stack --stack-name dx --template-body file://stack.json > /dev/null\n\
         {setup}\n\
         aws logs create-log-stream --log-group-name \"$LOG\" --log-stream-name test\n\
         aws logs put-log-events --log-group-name \"$LOG\" --log-stream-name test --log-events '{events}' > /dev/null\n\
         export ITEM=dxcon-ffx3v7tc\n",
        setup = block(RUNBOOK, SETUP, "sh"),
    );
    for page in PAGES.map(Page::read) {
        let after_setup = page.parts.iter().skip_while(|part| page.path == RUNBOOK && !is_setup(part)).skip(1);
        let after_setup: Vec<&Part> = after_setup.collect();
        for command in after_setup.into_iter().flat_map(|part| blocks(std::slice::from_ref(part), "sh")) {
            script += &format!("set +e; (\nset -e\n{command}\n); echo \"::: $? of {}\"; set -e\n", first_word(command));
        }
    }
    script + "changes > /dev/null; echo '::: 0 of changes'\n"
}

fn is_setup(part: &Part) -> bool {
    matches!(part, Part::Block { language, content } if language == "sh" && content.contains("problems()"))
}

fn first_word(command: &str) -> &str {
    command.lines().next().unwrap_or_default().split(" --").next().unwrap_or_default()
}

#[tokio::test]
async fn the_commands_run_on_a_deployment() {
    let rig = Rig::of(Scenario::builtin()).await;
    let function = function_in_trouble(&rig).await;
    let problems = problems(&function).await;
    for part in ["\"message\":\"gap\"", "\"step\":\"announce\"", "\"sink\":"] {
        assert!(problems.iter().any(|line| line.contains(part)), "{part} in {problems:#?}");
    }
    let lambda = LambdaApi::start(function);
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("stack.json"), stack_template(&rig).to_string()).unwrap();
    let tool = std::path::Path::new(env!("CARGO_BIN_EXE_aws-dx-monitor")).parent().unwrap().display().to_string();
    let script = format!("cd '{}'\n{}", folder.path().display(), script(&problems));
    let lambda = lambda.endpoint();
    let endpoints = [("AWS_ENDPOINT_URL_LAMBDA", &*lambda), ("AWS_ENDPOINT_URL_DYNAMODB", dynamodb::endpoint())];
    let output = shell(&script, &[&endpoints[..], &[("TOOL", &tool)]].concat());

    let ends: Vec<&str> = output.lines().filter_map(|line| line.strip_prefix("::: ")).collect();
    let failed: Vec<&&str> = ends
        .iter()
        // A status of 1 says that an item is down, or an outage open.
        .filter(|end| !end.starts_with("0 ") && !end.starts_with("1 of aws-dx-monitor "))
        .collect();
    assert!(failed.is_empty(), "{failed:?}\n{output}");
    assert!(ends.len() > 18, "{ends:#?}");
    assert!(ends.contains(&"1 of aws-dx-monitor status"), "a connection is down: {output}");
    for line in &problems {
        assert!(output.contains(line), "{line} is not among the problems:\n{output}");
    }
    assert!(output.contains("dxcon-ffx3v7tc") && output.contains("eventbridge  accepted"), "{output}");
}
