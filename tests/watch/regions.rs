//! What cannot be reached is named, and everything else goes on.

use super::{Bench, settled, text};

const BOTH: [&str; 4] = ["--region", "us-east-1", "--region", "eu-central-1"];

#[test]
fn a_region_that_denies_access_is_named_and_the_others_go_on() {
    let bench = Bench::new();
    bench
        .proxy
        .on_call(|call| call.service == "directconnect" && call.region == "eu-central-1")
        .fail(400, "AccessDeniedException");
    let output = bench.once(&BOTH);
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(2), ""));
    insta::assert_snapshot!(settled(&text(&output.stderr)), @"
    TIME ? 123456789012/eu-central-1: nothing could be listed: DescribeConnections in eu-central-1, page 1: AccessDeniedException: The test wants AccessDeniedException.
    [baseline] Watching 27 items in 2 scopes: all of them are up
    ");
    let seen = bench.second(600).once(&BOTH);
    assert!(text(&seen.stdout).contains("connection dxcon-ffx3v7tc available -> down"), "{}", text(&seen.stdout));
}

/// A region that takes calls and never answers is given up after the limit of a call.
#[test]
fn a_region_that_hangs_is_named_and_the_others_go_on() {
    let bench = Bench::new();
    let _gate = bench.proxy.on_call(|call| call.service == "directconnect" && call.region == "ap-south-1").hold();
    let regions = ["--region", "us-east-1", "--region", "ap-south-1", "--kind", "connection"];
    let output = bench.once(&regions);
    assert_eq!(output.status.code(), Some(2));
    let told = text(&output.stderr);
    let problem = told.lines().find(|line| line.contains("ap-south-1")).unwrap();
    assert!(
        problem.contains(
            "? 123456789012/ap-south-1: nothing could be listed: DescribeConnections in ap-south-1, page 1: "
        ) && problem.contains("timeout"),
        "{problem}"
    );
    assert!(told.contains("[baseline] Watching 4 items in 1 scope"), "{told}");
}

#[test]
fn an_endpoint_that_refuses_connections_is_named() {
    let bench = Bench::new();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let output = bench
        .command(&["watch", "--once", "--kind", "lag"])
        .env("AWS_ENDPOINT_URL_DIRECT_CONNECT", format!("http://{nobody}"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let told = text(&output.stderr);
    assert!(
        told.contains("123456789012/us-east-1: nothing could be listed: DescribeLags in us-east-1, page 1: "),
        "{told}"
    );
    assert_eq!(told.lines().count(), 1, "{told}");
}

/// The account is asked for in any region that answers.
#[test]
fn the_account_is_known_where_one_region_answers() {
    let bench = Bench::new();
    let _gate = bench.proxy.on_call(|call| call.service == "sts" && call.region == "us-east-1").hold();
    let output = bench.once(&["--region", "us-east-1", "--region", "eu-central-1"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

#[test]
fn credentials_that_are_not_accepted_are_one_clear_error() {
    let bench = Bench::new();
    bench.proxy.on("sts", "GetCallerIdentity").fail(403, "ExpiredToken");
    let output = bench.once(&[]);
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(2), ""));
    insta::assert_snapshot!(text(&output.stderr), @"
    error: cannot tell whose AWS credentials these are: sts:GetCallerIdentity: ExpiredToken: The test wants ExpiredToken. (`aws sts get-caller-identity` asks the same; `aws sso login` renews a session)
    ");
    assert!(!bench.path("dx-monitor.db").exists(), "nothing is made before it is known for whom");
}

#[test]
fn without_credentials_or_a_region_it_says_what_to_do() {
    let bench = Bench::new();
    let mut bare = bench.command(&["watch", "--once"]);
    let output =
        bare.env_clear().env("HOME", bench.folder.path()).env("AWS_EC2_METADATA_DISABLED", "true").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(text(&output.stderr), @"
    error: no AWS region is set: set AWS_REGION, or AWS_PROFILE to a profile that has one
    ");
    let mut bare = bench.command(&["watch", "--once", "--region", "us-east-1"]);
    let output =
        bare.env_clear().env("HOME", bench.folder.path()).env("AWS_EC2_METADATA_DISABLED", "true").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let told = text(&output.stderr);
    assert!(told.starts_with("error: there are no AWS credentials: sign in (`aws sso login`)"), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
}

#[test]
fn a_slow_region_holds_no_other() {
    let bench = Bench::new();
    bench.seen(&BOTH);
    let gate = bench.proxy.on_call(|call| call.service == "directconnect" && call.region == "eu-central-1").hold();
    bench.second(600);
    let mut watch = bench.start(&BOTH);
    assert!(watch.out.find("dxcon-ffx3v7tc").contains("available -> down"), "told while the other region still hangs");
    gate.open();
    watch.signal("INT");
    assert_eq!(watch.code(), Some(0));
}
