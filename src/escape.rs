//! Makes hostile text inert, for each destination by its own rules.
//!
//! Names, ids and state words come from AWS. Some of them are chosen by anyone who offers a virtual interface to the
//! account. They may hold terminal escapes, line breaks, right-to-left overrides, markup or formulas. Nothing is refused
//! or silently dropped: dangerous characters are made visible instead, so that a reader sees the attempt.
//!
//! Every function is total. Escape last, for one destination, and never twice.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

#[cfg(test)]
pub(crate) mod tests;

/// The most combining marks on one character. No script needs more; a taller stack covers its neighbours.
const MAXIMUM_STACKED_MARKS: usize = 4;

/// For a terminal: one line without control, bidirectional or invisible characters, each shown as `\u{202e}` instead.
///
/// That covers C0 and C1 controls (ESC, line breaks, tabs, the 8-bit CSI), overrides and isolates that reorder text,
/// zero-width and other format characters, tags, variation selectors, invisible letters, noncharacters, and combining
/// marks at the beginning of the text or in tall stacks. All other Unicode is kept.
pub fn terminal(text: &str) -> String {
    shown(text, |_| false)
}

/// For a line of plain text (the body of an e-mail, a log): as [`terminal`], with each run of white space as one blank
/// and none at the ends. Addresses that mail programs would turn into links are defanged: `https[:]//`, `www[.]`.
pub fn line(text: &str) -> String {
    let shown = terminal(text).replace("://", "[:]//");
    let mut line = String::with_capacity(shown.len());
    for (position, word) in shown.split_whitespace().enumerate() {
        if position > 0 {
            line.push(' ');
        }
        let mut rest = word;
        // ASCII case folding keeps byte positions.
        while let Some(at) = rest.to_ascii_lowercase().find("www.") {
            line.push_str(&rest[..at + 3]);
            line.push_str("[.]");
            rest = &rest[at + 4..];
        }
        line.push_str(rest);
    }
    line
}

/// `text` cut to `width` columns; if it is longer, the last of them is a `…`.
///
/// The text must be inert already, because control characters have no meaningful width.
pub fn truncate(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut columns = 0;
    for grapheme in text.graphemes(true) {
        columns += grapheme.width();
        if columns >= width {
            break;
        }
        kept.push_str(grapheme);
    }
    if width > 0 {
        kept.push('…');
    }
    kept
}

/// For the markdown that Slack and Teams show (`client-markdown` of Amazon Q Developer): as [`terminal`], and nothing
/// is emphasised, linked, mentioned or quoted.
///
/// Slack reads entities for `&`, `<` and `>`, but has no way to escape `*`, `_`, `~` or a backtick, and Teams has other
/// marks than Slack. So each such character becomes its full-width form (`＊`), which no chat reads as markup. An
/// underscore within a word is kept, since it has no meaning there. A dot before a letter is not, since `example.com`
/// would become a link.
pub fn markdown(text: &str) -> String {
    markdown_within(text, usize::MAX)
}

/// As [`markdown`], in at most `maximum` characters; if the text was cut, the last of them is a `…`. No entity is cut in
/// two.
pub fn markdown_within(text: &str, maximum: usize) -> String {
    let shown = terminal(text);
    let characters: Vec<char> = shown.chars().collect();
    let pieces: Vec<String> = (0..characters.len()).map(|at| markdown_piece(&characters, at)).collect();
    let lengths: Vec<usize> = pieces.iter().map(|piece| piece.chars().count()).collect();
    if lengths.iter().sum::<usize>() <= maximum {
        return pieces.concat();
    }
    let mut left = maximum;
    let mut within = String::new();
    for (piece, length) in pieces.iter().zip(lengths) {
        // One place is left for the `…`.
        if length >= left {
            break;
        }
        within.push_str(piece);
        left -= length;
    }
    if maximum > 0 {
        within.push('…');
    }
    within
}

fn markdown_piece(characters: &[char], at: usize) -> String {
    let neighbour = |position: Option<usize>| position.and_then(|position| characters.get(position)).copied();
    let before = neighbour(at.checked_sub(1));
    let after = neighbour(at.checked_add(1));
    let is_alphanumeric = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
    match characters[at] {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '_' if is_alphanumeric(before) && is_alphanumeric(after) => "_".to_owned(),
        special @ ('*' | '_' | '~' | '`' | '[' | ']' | '@' | '#' | '|' | '\\') => full_width(special).to_string(),
        ':' if after == Some('/') => full_width(':').to_string(),
        '.' if after.is_some_and(char::is_alphabetic) => full_width('.').to_string(),
        plain => plain.to_string(),
    }
}

/// The full-width form of a printable ASCII character.
fn full_width(character: char) -> char {
    // The full-width forms of `!` to `~` are 0xFEE0 higher.
    char::from_u32(u32::from(character) + 0xFEE0).unwrap_or('\u{fffd}')
}

/// For the text of an HTML element or a quoted attribute: as [`terminal`], and every character that could open a tag, an
/// entity or a quotation is an entity.
pub fn html(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in terminal(text).chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            // Some old browsers accept it as a quotation mark.
            '`' => html.push_str("&#96;"),
            plain => html.push(plain),
        }
    }
    html
}

/// For one field of a CSV file (RFC 4180): quoted where it must be, and never a formula.
///
/// A spreadsheet computes a field that begins with `=`, `+`, `-`, `@` (or their full-width forms), a tab or a line break,
/// so such a field gets a leading `'`. Tabs and line breaks are kept, in quotes. All else is escaped as by [`terminal`],
/// since CSV is printed too.
pub fn csv_field(text: &str) -> String {
    let mut field = shown(text, |character| matches!(character, '\t' | '\r' | '\n'));
    let is_formula = |character| "=+-@＝＋－＠\t\r\n".contains(character);
    if field.starts_with(is_formula) || field.trim_start().starts_with(is_formula) {
        field.insert(0, '\'');
    }
    let needs_quotes = |character: char| ",;\"\r\n\t".contains(character);
    if field.contains(needs_quotes) || field.starts_with(' ') || field.ends_with(' ') {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field
    }
}

/// A line of a CSV file, with each field escaped by [`csv_field`].
pub fn csv_line(fields: impl IntoIterator<Item = String>) -> String {
    let mut line = fields.into_iter().map(|field| csv_field(&field)).collect::<Vec<_>>().join(",");
    line += "\r\n";
    line
}

/// For JSON that may be printed on a terminal: the same document, with `\u…` for each character that [`terminal`] escapes.
///
/// JSON itself escapes C0 controls, but no 8-bit controls, overrides or invisible characters. Outside of its strings it is
/// ASCII, so the escapes do not change the document.
pub fn json(document: &str) -> String {
    let mut json = String::with_capacity(document.len());
    for character in document.chars() {
        if character >= '\u{7f}' && hides(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                json.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            json.push(character);
        }
    }
    json
}

/// For destinations that accept only printable ASCII, such as the subject of an SNS message. Any other character becomes a
/// `?`, each run of white space one blank, with none at the ends. A text longer than `maximum` bytes is cut and ends in
/// `...`.
pub fn ascii(text: &str, maximum: usize) -> String {
    let mut ascii = String::with_capacity(text.len().min(maximum));
    for word in text.split_whitespace() {
        if !ascii.is_empty() {
            ascii.push(' ');
        }
        ascii.extend(word.chars().map(|character| if character.is_ascii_graphic() { character } else { '?' }));
    }
    if ascii.len() > maximum {
        // All ASCII: every byte is a boundary.
        ascii.truncate(maximum.saturating_sub(3));
        ascii.truncate(ascii.trim_end().len());
        ascii.push_str(&"..."[..maximum.min(3)]);
    }
    ascii
}

/// For a shell (bash, zsh, ksh): one argument, which can also be copied out of chat markup.
///
/// A text with special characters becomes `$'…'` with these as bytes, so that no shell expands them and no chat takes
/// them as markup or links.
pub fn shell_argument(text: &str) -> String {
    let bytes = text.as_bytes();
    let is_plain = |(at, byte): (usize, u8)| match (byte, bytes.get(at + 1)) {
        (b':', Some(b'/')) => false,
        (b'.', Some(after)) => !after.is_ascii_alphabetic(),
        _ => byte.is_ascii_alphanumeric() || b"-_./:,=+%".contains(&byte),
    };
    let numbered = || bytes.iter().copied().enumerate();
    if !text.is_empty() && numbered().all(is_plain) {
        return text.to_owned();
    }
    let mut quoted = "$'".to_owned();
    for (at, byte) in numbered() {
        if byte == b' ' || is_plain((at, byte)) {
            quoted.push(char::from(byte));
        } else {
            quoted.push_str(&format!("\\x{byte:02x}"));
        }
    }
    quoted.push('\'');
    quoted
}

/// `text` with `\u{…}` for each hidden or dangerous character, except those that are `kept`.
fn shown(text: &str, kept: impl Fn(char) -> bool) -> String {
    let mut shown = String::with_capacity(text.len());
    // A mark at the very beginning would stack on the character before the text.
    let mut marks = MAXIMUM_STACKED_MARKS;
    for character in text.chars() {
        marks = if character.width() == Some(0) { marks + 1 } else { 0 };
        if kept(character) || !(hides(character) || marks > MAXIMUM_STACKED_MARKS) {
            shown.push(character);
        } else {
            shown.extend(character.escape_unicode());
        }
    }
    shown
}

/// Whether a character changes the text around it or is invisible: Unicode's controls, formats, line and paragraph
/// separators, default ignorables (tags and variation selectors among them), blank letters, noncharacters.
fn hides(character: char) -> bool {
    character.is_control()
        || u32::from(character) & 0xFFFE == 0xFFFE
        || matches!(u32::from(character),
            0xAD | 0x34F | 0x600..=0x605 | 0x61C | 0x6DD | 0x70F | 0x890..=0x891 | 0x8E2
            | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F
            | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0x2800 | 0x3164
            | 0xFDD0..=0xFDEF | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB
            | 0x110BD | 0x110CD | 0x13430..=0x1343F | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A
            | 0xE0000..=0xE0FFF)
}
