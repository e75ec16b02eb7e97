//! DynamoDB's expressions, as far as the function writes them: evaluated on rows as they are on the wire. Anything else is
//! refused, so that no measurement stands on a write that was not made.

use std::cmp::Ordering;

use serde_json::{Map, Value};

/// A row, attribute by attribute, each with its type: `{"sequence": {"N": "2"}}`.
pub type Row = Map<String, Value>;

/// An expression's placeholders.
#[derive(Clone, Copy)]
pub struct Placeholders<'a> {
    pub names: &'a Value,
    pub values: &'a Value,
}

impl<'a> Placeholders<'a> {
    pub fn of(request: &'a Value) -> Placeholders<'a> {
        Placeholders { names: &request["ExpressionAttributeNames"], values: &request["ExpressionAttributeValues"] }
    }

    fn path(&self, path: &str) -> Vec<&'a str> {
        let name = |name: &str| self.names[name].as_str().unwrap_or_else(|| panic!("{name} stands for no name"));
        path.split('.').map(name).collect()
    }

    fn value(&self, value: &str) -> &'a Value {
        let found = &self.values[value];
        assert!(!found.is_null(), "{value} stands for no value");
        found
    }

    /// Whether a condition holds for a row.
    pub fn holds(&self, condition: &str, row: &Row) -> bool {
        let conditions = clauses(condition);
        conditions.iter().all(|clause| self.clause_holds(clause, row))
    }

    fn clause_holds(&self, clause: &str, row: &Row) -> bool {
        if let Some(alternatives) = clause.strip_prefix('(').and_then(|clause| clause.strip_suffix(')')) {
            return alternatives.split(" OR ").any(|clause| self.clause_holds(clause, row));
        }
        let argument = |function: &str| clause.strip_prefix(function)?.strip_prefix('(')?.strip_suffix(')');
        if let Some(path) = argument("attribute_exists") {
            return get(row, &self.path(path)).is_some();
        }
        if let Some(path) = argument("attribute_not_exists") {
            return get(row, &self.path(path)).is_none();
        }
        let words: Vec<&str> = clause.split(' ').collect();
        match words[..] {
            [path, "BETWEEN", first, "AND", last] => {
                let stored = get(row, &self.path(path));
                let compare = |value| stored.and_then(|stored| compare(stored, self.value(value)));
                compare(first).is_some_and(Ordering::is_ge) && compare(last).is_some_and(Ordering::is_le)
            }
            [path, operator, value] => {
                let value = self.value(value);
                let Some(stored) = get(row, &self.path(path)) else { return false };
                match operator {
                    "=" => stored == value,
                    "<" => compare(stored, value).is_some_and(Ordering::is_lt),
                    "<=" => compare(stored, value).is_some_and(Ordering::is_le),
                    ">" => compare(stored, value).is_some_and(Ordering::is_gt),
                    ">=" => compare(stored, value).is_some_and(Ordering::is_ge),
                    _ => panic!("the stand-in for DynamoDB knows no operator {operator:?}"),
                }
            }
            _ => panic!("the stand-in for DynamoDB does not understand {clause:?}"),
        }
    }

    /// Changes a row.
    pub fn update(&self, update: &str, row: &mut Row) {
        let (sets, removals) = match update.split_once("REMOVE ") {
            Some((sets, removals)) => (sets.trim(), removals),
            None => (update, ""),
        };
        let before = row.clone();
        for set in list(sets.strip_prefix("SET ").unwrap_or(sets)) {
            let (path, value) = set.split_once(" = ").unwrap_or_else(|| panic!("{set:?} sets nothing"));
            let path = self.path(path);
            let value = match value.strip_prefix("if_not_exists(").and_then(|value| value.strip_suffix(')')) {
                None => self.value(value),
                Some(arguments) => {
                    let (known, value) = arguments.split_once(", ").expect("if_not_exists has two arguments");
                    get(&before, &self.path(known)).unwrap_or_else(|| self.value(value))
                }
            };
            put(row, &path, value.clone());
        }
        for removal in list(removals) {
            remove(row, &self.path(removal));
        }
    }
}

/// The parts of a conjunction; `BETWEEN` has an `AND` of its own.
fn clauses(condition: &str) -> Vec<String> {
    let mut clauses: Vec<String> = Vec::new();
    for part in condition.split(" AND ") {
        match clauses.last_mut() {
            Some(last) if last.contains(" BETWEEN ") && !last.contains(" AND ") => *last += &format!(" AND {part}"),
            _ => clauses.push(part.to_owned()),
        }
    }
    clauses
}

/// The parts of a list, but not of the arguments in it.
fn list(list: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0, 0);
    for (index, byte) in list.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            b',' if depth == 0 => {
                parts.push(list[start..index].trim());
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.push(list[start..].trim());
    parts.retain(|part| !part.is_empty());
    parts
}

fn get<'r>(row: &'r Row, path: &[&str]) -> Option<&'r Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(row.get(*first)?, |value, name| value["M"].get(*name))
}

fn put(row: &mut Row, path: &[&str], value: Value) {
    match path {
        [name] => drop(row.insert((*name).to_owned(), value)),
        [name, rest @ ..] => {
            let map = row.get_mut(*name).and_then(|map| map["M"].as_object_mut());
            put(map.unwrap_or_else(|| panic!("the path {path:?} leads nowhere")), rest, value);
        }
        [] => panic!("an empty path"),
    }
}

fn remove(row: &mut Row, path: &[&str]) {
    match path {
        [name] => drop(row.remove(*name)),
        [name, rest @ ..] => {
            if let Some(map) = row.get_mut(*name).and_then(|map| map["M"].as_object_mut()) {
                remove(map, rest);
            }
        }
        [] => {}
    }
}

fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (left["N"].as_str(), right["N"].as_str()) {
        (Some(left), Some(right)) => Some(left.parse::<i128>().ok()?.cmp(&right.parse().ok()?)),
        _ => Some(left["S"].as_str()?.cmp(right["S"].as_str()?)),
    }
}
