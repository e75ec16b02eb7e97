//! `--redact` on a file and on the tables: the same pseudonyms, and hostile texts are gone.

use aws_dx_monitor::{
    domain::{Acknowledgement, Matcher, Window, WindowSource},
    ports::Windows,
};

use super::{HOSTILE, at, incidents, twins::Twins};

const ACCOUNT: &str = "123456789012";
const COMMANDS: [&str; 12] = [
    "map --unfold --retired",
    "map --output html",
    "resilience --output json --since 2026-01-01",
    "report --from 2026-09-01 --to 2026-10-31 --output json",
    "report --from 2026-09-01 --to 2026-10-31 --output html",
    "report --from 2026-09-01 --to 2026-10-31 --output csv --rows outages",
    "status --retired",
    "status --output json",
    "incidents --since 2026-09-01",
    "incidents --since 2026-09-01 --output json",
    "incidents 9a1f3c5e-0000-4000-8000-000000000001",
    "incidents 9a1f3c5e-0000-4000-8000-000000000001 --output json",
];

async fn plan(windows: &impl Windows) {
    let silence = Window {
        id: "k7tq2".to_owned(),
        source: WindowSource::Silence,
        matcher: Matcher {
            ids: ["dxcon-1".to_owned()].into(),
            location: Some(HOSTILE.to_owned()),
            ..Matcher::default()
        },
        from: at("2026-10-22T03:00:00Z"),
        until: at("2026-10-22T04:00:00Z"),
        title: HOSTILE.to_owned(),
        by: HOSTILE.to_owned(),
        even_outage: false,
        notice: None,
        announced_at: Some(at("2026-10-22T02:00:00Z")),
    };
    windows.write_window(ACCOUNT, &silence).await.unwrap();
    let acknowledgement =
        Acknowledgement { by: HOSTILE.to_owned(), at: at("2026-10-22T03:13:00Z"), note: Some(HOSTILE.to_owned()) };
    windows.write_acknowledgement(ACCOUNT, incidents::OPEN.parse().unwrap(), &acknowledgement).await.unwrap();
}

#[tokio::test]
async fn a_file_and_the_tables_give_the_same_and_no_original() {
    let twins = Twins::empty().await;
    incidents::write_story(&twins.file.ledger).await;
    incidents::write_story(&twins.ledger).await;
    plan(&twins.file.ledger).await;
    plan(&twins.ledger).await;
    for command in COMMANDS {
        let arguments: Vec<&str> =
            command.split(' ').chain(["--redact", "--redact-key", "a key that both know"]).collect();
        let outputs = [twins.on_file(&arguments), twins.on_tables(&arguments)];
        let [file, tables] = outputs.map(|output| {
            assert!(
                matches!(output.status.code(), Some(0 | 1)),
                "{command}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
            String::from_utf8(output.stdout).unwrap()
        });
        // Pages and pictures say when they were made, and how long ago the last poll was.
        let is_dated = command.contains("html") || command.contains("report");
        assert!(is_dated || file == tables, "{command}:\n{file}\n{tables}");
        for written in [file, tables] {
            for original in [
                ACCOUNT,
                "calc",
                "dxcon-1",
                "dxcon-2",
                "dxvif-1",
                "dxpeer-1",
                "gw-1",
                "core\\u",
                incidents::OPEN,
                "k7tq2",
            ] {
                assert!(!written.contains(original), "{command}: {original:?} is in\n{written}");
            }
        }
    }
}
