//! What goes wrong on purpose, as a client of the SDK sees it.

use std::time::Duration;

use aws_dx_monitor::simulator::{Fault, FaultKind, Scenario, Simulator};
use aws_sdk_directconnect::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_directconnect::operation::describe_connections::DescribeConnectionsError;

use super::{client, crowd};

fn failing(kind: FaultKind) -> Scenario {
    let fault = Fault { kind: Some(kind), ..Fault::default() };
    Scenario { faults: vec![fault], ..crowd(3, 0) }
}

async fn describe(simulator: &Simulator) -> Result<usize, SdkError<DescribeConnectionsError>> {
    let answer = client(simulator, "us-east-1").describe_connections().send().await?;
    Ok(answer.connections().len())
}

#[tokio::test]
async fn errors_have_the_status_and_code_of_the_service() {
    for (kind, status, code) in [
        (FaultKind::Throttling, 400, "ThrottlingException"),
        (FaultKind::ServerException, 400, "DirectConnectServerException"),
        (FaultKind::InternalError, 500, "InternalFailure"),
        (FaultKind::AccessDenied, 400, "AccessDeniedException"),
        (FaultKind::RegionNotEnabled, 400, "UnrecognizedClientException"),
        (FaultKind::NotAPartner, 400, "DirectConnectClientException"),
    ] {
        let simulator = Simulator::start(failing(kind), 0).unwrap();
        let error = describe(&simulator).await.unwrap_err();
        assert_eq!(error.as_service_error().and_then(|error| error.code()), Some(code));
        assert_eq!(error.raw_response().unwrap().status().as_u16(), status, "{code}");
    }
}

#[tokio::test]
async fn a_dropped_connection_and_a_cut_body_are_no_answers() {
    let simulator = Simulator::start(failing(FaultKind::ConnectionDropped), 0).unwrap();
    let error = describe(&simulator).await.unwrap_err();
    assert!(matches!(error, SdkError::DispatchFailure(_)), "{error:?}");

    let simulator = Simulator::start(failing(FaultKind::MalformedBody), 0).unwrap();
    let error = describe(&simulator).await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 200);
    assert!(error.into_service_error().code().is_none(), "the service reported nothing");
}

#[tokio::test]
async fn a_repeated_token_never_ends() {
    let mut scenario = failing(FaultKind::RepeatedToken);
    scenario.page_size = Some(2);
    let simulator = Simulator::start(scenario, 0).unwrap();
    let client = client(&simulator, "us-east-1");
    let first = client.describe_connections().send().await.unwrap();
    let token = first.next_token.unwrap();
    for _ in 0..3 {
        let page = client.describe_connections().next_token(&token).send().await.unwrap();
        assert_eq!(page.connections().len(), 1);
        assert_eq!(page.next_token.as_ref(), Some(&token));
    }
}

#[tokio::test]
async fn the_second_page_alone_can_fail_for_a_while() {
    let mut scenario = failing(FaultKind::Throttling);
    scenario.page_size = Some(2);
    scenario.faults[0].page = Some(2);
    scenario.faults[0].until = Some(60.0);
    let simulator = Simulator::start(scenario, 0).unwrap();
    simulator.set_elapsed(Duration::from_secs(59));
    let client = client(&simulator, "us-east-1");
    let token = client.describe_connections().send().await.unwrap().next_token.unwrap();
    assert!(client.describe_connections().next_token(&token).send().await.is_err());
    simulator.set_elapsed(Duration::from_secs(60));
    assert!(client.describe_connections().next_token(&token).send().await.is_ok());
}

#[tokio::test]
async fn a_fault_that_strikes_twice_is_over_by_the_third_call() {
    let mut scenario = failing(FaultKind::Throttling);
    scenario.faults[0].times = Some(2);
    let simulator = Simulator::start(scenario, 0).unwrap();
    assert!(describe(&simulator).await.is_err());
    // Editing something else does not begin the count anew; editing the faults does.
    simulator.edit(|scenario| scenario.description = Some("edited".into())).unwrap();
    assert!(describe(&simulator).await.is_err());
    assert_eq!(describe(&simulator).await.unwrap(), 3);
    simulator.edit(|scenario| scenario.faults[0].times = Some(1)).unwrap();
    assert!(describe(&simulator).await.is_err());
    assert_eq!(simulator.traffic().count("DescribeConnections"), 4);
}

#[tokio::test]
async fn delays_show_how_much_is_in_flight() {
    let mut scenario = crowd(3, 0);
    scenario.faults = vec![Fault { delay_milliseconds: Some(200), ..Fault::default() }];
    let simulator = Simulator::start(scenario, 0).unwrap();
    let start = std::time::Instant::now();
    let calls = (0..5).map(|_| describe(&simulator));
    for result in futures::future::join_all(calls).await {
        assert_eq!(result.unwrap(), 3);
    }
    assert!(start.elapsed() >= Duration::from_millis(200));
    let traffic = simulator.traffic();
    assert_eq!((traffic.total(), traffic.max_in_flight), (5, 5));
    assert_eq!(traffic.max_in_flight_by_region["us-east-1"], 5);
    simulator.reset_traffic();
    assert_eq!(simulator.traffic(), Default::default());
}

#[tokio::test]
async fn stopping_does_not_wait_for_a_delay() {
    let mut scenario = crowd(1, 0);
    scenario.faults = vec![Fault { delay_milliseconds: Some(600_000), ..Fault::default() }];
    let simulator = Simulator::start(scenario, 0).unwrap();
    let (address, client) = (simulator.address(), client(&simulator, "us-east-1"));
    let waiting = tokio::spawn(async move { client.describe_connections().send().await.is_err() });
    while simulator.traffic().total() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let start = std::time::Instant::now();
    simulator.stop();
    assert!(waiting.await.unwrap());
    assert!(start.elapsed() < Duration::from_secs(10));
    assert!(std::net::TcpStream::connect(address).is_err());
}
