//! Every command of the tool that a page shows has subcommands, options and values that there are.
//!
//! The shell itself finds the commands: each block runs with an `aws-dx-monitor` that asks the real one for `--help`, and with
//! no other program at all.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

use super::{Page, all, codes};

/// The pieces of shell on a page that name the tool: blocks of commands, commands before their output, and code in a line.
fn shell_of(page: &Page) -> Vec<String> {
    let blocks = page.blocks("sh").map(str::to_owned);
    let prompts = page.blocks("text").filter_map(|block| block.lines().next()?.strip_prefix("$ ")).map(str::to_owned);
    let quoted = page.lines().flat_map(codes);
    let quoted = quoted.filter(|code| code.starts_with("aws-dx-monitor ") && !code.contains('…')).map(str::to_owned);
    blocks.chain(prompts).chain(quoted).filter(|shell| shell.contains("aws-dx-monitor ")).collect()
}

/// An `aws-dx-monitor` that does nothing but check how it is called; it writes down every call, and every one that is wrong.
fn write_stand_in(folder: &Path) {
    let real = env!("CARGO_BIN_EXE_aws-dx-monitor");
    let script = format!(
        "#!/bin/bash\n\
         echo \"$*\" >> '{folder}/calls'\n\
         said=$('{real}' \"$@\" --help 2>&1 < /dev/null) || echo \"$*: $said\" >> '{folder}/wrong'\n",
        folder = folder.display()
    );
    let path = folder.join("aws-dx-monitor");
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Runs pieces of shell with nothing but the stand-in, and gives what it has written down.
fn calls(pieces: &[String]) -> (Vec<String>, String) {
    let folder = tempfile::tempdir().unwrap();
    write_stand_in(folder.path());
    for piece in pieces {
        let shell = format!("command_not_found_handle() {{ :; }}\n{piece}\nwait");
        let variables = ["FUNCTION", "TOPIC_ARN", "ITEM", "STACK", "GATEWAY"].map(|name| (name, "example"));
        let mut bash = Command::new("/bin/bash");
        bash.args(["-c", &shell]).current_dir(folder.path()).env_clear().envs(variables).env("PATH", folder.path());
        // An ARN is an option's value like any other, but it is checked.
        bash.env("TOPIC_ARN", "arn:aws:sns:us-east-1:123456789012:people");
        assert!(bash.output().is_ok());
    }
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap_or_default();
    (read("calls").lines().map(str::to_owned).collect(), read("wrong"))
}

#[test]
fn the_tool_understands_every_command_of_the_pages() {
    let mut count = 0;
    for page in all() {
        let pieces = shell_of(&page);
        let (calls, wrong) = calls(&pieces);
        assert_eq!(wrong, "", "{}", page.path);
        assert!(calls.len() >= pieces.len(), "{}: {calls:?} of {pieces:#?}", page.path);
        count += calls.len();
    }
    assert!(count > 50, "{count} commands");
}

#[test]
fn a_command_that_is_wrong_is_found() {
    for wrong in
        ["aws-dx-monitor statu", "x=$(aws-dx-monitor status --kind cable)", "true && aws-dx-monitor watch --evry 5s"]
    {
        let (calls, found) = calls(&[wrong.to_owned()]);
        assert!(calls.len() == 1 && found.contains("error: "), "{wrong}: {found}");
    }
}
