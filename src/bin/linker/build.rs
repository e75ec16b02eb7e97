//! How the functions are linked: without the tables that only unwinding reads.
//!
//! A release aborts on a panic (`Cargo.toml`), so that nothing ever unwinds. The compiler writes the tables all the same: they
//! are an eighth of the function.

use std::{env, path::Path};

fn main() {
    let script = Path::new(&variable("CARGO_MANIFEST_DIR")).join("src/bin/linker/discard-unwinding.ld");
    println!("cargo::rerun-if-changed={}", script.display());
    // Cargo says nothing to a build script of how a profile panics.
    if variable("PROFILE") == "release" && variable("CARGO_CFG_TARGET_OS") == "linux" {
        for function in ["lambda", "pages"] {
            println!("cargo::rustc-link-arg-bin={function}=-Wl,-T,{}", script.display());
        }
    }
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_default()
}
