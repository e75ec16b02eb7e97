//! The variables of a hub: whose Direct Connect it watches, with which role, and by which queue.

use std::time::Duration;

use super::reader::Reader;
use crate::domain::Accounts;

/// The role that a member has for the hub, where nothing else is configured.
pub const DEFAULT_MEMBER_ROLE: &str = "aws-dx-monitor-member";

/// The time between two polls of an account, where nothing else is configured.
const BEAT: Duration = Duration::from_secs(60);

/// The configuration of a hub. By default it watches its own account, and needs nothing else of this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hub {
    /// `DX_MONITOR_ACCOUNTS`
    pub accounts: Accounts,
    /// `DX_MONITOR_MEMBER_ROLE`: the name of the role in every other account.
    pub member_role: String,
    /// `DX_MONITOR_EXTERNAL_ID`
    pub external_id: Option<String>,
    /// `DX_MONITOR_QUEUE_URL`
    pub queue_url: Option<String>,
    /// `DX_MONITOR_BEAT_SECONDS`: how often each account is polled, with a queue.
    pub beat: Duration,
}

/// Reads the variables of a hub.
pub(super) fn hub(reader: &mut Reader<'_>) -> Hub {
    const NAME: &str = "DX_MONITOR_ACCOUNTS";
    let accounts = Accounts::read(&reader.get(NAME).unwrap_or_default()).unwrap_or_else(|error| {
        reader.mistake(format!("{NAME} {error}"));
        Accounts::Own
    });
    let queue_url = queue_url(reader);
    let needs_queue = match &accounts {
        Accounts::Organization { .. } => Some("the accounts of an organization need a queue".to_owned()),
        Accounts::Listed { ids, own } if ids.len() + usize::from(*own) > Accounts::SIDE_BY_SIDE => Some(format!(
            "it names {} accounts; more than {} need a queue",
            ids.len() + usize::from(*own),
            Accounts::SIDE_BY_SIDE
        )),
        Accounts::Own | Accounts::Listed { .. } => None,
    };
    if let Some(needed) = needs_queue.filter(|_| queue_url.is_none()) {
        reader.mistake(format!("{NAME}: {needed}, and DX_MONITOR_QUEUE_URL names none"));
    }
    let beat = beat(reader);
    if beat < BEAT && queue_url.is_none() {
        reader.mistake(format!(
            "DX_MONITOR_BEAT_SECONDS is {}: beats shorter than a minute need a queue, and DX_MONITOR_QUEUE_URL names none",
            beat.as_secs()
        ));
    }
    Hub { accounts, member_role: member_role(reader), external_id: external_id(reader), queue_url, beat }
}

fn member_role(reader: &mut Reader<'_>) -> String {
    const NAME: &str = "DX_MONITOR_MEMBER_ROLE";
    let role = reader.get(NAME).unwrap_or_else(|| DEFAULT_MEMBER_ROLE.to_owned());
    if let Err(why) = role_name(&role) {
        reader.mistake(format!("{NAME} is {role:?}, which is {why}"));
    }
    role
}

fn external_id(reader: &mut Reader<'_>) -> Option<String> {
    const NAME: &str = "DX_MONITOR_EXTERNAL_ID";
    let id = reader.get(NAME)?;
    if let Err(why) = self::external_id_form(&id) {
        // It is no secret, but there is no need to repeat it in a log.
        reader.mistake(format!("{NAME} is {why}"));
    }
    Some(id)
}

fn queue_url(reader: &mut Reader<'_>) -> Option<String> {
    const NAME: &str = "DX_MONITOR_QUEUE_URL";
    let url = reader.get(NAME)?;
    let rest = ["https://", "http://"].iter().find_map(|scheme| url.strip_prefix(scheme));
    if rest.is_none_or(|rest| rest.split('/').filter(|part| !part.is_empty()).count() < 3) {
        reader.mistake(format!(
            "{NAME} is {url:?}, which is not the URL of a queue like https://sqs.us-east-1.amazonaws.com/123456789012/name"
        ));
    }
    Some(url)
}

fn beat(reader: &mut Reader<'_>) -> Duration {
    const NAME: &str = "DX_MONITOR_BEAT_SECONDS";
    let seconds = reader.number(NAME, BEAT.as_secs(), 15..=BEAT.as_secs());
    if 60 % seconds != 0 || seconds == 20 {
        reader.mistake(format!("{NAME} is {seconds}; it must be 15, 30 or 60"));
    }
    Duration::from_secs(seconds)
}

/// Checks that `text` is the name of a role.
///
/// # Errors
///
/// It is not.
pub fn role_name(text: &str) -> Result<String, String> {
    let is_sound = (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte));
    let why = || "not the name of a role: 1 to 64 letters, digits and _+=,.@- (no path, no ARN)".to_owned();
    if is_sound { Ok(text.to_owned()) } else { Err(why()) }
}

/// Checks that `text` is an external id.
///
/// # Errors
///
/// It is not.
pub fn external_id_form(text: &str) -> Result<String, String> {
    let is_sound = (2..=1224).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@:/-".contains(&byte));
    let why = || "not an external id: 2 to 1,224 letters, digits and _+=,.@:/-".to_owned();
    if is_sound { Ok(text.to_owned()) } else { Err(why()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Hub, String> {
        let variable =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        let mut reader = Reader::new(&variable);
        let hub = hub(&mut reader);
        reader.finish(hub).map_err(|error| error.to_string())
    }

    #[test]
    fn by_default_a_hub_watches_its_own_account() {
        let hub = read(&[]).unwrap();
        assert_eq!((hub.accounts, hub.member_role.as_str()), (Accounts::Own, "aws-dx-monitor-member"));
        assert_eq!((hub.external_id, hub.queue_url, hub.beat), (None, None, Duration::from_secs(60)));
    }

    #[test]
    fn ten_accounts_need_no_queue() {
        let accounts = |count: u64| {
            let ids: Vec<String> = (0..count).map(|number| (111_122_223_333 + number).to_string()).collect();
            format!("own,{}", ids.join(","))
        };
        assert!(read(&[("DX_MONITOR_ACCOUNTS", &accounts(9))]).is_ok());
        let error = read(&[("DX_MONITOR_ACCOUNTS", &accounts(10))]).unwrap_err();
        assert!(error.contains("it names 11 accounts; more than 10 need a queue"), "{error}");
    }

    #[test]
    fn every_mistake_is_named() {
        let error = read(&[
            ("DX_MONITOR_ACCOUNTS", "own,all"),
            ("DX_MONITOR_MEMBER_ROLE", "arn:aws:iam::111122223333:role/x"),
            ("DX_MONITOR_EXTERNAL_ID", "a secret"),
            ("DX_MONITOR_QUEUE_URL", "polls"),
            ("DX_MONITOR_BEAT_SECONDS", "20"),
        ])
        .unwrap_err();
        for mistake in [
            "DX_MONITOR_ACCOUNTS names \"all\"",
            "DX_MONITOR_MEMBER_ROLE is \"arn:aws:iam::111122223333:role/x\", which is not the name of a role",
            "DX_MONITOR_EXTERNAL_ID is not an external id",
            "DX_MONITOR_QUEUE_URL is \"polls\", which is not the URL of a queue",
            "DX_MONITOR_BEAT_SECONDS is 20; it must be 15, 30 or 60",
        ] {
            assert!(error.contains(mistake), "{mistake}: {error}");
        }
        assert!(!error.contains("a secret"), "{error}");
    }

    #[test]
    fn an_organization_needs_a_queue() {
        let url = "https://sqs.us-east-1.amazonaws.com/123456789012/polls";
        let organization = ("DX_MONITOR_ACCOUNTS", "organization");
        let error = read(&[organization]).unwrap_err();
        assert!(error.contains("the accounts of an organization need a queue, and DX_MONITOR_QUEUE_URL"), "{error}");
        assert_eq!(read(&[organization, ("DX_MONITOR_QUEUE_URL", url)]).unwrap().queue_url.as_deref(), Some(url));
        assert!(read(&[("DX_MONITOR_QUEUE_URL", url), ("DX_MONITOR_BEAT_SECONDS", "15")]).is_ok(), "the own account");
        let error = read(&[("DX_MONITOR_BEAT_SECONDS", "15")]).unwrap_err();
        assert!(error.contains("DX_MONITOR_BEAT_SECONDS is 15: beats shorter than a minute need a queue"), "{error}");
    }
}
