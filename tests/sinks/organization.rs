//! The list of an organisation's accounts: signed calls over the wire, against the simulator and what answers badly.

use std::{collections::BTreeSet, time::Duration};

use aws_dx_monitor::{
    aws::AwsOrganization,
    ports::Organization,
    simulator::{MemberAccount, Organization as Simulated, Scenario, Simulator},
};

use crate::support::{http::response, moto::Moto, proxy::Proxy, sdk};

const UNIT: &str = "ou-abcd-11111111";
const BELOW: &str = "ou-abcd-22222222";

fn scenario(organization: Simulated) -> Scenario {
    let member = |unit: Option<&str>, state: Option<&str>| MemberAccount {
        unit: unit.map(str::to_owned),
        state: state.map(str::to_owned),
        ..MemberAccount::default()
    };
    let mut scenario = Scenario::default();
    scenario.accounts.insert("111122223333".to_owned(), member(Some(UNIT), None));
    scenario.accounts.insert("222233334444".to_owned(), member(Some(BELOW), None));
    scenario.accounts.insert("333344445555".to_owned(), member(None, Some("SUSPENDED")));
    let units = [(UNIT, "r-abcd"), (BELOW, UNIT)].map(|(unit, above)| (unit.to_owned(), above.to_owned())).into();
    scenario.organization = Some(Simulated { units, ..organization });
    scenario
}

async fn listed(endpoint: &str, units: &[&str], left_out: &[&str]) -> Result<Vec<String>, String> {
    let units: Vec<String> = units.iter().map(|unit| (*unit).to_owned()).collect();
    let left_out: BTreeSet<String> = left_out.iter().map(|id| (*id).to_owned()).collect();
    let organization = AwsOrganization::new(&sdk::config(endpoint, "eu-central-1"));
    let accounts = organization.accounts(&units, &left_out).await.map_err(|error| format!("{error:#}"))?;
    Ok(accounts.into_iter().map(|account| account.id).collect())
}

#[tokio::test]
async fn the_active_accounts_come_once_also_over_empty_pages() {
    let own = Scenario::default().account;
    for organization in [
        Simulated::default(),
        Simulated { page_size: Some(1), empty_pages: true, ..Simulated::default() },
        Simulated { has_status: true, ..Simulated::default() },
    ] {
        let simulator = Simulator::start(scenario(organization), 0).unwrap();
        let url = simulator.endpoint_url();
        let everyone = ["111122223333", &own, "222233334444"].map(str::to_owned);
        assert_eq!(listed(&url, &[], &[]).await.unwrap(), everyone);
        assert_eq!(listed(&url, &[], &["111122223333"]).await.unwrap(), everyone[1..]);
        assert_eq!(listed(&url, &[UNIT], &[]).await.unwrap(), ["111122223333", "222233334444"]);
        assert_eq!(listed(&url, &[BELOW, UNIT, BELOW], &[]).await.unwrap(), ["111122223333", "222233334444"]);
    }
}

#[tokio::test]
async fn the_real_shape_of_the_service_is_read_too() {
    let moto = Moto::start();
    prepare(&moto, "CreateOrganization", r#"{"FeatureSet": "ALL"}"#).await;
    for name in ["net-a", "net-b"] {
        let account = format!(r#"{{"Email": "{name}@example.com", "AccountName": "{name}"}}"#);
        prepare(&moto, "CreateAccount", &account).await;
    }
    assert_eq!(listed(&moto.endpoint, &[], &[]).await.unwrap().len(), 3);
}

/// A call of Organizations that only prepares the stand-in.
async fn prepare(moto: &Moto, operation: &str, body: &str) {
    let authority = crate::support::http::authority(&moto.endpoint);
    let request = hyper::Request::post("/")
        .header("host", &authority)
        // By the scope of a signature moto finds the service; it does not check the signature.
        .header(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261129/us-east-1/organizations/aws4_request, \
             SignedHeaders=host, Signature=none",
        )
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", format!("AWSOrganizationsV20161128.{operation}"))
        .body(body.to_owned().into())
        .unwrap();
    let answer = crate::support::http::send(&authority, request).await.unwrap();
    assert_eq!(answer.status(), 200, "{:?}", answer.body());
}

#[tokio::test]
async fn a_call_is_signed_for_the_services_own_region() {
    let simulator = Simulator::start(scenario(Simulated::default()), 0).unwrap();
    let proxy = Proxy::start(&simulator.endpoint_url());
    listed(&proxy.endpoint(), &[UNIT], &[]).await.unwrap();
    let calls = proxy.calls();
    assert!(calls.iter().all(|call| call.service == "organizations" && call.region == "us-east-1"), "{calls:?}");
    let names: BTreeSet<String> = calls.iter().map(|call| call.name()).collect();
    assert_eq!(Vec::from_iter(names), ["organizations:ListAccountsForParent", "organizations:ListChildren"]);
}

#[tokio::test]
async fn refusals_say_what_to_do_and_are_not_repeated() {
    for (organization, unit, said) in [
        (Simulated { denied: true, ..Simulated::default() }, UNIT, "run the monitor in the management account"),
        (Simulated::default(), "ou-abcd-99999999", "there is no such organisational unit; correct DX_MONITOR_ACCOUNTS"),
    ] {
        let simulator = Simulator::start(scenario(organization), 0).unwrap();
        let proxy = Proxy::start(&simulator.endpoint_url());
        let refused = listed(&proxy.endpoint(), &[unit], &[]).await.unwrap_err();
        assert!(
            refused.starts_with("the accounts of the organisation cannot be listed: organizations:List"),
            "{refused}"
        );
        assert!(refused.contains(said), "{refused}");
        assert_eq!(proxy.calls().len(), 1);
    }
}

#[tokio::test]
async fn throttling_and_passing_failures_are_tried_again() {
    let simulator = Simulator::start(scenario(Simulated::default()), 0).unwrap();
    let proxy = Proxy::start(&simulator.endpoint_url());
    let of = || proxy.on("organizations", "ListAccounts").times(1);
    of().fail(400, "TooManyRequestsException");
    of().answer(response(503, "<html>busy</html>"));
    assert_eq!(listed(&proxy.endpoint(), &[], &[]).await.unwrap().len(), 3);
    assert_eq!(proxy.calls().len(), 3, "each failure was tried again");
    proxy.recover();
    proxy.clear();
    proxy.on("organizations", "ListAccounts").fail(400, "TooManyRequestsException");
    let refused = listed(&proxy.endpoint(), &[], &[]).await.unwrap_err();
    assert!(refused.ends_with("TooManyRequestsException: The test wants TooManyRequestsException."), "{refused}");
    assert_eq!(proxy.calls().len(), 6, "as often as the limits allow");
}

#[tokio::test]
async fn an_answer_that_is_none_is_an_error_and_no_empty_list() {
    let proxy = Proxy::start("http://127.0.0.1:9");
    for (status, body, said) in [
        (200, "", "the answer cannot be read: EOF"),
        (200, "<html>welcome</html>", "the answer cannot be read: expected value"),
        (200, "{}", "the answer cannot be read: missing field"),
        (200, r#"{"Accounts": [{"Name": "x"}]}"#, "the answer cannot be read: missing field `Id`"),
        (
            400,
            r#"{"__type": "AWSOrganizationsNotInUseException"}"#,
            ": this account is in no organisation; list the accounts",
        ),
        (302, "", "status 302"),
        (403, "<html>", "status 403"),
        (400, r#"{"__type": "a.b#InvalidInputException:http://x", "Message": "no"}"#, "InvalidInputException: no"),
    ] {
        proxy.recover();
        proxy.on("organizations", "ListAccounts").answer(response(status, body));
        let error = listed(&proxy.endpoint(), &[], &[]).await.unwrap_err();
        assert!(error.contains(said), "{status} {body:?}: {error}");
    }
}

#[tokio::test]
async fn one_attempt_that_hangs_is_given_up_and_made_again() {
    let simulator = Simulator::start(scenario(Simulated::default()), 0).unwrap();
    let proxy = Proxy::start(&simulator.endpoint_url());
    proxy.on("organizations", "ListAccounts").times(1).delay(Duration::from_secs(30));
    let started = std::time::Instant::now();
    assert_eq!(listed(&proxy.endpoint(), &[], &[]).await.unwrap().len(), 3);
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}
