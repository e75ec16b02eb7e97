//! Hostile text in every column of every form: nothing acts, columns stay aligned, programs get the texts of AWS
//! unchanged.

use aws_dx_monitor::domain::{ItemDescription, ItemKey, Kind};
use unicode_width::UnicodeWidthStr;

use super::{Store, virginia};

/// Names that people who mean harm give, and a careless keyboard.
const NAMES: [&str; 14] = [
    "\u{1b}[2J\u{1b}]0;owned\u{7}",
    "\u{9b}31m\u{7f}",
    "a\r\nSubject: b\tc",
    "\u{202e}gnp.exe\u{2066}",
    "\u{200b}\u{200d}\u{feff}\u{2060}",
    "\u{e0041}\u{fe0f}\u{115f}",
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "東京 – Zürich 🚀",
    "z\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}",
    "\u{301},\";'",
];

/// Whether a terminal acts on a character, or shows nothing of it. Said in other words than the code's own.
fn hides(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// A store in which every text that AWS gives is hostile: the names, the ids, the locations, the words.
async fn hostile() -> Store {
    let store = Store::new();
    for (number, name) in NAMES.into_iter().enumerate() {
        let mut item =
            ItemDescription::bare(&virginia(), &ItemKey::new(Kind::Connection, format!("dxcon-{number}{name}")));
        item.name = Some(name.to_owned());
        item.location = Some(name.to_owned());
        let words =
            [("2026-09-01T00:00:00Z", "available"), ("2026-10-02T00:00:00Z", "down"), ("2026-10-03T00:00:00Z", name)];
        store.story(&item, &words).await;
    }
    store.listed(Kind::Connection, "2026-11-01T00:10:00Z").await;
    store
}

const COMMANDS: [&[&str]; 3] = [&["status"], &["history"], &["report", "--month", "2026-10"]];

fn text(store: &Store, command: &[&str], form: &str) -> String {
    String::from_utf8(store.run(&[command, &["--output", form]].concat()).stdout).unwrap()
}

#[tokio::test]
async fn nothing_hides_or_acts_in_any_form() {
    let store = hostile().await;
    for command in COMMANDS {
        for form in ["table", "json", "csv"] {
            let told = text(&store, command, form);
            assert!(told.contains("dxcon-13"), "{told}");
            let kept = if form == "csv" { "\r\n\t" } else { "\n" };
            let hidden: Vec<char> =
                told.chars().filter(|character| hides(*character) && !kept.contains(*character)).collect();
            assert_eq!(hidden, ['x'; 0], "{command:?} as {form}:\n{told:?}");
        }
    }
    let page = text(&store, &["report", "--month", "2026-10"], "html");
    assert!(page.chars().all(|character| character == '\n' || !hides(character)));
}

#[tokio::test]
async fn programs_get_the_texts_of_aws_unchanged() {
    let store = hostile().await;
    let mut names: Vec<String> = NAMES.map(str::to_owned).into();
    names.sort();
    let sorted = |values: Vec<&serde_json::Value>| {
        let mut names: Vec<String> = values.iter().map(|name| name.as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    };
    let status: serde_json::Value = serde_json::from_str(&text(&store, &["status"], "json")).unwrap();
    assert_eq!(sorted(status.as_array().unwrap().iter().map(|line| &line["name"]).collect()), names);
    let words: Vec<&serde_json::Value> = status.as_array().unwrap().iter().map(|line| &line["state"]).collect();
    assert_eq!(sorted(words), names);
    let history = store.json(&["history", "--since", "2026-10-03", "--output", "json"]);
    assert_eq!(sorted(history.as_array().unwrap().iter().map(|event| &event["item"]["name"]).collect()), names);
    let report = store.json(&["report", "--month", "2026-10", "--output", "json"]);
    assert_eq!(sorted(report["items"].as_array().unwrap().iter().map(|entry| &entry["item"]["name"]).collect()), names);
}

/// The fields of a CSV text, by RFC 4180.
fn fields(csv: &str) -> Vec<Vec<String>> {
    let mut lines = vec![vec![String::new()]];
    let (mut quoted, mut characters) = (false, csv.chars().peekable());
    while let Some(character) = characters.next() {
        let line = lines.last_mut().unwrap();
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                line.last_mut().unwrap().push(characters.next().unwrap())
            }
            '"' => quoted = !quoted,
            ',' if !quoted => line.push(String::new()),
            '\r' if !quoted && characters.peek() == Some(&'\n') => {
                characters.next();
                lines.push(vec![String::new()]);
            }
            other => line.last_mut().unwrap().push(other),
        }
    }
    assert_eq!(lines.pop(), Some(vec![String::new()]), "the last line ends like every other");
    lines
}

#[tokio::test]
async fn a_spreadsheet_computes_nothing_and_finds_every_column() {
    let store = hostile().await;
    let rows_of = |command: &[&str]| fields(&text(&store, command, "csv"));
    for (command, lines) in [
        (COMMANDS[0], NAMES.len()),
        (COMMANDS[1], 3 * NAMES.len()),
        (COMMANDS[2], NAMES.len()),
        (&["report", "--month", "2026-10", "--rows", "outages"], NAMES.len()),
    ] {
        let rows = rows_of(command);
        assert_eq!(rows.len(), lines + 1, "{command:?}");
        for row in &rows {
            assert_eq!(row.len(), rows[0].len(), "{row:?}");
            let formula = |field: &&String| field.trim_start().starts_with(['=', '+', '-', '@']);
            assert_eq!(row.iter().find(formula), None, "{command:?}");
        }
    }
}

/// The column at which each of `words` begins in the lines that hold it.
fn columns(table: &str, words: &[&str]) -> Vec<usize> {
    let begin = |line: &str| words.iter().find_map(|word| line.find(word)).map(|at| line[..at].width());
    table.lines().filter_map(begin).collect()
}

#[tokio::test]
async fn columns_begin_where_their_headings_do() {
    let store = hostile().await;
    let status = text(&store, &["status"], "table");
    let scopes = columns(&status, &["SCOPE", "123456789012/us-east-1\n", "123456789012/us-east-1"]);
    assert!(scopes.len() > NAMES.len() && scopes[..=NAMES.len()].iter().all(|at| *at == scopes[0]), "{status}");
    let history = text(&store, &["history", "--until", "2026-10-02"], "table");
    for words in [&["FROM", "  available  down"][..], &["AFTER", "31d"]] {
        let begin = columns(&history, words);
        let offset = usize::from(words[1].starts_with("  ")) * 2;
        let degraded = &begin[1..];
        assert!(
            degraded.len() == NAMES.len() && degraded.iter().all(|at| at + offset == begin[0]),
            "{words:?}\n{history}"
        );
    }
    let report = text(&store, &["report", "--month", "2026-10"], "table");
    let items = report.split("\n\n").nth(1).unwrap();
    let begin = columns(items, &["OUTAGES", "1        1d"]);
    assert!(begin.len() == NAMES.len() + 1 && begin.iter().all(|at| *at == begin[0]), "{report}");
}

#[tokio::test]
async fn endless_text_is_cut_for_people_and_never_for_programs_and_ids_are_never_cut() {
    let store = Store::new();
    let endless = "名".repeat(1_000);
    let id = format!("dxcon-{}", "0123456789".repeat(40));
    let mut item = ItemDescription::bare(&virginia(), &ItemKey::new(Kind::Connection, &id));
    item.name = Some(endless.clone());
    item.location = Some(endless.clone());
    store.story(&item, &[("2026-09-01T00:00:00Z", "available"), ("2026-10-02T00:00:00Z", &"word".repeat(100))]).await;
    store.listed(Kind::Connection, "2026-11-01T00:10:00Z").await;
    for command in COMMANDS {
        let table = text(&store, command, "table");
        assert!(table.contains(&id), "{table}");
        assert!(table.contains(&format!("{}…", "名".repeat(31))), "{table}");
        assert!(!table.contains(&"名".repeat(32)) && !table.contains(&"word".repeat(17)), "{table}");
        for form in ["json", "csv"] {
            assert!(text(&store, command, form).contains(&endless), "{command:?} as {form}");
        }
    }
}
