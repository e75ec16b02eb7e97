use super::*;
use crate::domain::Whose;

fn read(variables: &[(&str, &str)]) -> Result<Configuration, ConfigurationError> {
    Configuration::read(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
}

const TABLES: [(&str, &str); 3] =
    [("DX_MONITOR_STATE_TABLE", "states"), ("DX_MONITOR_HISTORY_TABLE", "history"), ("AWS_REGION", "eu-central-1")];

#[test]
fn the_defaults_are_those_of_the_contract() {
    let mut variables = TABLES.to_vec();
    variables.extend([("DX_MONITOR_TOPIC_ARN", ""), ("DX_MONITOR_KINDS", " "), ("DX_MONITOR_CONFIRM_POLLS", "")]);
    let configuration = read(&variables).unwrap();
    assert_eq!(configuration.regions, ["eu-central-1"]);
    assert_eq!(configuration.kinds.len(), Kind::usual().count());
    assert_eq!((configuration.metrics, configuration.confirm_polls), (MetricsMode::Items, 3));
    assert_eq!(configuration.unmonitored_after, Duration::from_secs(900));
    assert_eq!(configuration.keep_history, Duration::from_secs(400 * 86_400));
    assert_eq!(configuration.namespace, "AWSx/DirectConnect");
    assert_eq!((configuration.sinks, configuration.asks_metrics), (Sinks::default(), false));
}

#[test]
fn everything_can_be_set() {
    let mut variables = TABLES.to_vec();
    variables.extend([
        ("DX_MONITOR_TOPIC_ARN", "arn:aws-us-gov:sns:us-gov-west-1:123456789012:people"),
        ("DX_MONITOR_REGIONS", "us-east-1, eu-west-1,us-east-1"),
        ("DX_MONITOR_KINDS", "connection,bgp-peer"),
        ("DX_MONITOR_TAGS", "env, Cost Centre,env"),
        ("DX_MONITOR_METRICS", "both"),
        ("DX_MONITOR_HISTORY_DAYS", "30"),
        ("DX_MONITOR_EVIDENCE", "metrics"),
    ]);
    let configuration = read(&variables).unwrap();
    assert_eq!(configuration.regions, ["us-east-1", "eu-west-1"]);
    assert_eq!(configuration.kinds, BTreeSet::from([Kind::Connection, Kind::BgpPeer]));
    assert_eq!(configuration.tags, ["env", "Cost Centre"]);
    let caller = Caller::of_function("arn:aws:lambda:us-east-1:123456789012:function:monitor").unwrap();
    let settings = configuration.settings("123456789012", &caller);
    assert!(settings.asks_metrics);
    let scopes: Vec<String> = settings.scopes.iter().map(ToString::to_string).collect();
    assert_eq!(scopes, ["123456789012/us-east-1", "123456789012/eu-west-1"], "no global kind, no global scope");
    assert_eq!((settings.whose, configuration.settings("111122223333", &caller).whose), (Whose::Own, Whose::Another));
}

#[test]
fn every_mistake_is_named_at_once() {
    let error = read(&[
        ("DX_MONITOR_TOPIC_ARN", "people"),
        ("DX_MONITOR_REGIONS", "Frankfurt"),
        ("DX_MONITOR_KINDS", "connection,vif"),
        ("DX_MONITOR_TAGS", "a,b,c,d,e,f"),
        ("DX_MONITOR_METRICS", "all"),
        ("DX_MONITOR_NAMESPACE", "AWS/DX"),
        ("DX_MONITOR_CONFIRM_POLLS", "0"),
        ("DX_MONITOR_HISTORY_DAYS", "a year"),
        ("DX_MONITOR_EVIDENCE", "metrics,traffic"),
    ])
    .unwrap_err();
    insta::assert_snapshot!(error, @r#"the environment is not usable: DX_MONITOR_STATE_TABLE is not set: it names the DynamoDB table of states; DX_MONITOR_HISTORY_TABLE is not set: it names the DynamoDB table of history; DX_MONITOR_TOPIC_ARN is "people", which is not the ARN of an SNS topic like arn:aws:sns:us-east-1:123456789012:name; DX_MONITOR_REGIONS names "Frankfurt", which is not a region like us-east-1; DX_MONITOR_KINDS: "vif" is not a kind; the kinds are connection, interconnect, hosted-connection, lag, port-encryption, virtual-interface, bgp-peer, bgp-routes, virtual-gateway, direct-connect-gateway, gateway-attachment, gateway-association, gateway-association-proposal, resiliency-group; DX_MONITOR_TAGS names 6 keys of tags; it may name at most 5; DX_MONITOR_METRICS is "all"; it must be one of items, summary, both; DX_MONITOR_NAMESPACE is "AWS/DX", which CloudWatch does not accept as a namespace; DX_MONITOR_CONFIRM_POLLS is "0"; it must be a whole number from 1 to 1000; DX_MONITOR_HISTORY_DAYS is "a year"; it must be a whole number from 8 to 36500; DX_MONITOR_EVIDENCE names "traffic"; it may name metrics"#);
}

#[test]
fn routes_are_a_kind_only_where_they_are_switched_on() {
    let routes = |more: &[(&str, &str)]| {
        let variables: Vec<(&str, &str)> = TABLES.iter().chain(more).copied().collect();
        read(&variables).map(|read| (read.kinds.contains(&Kind::BgpRoutes), read.routes, read.routes_every))
    };
    assert_eq!(routes(&[]), Ok((false, RoutesMode::Off, 5)));
    let on = [("DX_MONITOR_ROUTES", "count"), ("DX_MONITOR_ROUTES_EVERY", "10")];
    assert_eq!(routes(&on), Ok((true, RoutesMode::Count, 10)));
    assert_eq!(routes(&[("DX_MONITOR_ROUTES", "prefixes")]), Ok((true, RoutesMode::Prefixes, 5)));
    let [on, _] = on;
    assert_eq!(routes(&[on, ("DX_MONITOR_KINDS", "lag,bgp-routes")]), Ok((true, RoutesMode::Count, 5)));
    assert_eq!(routes(&[on, ("DX_MONITOR_KINDS", "lag")]), Ok((false, RoutesMode::Count, 5)));
    let error = |more: &[(&str, &str)]| routes(more).unwrap_err().to_string();
    let without = error(&[("DX_MONITOR_KINDS", "bgp-routes")]);
    assert!(
        without.contains("DX_MONITOR_KINDS names bgp-routes, which are watched with DX_MONITOR_ROUTES"),
        "{without}"
    );
    let unknown = error(&[("DX_MONITOR_ROUTES", "all"), ("DX_MONITOR_ROUTES_EVERY", "0")]);
    assert!(unknown.contains("DX_MONITOR_ROUTES: \"all\" is not one of off, count, prefixes"), "{unknown}");
    assert!(unknown.contains("DX_MONITOR_ROUTES_EVERY is \"0\"; it must be a whole number from 1 to 60"), "{unknown}");
}

#[test]
fn an_empty_list_is_a_mistake() {
    let error = read(&[("DX_MONITOR_REGIONS", ","), ("DX_MONITOR_KINDS", " , ")]).unwrap_err().to_string();
    for mistake in ["STATE_TABLE is not set", "HISTORY_TABLE is not set", "names no region", "names no kind"] {
        assert!(error.contains(mistake), "{error}");
    }
}

#[test]
fn both_tables_are_set_or_neither() {
    let tables = |variables: &'static [(&str, &str)]| {
        tables(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    };
    assert_eq!(tables(&[]), Ok(None));
    assert_eq!(tables(&[("DX_MONITOR_STATE_TABLE", " "), ("DX_MONITOR_HISTORY_TABLE", "")]), Ok(None));
    assert_eq!(tables(&TABLES), Ok(Some(("states".to_owned(), "history".to_owned()))));
    let half = tables(&[("DX_MONITOR_STATE_TABLE", "states"), ("DX_MONITOR_HISTORY_TABLE", " ")]).unwrap_err();
    insta::assert_snapshot!(half, @"the environment is not usable: DX_MONITOR_STATE_TABLE is set, and DX_MONITOR_HISTORY_TABLE is not: set both to read those tables in DynamoDB, or neither to read a file");
    assert!(tables(&[("DX_MONITOR_HISTORY_TABLE", "history")]).unwrap_err().to_string().contains("STATE_TABLE is not"));
}

#[test]
fn a_namespace_is_checked_by_cloudwatchs_rules() {
    let namespace = |value: &str| {
        let mut variables = TABLES.to_vec();
        variables.push(("DX_MONITOR_NAMESPACE", value));
        Configuration::read(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
        .is_ok()
    };
    assert!(namespace("Network/Direct Connect_1.x-y#z:a") && namespace(&"n".repeat(255)));
    for unsound in [&"n".repeat(256), "AWS/DX", ":network", "Netzwerk/Köln", "a\\b"] {
        assert!(!namespace(unsound), "{unsound}");
    }
}

#[test]
fn the_log_level_is_that_of_lambda_or_rust_log() {
    let level = |variables: &'static [(&str, &str)]| {
        log_level(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    };
    assert_eq!(level(&[]), "info");
    assert_eq!(level(&[("RUST_LOG", "debug")]), "debug");
    assert_eq!(level(&[("RUST_LOG", "debug"), ("AWS_LAMBDA_LOG_LEVEL", "FATAL")]), "error");
    assert_eq!(level(&[("RUST_LOG", "debug"), ("AWS_LAMBDA_LOG_LEVEL", "WARN")]), "WARN");
}

#[test]
fn the_intended_resilience_is_a_list_of_models() {
    let read =
        |value: &str| intended_resilience(|name| (name == "DX_MONITOR_INTENDED_RESILIENCE").then(|| value.to_owned()));
    assert_eq!(read(" "), Ok(Intents::default()));
    assert_eq!(read("high, vgw-1=maximum"), Ok(Intents::read(["high", "vgw-1=maximum"]).unwrap()));
    let error = read("best,vgw-1=").unwrap_err().to_string();
    insta::assert_snapshot!(error, @r#"the environment is not usable: DX_MONITOR_INTENDED_RESILIENCE: "best" is not a resiliency model; they are maximum, high, development, none; DX_MONITOR_INTENDED_RESILIENCE: "" is not a resiliency model; they are maximum, high, development, none"#);
}
