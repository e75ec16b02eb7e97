//! How urgent an incident is, by what it is about and what it takes.

use crate::domain::{Category, Impact, Severity};

/// The severity of an incident. Planned work is no cause for worry as long as it leaves a path.
pub fn severity(category: Category, impact: Impact, is_planned: bool) -> Severity {
    match category {
        Category::Outage => match impact {
            Impact::LastPath | Impact::Reduced if is_planned => Severity::Info,
            Impact::Outage | Impact::Unknown => Severity::Critical,
            Impact::LastPath | Impact::Reduced => Severity::Warning,
            Impact::None => Severity::Info,
        },
        Category::Visibility | Category::Removal | Category::Routes => match impact {
            Impact::Outage => Severity::Critical,
            _ => Severity::Warning,
        },
        Category::Maintenance | Category::Resilience => Severity::Warning,
        Category::Test | Category::Provisioning => Severity::Info,
    }
}
