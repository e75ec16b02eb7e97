//! Escaped text is read back by the rules of its destination, and is inert there.

use proptest::prelude::*;

use super::*;

/// Texts that an attacker, or a careless user, puts into a name.
pub(crate) const NASTIES: &[&str] = &[
    "\u{1b}[2J\u{1b}]0;owned\u{7}",
    "\u{9b}31m",
    "a\r\nSubject: b",
    "\u{202e}gnp.exe\u{2066}",
    "\u{200b}\u{200d}\u{feff}\u{2060}",
    "\u{e0041}\u{e007f}\u{fe0f}",
    "<!channel> <@U123|x> @here",
    "<https://example.com|click>",
    "[click](https://example.com)",
    "*a* _b_ ~c~ `d` ```e``` a_b \\*",
    "<script>alert('1')</script>\"&amp;",
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    " =1,\";\n",
    "$(reboot)`reboot`'; reboot #",
    "www.example.com WWW.a.wWw.b",
    "東京 – Zürich 🚀 ❤\u{fe0f}",
    "z\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}",
    "\u{301}leading",
    "\u{fffe}\u{ffff}\u{fffd}\u{0}",
    "",
    "   ",
];

/// Hostile texts, ordinary words and arbitrary characters, in any order and number.
pub(crate) fn hostile_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => prop::sample::select(NASTIES).prop_map(str::to_owned),
        1 => "[a-z_.:/@&<>*-]{0,12}",
        1 => any::<String>(),
        1 => prop::collection::vec(any::<char>(), 0..40).prop_map(String::from_iter),
        1 => (any::<char>(), 0_usize..400).prop_map(|(character, times)| character.to_string().repeat(times)),
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

/// Whether a terminal shows every character of `text` and acts on none. Written independently of the code.
pub(crate) fn is_visible(text: &str) -> bool {
    text.chars().all(|character| {
        !character.is_control()
            && !matches!(character,
                '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}' | '\u{e0100}'..='\u{e01ef}')
    })
}

#[test]
fn json_stays_the_same_document_and_hides_nothing() {
    let document = serde_json::json!({"na\u{202e}me": ["\u{9b}31m\u{7f}", "東京 🚀", "\u{e0041}\u{feff}\n\"\\"]});
    insta::assert_snapshot!(
        json(&document.to_string()),
        @r#"{"na\u202eme":["\u009b31m\u007f","東京 🚀","\udb40\udc41\ufeff\n\"\\"]}"#
    );
}

#[test]
fn each_destination_shows_dangerous_characters_its_own_way() {
    let hostile = "<b>\u{1b}[31m\u{202e}prod_vif* https://www.example.com</b>\n";
    assert_eq!(terminal(hostile), "<b>\\u{1b}[31m\\u{202e}prod_vif* https://www.example.com</b>\\u{a}");
    assert_eq!(line(hostile), "<b>\\u{1b}[31m\\u{202e}prod_vif* https[:]//www[.]example.com</b>\\u{a}");
    assert_eq!(
        markdown(hostile),
        "&lt;b&gt;＼u{1b}［31m＼u{202e}prod_vif＊ https：//www．example．com&lt;/b&gt;＼u{a}"
    );
    assert_eq!(html(hostile), "&lt;b&gt;\\u{1b}[31m\\u{202e}prod_vif* https://www.example.com&lt;/b&gt;\\u{a}");
    assert_eq!(csv_field(hostile), "\"<b>\\u{1b}[31m\\u{202e}prod_vif* https://www.example.com</b>\n\"");
    assert_eq!(ascii(hostile, 99), "<b>?[31m?prod_vif* https://www.example.com</b>");
}

#[test]
fn ordinary_text_is_left_alone() {
    for name in [
        "prod-private",
        "Zürich – 東京 (2)",
        "e\u{301}te\u{301}",
        "🚀",
        "हिन्दी",
        "10.0.0.1",
        "dxvif-1:ipv4:10.0.0.2/30",
    ] {
        assert_eq!(terminal(name), name);
        assert_eq!(line(name), name);
        assert_eq!(markdown(name), name);
        assert_eq!(html(name), name);
        assert_eq!(csv_field(name), name);
    }
    assert_eq!(markdown("prod_private_2"), "prod_private_2");
    assert_eq!(terminal("z\u{301}\u{302}\u{303}\u{304}\u{305}"), "z\u{301}\u{302}\u{303}\u{304}\\u{305}", "a pile");
    assert_eq!(html("\u{338}"), "\\u{338}", "would turn the > of a tag into another character");
}

#[test]
fn fields_that_a_spreadsheet_would_compute_are_text() {
    for formula in ["=1", "+1", "-1", "@a", "\t1", "\r1", "＝1", "  =1"] {
        assert!(csv_field(formula).trim_start_matches('"').starts_with('\''), "{formula:?}");
    }
    assert_eq!(csv_field("a,\"b\""), "\"a,\"\"b\"\"\"");
    assert_eq!(csv_field("a-b"), "a-b");
}

#[test]
fn a_cut_text_ends_in_a_mark() {
    assert_eq!(truncate("dxcon-1", 7), "dxcon-1");
    assert_eq!(truncate("dxcon-12", 7), "dxcon-…");
    assert_eq!(truncate("東京都", 4), "東…", "a wide character is not cut in two");
    assert_eq!(truncate("ab", 0), "");
    assert_eq!(ascii("a long name", 8), "a lon...");
    assert_eq!(ascii("abc", 2), "..");
    assert_eq!(markdown_within("a&b&c", 7), "a&amp;…");
    assert_eq!(markdown_within("a&b", 7), "a&amp;b");
}

#[test]
fn a_shell_reads_one_argument() {
    assert_eq!(shell_argument("connection/dxcon-fg5678gh"), "connection/dxcon-fg5678gh");
    assert_eq!(shell_argument("lag/a'b $(c)`"), "$'lag/a\\x27b \\x24\\x28c\\x29\\x60'");
    assert_eq!(shell_argument("a://b.c"), "$'a\\x3a//b\\x2ec'");
    assert_eq!(shell_argument(""), "$''");
}

/// Fields of one record, as RFC 4180 has them; none if it is malformed or more than one record.
fn read_csv(record: &str) -> Option<Vec<String>> {
    let mut fields = Vec::new();
    let mut rest = record;
    loop {
        let mut field = String::new();
        if let Some(mut quoted) = rest.strip_prefix('"') {
            loop {
                let (before, after) = quoted.split_once('"')?;
                field.push_str(before);
                match after.strip_prefix('"') {
                    Some(after) => {
                        field.push('"');
                        quoted = after;
                    }
                    None => {
                        rest = after;
                        break;
                    }
                }
            }
        } else {
            let end = rest.find([',', '"', '\r', '\n']).unwrap_or(rest.len());
            field.push_str(&rest[..end]);
            rest = &rest[end..];
        }
        fields.push(field);
        if rest.is_empty() {
            return Some(fields);
        }
        rest = rest.strip_prefix(',')?;
    }
}

/// What `$'…'` or a plain word means to a shell; none if it would mean anything more.
fn read_shell(argument: &str) -> Option<Vec<u8>> {
    let Some(quoted) = argument.strip_prefix("$'").and_then(|rest| rest.strip_suffix('\'')) else {
        return (!argument.is_empty() && !argument.contains([' ', '$', '\'', '"', '\\', '`', '&', ';', '*', '~', '#']))
            .then(|| argument.as_bytes().to_vec());
    };
    let mut bytes = Vec::new();
    let mut rest = quoted.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        match first {
            b'\'' => return None,
            b'\\' => {
                bytes.push(u8::from_str_radix(std::str::from_utf8(after.get(1..3)?).ok()?, 16).ok()?);
                rest = &after[3..];
            }
            plain => {
                bytes.push(*plain);
                rest = after;
            }
        }
    }
    Some(bytes)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn json_reads_back_and_is_visible(text in hostile_text()) {
        let document = serde_json::json!({"name": text});
        let json = json(&document.to_string());
        prop_assert!(is_visible(&json), "{json:?}");
        prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap(), document);
    }

    #[test]
    fn a_terminal_shows_one_line(text in hostile_text(), width in 0_usize..60) {
        for shown in [terminal(&text), line(&text), truncate(&terminal(&text), width)] {
            prop_assert!(is_visible(&shown), "{shown:?}");
        }
        prop_assert!(truncate(&terminal(&text), width).width() <= width);
        prop_assert!(!line(&text).contains("://") && !line(&text).to_ascii_lowercase().contains("www."));
    }

    #[test]
    fn a_chat_finds_no_markup(text in hostile_text(), maximum in 0_usize..60) {
        prop_assert!(markdown_within(&text, maximum).chars().count() <= maximum);
        for shown in [markdown(&text), markdown_within(&text, maximum)] {
            prop_assert!(is_visible(&shown));
            prop_assert!(!shown.contains(['<', '>', '*', '~', '`', '[', ']', '@', '#', '|', '\\']), "{shown}");
            prop_assert!(!shown.contains("://") && !shown.contains("www."));
            let bare = shown.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "");
            prop_assert!(!bare.contains('&'), "{shown}");
            let characters: Vec<char> = shown.chars().collect();
            for (at, _) in characters.iter().enumerate().filter(|(_, character)| **character == '_') {
                prop_assert!(at > 0 && characters[at - 1].is_alphanumeric(), "{shown}");
                prop_assert!(characters.get(at + 1).is_some_and(|next| next.is_alphanumeric() || *next == '…'), "{shown}");
            }
        }
    }

    #[test]
    fn a_browser_finds_no_markup(text in hostile_text()) {
        let shown = html(&text);
        prop_assert!(is_visible(&shown) && !shown.contains(['<', '>', '"', '\'', '`']));
        let read = ["&lt;", "&gt;", "&quot;", "&#39;", "&#96;"]
            .iter().zip(["<", ">", "\"", "'", "`"])
            .fold(shown, |read, (entity, character)| read.replace(entity, character));
        prop_assert_eq!(read.replace("&amp;", "&"), terminal(&text));
    }

    #[test]
    fn a_spreadsheet_reads_the_fields_back(texts in prop::collection::vec(hostile_text(), 1..4)) {
        let record = texts.iter().map(|text| csv_field(text)).collect::<Vec<_>>().join(",");
        let fields = read_csv(&record);
        prop_assert_eq!(fields.as_ref().map(Vec::len), Some(texts.len()));
        for (field, text) in fields.into_iter().flatten().zip(&texts) {
            prop_assert!(!field.trim_start().starts_with(['=', '+', '-', '@']), "{field:?}");
            prop_assert!(is_visible(&field.replace(['\t', '\r', '\n'], "")));
            let plain = field.strip_prefix('\'').unwrap_or(&field);
            let kept = shown(text, |character| "\t\r\n".contains(character));
            prop_assert!(plain == kept || field == kept, "{field:?} of {text:?}");
        }
    }

    #[test]
    fn a_subject_line_is_printable(text in hostile_text(), maximum in 0_usize..120) {
        let shown = ascii(&text, maximum);
        prop_assert!(shown.len() <= maximum);
        prop_assert!(shown.chars().all(|character| character == ' ' || character.is_ascii_graphic()));
        prop_assert!(!shown.contains("  ") && shown.trim() == shown, "{shown:?}");
    }

    #[test]
    fn a_shell_reads_the_argument_back(text in hostile_text()) {
        let argument = shell_argument(&text);
        prop_assert!(is_visible(&argument) && !argument.contains(['`', '<', '>', '&', '*', '~']));
        prop_assert!(!argument.contains("://"));
        prop_assert_eq!(read_shell(&argument), Some(text.into_bytes()), "{}", argument);
    }
}
