//! How large files and functions may be, the tests' as well: what is larger is read by no one in one go.

use std::path::{Path, PathBuf};

/// The most lines of a file.
const FILE: usize = 400;
/// The most lines of a function.
const FUNCTION: usize = 80;
/// The most parameters of a function, `self` among them.
const PARAMETERS: usize = 5;
/// How many functions may have more, since each of theirs is a thing of its own.
const EXCEPTIONS: usize = 5;

/// A function, as rustfmt lays it out.
struct Function {
    name: String,
    lines: usize,
    parameters: usize,
}

#[test]
fn no_file_is_too_long() {
    let long = files().into_iter().filter(|(_, text)| text.lines().count() > FILE);
    assert_eq!(long.map(|(path, _)| path).collect::<Vec<_>>(), Vec::<PathBuf>::new());
}

#[test]
fn no_function_is_too_long_and_few_take_many_parameters() {
    let functions: Vec<(PathBuf, Function)> = files()
        .into_iter()
        .flat_map(|(path, text)| functions(&text).into_iter().map(move |function| (path.clone(), function)))
        .collect();
    assert!(functions.len() > 5_000, "functions are found where they are looked for: {}", functions.len());
    let named = |is_large: fn(&Function) -> bool| -> Vec<String> {
        let large = functions.iter().filter(|(_, function)| is_large(function));
        large.map(|(path, function)| format!("{}: {}", path.display(), function.name)).collect()
    };
    assert_eq!(named(|function| function.lines > FUNCTION), Vec::<String>::new());
    let many = named(|function| function.parameters > PARAMETERS);
    assert!(many.len() <= EXCEPTIONS, "more than {PARAMETERS} parameters: {many:#?}");
}

/// All of the project's Rust, with its path.
fn files() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("src"), root.join("tests")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("target") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(root).unwrap().to_owned(), text));
            }
        }
    }
    found
}

/// The functions of a file. One ends at the first line that closes a brace at its own indent.
fn functions(text: &str) -> Vec<Function> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let mut words =
            code.split(' ').skip_while(|word| word.starts_with("pub") || ["async", "const", "unsafe"].contains(word));
        let (Some("fn"), Some(_)) = (words.next(), words.next()) else { continue };
        let header = lines[at..].iter().take(20).copied().collect::<Vec<_>>().join("\n");
        let header = &header[header.find("fn ").map_or(0, |found| found + 3)..];
        let name = header.split(['(', '<']).next().unwrap_or_default().to_owned();
        let end = format!("{}}}", &line[..line.len() - code.len()]);
        let is_whole = code.ends_with('}') || code.ends_with(';');
        let length = if is_whole { Some(0) } else { lines[at..].iter().position(|line| line.starts_with(&end)) };
        found.push(Function { name, lines: length.unwrap_or_default() + 1, parameters: parameters(header) });
    }
    found
}

/// How many parameters a function has, from its name on.
fn parameters(header: &str) -> usize {
    let (mut count, mut depth, mut is_in_one, mut before) = (0, 0_i32, false, ' ');
    // Generics come before the parenthesis that opens the list.
    let mut is_in_list = false;
    for character in header.chars() {
        match character {
            '(' if !is_in_list && depth == 0 => is_in_list = true,
            ')' if is_in_list && depth == 0 => break,
            '(' | '[' | '{' | '<' => depth += 1,
            '>' if matches!(before, '-' | '=') => {}
            ')' | ']' | '}' | '>' => depth -= 1,
            ',' if depth == 0 => is_in_one = false,
            _ => {}
        }
        if is_in_list && !is_in_one && !matches!(character, '(' | ',') && !character.is_whitespace() {
            (count, is_in_one) = (count + 1, true);
        }
        before = character;
    }
    count
}

#[test]
fn functions_are_measured_as_they_are_laid_out() {
    let text = "\
fn one() {}
pub(super) async fn two<A: Fn(u8, u8) -> u8, B>(&self, (a, b): (A, B), list: [u8; 2]) -> Vec<(u8, u8)> {
    three();
}
impl It {
    fn three(
        self,
        each: impl Fn(u8, u8) -> bool,
    ) -> bool {
        true
    }
}
";
    let measured = functions(text).into_iter().map(|found| (found.name, found.lines, found.parameters));
    let expected =
        [("one", 1, 0), ("two", 3, 3), ("three", 6, 2)].map(|(name, lines, count)| (name.to_owned(), lines, count));
    assert_eq!(measured.collect::<Vec<_>>(), expected);
}
