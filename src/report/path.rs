//! Whether a virtual interface was a path, instant by instant: the rules of [`Route`] over the courses of its parts.
//!
//! Where a part is unmonitored or AWS did not report its state, the rules are asked twice: as if it worked, and as if it did
//! not. If the answers differ, whether there was a path is not known.

use std::collections::BTreeSet;

use super::{
    condition::Condition,
    course::{Course, Step},
    paths::{Change, Evidences},
};
use crate::{
    domain::{DestinationKind, Timestamp},
    incident::{Condition as Standing, Place, Route, Target},
    report::document::Outage,
};

/// A stretch of time in which an interface hung on the same things, as far as that is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bearing {
    /// Since when.
    pub from: Timestamp,
    /// Where it led to.
    pub leads_to: Option<(DestinationKind, String)>,
    /// Whether it ran over what it runs over at present. Otherwise, or where that is not known, its own state decides.
    pub has_present_carrier: bool,
}

/// What has a course, of which a path is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'a> {
    pub place: Place,
    pub course: &'a Course,
    pub outages: &'a [Outage],
}

/// What may have been a path: an interface in one address family, to one destination.
#[derive(Clone, Debug)]
pub(super) struct MaybePath<'a> {
    pub target: Target,
    pub interface: Part<'a>,
    pub carrier: Option<Part<'a>>,
    pub attachment: Option<Part<'a>>,
    /// The sessions of the family.
    pub sessions: Vec<Part<'a>>,
    /// The routes of the family, where they are watched.
    pub routes: Option<Part<'a>>,
    /// Whether the interface has a session of any family.
    pub is_with_sessions: bool,
    pub bearings: &'a [Bearing],
}

/// A part at an instant.
#[derive(Clone, Copy, Debug)]
struct Now {
    condition: Condition,
    standing: Standing,
}

impl Now {
    fn of(step: Option<&Step>) -> Now {
        let Some(step) = step else { return Now { condition: Condition::Undiscovered, standing: Standing::Gone } };
        let is_seen = !matches!(step.condition, Condition::Undiscovered | Condition::Retired);
        match step.standing {
            // What is gone for good stays so while it is not looked at.
            Standing::Gone if is_seen => Now { condition: Condition::Removed, standing: Standing::Gone },
            standing => Now { condition: step.condition, standing },
        }
    }

    /// Whether the monitor had seen it by then, and polled it still.
    fn is_seen(self) -> bool {
        !matches!(self.condition, Condition::Undiscovered | Condition::Retired)
    }

    fn is_listed(self) -> bool {
        self.is_seen()
            && self.standing != Standing::Gone
            && (self.standing != Standing::Provisioning || self.condition == Condition::Unmonitored)
    }

    fn is_unknown(self) -> bool {
        matches!(self.condition, Condition::Unknown | Condition::Unmonitored)
    }

    /// What the rules are asked about, if what is not known is `guess`.
    fn as_if(self, guess: Standing) -> Standing {
        if self.is_unknown() { guess } else { self.standing }
    }

    /// The same for routes: a path whose routes were not asked for is one, as if they were not watched.
    fn of_routes(self) -> Standing {
        match self.condition {
            Condition::Unknown | Condition::Unmonitored | Condition::Retired | Condition::Undiscovered => {
                Standing::Unknown
            }
            _ => self.standing,
        }
    }
}

impl<'a> MaybePath<'a> {
    /// What it was from each of its changes on.
    pub(super) fn changes(&self) -> Vec<Change> {
        let mut changes: Vec<Change> = Vec::new();
        let parts: Vec<Part<'a>> = self.parts().collect();
        let mut passed = vec![0; parts.len()];
        let mut bearings = self.bearings.iter().peekable();
        let mut bearing = None;
        for at in self.instants() {
            for (passed, part) in passed.iter_mut().zip(&parts) {
                *passed += part.course.steps[*passed..].iter().take_while(|step| step.at <= at).count();
            }
            while let Some(next) = bearings.next_if(|next| next.from <= at) {
                bearing = Some(next);
            }
            let now = |place: Place| {
                let part = parts.iter().position(|part| part.place == place);
                Now::of(part.and_then(|part| parts[part].course.steps[..passed[part]].last()))
            };
            let condition = bearing.map_or(Condition::Undiscovered, |bearing| self.condition(bearing, now));
            if changes.last().is_none_or(|last| last.condition != condition) {
                changes.push(Change { at, condition });
            }
        }
        changes
    }

    /// The evidence of its outages. What began before the window began with the last that was needed.
    pub(super) fn evidences(&self, window_from: Timestamp) -> Evidences {
        let mut evidences = Evidences::default();
        // Of what falls at one instant, the cable is the evidence.
        let parts: Vec<Part<'a>> = self.parts().collect();
        for part in parts.iter().rev() {
            part.outages.iter().filter(|outage| !outage.begins_before).for_each(|outage| evidences.add(outage));
            // Its end may be within the window although its beginning is not.
            let ends = part.outages.iter().filter(|outage| outage.begins_before);
            ends.for_each(|outage| evidences.add_end(outage));
        }
        let before = |part: &Part<'a>| {
            let first = part.outages.first();
            first.filter(|outage| outage.begins_before && outage.ended_at.is_none_or(|end| end > window_from))
        };
        let sessions: Vec<_> = self.sessions.iter().filter_map(before).collect();
        let last_session = sessions.iter().max_by_key(|outage| outage.started_at);
        let all_sessions = last_session.filter(|_| sessions.len() == self.sessions.len());
        let single = [Some(self.interface), self.carrier, self.attachment, self.routes];
        let single = single.iter().flatten().filter_map(before);
        let first = single.chain(all_sessions.copied()).min_by_key(|outage| outage.started_at);
        first.into_iter().for_each(|outage| evidences.add(outage));
        evidences
    }

    fn parts(&self) -> impl Iterator<Item = Part<'a>> {
        let single = [self.carrier, self.attachment, Some(self.interface)].into_iter().flatten();
        single.chain(self.sessions.iter().copied()).chain(self.routes)
    }

    fn instants(&self) -> BTreeSet<Timestamp> {
        let steps = self.parts().flat_map(|part| part.course.steps.iter().map(|step| step.at));
        let first = self.interface.course.steps.first().map(|step| step.at);
        let turns = self.bearings.iter().map(|bearing| bearing.from).filter(|from| Some(*from) > first);
        steps.chain(turns).collect()
    }

    /// What it is at an instant.
    fn condition(&self, bearing: &Bearing, now: impl Fn(Place) -> Now) -> Condition {
        let leads_here = |(kind, id): &(DestinationKind, String)| (*kind, id) == (self.target.kind, &self.target.id);
        if !bearing.leads_to.as_ref().is_some_and(leads_here) {
            return Condition::Undiscovered;
        }
        let interface = now(self.interface.place);
        if !interface.is_listed() || interface.condition == Condition::Removed {
            return interface.condition;
        }
        let sessions: Vec<Place> = self.sessions.iter().map(|part| part.place).collect();
        let listed: Vec<Place> = sessions.iter().copied().filter(|place| now(*place).is_listed()).collect();
        if listed.is_empty() && self.is_with_sessions {
            let conditions = sessions.into_iter().map(|place| now(place).condition);
            return conditions.fold(Condition::Undiscovered, Condition::or);
        }
        let seen = |part: Option<Part<'_>>| part.map(|part| part.place).filter(|place| now(*place).is_seen());
        let route = Route {
            target: self.target.clone(),
            interface: self.interface.place,
            carrier: seen(self.carrier.filter(|_| bearing.has_present_carrier)),
            attachment: seen(self.attachment),
            sessions: listed,
            routes: self.routes.map(|part| part.place),
        };
        together(&route, now)
    }
}

/// What a route is.
fn together(route: &Route, now: impl Fn(Place) -> Now) -> Condition {
    let as_if = |place: Place, guess: Standing| match route.routes == Some(place) {
        true => now(place).of_routes(),
        false => now(place).as_if(guess),
    };
    if route.is_path(|place| as_if(place, Standing::Outage)) {
        return Condition::Up;
    }
    let at_best = |place: Place| as_if(place, Standing::Well);
    if route.is_path(at_best) {
        let single = [Some(route.interface), route.carrier, route.attachment].into_iter().flatten();
        let unknown = single.chain(route.sessions.iter().copied()).map(&now).filter(|now| now.is_unknown());
        return unknown.map(|now| now.condition).fold(Condition::Unknown, Condition::or);
    }
    let mut broken = route.broken(at_best);
    if !route.has_session(at_best) {
        broken.extend(&route.sessions);
    }
    let conditions = broken.into_iter().map(|place| now(place).condition);
    // What is removed or tested is no outage, unless something else is down besides.
    conditions.fold(Condition::Undiscovered, Condition::or)
}

#[cfg(test)]
mod tests;
