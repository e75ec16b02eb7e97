//! `silence add`: plans a silence, and shows what it covers at present.

use std::{
    collections::BTreeSet,
    hash::{BuildHasher, Hasher, RandomState},
    io::{BufWriter, Write},
    process::ExitCode,
};

use anyhow::{bail, ensure};
use clap::{ArgGroup, Args, builder::NonEmptyStringValueParser};

use super::{
    incident_forms, silence_forms,
    store::{self, Purpose, Source},
};
use crate::{
    calendar::{self, Calendar, Edge},
    domain::{ItemKey, ItemPath, Kind, LONGEST_WINDOW, Matcher, Span, Timestamp, Window, WindowSource, bounded},
    ports::{Clock, SystemClock},
    query::{self, Matched},
    terminal, words,
};

const EXAMPLES: &str = "Examples:\n  \
    aws-dx-monitor silence add --id dxcon-fg5678gh --for 2h --reason \"router swap\"\n  \
    aws-dx-monitor silence add --location EqDC2 --from 2026-12-01T22:00 --for 4h \\\n    \
        --timezone America/New_York --reason \"power work in the cage\"\n  \
    aws-dx-monitor silence add --gateway c4f1e2d3-5a6b-4c7d-8e9f-0a1b2c3d4e5f --until 2026-12-02\n  \
    aws-dx-monitor silence add --all --region eu-west-1 --for 1d --even-outage\n\n\
    An item is covered if all of --id, --kind, --location, --device, --gateway and --region that are\n\
    given hold for it. Times: a day (2026-12-01), a clock time in --timezone (2026-12-01T22:00), or an\n\
    instant with its offset (2026-12-01T22:00:00Z).\n\n";

/// The letters and digits of an id: no vowels, which make words, and none that look like another.
const ALPHABET: &[u8; 28] = b"23456789bcdfghjkmnpqrstvwxyz";
/// The length of an id: 17 million of them.
const ID_LENGTH: usize = 5;
/// What a silence is called that has no reason.
const NO_REASON: &str = "silence";

/// Plan a silence: for some items, and for some time
#[derive(Debug, Args)]
#[command(after_help = [EXAMPLES, store::PLANNING_HELP].concat(),
    group = ArgGroup::new("end").args(["duration", "until"]).required(true))]
pub struct Options {
    #[command(flatten)]
    selection: Selection,
    /// How long it lasts: 45m, 2h, 3d; at most 30d
    #[arg(long = "for", id = "duration", value_name = "LENGTH")]
    duration: Option<String>,
    /// When it begins: a day or a time [default: now]
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// When it ends: the last day (included), or a time
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// The IANA time zone of days and clock times
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    timezone: String,
    /// What it is for, in your words
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    reason: Option<String>,
    /// Who plans it [default: your user name on this machine, or whose AWS credentials are used]
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    by: Option<String>,
    /// Hold back also what leaves a destination without any path
    #[arg(long)]
    even_outage: bool,
    /// The account, where the store has several and more than one could be meant
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    #[command(flatten)]
    source: Source,
}

/// Which items a silence covers.
#[derive(Debug, Args)]
struct Selection {
    /// The id of an item; may be given several times
    #[arg(long, value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    id: Vec<String>,
    /// The items' kinds
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    kind: Vec<Kind>,
    /// Their Direct Connect location, such as EqDC2
    #[arg(long, value_name = "CODE", value_parser = NonEmptyStringValueParser::new())]
    location: Option<String>,
    /// Their AWS device
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    device: Option<String>,
    /// The Direct Connect gateway or virtual private gateway that they lead to
    #[arg(long, value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    gateway: Option<String>,
    /// Their region, or global
    #[arg(long, value_name = "REGION", value_parser = NonEmptyStringValueParser::new())]
    region: Option<String>,
    /// All items, as far as nothing else is given
    #[arg(long)]
    all: bool,
}

pub async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let now = SystemClock.now();
    let span = span(&options, now)?;
    let matcher = matcher(options.selection)?;
    let store = options.source.open_for(Purpose::Plan).await?;
    let remembered = query::everything(&*store).await?;
    let mut matched = query::matched(&remembered, &matcher);
    let known = query::accounts(remembered.iter().map(|scope| (&scope.recalled.scope, scope.scope_retired_at)));
    let account = query::the_account(known, options.account.as_deref(), &matched)?;
    let matched = matched.remove(&account).unwrap_or_default();
    let rows = store.windows(&account).await?;
    let id = new_id(&rows.windows.into_iter().map(|window| window.id).collect(), random());
    let silence = Window {
        matcher,
        title: bounded(options.reason.as_deref().unwrap_or(NO_REASON).trim()).into_owned(),
        by: store::who(options.by).await?,
        even_outage: options.even_outage,
        announced_at: Some(now),
        ..Window::bare(WindowSource::Silence, &id, (span.from, span.until))
    };
    store.write_window(&account, &silence).await?;
    write(&mut BufWriter::new(anstream::stdout()), &account, &silence, &matched, now)?;
    if matched.items.is_empty() {
        terminal::remark(
            "it covers no item at present: `aws-dx-monitor status --output json` has the ids; if it was a mistake, end it",
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// What the options select. Everything must be asked for.
fn matcher(selection: Selection) -> anyhow::Result<Matcher> {
    let Selection { id, kind, location, device, gateway, region, all } = selection;
    let ids = id.iter().map(|text| id_of(text)).collect();
    let matcher = Matcher { ids, kinds: kind.into_iter().collect(), location, device, gateway, region };
    if matcher.is_empty() && !all {
        bail!(
            "a silence without a selection would cover everything: give --id, --kind, --location, --device, --gateway \
             or --region, or --all if you mean it"
        );
    }
    Ok(matcher)
}

/// The id of an item that is named by its id, its kind and id, or its path.
fn id_of(text: &str) -> String {
    let path = text.parse::<ItemPath>().map(|path| path.key);
    path.or_else(|_| text.parse::<ItemKey>().map_err(drop)).map_or_else(|_| text.to_owned(), |key| key.id)
}

/// When the silence begins and ends.
fn span(options: &Options, now: Timestamp) -> anyhow::Result<Span> {
    let calendar = Calendar::of_zone(&options.timezone)?;
    let from = options.from.as_deref().map(|text| calendar.moment(text, Edge::Beginning)).transpose()?.unwrap_or(now);
    let until = match (&options.duration, &options.until) {
        (Some(length), _) => from.plus(calendar::length(length)?),
        (None, Some(text)) => calendar.moment(text, Edge::End)?,
        (None, None) => bail!("give --for or --until"),
    };
    ensure!(until > from, "it would end ({until}) before it begins ({from})");
    ensure!(until > now, "it would be over already: it ends at {until}");
    ensure!(
        until.since(from) <= LONGEST_WINDOW,
        "a silence lasts at most 30 days, and this one would last {}",
        words::duration_in_words(until.since(from))
    );
    Ok(Span::new(from, until))
}

/// A short id that is easy to type and not among those that are `taken`.
fn new_id(taken: &BTreeSet<String>, mut seed: u64) -> String {
    loop {
        let mut left = seed;
        let mut id = String::with_capacity(ID_LENGTH);
        for _ in 0..ID_LENGTH {
            let letter = usize::try_from(left % ALPHABET.len() as u64).unwrap_or(0);
            id.push(char::from(ALPHABET[letter]));
            left /= ALPHABET.len() as u64;
        }
        if !taken.contains(&id) {
            return id;
        }
        seed = seed.wrapping_add(1);
    }
}

/// A number that is different each time.
fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

fn write(
    out: &mut impl Write,
    account: &str,
    silence: &Window,
    matched: &Matched,
    now: Timestamp,
) -> anyhow::Result<()> {
    let lasts = words::duration_in_words(silence.until.since(silence.from));
    let begins = match silence.from > now {
        true => format!("in {}", words::duration_in_words(silence.from.since(now))),
        false => "now".to_owned(),
    };
    let held_back = match silence.even_outage {
        true => "everything about them",
        false => "what leaves every destination a path (--even-outage holds back the rest, too)",
    };
    let facts = [
        ("Silence", silence.id.clone()),
        ("From", format!("{} ({begins})", words::instant(silence.from))),
        ("Until", format!("{} (after {lasts})", words::instant(silence.until))),
        ("Account", terminal::text(account)),
        ("Covers", silence_forms::matcher(&silence.matcher)),
        ("At present", silence_forms::counted(matched)),
        ("Holds back", held_back.to_owned()),
        ("Reason", terminal::text(&silence.title)),
        ("By", terminal::text(&silence.by)),
    ];
    for (label, value) in facts {
        writeln!(out, "{label:<14}{value}")?;
    }
    writeln!(out)?;
    incident_forms::write_open(out, &matched.open_incidents)?;
    writeln!(out, "To end it early: aws-dx-monitor silence end {}", silence.id)?;
    Ok(out.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_short_typeable_and_new() {
        let mut taken = BTreeSet::new();
        for seed in [0, 0, u64::MAX, 17, 17] {
            let id = new_id(&taken, seed);
            assert!(id.len() == ID_LENGTH && id.bytes().all(|letter| ALPHABET.contains(&letter)), "{id}");
            assert!(taken.insert(id.clone()), "{id}");
        }
        assert_eq!(taken.first().unwrap(), "22222");
    }

    #[test]
    fn an_item_may_be_named_as_elsewhere() {
        for text in ["dxcon-1", "connection/dxcon-1", "123456789012/us-east-1/connection/dxcon-1"] {
            assert_eq!(id_of(text), "dxcon-1");
        }
        let peer = "dxvif-1:ipv6:2001:db8::2/125";
        assert_eq!([id_of(peer), id_of(&format!("bgp-peer/{peer}"))], [peer, peer]);
    }
}
