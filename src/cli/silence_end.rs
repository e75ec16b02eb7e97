//! `silence end`: ends a silence now.

use std::{io::Write, process::ExitCode};

use anyhow::bail;
use clap::Args;

use super::store::{self, Purpose, Source};
use crate::{
    domain::{Timestamp, Window, WindowSource},
    escape,
    ports::{Clock, SystemClock},
    query, terminal, words,
};

const EXAMPLES: &str = "Examples:\n  \
    aws-dx-monitor silence end k7tq2\n  \
    aws-dx-monitor silence end k7                 # as much of the id as is needed\n\n\
    What differs then from what was announced last is announced, once, two polls later.\n\n";

/// End a silence now
#[derive(Debug, Args)]
#[command(after_help = [EXAMPLES, store::PLANNING_HELP].concat())]
pub struct Options {
    /// The silence's id, or its beginning
    #[arg(value_name = "ID")]
    id: String,
    /// The account, where the store has several and more than one could be meant
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    #[command(flatten)]
    source: Source,
}

pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let now = SystemClock.now();
    let store = options.source.open_for(Purpose::Plan).await?;
    let scopes = store.scopes().await?;
    let known = query::accounts(scopes.iter().map(|listed| (&listed.scope, listed.retired_at)));
    let mut windows = Vec::new();
    for account in query::named_accounts(known, options.account.as_deref())? {
        let found = store.windows(&account).await?.windows;
        windows.extend(found.into_iter().map(|window| (account.clone(), window)));
    }
    let (account, silence) = the_silence(&windows, &options.id, now)?;
    let mut out = anstream::stdout();
    if silence.until <= now {
        let ended = words::instant(silence.until);
        writeln!(out, "The silence {} is over since {ended}.", escape::terminal(&silence.id))?;
        return Ok(ExitCode::SUCCESS);
    }
    // One that has not begun is over before it does.
    let ended = Window { from: silence.from.min(now), until: now, ..silence.clone() };
    store.write_window(account, &ended).await?;
    let (id, title) = (escape::terminal(&silence.id), terminal::text(&silence.title));
    writeln!(out, "The silence {id} ({title}) ended at {}.", words::instant(now))?;
    Ok(ExitCode::SUCCESS)
}

/// The silence whose id is or begins with `text`: of several, the one whose id it is, or the only one that is not over.
fn the_silence<'a>(
    windows: &'a [(String, Window)],
    text: &str,
    now: Timestamp,
) -> anyhow::Result<(&'a str, &'a Window)> {
    let text = text.trim().to_lowercase();
    let begin_so = |window: &&(String, Window)| !text.is_empty() && window.1.id.to_lowercase().starts_with(&text);
    let (silences, work): (Vec<_>, Vec<_>) =
        windows.iter().filter(begin_so).partition(|(_, window)| window.source == WindowSource::Silence);
    let lasting: Vec<_> = silences.iter().copied().filter(|(_, window)| window.until > now).collect();
    let whole: Vec<_> = silences.iter().copied().filter(|(_, window)| window.id == text).collect();
    for candidates in [whole, lasting, silences] {
        match candidates[..] {
            [(account, only)] => return Ok((account, only)),
            [] => {}
            _ => bail!("{}", ambiguous(&text, &candidates)),
        }
    }
    match work.first() {
        Some(_) => bail!("{text:?} is planned work of AWS, and only AWS can end it"),
        None => bail!("there is no silence {text:?}: `aws-dx-monitor silence list` lists them"),
    }
}

fn ambiguous(text: &str, candidates: &[&(String, Window)]) -> String {
    let named =
        words::first_few(candidates.iter().map(|(account, window)| format!("{} of account {account}", window.id)));
    let count = candidates.len();
    format!("{text:?} could be {count} silences, such as {named}: give more of the id, or --account")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Notice, NoticeChange};

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_milliseconds(seconds * 1000)
    }

    fn silence(account: &str, id: &str, until: i64) -> (String, Window) {
        let window = Window::bare(WindowSource::Silence, id, (at(0), at(until)));
        (account.to_owned(), window)
    }

    fn work(id: &str) -> (String, Window) {
        let (event, communication) = (String::new(), String::new());
        let notice = Notice { updated_at: at(0), event, communication, page: 1, change: NoticeChange::Scheduled };
        let (account, window) = silence("1", id, 100);
        (account, Window { source: WindowSource::AwsHealth, notice: Some(notice), ..window })
    }

    #[test]
    fn as_much_of_an_id_as_is_needed_names_a_silence() {
        let windows = [
            silence("1", "k7tq2", 100),
            silence("1", "k7b", 5),
            silence("1", "mmmm2", 100),
            silence("1", "mmmm3", 100),
            silence("1", "zzzz2", 100),
            silence("2", "zzzz2", 100),
            work("DXMAINT-7"),
        ];
        let found = |text: &str| the_silence(&windows, text, at(10)).map(|(_, window)| window.id.as_str());
        for (text, id) in [("k7tq2", "k7tq2"), ("K7T", "k7tq2"), ("k7", "k7tq2"), ("k7b", "k7b"), ("mmmm3", "mmmm3")] {
            assert_eq!(found(text).unwrap(), id, "{text}");
        }
        let error = |text: &str| found(text).unwrap_err().to_string();
        assert_eq!(
            error("mm"),
            "\"mm\" could be 2 silences, such as mmmm2 of account 1, mmmm3 of account 1: give more of the id, or --account"
        );
        assert!(error("zzzz2").contains("zzzz2 of account 1, zzzz2 of account 2"));
        assert_eq!(error("dxmaint"), "\"dxmaint\" is planned work of AWS, and only AWS can end it");
        for unknown in ["", " ", "x", "k7tq2x"] {
            assert!(error(unknown).contains("there is no silence"), "{unknown:?}");
        }
    }
}
