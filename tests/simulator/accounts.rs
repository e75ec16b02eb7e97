//! Many accounts behind one endpoint: a role's credentials list its account's items.

use aws_dx_monitor::simulator::{Connection, MemberAccount, Role, RoleAnswer, Scenario, Simulator};
use aws_sdk_directconnect::config::{Credentials, SharedCredentialsProvider};

use crate::support;

const MEMBER: &str = "111122223333";

fn scenario() -> Scenario {
    let connection = |id: &str| Connection { connection_id: id.to_owned(), ..Connection::default() };
    let mut scenario = Scenario::default();
    scenario.inventory.region_mut("us-east-1").connections.push(connection("dxcon-own"));
    let mut member = MemberAccount::default();
    member.inventory.region_mut("us-east-1").connections.push(connection("dxcon-member"));
    scenario.accounts.insert(MEMBER.to_owned(), member);
    scenario
}

async fn assume(simulator: &Simulator) -> Result<Credentials, String> {
    let config = support::sdk::config(&simulator.endpoint_url(), "us-east-1");
    let request = aws_sdk_sts::Client::new(&config).assume_role().role_session_name("monitor");
    let answer = request.role_arn(format!("arn:aws:iam::{MEMBER}:role/reader")).send().await;
    let answer = answer.map_err(|error| error.into_service_error().to_string())?;
    let credentials = answer.credentials.unwrap();
    let token = Some(credentials.session_token);
    Ok(Credentials::new(credentials.access_key_id, credentials.secret_access_key, token, None, "test"))
}

async fn connections(simulator: &Simulator, credentials: Option<Credentials>) -> Result<Vec<String>, String> {
    let mut config = support::sdk::config(&simulator.endpoint_url(), "us-east-1").to_builder();
    config.set_credentials_provider(
        credentials
            .map(SharedCredentialsProvider::new)
            .or_else(|| support::sdk::config(&simulator.endpoint_url(), "us-east-1").credentials_provider()),
    );
    let answer = aws_sdk_directconnect::Client::new(&config.build()).describe_connections().send().await;
    let listed = answer.map_err(|error| format!("{:?}", error.into_service_error().meta().code()))?;
    Ok(listed.connections.unwrap().into_iter().filter_map(|connection| connection.connection_id).collect())
}

#[tokio::test]
async fn credentials_of_a_role_list_its_account() {
    let simulator = Simulator::start(scenario(), 0).unwrap();
    let credentials = assume(&simulator).await.unwrap();
    assert_eq!(connections(&simulator, Some(credentials.clone())).await.unwrap(), ["dxcon-member"]);
    assert_eq!(connections(&simulator, None).await.unwrap(), ["dxcon-own"]);
    let traffic = simulator.traffic();
    assert_eq!((traffic.roles[MEMBER], traffic.by_account[MEMBER], traffic.total()), (1, 1, 2));
    simulator.edit(|scenario| scenario.accounts.clear()).unwrap();
    let gone = connections(&simulator, Some(credentials)).await.unwrap_err();
    assert!(gone.contains("UnrecognizedClientException"), "{gone}");
}

#[tokio::test]
async fn a_role_may_be_refused_and_given_back() {
    let simulator = Simulator::start(scenario(), 0).unwrap();
    let set = |answers| {
        let role = Role { answers, ..Role::default() };
        simulator.edit(|scenario| scenario.accounts.get_mut(MEMBER).unwrap().role = role).unwrap();
    };
    set(RoleAnswer::AccessDenied);
    assert!(assume(&simulator).await.unwrap_err().contains("AccessDenied"));
    set(RoleAnswer::Credentials);
    assert!(assume(&simulator).await.is_ok());
}

#[test]
fn mistakes_in_an_account_are_named_with_their_place() {
    let error = Scenario::from_json(
        r#"{"account": "123456789012", "accounts": {
            "123456789012": {}, "12": {"unit": "ou-abcd-11111111"},
            "111122223333": {"timeline": [{"at": 1, "item": "dxcon-9", "state": "down"}]}
        }}"#,
    )
    .unwrap_err();
    let places: Vec<&str> = error.mistakes.iter().map(|mistake| mistake.place.as_str()).collect();
    let expected = ["accounts.111122223333.timeline[0]", "accounts.12.unit", "accounts.12", "accounts.123456789012"];
    assert_eq!(places, expected, "{error}");
}
