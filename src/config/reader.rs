//! Reads environment variables, and collects all mistakes in them for one error.

use std::{fmt, ops::RangeInclusive, str::FromStr};

/// A variable of this process; `None` if it is empty.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// Every mistake of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigurationError(Vec<String>);

impl fmt::Display for ConfigurationError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the environment is not usable: {}", self.0.join("; "))
    }
}

impl std::error::Error for ConfigurationError {}

/// Reads variables by name, and collects the mistakes in their values.
pub(super) struct Reader<'a> {
    variable: &'a dyn Fn(&str) -> Option<String>,
    mistakes: Vec<String>,
}

impl<'a> Reader<'a> {
    /// A reader of the variables that `variable` gives.
    pub(super) fn new(variable: &'a dyn Fn(&str) -> Option<String>) -> Reader<'a> {
        Reader { variable, mistakes: Vec::new() }
    }

    /// The `configuration` that was read, unless there was a mistake.
    pub(super) fn finish<T>(self, configuration: T) -> Result<T, ConfigurationError> {
        if self.mistakes.is_empty() { Ok(configuration) } else { Err(ConfigurationError(self.mistakes)) }
    }

    /// Adds a mistake.
    pub(super) fn mistake(&mut self, mistake: String) {
        self.mistakes.push(mistake);
    }

    /// The value of a variable, without the spaces around it.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        (self.variable)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// The value of a required variable, which names `what`.
    pub(super) fn required(&mut self, name: &str, what: &str) -> String {
        self.get(name).unwrap_or_else(|| {
            self.mistakes.push(format!("{name} is not set: it names {what}"));
            String::new()
        })
    }

    /// The parts of a comma-separated list.
    pub(super) fn list(&self, name: &str) -> Option<Vec<String>> {
        let value = self.get(name)?;
        Some(value.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect())
    }

    /// One of the words of a setting; its default where the variable is not set.
    pub(super) fn word<T: Default + FromStr<Err = String>>(&mut self, name: &str) -> T {
        let Some(word) = self.get(name) else { return T::default() };
        word.parse().unwrap_or_else(|mistake: String| {
            self.mistakes.push(format!("{name}: {mistake}"));
            T::default()
        })
    }

    /// A whole number within `range`.
    pub(super) fn number(&mut self, name: &str, default: u64, range: RangeInclusive<u64>) -> u64 {
        let Some(text) = self.get(name) else { return default };
        match text.parse() {
            Ok(number) if range.contains(&number) => number,
            _ => {
                let (low, high) = range.into_inner();
                self.mistakes.push(format!("{name} is {text:?}; it must be a whole number from {low} to {high}"));
                default
            }
        }
    }
}
