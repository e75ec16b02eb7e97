//! `member-role`: prints the CloudFormation template of the role by which the function reads another account.
//!
//! The text is that of `member-role.yaml`; what is given on the command line becomes the default of a parameter. Nothing else
//! of it changes, so that what a stack makes of it is the same everywhere.

use std::{io::Write, process::ExitCode};

use clap::Args;

use crate::{
    config::{self, DEFAULT_MEMBER_ROLE},
    domain::is_account,
};

/// The template, with no account in it.
pub const TEMPLATE: &str = include_str!("member-role.yaml");

/// Print the CloudFormation template of the role that an account has for a monitor in another account
///
/// Deploy it in each account that the monitor is to watch. The role only reads Direct Connect.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    aws-dx-monitor member-role --hub 999988887777 > member-role.yaml\n  \
    aws-dx-monitor member-role --hub 999988887777 --organization o-abcdefghij\n  \
    aws-dx-monitor member-role --hub 999988887777 --external-id customer-7\n  \
    aws cloudformation deploy --stack-name dx-monitor-member --template-file member-role.yaml --capabilities CAPABILITY_NAMED_IAM")]
pub struct Options {
    /// The account in which the monitor runs
    #[arg(long, value_name = "ACCOUNT", value_parser = account)]
    hub: String,
    /// The organisation that the monitor must belong to
    #[arg(long, value_name = "ID", value_parser = organization)]
    organization: Option<String>,
    /// What the monitor must know besides (DX_MONITOR_EXTERNAL_ID)
    #[arg(long, value_name = "ID", value_parser = config::external_id_form)]
    external_id: Option<String>,
    /// The name of the role (DX_MONITOR_MEMBER_ROLE)
    #[arg(long, value_name = "NAME", default_value = DEFAULT_MEMBER_ROLE, value_parser = config::role_name)]
    role: String,
}

fn account(text: &str) -> Result<String, String> {
    if is_account(text) { Ok(text.to_owned()) } else { Err("not the id of an account: twelve digits".to_owned()) }
}

fn organization(text: &str) -> Result<String, String> {
    let is_id = text.strip_prefix("o-").is_some_and(|id| {
        (10..=32).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    });
    if is_id { Ok(text.to_owned()) } else { Err("not the id of an organisation like o-abcdefghij".to_owned()) }
}

/// Prints the template.
pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    std::io::stdout().write_all(template(&options).as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// The template with the given values as the defaults of its parameters.
fn template(options: &Options) -> String {
    let given = [
        ("HubAccount", Some(&options.hub)),
        ("OrganizationId", options.organization.as_ref()),
        ("ExternalId", options.external_id.as_ref()),
        ("RoleName", Some(&options.role)),
    ];
    let mut parameter = "";
    let lines = TEMPLATE.lines().map(|line| {
        if let Some(name) = line.strip_prefix("  ").and_then(|line| line.strip_suffix(':')) {
            parameter = name.trim();
        }
        let value = given.iter().find(|(name, _)| *name == parameter).and_then(|(_, value)| *value);
        // The values are letters, digits and a few signs: none that YAML reads as anything else between quotes.
        match value.filter(|_| line.starts_with("    Default: ")) {
            Some(value) => format!("    Default: \"{value}\"\n"),
            None => format!("{line}\n"),
        }
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_becomes_a_default_and_nothing_else_changes() {
        let options = Options {
            hub: "999988887777".to_owned(),
            organization: Some("o-abcdefghij".to_owned()),
            external_id: None,
            role: "reader".to_owned(),
        };
        let template = template(&options);
        let changed: Vec<&str> =
            template.lines().zip(TEMPLATE.lines()).filter(|(new, old)| new != old).map(|(new, _)| new.trim()).collect();
        assert_eq!(changed, ["Default: \"999988887777\"", "Default: \"o-abcdefghij\"", "Default: \"reader\""]);
        assert_eq!(template.lines().count(), TEMPLATE.lines().count());
    }

    #[test]
    fn what_is_no_id_is_refused() {
        assert!(account("123456789012").is_ok() && account("1").is_err() && account("12345678901x").is_err());
        assert!(organization("o-abcdefghij").is_ok() && organization("o-short").is_err() && organization("x").is_err());
    }
}
