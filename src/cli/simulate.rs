//! `simulate`: serves a simulated Direct Connect on loopback, for the AWS CLI, any SDK or this monitor.

use std::{io::Write, path::PathBuf, process::ExitCode};

use clap::Args;

use crate::{
    simulator::{Scenario, Simulator},
    words,
};

/// Serve a simulated Direct Connect on loopback, over the real wire protocol, until Ctrl-C
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    aws-dx-monitor simulate --port 4577\n  \
    aws directconnect describe-virtual-interfaces --region us-east-1 --endpoint-url http://127.0.0.1:4577\n  \
    AWS_ENDPOINT_URL=http://127.0.0.1:4577 aws sts get-caller-identity   the scenario's account\n  \
    aws-dx-monitor simulate --print-scenario > mine.json   a starting point for your own\n  \
    aws-dx-monitor simulate --scenario mine.json")]
pub struct Options {
    /// The port to listen on; 0 means any free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    port: u16,
    /// The scenario to play, a JSON file [default: the built-in one]
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// Print the built-in scenario and exit
    #[arg(long, conflicts_with_all = ["port", "scenario"])]
    print_scenario: bool,
}

pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let mut out = anstream::stdout();
    if options.print_scenario {
        write!(out, "{}", Scenario::builtin_json())?;
        return Ok(ExitCode::SUCCESS);
    }
    let scenario = match &options.scenario {
        Some(path) => Scenario::load(path)?,
        None => Scenario::builtin(),
    };
    let regions: Vec<&str> = scenario.inventory.regions.keys().map(String::as_str).collect();
    let region = regions.first().copied().unwrap_or("us-east-1").to_owned();
    let story = format!(
        "account {}, {} in {}, {} changes to come",
        scenario.account,
        words::counted(scenario.inventory.len() as u64, "item", "items"),
        if regions.is_empty() { "no region".to_owned() } else { regions.join(", ") },
        scenario.timeline.len()
    );
    let simulator = Simulator::start(scenario, options.port)?;
    let url = simulator.endpoint_url();
    writeln!(out, "Direct Connect, simulated, at {url}\n{story}\n")?;
    writeln!(out, "  aws directconnect describe-connections --region {region} --endpoint-url {url}\n")?;
    writeln!(out, "Any credentials will do. Ctrl-C ends it.")?;
    out.flush()?;
    tokio::signal::ctrl_c().await?;
    let traffic = simulator.traffic();
    writeln!(out, "\n{} answered", words::counted(traffic.total(), "call", "calls"))?;
    Ok(ExitCode::SUCCESS)
}
