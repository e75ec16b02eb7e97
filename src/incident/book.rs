//! The memory of a fold: the estate, which incident each item is in, and the incidents; and how an item that is not well
//! finds its incident.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{
    case::{Beginning, Case, id_of},
    cause::Causes,
    estate::{Condition, Estate, Place},
    rules::FoldRules,
};
use crate::domain::{Category, Evidence, IncidentStatus, Plans, Root, Timestamp};

/// What a fold knows of an item's row.
#[derive(Clone, Debug)]
pub(super) struct Member {
    /// The cursor as it was recalled; none where the row has none.
    pub(super) recalled_cursor: Option<u64>,
    /// The sequence of the last transition that is folded.
    pub(super) cursor: u64,
    /// The incident as it was recalled.
    pub(super) recalled_group: Option<Uuid>,
    /// The incident by now.
    pub(super) group: Option<Uuid>,
    /// Whether the row has to be written.
    pub(super) is_changed: bool,
}

/// The memory of a fold.
pub(super) struct Book<'a> {
    pub(super) estate: Estate,
    /// Whether the estate holds all of the account's scopes.
    pub(super) is_whole: bool,
    /// By place: those of the scope that is folded.
    pub(super) members: Vec<Member>,
    /// What is out of service, as this poll has seen, and not recorded so yet.
    pub(super) foreseen: BTreeSet<Place>,
    pub(super) cases: BTreeMap<Uuid, Case>,
    pub(super) rules: &'a FoldRules,
    /// What is planned; none where that could not be read.
    pub(super) plans: Option<&'a Plans>,
    pub(super) evidence: &'a [Evidence],
    pub(super) now: Timestamp,
}

/// The members of each open incident that are not well.
pub(super) type Rosters = BTreeMap<Uuid, Vec<Place>>;

impl Book<'_> {
    /// The incident of a group, through all that it was merged into.
    pub(super) fn home(&self, group: Uuid) -> Option<&Case> {
        let mut case = self.cases.get(&group)?;
        // As many steps as there are incidents: damaged rows may lead round in a circle.
        for _ in 0..self.cases.len() {
            match case.state.merged_into.and_then(|into| self.cases.get(&into)) {
                Some(into) => case = into,
                None => return Some(case),
            }
        }
        None
    }

    /// The open incident that an item is in.
    pub(super) fn open_case(&self, place: Place) -> Option<Uuid> {
        let case = self.home(self.members.get(place)?.group?)?;
        case.is_open().then_some(case.id)
    }

    /// The rosters as they are now. Every item is looked at.
    pub(super) fn rosters(&self) -> Rosters {
        let open = self.cases.values().filter(|case| case.is_open() && case.has_members());
        let mut rosters: Rosters = open.map(|case| (case.id, Vec::new())).collect();
        for (place, entry) in self.estate.own() {
            if entry.condition().is_unwell()
                && !self.foreseen.contains(&place)
                && let Some(id) = self.open_case(place)
                && let Some(roster) = rosters.get_mut(&id)
            {
                roster.push(place);
            }
        }
        rosters
    }

    /// All items that are or were in an incident.
    pub(super) fn everybody(&self, id: Uuid) -> Vec<Place> {
        let is_in = |place: &Place| {
            let group = self.members[*place].group;
            group.and_then(|group| self.home(group)).is_some_and(|case| case.id == id)
        };
        (0..self.members.len()).filter(is_in).collect()
    }

    /// Puts an item into an incident.
    pub(super) fn join(&mut self, place: Place, id: Uuid) {
        let member = &mut self.members[place];
        if member.group != Some(id) {
            member.group = Some(id);
            member.is_changed = true;
        }
    }

    /// Finds the incident of an item that is not well and in no open one: an open one of its root, one that its root takes
    /// over, one of its root that has just ended, or else a new one.
    pub(super) fn place(&mut self, causes: &Causes, place: Place, beginning: &Beginning) {
        let condition = causes.condition(place);
        let chain = causes.chain(&self.estate, place);
        let Some(root) = chain.last().cloned() else { return };
        let at = beginning.at;
        let id = self
            .of_root(&chain, condition)
            .or_else(|| self.taken_over(causes, &root, condition, at))
            .or_else(|| self.just_ended(&chain, condition, beginning))
            .unwrap_or_else(|| self.begin(causes, place, root, beginning));
        self.join(place, id);
        if let Some(case) = self.cases.get_mut(&id).filter(|case| case.is_open()) {
            case.state.grown_at = case.state.grown_at.max(at);
            case.is_changed = true;
        }
    }

    /// The oldest open incident of something in the chain, or of which that is a member.
    fn of_root(&self, chain: &[Root], condition: Condition) -> Option<Uuid> {
        let homes: BTreeSet<Uuid> = chain
            .iter()
            .filter_map(|root| self.estate.place(&root.key()?))
            .filter(|place| self.estate.entries[*place].condition().is_unwell())
            .filter_map(|place| self.open_case(place))
            .collect();
        self.oldest(|case| {
            case.is_open()
                && takes(case.state.category, condition)
                && (chain.contains(&case.state.root) || homes.contains(&case.id))
        })
    }

    /// The oldest open incident whose root is explained by this one by now, if it has grown within the window: this is its
    /// root from now on.
    fn taken_over(&mut self, causes: &Causes, root: &Root, condition: Condition, at: Timestamp) -> Option<Uuid> {
        let window = self.rules.join_window();
        let id = self.oldest(|case| {
            case.is_open()
                && takes(case.state.category, condition)
                && at.since(case.state.grown_at) <= window
                && causes.root_of(&self.estate, &case.state.root).as_ref() == Some(root)
        })?;
        self.cases.get_mut(&id)?.root_at(root.clone());
        Some(id)
    }

    /// The incident of the same root that has just ended. What happened before its last document was written belongs to it
    /// without opening it again.
    fn just_ended(&mut self, chain: &[Root], condition: Condition, beginning: &Beginning) -> Option<Uuid> {
        let at = beginning.at;
        let id = self.oldest(|case| {
            let ended = case.state.closed_at.filter(|_| case.state.status == IncidentStatus::Resolved);
            ended.is_some_and(|ended| self.rules.reopens(ended, at))
                && takes(case.state.category, condition)
                && chain.contains(&case.state.root)
        })?;
        let now = self.now;
        let case = self.cases.get_mut(&id)?;
        if at > case.state.last_document_at {
            case.reopen(at, now);
        }
        Some(id)
    }

    /// A new incident. One that has its id already is opened again.
    fn begin(&mut self, causes: &Causes, place: Place, root: Root, beginning: &Beginning) -> Uuid {
        let (now, id) = (self.now, id_of(beginning.transition));
        let own = causes.condition(place);
        let condition = root
            .key()
            .and_then(|key| self.estate.place(&key))
            .map_or(Condition::Outage, |place| causes.condition(place));
        let category = category(if condition.is_unwell() { condition } else { own });
        match self.cases.get_mut(&id) {
            Some(case) if case.is_open() => {}
            Some(case) => {
                case.state.merged_into = None;
                case.reopen(beginning.at, now);
            }
            None => {
                self.cases.insert(id, Case::begun(beginning, category, root, now));
            }
        }
        id
    }

    fn oldest(&self, is_wanted: impl Fn(&Case) -> bool) -> Option<Uuid> {
        let wanted = self.cases.values().filter(|case| is_wanted(case));
        wanted.reduce(|one, other| if other.is_older(one) { other } else { one }).map(|case| case.id)
    }
}

/// What an incident that begins with an item in this condition is about.
pub(super) fn category(condition: Condition) -> Category {
    match condition {
        Condition::Outage | Condition::Well | Condition::Gone => Category::Outage,
        Condition::Removal => Category::Removal,
        Condition::Test => Category::Test,
        Condition::Unknown => Category::Visibility,
        Condition::Provisioning => Category::Provisioning,
    }
}

/// Whether an item in this condition may be in an incident of this category.
pub(super) fn takes(of: Category, condition: Condition) -> bool {
    match of {
        Category::Outage | Category::Removal => {
            matches!(condition, Condition::Outage | Condition::Removal | Condition::Unknown)
        }
        Category::Test => matches!(condition, Condition::Test | Condition::Outage),
        Category::Visibility => matches!(condition, Condition::Unknown | Condition::Outage),
        Category::Provisioning => condition == Condition::Provisioning,
        // They have no members.
        Category::Maintenance | Category::Resilience | Category::Routes => false,
    }
}
