//! Chores that need more than a shell: `cargo run -p xtask -- site [--release] [--out FOLDER]` builds all
//! that browsers load.
mod files;
mod site;

use std::path::PathBuf;
use std::process::ExitCode;

use crate::site::{Mode, Options};

const USAGE: &str = "usage: cargo run -p xtask -- site [--release] [--out FOLDER]";

fn main() -> ExitCode {
    let result = options(std::env::args().skip(1)).and_then(|options| site::build(&options));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            complain(&fault);
            ExitCode::FAILURE
        }
    }
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    if arguments.next().as_deref() != Some("site") {
        return Err(USAGE.to_owned());
    }
    let mut options = Options {
        mode: Mode::Dev,
        out: PathBuf::from("target/site"),
    };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--release" => options.mode = Mode::Release,
            "--out" => options.out = arguments.next().ok_or(USAGE)?.into(),
            _ => return Err(format!("unknown argument \"{argument}\"; {USAGE}")),
        }
    }
    Ok(options)
}

#[expect(clippy::print_stderr, reason = "the command line's own answer")]
fn complain(fault: &str) {
    eprintln!("xtask: {fault}");
}

/// Tells who is waiting what has been done.
#[expect(clippy::print_stdout, reason = "the command line's own answer")]
fn say(sentence: &str) {
    println!("xtask: {sentence}");
}
