//! The pages' queries to the history: each is run as it stands there, by the AWS CLI, on a history that the function
//! has written.

use aws_dx_monitor::simulator::Scenario;

use super::shell;
use crate::{
    documentation::{RULES, block},
    function::rig::{REGION, Rig, connection, good_poll},
    support::dynamodb,
};

const ITEM: &str = "dxcon-ffx3v7tc";

/// The shell command under a heading, its window moved to today.
fn command(heading: &str, today: &str) -> String {
    let block = block(RULES, heading, "sh");
    block.replace("2026-11-01", "2020-01-01").replace("2026-12-01", "2100-01-01").replace("2026-11-22", today)
}

fn answer(rig: &Rig, command: &str) -> Vec<String> {
    let variables = [("HISTORY", rig.tables.history.as_str()), ("AWS_ENDPOINT_URL_DYNAMODB", dynamodb::endpoint())];
    shell(command, &variables).lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn the_aws_cli_answers_them() {
    let mut scenario = Scenario::default();
    let items = [ITEM, "dxcon-other000"].map(|id| connection(id, "available"));
    scenario.inventory.region_mut(REGION).connections.extend(items);
    let rig = Rig::of(scenario).await;
    let function = rig.program().start();
    good_poll(&function).await;
    rig.set_state(ITEM, "down");
    good_poll(&function).await;
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    rig.set_state(ITEM, "available");
    good_poll(&function).await;
    let history = rig.history(&format!("connection/{ITEM}")).await;
    let today = history[2].event["state"]["since"].as_str().unwrap()[..10].to_owned();

    let states: Vec<String> = answer(&rig, &command("One item over a month", &today))
        .iter()
        .map(|line| line.split('\t').skip(1).collect::<Vec<_>>().join(" -> "))
        .collect();
    assert_eq!(states, ["None -> available", "available -> down", "down -> available"]);

    let day = answer(&rig, &command("Everything that happened on a day", &today));
    // Two items that were discovered, an outage that began and ended, and its incident.
    let what: Vec<&str> = day.iter().filter_map(|line| line.rsplit('\t').next()).collect();
    assert_eq!(what, ["discovered", "discovered", "degraded", "opened", "recovered", "resolved"], "{day:?}");

    let seconds = answer(&rig, &command("How long an item was down", &today));
    let down = history[2].event["previousDurationSeconds"].as_f64().unwrap();
    assert!(down >= 1.0);
    assert_eq!(seconds.iter().map(|line| line.parse::<f64>().unwrap()).collect::<Vec<_>>(), [down]);
}
