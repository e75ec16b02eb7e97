//! A region or service that cannot be reached is named, and all others are polled.

use super::{Rig, settled, text};

const BOTH: [&str; 4] = ["--region", "us-east-1", "--region", "eu-central-1"];

#[test]
fn a_region_that_denies_access_is_named_and_the_others_are_polled() {
    let rig = Rig::new();
    rig.proxy
        .on_call(|call| call.service == "directconnect" && call.region == "eu-central-1")
        .fail(400, "AccessDeniedException");
    let output = rig.once(&BOTH);
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(2), ""));
    insta::assert_snapshot!(settled(&text(&output.stderr)), @"
    TIME ? 123456789012/eu-central-1: nothing could be listed: DescribeConnections in eu-central-1, page 1: AccessDeniedException: The test wants AccessDeniedException.
    TIME ? 123456789012/global: gateway attachments, gateway associations could not be listed, so none is taken as absent: DescribeVirtualInterfaces in eu-central-1, page 1: AccessDeniedException: The test wants AccessDeniedException.
    [baseline] Watching 21 items in 2 scopes: all of them are up
    ");
    let seen = rig.second(600).once(&BOTH);
    assert!(text(&seen.stdout).contains("connection dxcon-ffx3v7tc available -> down"), "{}", text(&seen.stdout));
}

/// A region that accepts calls and never answers them ends in the timeout of a call.
#[test]
fn a_region_that_hangs_is_named_and_the_others_are_polled() {
    let rig = Rig::new();
    let _gate = rig.proxy.on_call(|call| call.service == "directconnect" && call.region == "ap-south-1").hold();
    let regions = ["--region", "us-east-1", "--region", "ap-south-1", "--kind", "connection"];
    let output = rig.once(&regions);
    assert_eq!(output.status.code(), Some(2));
    let errors = text(&output.stderr);
    let problem = errors.lines().find(|line| line.contains("ap-south-1")).unwrap();
    assert!(
        problem.contains(
            "? 123456789012/ap-south-1: nothing could be listed: DescribeConnections in ap-south-1, page 1: "
        ) && problem.contains("timeout"),
        "{problem}"
    );
    assert!(errors.contains("[baseline] Watching 4 items in 1 scope"), "{errors}");
}

#[test]
fn an_endpoint_that_refuses_connections_is_named() {
    let rig = Rig::new();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let output = rig
        .command(&["watch", "--once", "--kind", "lag"])
        .env("AWS_ENDPOINT_URL_DIRECT_CONNECT", format!("http://{closed}"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let errors = text(&output.stderr);
    assert!(
        errors.contains("123456789012/us-east-1: nothing could be listed: DescribeLags in us-east-1, page 1: "),
        "{errors}"
    );
    assert_eq!(errors.lines().count(), 1, "{errors}");
}

/// STS is asked in every region, and the first answer counts.
#[test]
fn one_region_that_answers_is_enough_to_know_the_account() {
    let rig = Rig::new();
    let _gate = rig.proxy.on_call(|call| call.service == "sts" && call.region == "us-east-1").hold();
    let output = rig.once(&["--region", "us-east-1", "--region", "eu-central-1"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

#[test]
fn credentials_that_are_not_accepted_are_one_clear_error() {
    let rig = Rig::new();
    rig.proxy.on("sts", "GetCallerIdentity").fail(403, "ExpiredToken");
    let output = rig.once(&[]);
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(2), ""));
    insta::assert_snapshot!(text(&output.stderr), @"
    error: cannot find out whose AWS credentials these are: sts:GetCallerIdentity: ExpiredToken: The test wants ExpiredToken. (`aws sts get-caller-identity` asks the same; `aws sso login` renews a session)
    ");
    assert!(!rig.path("dx-monitor.db").exists(), "no database before the account is known");
}

#[test]
fn without_credentials_or_a_region_the_error_has_what_to_do() {
    let rig = Rig::new();
    let mut bare = rig.command(&["watch", "--once"]);
    let output =
        bare.env_clear().env("HOME", rig.folder.path()).env("AWS_EC2_METADATA_DISABLED", "true").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(text(&output.stderr), @"
    error: no AWS region is set: set AWS_REGION, or AWS_PROFILE to a profile that has one
    ");
    let mut bare = rig.command(&["watch", "--once", "--region", "us-east-1"]);
    let output =
        bare.env_clear().env("HOME", rig.folder.path()).env("AWS_EC2_METADATA_DISABLED", "true").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let errors = text(&output.stderr);
    assert!(errors.starts_with("error: there are no AWS credentials: sign in (`aws sso login`)"), "{errors}");
    assert_eq!(errors.lines().count(), 1, "{errors}");
}

#[test]
fn a_slow_region_delays_no_other() {
    let rig = Rig::new();
    rig.seen(&BOTH);
    let gate = rig.proxy.on_call(|call| call.service == "directconnect" && call.region == "eu-central-1").hold();
    rig.second(600);
    let mut watch = rig.start(&BOTH);
    assert!(
        watch.out.find("dxcon-ffx3v7tc").contains("available -> down"),
        "written while the other region still hangs"
    );
    gate.open();
    watch.signal("INT");
    assert_eq!(watch.code(), Some(0));
}
