//! A scenario: what there is, what happens to it, and what goes wrong. A JSON file, of which every field is described
//! by `schemas/scenario.schema.json`, generated from these types.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::fault::Fault;
use super::inventory::Inventory;
use super::member::{MemberAccount, MemberAccounts, Organization};
use super::timeline::TimelineEntry;

/// The largest page that Direct Connect gives, and its default.
pub const LARGEST_PAGE: u32 = 100;

/// A simulated Direct Connect account and its story.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "A scenario of the Direct Connect simulator")]
pub struct Scenario {
    /// Where an editor finds the schema of this file.
    #[serde(rename = "$schema", skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// What the scenario plays, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The calling account: 12 digits.
    #[schemars(regex(pattern = r"^[0-9]{12}$"))]
    pub account: String,
    /// Whether the account is a Direct Connect partner. Everyone else is refused interconnects and hosted connections.
    #[serde(default)]
    pub partner: bool,
    /// The largest page, whatever a call asks for: 1 to 100, default 100.
    #[schemars(range(min = 1, max = 100))]
    pub page_size: Option<u32>,
    /// What there is at the start.
    #[serde(default)]
    pub inventory: Inventory,
    /// What happens to it. Entries of the same moment happen in the order in which they are written.
    #[serde(default)]
    pub timeline: Vec<TimelineEntry>,
    /// What goes wrong.
    #[serde(default)]
    pub faults: Vec<Fault>,
    /// Other accounts by their ids, each with a role that the caller may assume. A role's credentials list its account's
    /// items.
    #[serde(default, skip_serializing_if = "MemberAccounts::is_empty")]
    pub accounts: MemberAccounts,
    /// The organisation of all these accounts, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<Organization>,
}

impl Default for Scenario {
    /// An account with nothing in it.
    fn default() -> Scenario {
        Scenario {
            schema: None,
            description: None,
            account: "123456789012".to_owned(),
            partner: false,
            page_size: None,
            inventory: Inventory::default(),
            timeline: Vec::new(),
            faults: Vec::new(),
            accounts: MemberAccounts::new(),
            organization: None,
        }
    }
}

impl Scenario {
    /// Another account as a scenario of its own.
    pub(super) fn of_member(&self, account: &str, member: &MemberAccount) -> Scenario {
        Scenario {
            account: account.to_owned(),
            partner: member.partner,
            page_size: self.page_size,
            inventory: member.inventory.clone(),
            timeline: member.timeline.clone(),
            faults: member.faults.clone(),
            ..Scenario::default()
        }
    }

    /// Items at most on a page.
    pub(super) fn page_limit(&self) -> usize {
        self.page_size.unwrap_or(LARGEST_PAGE).clamp(1, LARGEST_PAGE) as usize
    }
}

/// Why a scenario cannot be played: all of its mistakes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct ScenarioError {
    /// The file, if the scenario came from one.
    pub file: Option<String>,
    /// What is wrong; never empty.
    pub mistakes: Vec<Mistake>,
}

/// One mistake in a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where: line and column, or the path of the field. Empty for the file as a whole.
    pub place: String,
    /// What is wrong there, and what to do.
    pub text: String,
}

impl ScenarioError {
    pub(super) fn of(mistake: Mistake) -> ScenarioError {
        ScenarioError { file: None, mistakes: vec![mistake] }
    }
}

impl std::fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the scenario")?;
        if let Some(file) = &self.file {
            write!(f, " {file}")?;
        }
        match self.mistakes.as_slice() {
            [only] if only.place.is_empty() => write!(f, " {}", only.text),
            [only] => write!(f, " has a mistake at {}: {}", only.place, only.text),
            mistakes => {
                write!(f, " has {} mistakes:", mistakes.len())?;
                mistakes.iter().try_for_each(|mistake| write!(f, "\n  at {}: {}", mistake.place, mistake.text))
            }
        }
    }
}
