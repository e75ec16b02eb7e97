//! Counts of the calls that the simulator received: by operation, by region, and how many at once. Tests check a
//! caller's limits with them, such as its number of calls in flight.

use std::collections::BTreeMap;

/// Calls since the start, or since traffic was last reset. Requests that are not signed, or not understood, do not
/// count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Calls by operation and region, failed ones and retries included.
    pub requests: BTreeMap<(String, String), u64>,
    /// The most calls that were in flight at one moment.
    pub max_in_flight: usize,
    /// The same, region by region.
    pub max_in_flight_by_region: BTreeMap<String, usize>,
    /// Calls by the account whose items were asked for.
    pub by_account: BTreeMap<String, u64>,
    /// Roles that were asked for, by account, refused ones and repeats included.
    pub roles: BTreeMap<String, u64>,
    /// Calls to Organizations, by operation.
    pub lists: BTreeMap<String, u64>,
}

impl Traffic {
    /// Calls of one operation, in all regions.
    pub fn count(&self, operation: &str) -> u64 {
        self.requests.iter().filter(|((name, _), _)| name == operation).map(|(_, count)| count).sum()
    }

    /// Calls of one operation in one region.
    pub fn count_in(&self, operation: &str, region: &str) -> u64 {
        self.requests.get(&(operation.to_owned(), region.to_owned())).copied().unwrap_or(0)
    }

    /// All calls.
    pub fn total(&self) -> u64 {
        self.requests.values().sum()
    }
}

/// Traffic, and what is in flight now.
#[derive(Debug, Default)]
pub(super) struct Counter {
    traffic: Traffic,
    in_flight: BTreeMap<String, usize>,
}

impl Counter {
    pub(super) fn traffic(&self) -> &Traffic {
        &self.traffic
    }

    /// Forgets what was counted; calls in flight stay so.
    pub(super) fn reset(&mut self) {
        self.traffic = Traffic::default();
    }

    /// Counts a call for a role in an account.
    pub(super) fn role(&mut self, account: &str) {
        *self.traffic.roles.entry(account.to_owned()).or_default() += 1;
    }

    /// Counts a call to Organizations.
    pub(super) fn list(&mut self, operation: &str) {
        *self.traffic.lists.entry(operation.to_owned()).or_default() += 1;
    }

    /// Counts a call about the items of an account.
    pub(super) fn about(&mut self, account: &str) {
        *self.traffic.by_account.entry(account.to_owned()).or_default() += 1;
    }

    pub(super) fn begin(&mut self, operation: &str, region: &str) {
        *self.traffic.requests.entry((operation.to_owned(), region.to_owned())).or_default() += 1;
        let here = self.in_flight.entry(region.to_owned()).or_default();
        *here += 1;
        let most = self.traffic.max_in_flight_by_region.entry(region.to_owned()).or_default();
        *most = (*most).max(*here);
        self.traffic.max_in_flight = self.traffic.max_in_flight.max(self.in_flight.values().sum());
    }

    pub(super) fn end(&mut self, region: &str) {
        if let Some(here) = self.in_flight.get_mut(region) {
            *here = here.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_and_the_most_at_once_remembered() {
        let mut counter = Counter::default();
        counter.begin("DescribeLags", "us-east-1");
        counter.begin("DescribeLags", "eu-west-1");
        counter.end("us-east-1");
        counter.begin("DescribeConnections", "us-east-1");
        counter.end("us-east-1");
        counter.begin("DescribeConnections", "us-east-1");
        counter.begin("DescribeConnections", "us-east-1");
        counter.end("us-east-1");
        counter.end("us-east-1");
        counter.begin("DescribeConnections", "us-east-1");
        let traffic = counter.traffic();
        assert_eq!((traffic.total(), traffic.count("DescribeLags")), (6, 2));
        assert_eq!(traffic.count_in("DescribeLags", "eu-west-1"), 1);
        assert_eq!(traffic.max_in_flight, 3);
        assert_eq!(traffic.max_in_flight_by_region["us-east-1"], 2);
        assert_eq!(traffic.max_in_flight_by_region["eu-west-1"], 1);
    }
}
