//! The caller's account, as the simulator answers it.

use aws_dx_monitor::{
    aws::sts,
    simulator::{Scenario, Simulator},
};

use crate::support;

#[tokio::test]
async fn a_caller_gets_the_scenarios_account() {
    let scenario = Scenario { account: "210987654321".to_owned(), ..Scenario::default() };
    let simulator = Simulator::start(scenario, 0).unwrap();
    let caller = sts::caller(&support::sdk::config(&simulator.endpoint_url(), "us-gov-west-1")).await.unwrap();
    assert_eq!(
        (caller.account.as_str(), caller.region.as_str(), caller.partition.as_str()),
        ("210987654321", "us-gov-west-1", "aws-us-gov")
    );
    assert_eq!(simulator.traffic().total(), 0, "it is no call of Direct Connect");
}

#[tokio::test]
async fn without_a_region_or_an_answer_the_error_names_what_is_missing() {
    let simulator = Simulator::start(Scenario::default(), 0).unwrap();
    let config = support::sdk::config(&simulator.endpoint_url(), "us-east-1");
    let nowhere = config.to_builder().region(None).build();
    let error = sts::caller(&nowhere).await.unwrap_err();
    assert_eq!(error.to_string(), "no region is set: set AWS_REGION, or a region in the AWS profile");

    let url = simulator.endpoint_url();
    simulator.stop();
    let error = sts::caller(&support::sdk::config(&url, "us-east-1")).await.unwrap_err().to_string();
    assert!(
        error.starts_with("cannot find out whose AWS credentials these are: sts:GetCallerIdentity: dispatch failure"),
        "{error}"
    );
}
