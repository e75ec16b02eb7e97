//! The role of an account that is watched from another: it may do what the function does to its own Direct Connect, and no
//! one but the hub may assume it.

use std::process::Command;

use aws_dx_monitor::cli::member_role::TEMPLATE;
use serde_json::{Value, json};

use super::{
    permissions::statements,
    stack::{EVERYTHING, Stack},
};
use crate::support::{python::tool, sdk};

/// What the command prints.
fn printed(options: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_aws-dx-monitor")).arg("member-role").args(options).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The template as JSON, functions in their long form.
fn parsed(text: &str) -> Value {
    let file = tempfile::NamedTempFile::with_suffix(".yaml").unwrap();
    std::fs::write(file.path(), text).unwrap();
    let output = Command::new(tool("python3"))
        .args([
            "-c",
            "import sys, json; from cfnlint.decode.cfn_yaml import load; print(json.dumps(load(sys.argv[1])))",
        ])
        .arg(file.path())
        .envs(sdk::environment("http://127.0.0.1:9", "us-east-1"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_linter_accepts_what_is_printed() {
    let text = printed(&["--hub", "999988887777", "--organization", "o-abcdefghij", "--external-id", "customer-7"]);
    let file = tempfile::NamedTempFile::with_suffix(".yaml").unwrap();
    std::fs::write(file.path(), text).unwrap();
    let output = Command::new(tool("cfn-lint")).arg(file.path()).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
}

#[test]
fn the_role_may_read_what_the_functions_own_role_may_and_nothing_else() {
    let role = parsed(TEMPLATE)["Resources"]["MemberRole"]["Properties"].clone();
    assert_eq!(role.get("ManagedPolicyArns"), None);
    let policies = role["Policies"].as_array().unwrap();
    let statements_there = policies[0]["PolicyDocument"]["Statement"].as_array().unwrap();
    assert_eq!((policies.len(), statements_there.len()), (1, 1));
    let own = statements(&Stack::of(&EVERYTHING), "FunctionRole");
    let own = own.iter().find(|statement| statement.sid == "ReadDirectConnect").unwrap();
    assert_eq!(statements_there[0]["Action"], json!(own.actions));
    assert_eq!((&statements_there[0]["Effect"], &statements_there[0]["Resource"]), (&json!("Allow"), &json!("*")));
}

#[test]
fn the_role_trusts_the_hub_alone_by_account_pattern_organisation_and_external_id() {
    let text = printed(&["--hub", "999988887777", "--organization", "o-abcdefghij"]);
    let template = parsed(&text);
    assert_eq!(template["Parameters"]["HubAccount"]["Default"], "999988887777");
    assert_eq!(template["Parameters"]["OrganizationId"]["Default"], "o-abcdefghij");
    assert_eq!(template["Parameters"]["ExternalId"]["Default"], "");
    let trust = &template["Resources"]["MemberRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"];
    assert_eq!(trust.as_array().unwrap().len(), 1);
    assert_eq!(trust[0]["Action"], "sts:AssumeRole");
    assert_eq!(trust[0]["Principal"], json!({"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${HubAccount}:root"}}));
    let like = &trust[0]["Condition"]["ArnLike"]["aws:PrincipalArn"]["Fn::Sub"];
    assert_eq!(*like, "arn:${AWS::Partition}:iam::${HubAccount}:role/${HubRole}");
    let equals = &trust[0]["Condition"]["StringEquals"]["Fn::If"][1];
    let keys: Vec<&String> = equals.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["aws:PrincipalOrgID", "sts:ExternalId"]);
}

#[test]
fn the_function_may_assume_that_role_only_where_other_accounts_are_watched() {
    let may = |accounts: &str| {
        let stack = Stack::of(&[("Accounts", accounts), ("MemberRole", "reader")]);
        let roles = statements(&stack, "FunctionRole").into_iter();
        roles.filter(|statement| statement.actions == ["sts:AssumeRole"]).flat_map(|role| role.resources).collect()
    };
    let nothing: Vec<String> = Vec::new();
    assert_eq!((may(""), may("own")), (nothing.clone(), nothing));
    assert_eq!(may("own,111122223333"), ["arn:aws:iam::*:role/reader"]);
    assert_eq!(may("organization"), ["arn:aws:iam::*:role/reader"]);
}

#[test]
fn what_is_no_account_is_refused() {
    let output =
        Command::new(env!("CARGO_BIN_EXE_aws-dx-monitor")).args(["member-role", "--hub", "x"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("twelve digits"));
}

#[test]
fn the_stack_set_gives_the_units_the_role_that_is_printed() {
    assert!(!Stack::of(&[]).has("Members") && !Stack::of(&[("Accounts", "organization")]).has("Members"));
    let set = Stack::of(&[
        ("Accounts", "organization"),
        ("MemberUnits", "ou-abcd-11111111,ou-abcd-22222222"),
        ("OrganizationId", "o-abcdefghij"),
        ("MemberRole", "reader"),
    ])
    .properties("Members");
    assert_eq!(set["TemplateBody"], TEMPLATE);
    let parameters: Vec<(&str, &str)> = set["Parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|given| (given["ParameterKey"].as_str().unwrap(), given["ParameterValue"].as_str().unwrap()))
        .collect();
    assert_eq!(
        parameters,
        [
            ("HubAccount", "123456789012"),
            ("OrganizationId", "o-abcdefghij"),
            ("ExternalId", ""),
            ("RoleName", "reader")
        ]
    );
    assert_eq!((&set["PermissionModel"], &set["AutoDeployment"]["Enabled"]), (&json!("SERVICE_MANAGED"), &json!(true)));
    let group = &set["StackInstancesGroup"][0];
    assert_eq!(group["DeploymentTargets"]["OrganizationalUnitIds"], json!(["ou-abcd-11111111", "ou-abcd-22222222"]));
    assert_eq!(group["Regions"], json!(["us-east-1"]), "IAM is global");
}
