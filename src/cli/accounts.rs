//! `accounts`: lists the accounts that are watched from one hub, worst first.

use std::{
    collections::BTreeMap,
    io::{BufWriter, Write},
    process::ExitCode,
};

use clap::Args;

use super::{
    output::{self, Format},
    store::{self, Purpose, Source},
};
use crate::{
    domain::{Health, Timestamp},
    escape,
    ports::{Clock, SystemClock},
    query::{self, AccountCondition, AccountStatus},
    terminal, words,
};

const EXAMPLES: &str = "Examples:\n  \
    aws-dx-monitor accounts\n  \
    aws-dx-monitor accounts || page-somebody\n  \
    aws-dx-monitor accounts --output json | jq '.[] | select(.condition == \"refused\") | .account'\n\n\
    Exit status: 0 when no account is late, 1 when one is, 2 for an error.\n\n\
    An account is late when it was reached once and is not any more. One that was never reached is\n\
    refused or not enrolled, and no alarm.\n\n";

/// List the accounts that are watched from one hub, worst first; exit status 1 when one is late
#[derive(Debug, Args)]
#[command(after_help = [EXAMPLES, store::HELP].concat())]
pub struct Options {
    #[command(flatten)]
    source: Source,
    /// Also accounts that are not on the list any more
    #[arg(long)]
    left: bool,
    /// The output format
    #[arg(long, value_enum, default_value_t)]
    output: Format,
}

pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let store = options.source.open_for(Purpose::Read).await?;
    let now = SystemClock.now();
    let accounts = query::account_list(&*store, options.left, now).await?;
    let mut out = BufWriter::new(anstream::stdout());
    match options.output {
        Format::Json => output::write_json(&mut out, &accounts)?,
        Format::Csv => write_csv(&mut out, &accounts)?,
        Format::Table => write_table(&mut out, &accounts, now)?,
    }
    out.flush()?;
    let is_late = accounts.iter().any(|account| account.condition == AccountCondition::Late);
    Ok(if is_late { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The health whose colour and sign a condition has.
fn health(condition: AccountCondition) -> Health {
    match condition {
        AccountCondition::Late => Health::Down,
        AccountCondition::Refused => Health::Unknown,
        AccountCondition::NotEnrolled => Health::Pending,
        AccountCondition::Hot | AccountCondition::Cold => Health::Up,
        AccountCondition::Left => Health::Removed,
    }
}

fn write_table(out: &mut impl Write, accounts: &[AccountStatus], now: Timestamp) -> anyhow::Result<()> {
    if accounts.is_empty() {
        return Ok(writeln!(out, "no other accounts are watched from here")?);
    }
    let mut table =
        terminal::Table::new(["", "CONDITION", "ACCOUNT", "NAME", "ITEMS", "REGIONS", "LAST REACHED", "ERROR"]);
    for account in accounts {
        let health = health(account.condition);
        let last_reached =
            account.last_ok_at.map_or("never".to_owned(), |at| format!("{} ago", words::duration(now.since(at))));
        let regions: Vec<String> = account.regions.iter().map(|region| escape::terminal(region)).collect();
        table.add_row([
            terminal::cell(terminal::sign(health), health),
            terminal::cell(account.condition.as_str(), health),
            escape::terminal(&account.account).into(),
            terminal::text(account.name.as_deref().unwrap_or_default()).into(),
            account.items.to_string().into(),
            regions.join(", ").into(),
            last_reached.into(),
            terminal::text(account.last_error.as_deref().unwrap_or_default()).into(),
        ]);
    }
    table.write(out)?;
    let mut counts: BTreeMap<AccountCondition, u64> = BTreeMap::new();
    accounts.iter().for_each(|account| *counts.entry(account.condition).or_default() += 1);
    let counts: Vec<String> =
        counts.into_iter().map(|(condition, count)| format!("{count} {}", condition.as_str())).collect();
    writeln!(out, "\n{}", counts.join(", "))?;
    Ok(())
}

fn write_csv(out: &mut impl Write, accounts: &[AccountStatus]) -> anyhow::Result<()> {
    let header = [
        "condition",
        "account",
        "name",
        "items",
        "regions",
        "last_ok_at",
        "late_since",
        "last_error",
        "enrolled_at",
        "left_at",
    ];
    write!(out, "{}", escape::csv_line(header.map(str::to_owned)))?;
    let text = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    for account in accounts {
        let regions: Vec<&str> = account.regions.iter().map(String::as_str).collect();
        let line = escape::csv_line([
            account.condition.as_str().to_owned(),
            account.account.clone(),
            account.name.clone().unwrap_or_default(),
            account.items.to_string(),
            regions.join(" "),
            text(account.last_ok_at),
            text(account.late_since),
            account.last_error.clone().unwrap_or_default(),
            text(account.enrolled_at),
            text(account.left_at),
        ]);
        write!(out, "{line}")?;
    }
    Ok(())
}
