//! What the letter and the notification of an incident both say.

use crate::{
    announcement::phrases::{self, CHECK_WHEN_REMOVED, CHECK_WHEN_UNRECOGNIZED, CHECK_WHEN_UNREPORTED},
    domain::{Category, Impact, Reason, RecordedIncident, RootKind},
    escape,
    words::{
        self,
        incident::{self, Shown},
    },
};

/// The longest cause.
const MAXIMUM_CAUSE: usize = 400;
/// The longest id and name of a member in a list.
const MAXIMUM_MEMBER_ID: usize = 40;
const MAXIMUM_MEMBER_NAME: usize = 24;
/// The longest prefix; the longest of IPv6 has 43 characters.
const MAXIMUM_PREFIX: usize = 50;
/// How many interfaces are named that have lost prefixes, or still accept them.
const LOSING_NAMED: usize = 4;
/// How many members of a kind are named.
const NAMED: usize = 3;
/// The longest id of an incident that a command is shown for; those of this version have 36 characters.
const MAXIMUM_INCIDENT_ID: usize = 64;

/// The cause, as the document says it. When the incident is over, that is how its root is then.
pub(super) fn cause(incident: RecordedIncident<'_>, shown: Shown<'_>) -> Option<String> {
    Some(shown(incident.cause().trim(), MAXIMUM_CAUSE)).filter(|cause| !cause.is_empty())
}

/// What to do first, by the cause. None where there is nothing to do: it is over, or it is a drill.
pub(super) fn first_check(incident: RecordedIncident<'_>) -> Option<&'static str> {
    if incident.is_drill() || incident.is_over() {
        return None;
    }
    match (incident.category()?, incident.root_kind()?) {
        (Category::Outage, _) if incident.work().is_some() => Some(if incident.impact() == Some(Impact::Outage) {
            "Move traffic to another way, such as a VPN, until the work is over."
        } else {
            "Nothing needs to be done while AWS works on it. If it stays down after that, ask AWS."
        }),
        (Category::Outage, _) if ended_work(incident) => {
            Some("Ask AWS whether the work is done, then check the port and its light levels on your side.")
        }
        (Category::Outage, _) if incident::is_well_itself(incident) => {
            Some("The link is up: check the BGP sessions on your router, then ask the provider about the path.")
        }
        (Category::Outage, RootKind::Item(kind)) => Some(phrases::check_when_down(kind)),
        (Category::Outage, RootKind::Device | RootKind::Location | RootKind::Public) => Some(
            "Check the AWS Health Dashboard, then power and cross connects on site: ports that share it are all down.",
        ),
        (Category::Removal, _) => Some(CHECK_WHEN_REMOVED),
        (Category::Visibility, _) if incident::is_unrecognized(incident) => Some(CHECK_WHEN_UNRECOGNIZED),
        (Category::Visibility, _) => Some(CHECK_WHEN_UNREPORTED),
        (Category::Maintenance, _) => {
            Some("Move traffic to another path before it begins, or ask AWS for another time.")
        }
        (Category::Resilience, _) => {
            Some("Undo the change, or build what is missing: `aws-dx-monitor resilience` says what.")
        }
        (Category::Routes, _) => {
            Some("Check what the router of the path that lost them announces, and the filters on both sides.")
        }
        (Category::Test | Category::Provisioning, _) => None,
    }
}

/// What else to know of this document.
pub(super) fn note(incident: RecordedIncident<'_>, shown: Shown<'_>) -> Option<String> {
    match incident.reason()? {
        Reason::Flapping => {
            Some("From now on its outages are counted and not announced one by one, until it is calm.".to_owned())
        }
        Reason::Blind => Some(
            "How it is now is not known until AWS lists it again. The monitor's log says why it does not.".to_owned(),
        ),
        Reason::Planned | Reason::Escalated if ended_work(incident) => {
            Some("The time planned for the work is over, or the work was called off, and not all is back.".to_owned())
        }
        Reason::Escalated if incident.ended().is_some_and(|ended| ended.is_test()) => {
            Some("The failover test is over, and not all is back.".to_owned())
        }
        Reason::Escalated if incident.ended().is_some() => {
            Some("It was silenced, and is announced now because the silence is over.".to_owned())
        }
        _ if incident.category() == Some(Category::Maintenance) => None,
        _ if incident.work().is_some() && incident.impact() == Some(Impact::Outage) && !incident.is_over() => {
            Some("The work was planned, and no path is left.".to_owned())
        }
        Reason::Merged => {
            Some(format!("It goes on as incident {}.", shown(incident.merged_into()?, MAXIMUM_INCIDENT_ID)))
        }
        _ => None,
    }
}

/// Whether AWS's work on it is over, or was called off.
fn ended_work(incident: RecordedIncident<'_>) -> bool {
    incident.ended().is_some_and(|ended| ended.is_by_aws())
}

/// What the incident takes with it, a line for each kind, with the first of its members by name. At most `most` lines.
pub(super) fn with_it(incident: RecordedIncident<'_>, shown: Shown<'_>, most: usize) -> Vec<String> {
    let root = incident.root();
    let lines = incident::others_by_kind(incident, shown).into_iter().map(|(kind, count, counted)| {
        let members = incident.members().filter(|member| member.kind_word() == kind && member.id() != root.id());
        let names: Vec<String> = members.take(NAMED).map(|member| called(member.id(), member.name(), shown)).collect();
        let more = match count.saturating_sub(names.len() as u64) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        if names.is_empty() { counted } else { format!("{counted}: {}{more}", names.join(", ")) }
    });
    at_most(most, lines.collect(), 0)
}

/// What each destination has left: `core-dxgw (Direct Connect gateway), IPv4: no path left (2 before)`. At most `most`
/// lines.
pub(super) fn paths(incident: RecordedIncident<'_>, shown: Shown<'_>, most: usize) -> Vec<String> {
    let lines = incident.destinations().map(|destination| {
        format!(
            "{} ({}), {}: {}",
            incident::destination(destination, shown),
            incident::destination_kind(destination, shown),
            incident::family(destination, shown),
            incident::what_is_left(destination)
        )
    });
    at_most(most, lines.collect(), incident.more_destinations())
}

/// The prefixes that are accepted over fewer paths than they were, with what is left of these: those without a path, those
/// with one, who has lost them, and who has them still.
pub(super) fn prefixes(incident: RecordedIncident<'_>, shown: Shown<'_>) -> Vec<String> {
    let Some(routes) = incident.routes() else { return Vec::new() };
    let named = |is_wanted: &dyn Fn(u64) -> bool| {
        let named = routes.prefixes().filter(|(_, paths)| is_wanted(*paths));
        named.map(|(prefix, _)| shown(prefix, MAXIMUM_PREFIX)).collect::<Vec<_>>()
    };
    let mut lines: Vec<String> =
        [("no path left", named(&|paths| paths == 0)), ("one path left", named(&|paths| paths > 0))]
            .into_iter()
            .filter(|(_, prefixes)| !prefixes.is_empty() && !incident.is_over())
            .map(|(left, prefixes)| format!("{left}: {}", prefixes.join(", ")))
            .collect();
    if incident.is_over() {
        lines.push(named(&|_| true).join(", "));
    }
    if routes.more() > 0 {
        lines.push(format!("and {} more", routes.more()));
    }
    let lost_by = routes.lost_by().map(|(id, name, [lost, accepted])| {
        format!("{} lost {lost} of {}", called(id, Some(name), shown), lost.saturating_add(accepted))
    });
    lines.extend(at_most(LOSING_NAMED, lost_by.collect(), 0));
    let over: Vec<String> = routes.accepted_over().map(|id| called(id, None, shown)).collect();
    if !over.is_empty() {
        lines.push(format!("accepted over {}", at_most(LOSING_NAMED, over, 0).join(", ")));
    }
    lines
}

/// The evidence of its cause, a line for each piece. At most `most` lines.
pub(super) fn evidence(incident: RecordedIncident<'_>, shown: Shown<'_>, most: usize) -> Vec<String> {
    at_most(most, incident::evidence(incident, shown), 0)
}

/// The first `most` lines, and how many more there are.
fn at_most(most: usize, mut lines: Vec<String>, unlisted: u64) -> Vec<String> {
    let more = unlisted.saturating_add(lines.len().saturating_sub(most) as u64);
    lines.truncate(most);
    if more > 0 && !lines.is_empty() {
        lines.push(format!("and {more} more"));
    }
    lines
}

/// `dxvif-ffabc123 (prod-private)`.
fn called(id: &str, name: Option<&str>, shown: Shown<'_>) -> String {
    let id = shown(&words::elided(id, MAXIMUM_MEMBER_ID, ".."), MAXIMUM_MEMBER_ID);
    let name = shown(name.unwrap_or_default().trim(), MAXIMUM_MEMBER_NAME);
    if name.is_empty() { id } else { format!("{id} ({name})") }
}

/// The command that shows the incident from beginning to end, inert. None of a drill, which is in no table, and where the
/// id could not be passed to a shell whole.
pub(super) fn command(incident: RecordedIncident<'_>) -> Option<String> {
    let id = incident.incident_id().filter(|_| !incident.is_drill())?;
    let usable = !id.is_empty() && id.len() <= MAXIMUM_INCIDENT_ID && !id.contains('\0');
    usable.then(|| format!("aws-dx-monitor incidents {}", escape::shell_argument(id)))
}
