//! The rows of the store.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

use super::{pseudonyms::Redactor, sorts::Sort};
use crate::domain::{
    Acknowledgement, Circumstances, CoveragePath, HistoryRow, IncidentRow, IncidentState, ItemDescription,
    KindProgress, ListedScope, Matcher, Notice, PollRow, Recalled, Root, Scope, State, StateRow, Told, Unmonitored,
    Window, WindowRows,
};

impl Redactor {
    /// A scope.
    pub fn scope(&self, scope: &Scope) -> Scope {
        Scope::regional(self.account(scope.account()), self.region(scope.region()))
    }

    /// What a scope of this run stands for; itself, where it was given by no redactor.
    pub fn original_scope(&self, scope: &Scope) -> Scope {
        let original = |text: &str| self.original(text).unwrap_or_else(|| text.to_owned());
        Scope::regional(original(scope.account()), original(scope.region()))
    }

    /// A row of the list of scopes.
    pub fn listed(&self, listed: &ListedScope) -> ListedScope {
        ListedScope { scope: self.scope(&listed.scope), retired_at: listed.retired_at }
    }

    /// Everything that the store knows of a scope.
    pub fn recalled(&self, recalled: Recalled) -> Recalled {
        // What the next poll compares with is for it alone.
        let Recalled { scope, states, poll, incidents, unreadable_incidents, prefixes: _, resilience: _ } = recalled;
        Recalled {
            scope: self.scope(&scope),
            states: states.into_values().map(|row| (self.key(&row.details.key()), self.state_row(row))).collect(),
            poll: poll.map(|poll| self.poll(poll)),
            incidents: incidents.into_iter().map(|(id, row)| (self.uuid(id), self.incident_row(row))).collect(),
            unreadable_incidents,
            prefixes: BTreeMap::new(),
            resilience: None,
        }
    }

    /// A state row.
    pub fn state_row(&self, row: StateRow) -> StateRow {
        let kind = row.details.kind;
        let word = self.word(row.state.value());
        StateRow {
            state: State::recalled(kind, &word, Some(row.state.level().into()), Some(row.state.health())),
            announced: Redactor::known_keys(&row.announced),
            incident_id: row.incident_id.map(|id| self.uuid(id)),
            group: row.group.map(|id| self.uuid(id)),
            details: Arc::new(self.description(&row.details)),
            // Numbers and instants.
            ..row
        }
    }

    /// The description of an item, by the rules of documents.
    pub fn description(&self, item: &ItemDescription) -> ItemDescription {
        let document = serde_json::to_value(item).ok();
        let redacted = document.as_ref().and_then(Value::as_object).map(|fields| self.object("item", fields));
        let read = redacted.and_then(|fields| serde_json::from_value(fields.into()).ok());
        // What cannot be read back has its key at least.
        read.unwrap_or_else(|| ItemDescription::bare(&self.scope(&item.scope()), &self.key(&item.key())))
    }

    fn poll(&self, poll: PollRow) -> PollRow {
        let progress = |progress: KindProgress| KindProgress {
            announced_on: progress.announced_on.into_iter().map(|sink| self.word(&sink)).collect(),
            gaps: progress.gaps.into_iter().map(|(parent, gap)| (self.id(&parent), gap)).collect(),
            ..progress
        };
        PollRow { kinds: poll.kinds.into_iter().map(|(kind, own)| (kind, progress(own))).collect(), ..poll }
    }

    fn incident_row(&self, row: IncidentRow) -> IncidentRow {
        let IncidentState { root, told, merged_into, .. } = row.state;
        let told = Told { root: self.root(&told.root), ..told };
        let state = IncidentState {
            root: self.root(&root),
            told,
            merged_into: merged_into.map(|id| self.uuid(id)),
            // The next fold needs them, and nothing that is shown.
            circumstances: Circumstances::default(),
            facts: None,
            ..row.state
        };
        IncidentRow { state, announced: Redactor::known_keys(&row.announced), ..row }
    }

    fn root(&self, root: &Root) -> Root {
        Root { kind: root.kind, id: self.id_of(root.kind, &root.id) }
    }

    /// A row of history.
    pub fn history_row(&self, row: HistoryRow) -> HistoryRow {
        let parked = Redactor::known_keys(&row.parked).into_iter();
        let parked = parked.map(|(sink, reason)| (sink, self.pseudonym(Sort::Text, &reason))).collect();
        HistoryRow { event: self.document(&row.event), parked, ..row }
    }

    /// A stretch of unmonitored time.
    pub fn unmonitored(&self, stretch: &Unmonitored) -> Unmonitored {
        let CoveragePath { scope, kind, parent } = stretch.path();
        let parent = parent.map(|parent| self.id(&parent));
        CoveragePath { scope: self.scope(&scope), kind, parent }.stretch(stretch.from, stretch.to)
    }

    /// What is planned in an account.
    pub fn window_rows(&self, rows: WindowRows) -> WindowRows {
        let acknowledgements = rows.acknowledgements.into_iter();
        WindowRows {
            windows: rows.windows.into_iter().map(|window| self.window(window)).collect(),
            acknowledgements: acknowledgements.map(|(id, own)| (self.uuid(id), self.acknowledgement(own))).collect(),
        }
    }

    fn window(&self, window: Window) -> Window {
        Window {
            id: self.id(&window.id),
            matcher: self.matcher(window.matcher),
            title: self.pseudonym(Sort::Text, &window.title),
            by: self.pseudonym(Sort::Person, &window.by),
            notice: window.notice.map(|notice| self.notice(notice)),
            // Its source, and instants.
            ..window
        }
    }

    fn matcher(&self, matcher: Matcher) -> Matcher {
        let Matcher { ids, kinds, location, device, gateway, region } = matcher;
        Matcher {
            ids: ids.iter().map(|id| self.id(id)).collect(),
            kinds,
            location: location.map(|name| self.location(&name)),
            device: device.map(|name| self.device(&name)),
            gateway: gateway.map(|id| self.id(&id)),
            region: region.map(|region| self.region(&region)),
        }
    }

    fn notice(&self, notice: Notice) -> Notice {
        let Notice { updated_at, event, communication, page, change } = notice;
        Notice { updated_at, event: self.id(&event), communication: self.id(&communication), page, change }
    }

    fn acknowledgement(&self, own: Acknowledgement) -> Acknowledgement {
        let Acknowledgement { by, at, note } = own;
        let note = note.map(|note| self.pseudonym(Sort::Text, &note));
        Acknowledgement { by: self.pseudonym(Sort::Person, &by), at, note }
    }
}
