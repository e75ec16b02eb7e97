//! The page of promises names tests that there are, and its map leaves no module out.

use std::{collections::BTreeSet, path::Path};

use super::{Page, ROOT, all, codes};

const PROMISES: &str = "tests/README.md";

#[test]
fn every_promise_names_tests_that_are_there() {
    let page = Page::read(PROMISES);
    let promises: Vec<&str> = page.lines().filter(|line| line.contains(" | **")).collect();
    assert_eq!(promises.len(), 20);
    for promise in promises {
        let tests: Vec<&str> = codes(promise).filter(|code| code.contains("::")).collect();
        assert!(tests.len() >= 2, "{promise}");
        for test in tests {
            let file = format!("tests/{}.rs", test.replace("::", "/"));
            assert!(Path::new(ROOT).join(&file).is_file(), "there is no {file}, which {PROMISES} names");
        }
    }
}

#[test]
fn the_map_has_every_module() {
    let main = std::fs::read_to_string(Path::new(ROOT).join("tests/main.rs")).unwrap();
    let modules = main.lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';')).map(str::to_owned);
    let mapped: BTreeSet<String> = Page::read(PROMISES).first_column("A map").into_iter().collect();
    assert_eq!(mapped, modules.collect());
}

#[test]
fn every_file_that_a_page_names_is_there() {
    let mut count = 0;
    for page in all() {
        for code in page.lines().flat_map(codes) {
            let is_path = ["src/", "tests/", "schemas/", ".ci/"].iter().any(|folder| code.starts_with(folder));
            if is_path || code == "template.yaml" {
                let path = code.split(' ').next().unwrap_or_default();
                assert!(Path::new(ROOT).join(path).exists(), "{}: there is no {path}", page.path);
                count += 1;
            }
        }
    }
    assert!(count > 15, "{count} files");
}
