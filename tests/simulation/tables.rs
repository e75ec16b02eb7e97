//! Two DynamoDB tables: rows of attributes, conditions, transactions that write all or nothing and say which row refused
//! them, and strongly consistent queries, page by page.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

pub type Row = Map<String, Value>;

/// A row's hash and range.
pub type Key = (String, String);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    States,
    History,
}

/// What a write asks of the row that is there, if there is one.
pub type Condition<'a> = Box<dyn Fn(Option<&Row>) -> bool + 'a>;

/// One action of a transaction: an update, which makes the row where its condition allows that there is none.
pub struct Action<'a> {
    pub table: Table,
    pub key: Key,
    pub condition: Condition<'a>,
    pub change: Box<dyn Fn(&mut Row) + 'a>,
}

/// What a write did to a row.
pub struct Change {
    pub table: Table,
    pub key: Key,
    pub before: Option<Row>,
    pub after: Row,
}

/// For each action, the row that refused it (as far as there was one), or none where it was not refused.
#[derive(Debug)]
pub struct Refused(pub Vec<Option<Option<Row>>>);

#[derive(Clone, Debug, Default)]
pub struct Tables {
    pub states: BTreeMap<Key, Row>,
    pub history: BTreeMap<Key, Row>,
}

/// A page of a query: the rows with their ranges, and where the next page starts.
pub struct Page {
    pub rows: Vec<(String, Row)>,
    pub next: Option<String>,
}

impl Tables {
    pub fn table(&self, table: Table) -> &BTreeMap<Key, Row> {
        match table {
            Table::States => &self.states,
            Table::History => &self.history,
        }
    }

    fn table_mut(&mut self, table: Table) -> &mut BTreeMap<Key, Row> {
        match table {
            Table::States => &mut self.states,
            Table::History => &mut self.history,
        }
    }

    /// All or nothing.
    pub fn transact(&mut self, actions: Vec<Action<'_>>) -> Result<Vec<Change>, Refused> {
        assert!(actions.len() <= 100, "DynamoDB takes no more than 100 actions");
        for (place, action) in actions.iter().enumerate() {
            let again = actions[..place].iter().any(|other| other.table == action.table && other.key == action.key);
            assert!(!again, "DynamoDB takes no two actions on one row: {:?}", action.key);
        }
        let refused: Vec<Option<Option<Row>>> = actions
            .iter()
            .map(|action| {
                let row = self.table(action.table).get(&action.key);
                (!(action.condition)(row)).then(|| row.cloned())
            })
            .collect();
        if refused.iter().any(Option::is_some) {
            return Err(Refused(refused));
        }
        let changes = actions.into_iter().map(|action| {
            let rows = self.table_mut(action.table);
            let before = rows.get(&action.key).cloned();
            let row = rows.entry(action.key.clone()).or_default();
            (action.change)(row);
            Change { table: action.table, key: action.key, before, after: row.clone() }
        });
        Ok(changes.collect())
    }

    /// Up to `limit` rows of a hash beyond `start`.
    pub fn query(&self, table: Table, hash: &str, start: Option<&str>, limit: usize, ascending: bool) -> Page {
        let all =
            self.table(table).range((hash.to_owned(), String::new())..).take_while(|((found, _), _)| found == hash);
        let beyond = |range: &str| match start {
            None => true,
            Some(start) if ascending => range > start,
            Some(start) => range < start,
        };
        let copy = |((_, range), row): (&Key, &Row)| (range.clone(), row.clone());
        let mut rows: Vec<(String, Row)> = if ascending {
            all.filter(|((_, range), _)| beyond(range)).take(limit + 1).map(copy).collect()
        } else {
            let found: Vec<_> = all.filter(|((_, range), _)| beyond(range)).collect();
            found.into_iter().rev().take(limit + 1).map(copy).collect()
        };
        let more = rows.len() > limit;
        rows.truncate(limit);
        Page { next: rows.last().filter(|_| more).map(|(range, _)| range.clone()), rows }
    }

    /// What DynamoDB's time to live may remove at `seconds` since 1970; it comes round when it likes, in any order.
    pub fn expired(&self, seconds: i64) -> Vec<(Table, Key)> {
        let is_expired = |row: &Row| row.get("expires_at").and_then(Value::as_i64).is_some_and(|at| at < seconds);
        let of = |table| {
            let rows = self.table(table).iter().filter(move |(_, row)| is_expired(row));
            rows.map(move |(key, _)| (table, key.clone()))
        };
        of(Table::States).chain(of(Table::History)).collect()
    }

    pub fn remove(&mut self, table: Table, key: &Key) -> Option<Row> {
        self.table_mut(table).remove(key)
    }
}
