//! `drill`: sends one marked transition and one marked incident to topics and bus, so that a team can check its e-mail,
//! chat and rules before it needs them.

use std::{collections::BTreeMap, io::Write, process::ExitCode};

use anyhow::{Context, bail};
use clap::{Args, ValueEnum, builder::NonEmptyStringValueParser};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    aws::{self, LambdaFunction},
    config,
    domain::{Health, Sinks},
    drill::drill,
    escape,
    ports::{Announcer, Clock, SystemClock},
    terminal,
};

/// Send one marked transition and one marked incident to topics and bus, and show which of them accepted both; touches
/// no table
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    aws-dx-monitor drill --function dx-Function-1A2B3C4D5E6F\n  \
    aws-dx-monitor drill --topic-arn arn:aws:sns:us-east-1:123456789012:people --event-bus default\n  \
    DX_MONITOR_CHAT_TOPIC_ARN=arn:aws:sns:us-east-1:123456789012:chat aws-dx-monitor drill\n  \
    aws-dx-monitor drill --function dx-Function-1A2B3C4D5E6F --output json | jq -r .id\n\n\
    With --function, the monitor's own function sends it to its own sinks with its own permissions, like real changes. \
    Without it, the tool sends it with your credentials to the sinks named by the options or the environment.\n\n\
    Three messages are sent: a transition, an incident that is opened, and the same incident resolved. Accepted means \
    that the topic or the bus took all of them. Check for yourself that they arrive: they are marked [drill]. \
    EventBridge accepts events that no rule matches, and may even accept them for a bus that does not exist.\n\n\
    Exit status: 0 when every sink accepted all of it, 2 otherwise.")]
pub struct Options {
    /// The monitor's function, by name or ARN, which sends the drill to its own sinks (the stack's output FunctionName)
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    #[arg(conflicts_with_all = ["topic_arn", "chat_topic_arn", "event_bus"])]
    function: Option<String>,
    /// The SNS topic for people [default: DX_MONITOR_TOPIC_ARN]
    #[arg(long, value_name = "ARN", value_parser = config::topic_arn)]
    topic_arn: Option<String>,
    /// The SNS topic for chat [default: DX_MONITOR_CHAT_TOPIC_ARN]
    #[arg(long, value_name = "ARN", value_parser = config::topic_arn)]
    chat_topic_arn: Option<String>,
    /// The EventBridge bus, by name or ARN [default: DX_MONITOR_EVENT_BUS]
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    event_bus: Option<String>,
    /// The output format; JSON is the drill's report: id, sinks, accepted
    #[arg(long, value_enum, default_value_t)]
    output: DrillFormat,
}

/// The output format of `drill`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum DrillFormat {
    /// For people
    #[default]
    Table,
    /// For programs
    Json,
}

/// The report of a drill. Reading it is lenient, because the function may be of another version.
#[derive(Debug, Deserialize)]
struct DrillAnswer {
    id: String,
    sinks: BTreeMap<String, String>,
    accepted: bool,
}

pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let report = match &options.function {
        Some(function) => by_function(function).await?,
        None => by_caller(options.sinks()?).await?,
    };
    let answer: DrillAnswer = serde_json::from_value(report.clone()).with_context(|| {
        let function = options.function.as_deref().unwrap_or_default();
        format!("the function {function} did not answer like a monitor's; check that --function names one: {report}")
    })?;
    let mut out = anstream::stdout();
    match options.output {
        DrillFormat::Json => writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?,
        DrillFormat::Table => write_table(&mut out, &answer)?,
    }
    Ok(if answer.accepted { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

impl Options {
    /// The sinks named by the options; where they name none, those of the environment.
    fn sinks(&self) -> anyhow::Result<Sinks> {
        let named = Sinks {
            topic_arn: self.topic_arn.clone(),
            chat_topic_arn: self.chat_topic_arn.clone(),
            event_bus: self.event_bus.clone(),
        };
        let sinks = named.or(config::sinks_from_environment()?);
        if sinks == Sinks::default() {
            bail!(
                "there is no topic and no bus to send a drill to: give --topic-arn, --chat-topic-arn or --event-bus, set \
                 DX_MONITOR_TOPIC_ARN, DX_MONITOR_CHAT_TOPIC_ARN or DX_MONITOR_EVENT_BUS, or give --function to let the \
                 monitor's function send it"
            );
        }
        Ok(sinks)
    }
}

/// Lets the monitor's function send the drill, and returns its report.
async fn by_function(function: &str) -> anyhow::Result<Value> {
    let sdk = aws::operator_config(aws::region_of(function)).await?;
    LambdaFunction::new(&sdk, function)?.invoke(&json!({"drill": true})).await
}

/// Sends the drill with the caller's credentials, and returns the report.
async fn by_caller(sinks: Sinks) -> anyhow::Result<Value> {
    let sdk = aws::operator_config(None).await?;
    let caller = aws::sts::caller(&sdk).await?;
    let announcers = aws::announcers(&sdk, &sinks);
    let announcers: Vec<&dyn Announcer> = announcers.iter().map(Box::as_ref).collect();
    let report = drill(&announcers, &caller.scope(), &caller.name, SystemClock.now()).await?;
    Ok(serde_json::to_value(&report)?)
}

fn write_table(out: &mut impl Write, answer: &DrillAnswer) -> anyhow::Result<()> {
    writeln!(out, "drill {}\n", escape::terminal(&answer.id))?;
    let mut table = terminal::Table::new(["", "SINK", "ANSWER"]);
    for (sink, outcome) in &answer.sinks {
        let health = if outcome == "accepted" { Health::Up } else { Health::Down };
        table.add_row([
            terminal::cell(terminal::sign(health), health),
            escape::terminal(sink).into(),
            terminal::cell(escape::terminal(outcome), health),
        ]);
    }
    table.write(out)?;
    let refusals = answer.sinks.values().filter(|outcome| *outcome != "accepted").count();
    match refusals {
        0 => writeln!(
            out,
            "\nAccepted everywhere. Now check that all three messages arrive, with [drill] in the subject."
        )?,
        _ => writeln!(out, "\nRefused by {refusals} of {}; nothing will arrive there.", answer.sinks.len())?,
    }
    Ok(())
}
