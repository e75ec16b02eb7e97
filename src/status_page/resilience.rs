//! The page of resilience: each destination, what it lacks, and what takes its last path.

use std::{collections::BTreeMap, fmt::Write};

use super::{END, beginning, shown};
use crate::{
    domain::{Health, Model, Timestamp},
    escape,
    map::html::mark,
    query::Resilience,
    resilience::{ConfiguredPath, Failure, Grade, Loss, phrases},
    words,
};

/// The longest name that is shown.
const MOST_NAME: usize = 72;
/// The most paths that are drawn as marks.
const MOST_MARKS: u64 = 12;
/// What the models are, as AWS publishes them.
const MODELS: [(Model, &str); 4] = [
    (Model::Maximum, "two or more locations, with two or more devices in each of two of them"),
    (Model::High, "two or more locations"),
    (Model::Development, "two or more devices"),
    (Model::None, "less than that: one device may take all paths"),
];

/// The page, made at `now`.
pub fn page(found: &Resilience, now: Timestamp) -> String {
    let mut page = beginning("Direct Connect resilience", &summary(found, now), None, now);
    page += &last_paths(&found.grades);
    page += &destinations(&found.grades);
    page += &models();
    page + END
}

fn named(text: &str) -> String {
    shown(text, MOST_NAME)
}

/// How many destinations there are, and how many are not as they should be.
fn summary(found: &Resilience, now: Timestamp) -> String {
    let of = |health: Health| found.grades.iter().filter(|grade| grade.health() == health).count();
    let worst = found.grades.iter().map(Grade::health).min_by_key(|health| health.urgency());
    let mut text = words::counted(found.grades.len() as u64, "destination", "destinations");
    for (health, words) in
        [(Health::Down, "less resilient than intended"), (Health::Unknown, "may lose all paths with one device")]
    {
        text += &match of(health) {
            0 => String::new(),
            count => format!(", {count} {words}"),
        };
    }
    let polled = match found.last_poll_at {
        Some(at) => format!("Last poll {}, {} ago", words::instant(at), words::duration(now.since(at))),
        None => "Never polled".to_owned(),
    };
    format!(
        "<p class=\"banner\">{} {}</p>\n<p>{polled}. This is of what is configured: whether something is down makes no \
         difference.</p>",
        mark(worst.unwrap_or(Health::Unknown)),
        escape::html(&text)
    )
}

/// What alone takes the last path to a destination, with those destinations.
fn last_paths(grades: &[Grade]) -> String {
    let mut section =
        "<section aria-labelledby=\"alone\">\n<h2 id=\"alone\">What alone takes every path</h2>\n".to_owned();
    let mut by_failure: BTreeMap<&Failure, Vec<(String, Vec<String>)>> = BTreeMap::new();
    for grade in grades {
        for loss in grade.losses.iter().filter(|loss| loss.left == 0) {
            let taken = by_failure.entry(&loss.failure).or_default();
            match taken.last_mut() {
                Some((name, families)) if *name == called(grade) => families.push(family(grade)),
                _ => taken.push((called(grade), vec![family(grade)])),
            }
        }
    }
    if by_failure.is_empty() {
        return section + "<p>Nothing: no single location or device.</p>\n</section>\n";
    }
    section += "<ul class=\"items\">\n";
    for (failure, taken) in by_failure {
        let taken: Vec<String> =
            taken.into_iter().map(|(name, families)| format!("{name} ({})", families.join(" and "))).collect();
        let _ = writeln!(
            section,
            "<li>{} <bdi>{}</bdi>: {}</li>",
            mark(Health::Down),
            phrases::failure(failure, named),
            taken.join(", ")
        );
    }
    section + "</ul>\n</section>\n"
}

/// A destination's name, or its id.
fn called(grade: &Grade) -> String {
    let name = grade.name.as_deref().filter(|name| !name.trim().is_empty());
    format!("<bdi>{}</bdi>", named(name.unwrap_or(&grade.id)))
}

fn family(grade: &Grade) -> String {
    match grade.address_family.as_str() {
        "ipv4" => "IPv4".to_owned(),
        "ipv6" => "IPv6".to_owned(),
        other => named(other),
    }
}

/// A box for each destination, the worst first. What is the same in several address families stands once.
fn destinations(grades: &[Grade]) -> String {
    let mut section =
        "<section aria-labelledby=\"destinations\">\n<h2 id=\"destinations\">Destinations</h2>\n".to_owned();
    if grades.is_empty() {
        return section + "<p>There is no destination with a virtual interface.</p>\n</section>\n";
    }
    let mut boxes: BTreeMap<_, Vec<&Grade>> = BTreeMap::new();
    for grade in grades {
        boxes.entry((&grade.account, grade.kind, &grade.id)).or_default().push(grade);
    }
    let mut boxes: Vec<Vec<&Grade>> = boxes.into_values().collect();
    let urgency = |own: &[&Grade]| own.iter().map(|grade| grade.health().urgency()).min();
    boxes.sort_by_key(|own| urgency(own));
    section += "<div class=\"frames\">\n";
    section.extend(boxes.iter().map(|own| destination(own)));
    section + "</div>\n</section>\n"
}

fn destination(families: &[&Grade]) -> String {
    let Some(first) = families.first() else { return String::new() };
    let mut card = format!(
        "<article class=\"box destination\"><h3><span class=\"kind\">{}</span> {}</h3>\n<p><code>{}</code></p>\n",
        phrases::destination_kind(first.kind),
        called(first),
        named(&first.id)
    );
    let mut bodies: Vec<(Vec<String>, String, &Grade)> = Vec::new();
    for grade in families {
        let own = body(grade);
        match bodies.last_mut() {
            Some((names, body, _)) if *body == own => names.push(family(grade)),
            _ => bodies.push((vec![family(grade)], own, grade)),
        }
    }
    for (names, body, grade) in bodies {
        let health = grade.health();
        let _ = writeln!(
            card,
            "<p class=\"family {health}\">{} {}: {}</p>",
            mark(health),
            names.join(" and "),
            model(grade)
        );
        card += &body;
    }
    card + "</article>\n"
}

/// `high, as intended`.
fn model(grade: &Grade) -> String {
    match (grade.intended, grade.meets_intent) {
        (Some(_), Some(true)) => format!("{}, as intended", grade.model),
        (Some(intended), _) => format!("{}, where {intended} is intended", grade.model),
        (None, _) => grade.model.to_string(),
    }
}

/// What is missing, the paths, and what is left after each single failure.
fn body(grade: &Grade) -> String {
    let mut body = String::new();
    if !grade.missing.is_empty() {
        let wanted = grade.intended.or_else(|| grade.model.next()).map(Model::as_str).unwrap_or_default();
        let missing: Vec<String> =
            grade.missing.iter().map(|missing| format!("<li>{}</li>", phrases::shortfall(missing, named))).collect();
        let _ = writeln!(body, "<p>Missing for {wanted}:</p>\n<ul class=\"missing\">{}</ul>", missing.concat());
    }
    let exercised = grade
        .exercised
        .as_ref()
        .map_or_else(|| "not seen".to_owned(), |exercise| escape::html(&phrases::exercise(exercise)));
    let _ = writeln!(body, "<p>Last exercised: {exercised}</p>");
    let rows = grade.paths.iter().map(path).collect::<String>();
    body += &table(["Path", "Device", "Location"], &rows);
    let rows = grade.losses.iter().map(|loss| self::loss(loss, grade)).collect::<String>();
    if !rows.is_empty() {
        body += &table(["Without", "Paths left", ""], &rows);
    }
    body
}

/// A table of lines that are escaped already.
fn table(header: [&str; 3], rows: &str) -> String {
    let header: Vec<String> = header
        .into_iter()
        .filter(|title| !title.is_empty())
        .map(|title| format!("<th scope=\"col\">{title}</th>"))
        .collect();
    format!("<table><thead><tr>{}</tr></thead><tbody>\n{rows}</tbody></table>\n", header.concat())
}

fn path(path: &ConfiguredPath) -> String {
    let name = path.name.as_deref().filter(|name| !name.trim().is_empty());
    let name = name.map(|name| format!("<bdi>{}</bdi> ", named(name))).unwrap_or_default();
    let over = path.connection.as_deref().map(|id| format!(" over <code>{}</code>", named(id))).unwrap_or_default();
    let new = if path.is_new { ", new" } else { "" };
    let listed = |names: &std::collections::BTreeSet<String>| {
        let names: Vec<String> = names.iter().map(|name| format!("<bdi>{}</bdi>", named(name))).collect();
        if names.is_empty() { "not named".to_owned() } else { names.join(", ") }
    };
    format!(
        "<tr><th scope=\"row\">{name}<code>{}</code>{over}{new}</th><td data-label=\"Device\">{}</td><td data-label=\"Location\">{}</td></tr>\n",
        named(&path.interface),
        listed(&path.devices),
        listed(&path.locations)
    )
}

/// What is left without a location or a device: a mark for each path, and in words.
fn loss(loss: &Loss, grade: &Grade) -> String {
    let all = loss.left + loss.lost;
    let marks = if all > MOST_MARKS {
        String::new()
    } else {
        let of = |count: u64, health: Health| mark(health).repeat(usize::try_from(count).unwrap_or_default());
        format!("<span aria-hidden=\"true\">{}{}</span> ", of(loss.left, Health::Up), of(loss.lost, Health::Down))
    };
    let left =
        if loss.left == 0 { "<b>none</b>".to_owned() } else { format!("{} of {}", loss.left, grade.paths.len()) };
    format!(
        "<tr><th scope=\"row\"><bdi>{}</bdi></th><td data-label=\"Paths left\"><span>{marks}{left}</span></td></tr>\n",
        phrases::failure(&loss.failure, named)
    )
}

fn models() -> String {
    let lines: Vec<String> = MODELS.map(|(model, text)| format!("<li><b>{model}</b>: {text}</li>\n")).into();
    format!(
        "<section aria-labelledby=\"models\">\n<h2 id=\"models\">The models</h2>\n<ul class=\"method\">\n{}</ul>\n\
         <p class=\"faint\">What counts are the virtual interfaces that are attached and not being removed. What AWS names no \
         device or location of proves nothing. A session that is up says nothing about routes.</p>\n</section>\n",
        lines.concat()
    )
}
