//! Releases: the workflows, the packaged template, the notes, and the stacks of those who use Terraform or CDK.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Command,
};

use serde_json::{Value, json};

use crate::{
    deployment::{TEMPLATE, stack::template},
    documentation::Page,
    support::python::tool,
};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const WORKFLOWS: [&str; 2] = [".github/workflows/ci.yml", ".github/workflows/release.yml"];

/// What a program writes, run in the project's folder; it must succeed.
#[track_caller]
fn run(program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(ROOT).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stdout).unwrap()
}

/// A file of YAML, without the tags of CloudFormation.
fn yaml(path: &str) -> Value {
    // A plain loader: `on` stays a word, and a function of CloudFormation is an object.
    let script = "import json, sys, yaml\n\
                  class Plain(yaml.BaseLoader): pass\n\
                  def function(loader, name, node):\n    \
                      if isinstance(node, yaml.ScalarNode): return {name: node.value}\n    \
                      if isinstance(node, yaml.SequenceNode): return {name: loader.construct_sequence(node, deep=True)}\n    \
                      return {name: loader.construct_mapping(node, deep=True)}\n\
                  Plain.add_multi_constructor('!', function)\n\
                  print(json.dumps(yaml.load(open(sys.argv[1]), Plain)))";
    serde_json::from_str(&run(tool("python3"), &["-c", script, path])).unwrap()
}

/// The jobs of a workflow.
fn jobs(path: &str) -> serde_json::Map<String, Value> {
    yaml(path)["jobs"].as_object().unwrap().clone()
}

/// What the steps of a job run, one text a step.
fn commands(job: &Value) -> Vec<String> {
    let steps = job["steps"].as_array().into_iter().flatten();
    steps.filter_map(|step| Some(step["run"].as_str()?.trim().to_owned())).collect()
}

#[test]
fn nothing_in_the_workflows_is_unsafe_and_github_can_read_them() {
    run(tool("zizmor"), &[&["--offline", "--no-progress"][..], &WORKFLOWS].concat());
    run(tool("check-jsonschema"), &[&["--builtin-schema", "vendor.github-workflows"][..], &WORKFLOWS].concat());
}

/// There is one list of commands, and both workflows go through it before anything else is done with a change.
#[test]
fn the_workflows_run_every_command_of_the_whole_check() {
    assert!(commands(&jobs(WORKFLOWS[0])["check"]).contains(&".ci/run".to_owned()));
    let release = jobs(WORKFLOWS[1]);
    assert_eq!(release["check"]["uses"], format!("./{}", WORKFLOWS[0]));
    let needed: BTreeSet<&str> =
        release["release"]["needs"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let others: BTreeSet<&str> = release.keys().map(String::as_str).filter(|name| *name != "release").collect();
    assert_eq!(needed, others, "a release is made when all else has succeeded");
}

#[test]
fn every_action_is_pinned_and_no_job_may_do_more_than_it_must() {
    for path in WORKFLOWS {
        let text = std::fs::read_to_string(Path::new(ROOT).join(path)).unwrap();
        for line in text.lines().filter_map(|line| line.trim_start_matches([' ', '-']).strip_prefix("uses: ")) {
            let (action, version) = line.split_once(" # ").unwrap_or_else(|| panic!("{line} has no version beside it"));
            let commit = action.split_once('@').map(|(_, commit)| commit);
            let is_pinned = commit.is_some_and(|commit| {
                commit.len() == 40 && commit.chars().all(|digit| digit.is_ascii_hexdigit()) && version.starts_with('v')
            });
            assert!(is_pinned || action.starts_with("./"), "{line}");
        }
        let workflow = yaml(path);
        assert_eq!(workflow["permissions"], json!({}), "{path}: nothing, unless a job says so");
        for (name, job) in jobs(path) {
            let mut allowed: Vec<String> = job["permissions"]
                .as_object()
                .unwrap()
                .iter()
                .map(|(what, how)| format!("{what} {}", how.as_str().unwrap()))
                .collect();
            allowed.sort();
            let expected: &[&str] = match name.as_str() {
                "release" => &["attestations write", "contents write", "id-token write"],
                _ => &["contents read"],
            };
            assert_eq!(allowed, expected, "{path}: {name}");
        }
    }
}

/// The programs that the steps call are those that there are.
#[test]
fn the_steps_call_what_is_there() {
    for job in WORKFLOWS.into_iter().flat_map(jobs).map(|(_, job)| job) {
        for word in
            commands(&job).iter().flat_map(|step| step.split_whitespace()).filter(|word| word.starts_with(".ci/"))
        {
            assert!(Path::new(ROOT).join(word).is_file(), "there is no {word}");
        }
    }
    let requirements = std::fs::read_to_string(Path::new(ROOT).join("tests/deployment/requirements.txt")).unwrap();
    assert!(requirements.contains("cargo-lambda==") && requirements.contains("ziglang=="));
}

#[test]
fn the_packaged_template_is_the_template_with_functions_that_are_built() {
    let whole = yaml(TEMPLATE);
    for processor in ["x86_64", "arm64"] {
        let text = run(Path::new(ROOT).join(".ci/package-template"), &[processor]);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("template.yaml");
        std::fs::write(&path, &text).unwrap();
        let mut packaged = yaml(path.to_str().unwrap());
        for (name, archive) in [("Function", "function"), ("PagesFunction", "pages")] {
            let function = &mut packaged["Resources"][name];
            assert_eq!(
                (&function["Properties"]["CodeUri"], &function["Properties"]["Architectures"]),
                (&json!(format!("{archive}-{processor}.zip")), &json!([processor]))
            );
            assert_eq!(
                function["Metadata"].as_object().unwrap().keys().collect::<Vec<_>>(),
                ["checkov"],
                "nothing is built"
            );
            *function = whole["Resources"][name].clone();
        }
        assert_eq!(packaged, whole);
    }
    let wrong = Command::new(Path::new(ROOT).join(".ci/package-template")).arg("mips").output().unwrap();
    assert_eq!((wrong.status.code(), wrong.stdout.len()), (Some(2), 0));
}

/// The notes of a release are the titles since the tag before it, inert as Markdown.
#[test]
fn the_notes_of_a_release_are_what_has_changed() {
    let folder = tempfile::tempdir().unwrap();
    let script = "git init -q . && mkdir .ci && cp \"$CHANGES\" .ci/changes\n\
                  git config user.name t && git config user.email t@example.com\n\
                  change() { git commit -q --allow-empty -m \"$1\"; }\n\
                  change first && git tag v0.1.0 && change 'a <b> [link](x)' && change second && git tag v0.2.0\n\
                  for tag in v0.1.0 v0.2.0; do .ci/changes $tag; done";
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", script])
        .current_dir(folder.path())
        .env("CHANGES", Path::new(ROOT).join(".ci/changes"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let notes = String::from_utf8(output.stdout).unwrap();
    insta::assert_snapshot!(notes, @r"
    ## Changes

    - first
    ## Changes since v0.1.0

    - second
    - a \<b\> \[link\](x)
    ");
}

#[test]
fn every_command_has_its_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_aws-dx-monitor");
    run(program, &["man", folder.path().to_str().unwrap()]);
    let help = run(program, &["--help"]);
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    // What is indented further is the rest of a description.
    let own = commands.filter(|line| !line.starts_with("   "));
    let commands: Vec<&str> =
        own.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").collect();
    assert!(commands.len() > 12, "{commands:?}");
    for command in commands {
        assert!(folder.path().join(format!("aws-dx-monitor-{command}.1")).is_file(), "{command}");
    }
    assert!(run(program, &["man"]).contains(".TH aws-dx-monitor 1"));
}

/// The parameters in a block of the page, with their values; none is a value that is no constant.
fn parameters(language: &str, assignment: &str) -> BTreeMap<String, Option<String>> {
    let page = Page::read("src/guide/terraform-and-cdk.md");
    let block = page.blocks(language).next().unwrap().to_owned();
    let (_, lines) = block.split_once(&format!("parameters{assignment}{{\n")).unwrap();
    let lines = lines.lines().take_while(|line| line.trim() != "}" && line.trim() != "},");
    let parameter = |line: &str| {
        let (name, value) = line.split_once(assignment).unwrap_or_else(|| panic!("{line}"));
        (name.trim().to_owned(), serde_json::from_str(value.trim().trim_end_matches(',')).ok())
    };
    lines.map(parameter).collect()
}

#[test]
fn terraform_and_cdk_are_shown_every_parameter_with_its_default() {
    let declared = template()["Parameters"].as_object().unwrap();
    for (language, assignment) in [("hcl", " = "), ("ts", ": ")] {
        let shown = parameters(language, assignment);
        assert_eq!(
            shown.keys().collect::<Vec<_>>(),
            declared.keys().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()
        );
        for (name, value) in shown {
            let parameter = &declared[&name];
            match value {
                Some(value) => {
                    assert_eq!(value, crate::deployment::stack::as_text(&parameter["Default"]), "{language}: {name}")
                }
                None => {
                    assert_eq!(parameter["NoEcho"], true, "{language}: only a secret comes from elsewhere, not {name}")
                }
            }
        }
        let text = Page::read("src/guide/terraform-and-cdk.md").blocks(language).next().unwrap().to_owned();
        assert!(text.contains("DrillCommand") && template()["Outputs"]["DrillCommand"].is_object());
    }
}
