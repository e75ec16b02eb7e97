//! `{"poll": {…}}`: the order to poll one account, as a queue carries it or as a person sends it.

use std::time::Duration;

use anyhow::{Context, bail, ensure};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::{PollOrder, Scope, Timestamp, is_account, is_region};

/// What an order may hold.
const MEMBERS: [&str; 4] = ["account", "regions", "notBefore", "notAfter"];

/// The longest time that an invocation waits until an order may be carried out. Queues are not exact to the second.
const PATIENCE: Duration = Duration::from_secs(5);

/// Reads the value of `poll`.
///
/// # Errors
///
/// It holds something else, or a value of another form.
pub(super) fn read(order: &Value) -> anyhow::Result<PollOrder> {
    const FORM: &str = "\"poll\" must be an object like {\"account\": \"111122223333\", \"regions\": [\"us-east-1\"], \
                        \"notBefore\": \"…\", \"notAfter\": \"…\"}, of which every member may be left out";
    let members = order.as_object().context(FORM)?;
    if let Some(unknown) = members.keys().find(|name| !MEMBERS.contains(&name.as_str())) {
        bail!("{FORM}: it knows no member {unknown:?}");
    }
    let order = PollOrder::deserialize(order).context(FORM)?;
    if let Some(account) = &order.account {
        ensure!(is_account(account), "\"poll\" names the account {account:?}, which is not twelve digits");
    }
    if let Some(other) = order.regions.iter().find(|region| !is_region(region)) {
        bail!("\"poll\" names {other:?}, which is not a region like us-east-1");
    }
    Ok(order)
}

/// Those of an account's scopes that an order is about: its regions, and what belongs to no region; or all of them.
pub fn scopes_of(order: &PollOrder, configured: &[Scope]) -> Vec<Scope> {
    let is_ordered = |scope: &&Scope| {
        order.regions.is_empty() || scope.is_global() || order.regions.iter().any(|region| region == scope.region())
    };
    configured.iter().filter(is_ordered).cloned().collect()
}

/// The answer to an order that is not carried out, with the reason in a word.
pub fn not_polled(reason: &str) -> Value {
    json!({"poll": null, "reason": reason})
}

/// Whether an order is to be carried out at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timeliness {
    /// It is, now.
    Due,
    /// It is, after this time.
    Soon(Duration),
    /// It is not yet.
    TooEarly,
    /// It is not any more: the next beat has ordered another poll.
    TooLate,
}

impl Timeliness {
    /// Whether `order` is to be carried out at `now`.
    pub fn of(order: &PollOrder, now: Timestamp) -> Timeliness {
        if order.not_after.is_some_and(|last| now > last) {
            return Timeliness::TooLate;
        }
        match order.not_before.map(|first| first.since(now)) {
            None | Some(Duration::ZERO) => Timeliness::Due,
            Some(wait) if wait <= PATIENCE => Timeliness::Soon(wait),
            Some(_) => Timeliness::TooEarly,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_may_leave_everything_out() {
        let nothing = PollOrder { account: None, regions: Vec::new(), not_before: None, not_after: None };
        assert_eq!(read(&json!({})).unwrap(), nothing);
        let order = read(&json!({"account": "111122223333", "regions": ["us-east-1"]})).unwrap();
        assert_eq!((order.account.as_deref(), order.regions.len()), (Some("111122223333"), 1));
    }

    #[test]
    fn what_is_no_order_is_an_error_that_says_what_one_is() {
        for (other, said) in [
            (json!(null), "\"poll\" must be an object"),
            (json!({"acount": "1"}), "it knows no member \"acount\""),
            (json!({"account": 1}), "\"poll\" must be an object"),
            (json!({"account": "12345"}), "\"12345\", which is not twelve digits"),
            (json!({"regions": ["global"]}), "\"global\", which is not a region"),
            (json!({"notAfter": "soon"}), "\"poll\" must be an object"),
        ] {
            let error = format!("{:#}", read(&other).unwrap_err());
            assert!(error.contains(said), "{other}: {error}");
        }
    }

    #[test]
    fn an_order_is_about_its_regions_and_what_belongs_to_none() {
        let [virginia, ireland] = ["us-east-1", "eu-west-1"].map(|region| Scope::regional("1", region));
        let configured = [virginia.clone(), ireland, Scope::global("1")];
        assert_eq!(scopes_of(&read(&json!({})).unwrap(), &configured), configured);
        let some = read(&json!({"regions": ["us-east-1", "sa-east-1"]})).unwrap();
        assert_eq!(scopes_of(&some, &configured), [virginia, Scope::global("1")]);
    }

    #[test]
    fn an_order_is_carried_out_between_its_two_instants() {
        let at = |second: i64| Timestamp::from_milliseconds(second * 1000);
        let order = PollOrder { account: None, regions: Vec::new(), not_before: Some(at(10)), not_after: Some(at(60)) };
        let of = |second: i64| Timeliness::of(&order, at(second));
        assert_eq!((of(0), of(4)), (Timeliness::TooEarly, Timeliness::TooEarly));
        assert_eq!(of(7), Timeliness::Soon(Duration::from_secs(3)));
        assert_eq!((of(10), of(60), of(61)), (Timeliness::Due, Timeliness::Due, Timeliness::TooLate));
    }
}
