//! The site folder: the browser's two programs with their glue and their loaders, styles, and what lies in
//! `public/`, with content hashes in the names of what changes with each version.
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use std::{env, fs};

use wasm_bindgen_cli_support::Bindgen;

use crate::files::{below, brotli, fingerprint, hash, is_text, read, with_ending, write};
use crate::say;

/// A program that browsers load, where a page has an island.
struct Entry {
    /// Of its files, and of what lies aside while it is made.
    name: &'static str,
    /// Of its loader.
    loader: &'static str,
    /// The crate that it is made of. Not one crate with a feature: cargo would lay both under one name.
    package: &'static str,
    /// What a first visit to a page with islands may load at most, in brotli.
    limit: usize,
    /// Whether it has the islands of desks, which must not reach buyers.
    is_desk: bool,
}

const ENTRIES: [Entry; 2] = [
    Entry {
        name: "app",
        loader: "islands",
        package: "app-entry",
        limit: 80 * 1024,
        is_desk: false,
    },
    Entry {
        name: "desk",
        loader: "desk-islands",
        package: "desk-entry",
        limit: 140 * 1024,
        is_desk: true,
    },
];
/// What the styles may expect of a browser: cascade layers; newer syntax is translated.
const BROWSERS: &str = "--target=chrome99,firefox97,safari15.4";
const WORK: &str = "target/xtask";

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Quick to build.
    Dev,
    /// Small to load.
    Release,
}

impl Mode {
    fn profile(self) -> &'static str {
        match self {
            Self::Dev => "wasm-dev",
            Self::Release => "wasm-release",
        }
    }

    fn brotli_quality(self) -> u32 {
        match self {
            Self::Dev => 1,
            Self::Release => 11,
        }
    }
}

pub struct Options {
    pub mode: Mode,
    /// The folder that the server gets as `CAY_BEO_SITE`.
    pub out: PathBuf,
}

/// The browser's program and its JavaScript glue.
struct Program {
    wasm: Vec<u8>,
    js: Vec<u8>,
}

pub fn build(options: &Options) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .ok_or("xtask lies in the workspace")?;
    env::set_current_dir(root).map_err(|error| error.to_string())?;
    let begun = Instant::now();
    let mut raws = Vec::new();
    for entry in &ENTRIES {
        raws.push(compile(entry, options.mode)?);
    }
    let stamp = with_ending(&options.out, "stamp");
    let state = state(options.mode, &raws.concat())?;
    if options.out.join("assets.json").exists() && fs::read(&stamp).is_ok_and(|it| it == state) {
        say(&format!("{} is up to date", options.out.display()));
        return Ok(());
    }
    let mut programs = Vec::new();
    for (entry, raw) in ENTRIES.iter().zip(&raws) {
        let program = program(entry, options.mode, raw)?;
        check_islands(entry, &program.js)?;
        programs.push(program);
    }

    let aside = with_ending(&options.out, "new");
    remove(&aside)?;
    copy_public(&aside)?;
    let mut loaded = Vec::new();
    for (entry, program) in ENTRIES.iter().zip(&programs) {
        let js = add(&aside, entry.name, "js", &program.js)?;
        let wasm = add(&aside, entry.name, "wasm", &program.wasm)?;
        let loader = add(&aside, entry.loader, "js", &loader(&js, &wasm)?)?;
        loaded.push([loader, js, wasm]);
    }
    let tools = bundle("app/tools.js")?;
    let tools = add(&aside, "tools", "js", &tools)?;
    let seek = add(&aside, "seek", "js", &bundle("app/seek.js")?)?;
    let style = add(
        &aside,
        "style",
        "css",
        &sheet("style/main.css", ".site-header")?,
    )?;
    let work = add(
        &aside,
        "work",
        "css",
        &sheet("style/work.css", ".work-nav")?,
    )?;
    let assets = assets(&[
        ("style", &style),
        ("work", &work),
        ("islands", &loaded[0][0]),
        ("desk_islands", &loaded[1][0]),
        ("tools", &tools),
        ("seek", &seek),
    ]);
    // Named by what pages load: with other styles or scripts it is another worker.
    write(&aside.join("worker.js"), &worker(&hash(assets.as_bytes()))?)?;
    for file in below(&aside)?.into_iter().filter(|file| is_text(file)) {
        let compressed = brotli(&read(&file)?, options.mode.brotli_quality())?;
        write(&with_ending(&file, "br"), &compressed)?;
    }
    let mut said = String::new();
    for (entry, addresses) in ENTRIES.iter().zip(&loaded) {
        let bytes = check_weight(entry, &aside, options.mode, addresses)?;
        let _ = write!(said, ", program {} {}", entry.name, kilobytes(bytes));
    }
    write(&aside.join("assets.json"), assets.as_bytes())?;

    let old = with_ending(&options.out, "old");
    remove(&old)?;
    if options.out.exists() {
        rename(&options.out, &old)?;
    }
    rename(&aside, &options.out)?;
    remove(&old)?;
    write(&stamp, &state)?;
    say(&format!(
        "{} built in {:.1} s: style {}, for desks {}, tools {}, search field {}{said}, in brotli",
        options.out.display(),
        begun.elapsed().as_secs_f32(),
        kilobytes(weight(&options.out, &style)?),
        kilobytes(weight(&options.out, &work)?),
        kilobytes(weight(&options.out, &tools)?),
        kilobytes(weight(&options.out, &seek)?),
    ));
    Ok(())
}

/// Compiles an entry crate; cargo knows whether there is anything to do.
fn compile(entry: &Entry, mode: Mode) -> Result<Vec<u8>, String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let target = "wasm32-unknown-unknown";
    run(Command::new(cargo)
        .args(["build", "--quiet", "--package", entry.package])
        .args(["--target", target, "--profile", mode.profile()])
        .env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
            without_paths(),
        ))?;
    let folder = env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    let path = PathBuf::from(folder)
        .join(target)
        .join(mode.profile())
        .join(format!("{}.wasm", entry.package.replace('-', "_")));
    read(&path)
}

/// Panic messages name sources: without the folders of the machine that built them, and shorter.
fn without_paths() -> String {
    let home = env::var("CARGO_HOME")
        .or_else(|_| env::var("HOME").map(|home| format!("{home}/.cargo")))
        .unwrap_or_default();
    let index = fs::read_dir(Path::new(&home).join("registry/src"))
        .into_iter()
        .flatten()
        .filter_map(Result::ok);
    index
        .map(|folder| format!("--remap-path-prefix={}=", folder.path().display()))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Everything that what is built depends on, in one word.
fn state(mode: Mode, raw: &[u8]) -> Result<Vec<u8>, String> {
    let paths = [
        "app/aloud.js",
        "app/drafts.js",
        "app/islands.js",
        "app/seek.js",
        "app/sending.js",
        "app/shrink.js",
        "app/round.js",
        "app/tools.js",
        "app/worker.js",
        "style",
        "public",
        "package-lock.json",
        "xtask/src",
        "Cargo.lock",
    ]
    .map(PathBuf::from);
    fingerprint(&paths, &format!("{} {}", mode.profile(), hash(raw))).map(String::into_bytes)
}

/// The program as browsers load it. Kept by the hash of what it is made from: styles change more often.
fn program(entry: &Entry, mode: Mode, raw: &[u8]) -> Result<Program, String> {
    let source = fingerprint(
        &["package-lock.json", "xtask/src", "Cargo.lock"].map(PathBuf::from),
        &hash(raw),
    )?;
    let kept = Path::new(WORK).join(mode.profile()).join(entry.name);
    let (wasm_path, js_path, source_path) = (
        kept.join("app.wasm"),
        kept.join("app.js"),
        kept.join("source"),
    );
    if fs::read(&source_path).is_ok_and(|it| it == source.as_bytes()) {
        return Ok(Program {
            wasm: read(&wasm_path)?,
            js: read(&js_path)?,
        });
    }
    remove(&kept)?;
    let mut output = Bindgen::new()
        .input_bytes("app", raw.to_vec())
        .web(true)
        .map_err(|error| error.to_string())?
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(mode == Mode::Release)
        .remove_producers_section(true)
        .generate_output()
        .map_err(|error| format!("wasm-bindgen: {error:#}"))?;
    let glue = kept.join("glue");
    fs::create_dir_all(&glue).map_err(|error| error.to_string())?;
    output
        .emit(&glue)
        .map_err(|error| format!("wasm-bindgen: {error:#}"))?;
    let bound = glue.join("app_bg.wasm");
    match mode {
        Mode::Dev => write(&wasm_path, &read(&bound)?)?,
        // Never `--all-features`: it writes encodings that browsers refuse. The program names its features.
        Mode::Release => run(tool("wasm-opt")?
            .args([
                "-Oz",
                "--strip-debug",
                "--strip-producers",
                "--strip-target-features",
                "-o",
            ])
            .args([&wasm_path, &bound]))?,
    }
    run(esbuild()?.args(["--bundle", "--format=esm"]).args([
        OsStr::new(&format!("--outfile={}", js_path.display())),
        glue.join("app.js").as_os_str(),
    ]))?;
    write(&source_path, source.as_bytes())?;
    Ok(Program {
        wasm: read(&wasm_path)?,
        js: read(&js_path)?,
    })
}

/// Each `#[island]` must have its function: the linker drops what nobody names, silently. Those of desks stand in
/// modules that [`DESK_ONLY`] is written above, and must not reach buyers.
fn check_islands(entry: &Entry, js: &[u8]) -> Result<(), String> {
    let js = String::from_utf8_lossy(js);
    let (mut missing, mut astray) = (Vec::new(), Vec::new());
    for file in below(Path::new("app/src"))? {
        if file.file_name() != Some(OsStr::new("islands.rs")) {
            continue;
        }
        let source = String::from_utf8_lossy(&read(&file)?).into_owned();
        let belongs = entry.is_desk || !is_for_desks(&file)?;
        for name in islands(&source) {
            // The export is called like the island, with a number behind it.
            match (js.contains(&format!("{name}_")), belongs) {
                (false, true) => missing.push(format!("{name} ({})", file.display())),
                (true, false) => astray.push(name.to_owned()),
                _ => {}
            }
        }
    }
    if !missing.is_empty() {
        return Err(format!(
            "the program {} lacks the islands {}: is their module compiled with its feature?",
            entry.name,
            missing.join(", ")
        ));
    }
    if !astray.is_empty() {
        return Err(format!(
            "the program {} has islands of desks: {}",
            entry.name,
            astray.join(", ")
        ));
    }
    Ok(())
}

/// Stands above a module of islands that only desks load.
const DESK_ONLY: &str = "#[cfg(any(feature = \"ssr\", feature = \"desk\"))]\npub mod islands;";

/// Whether the islands of a file are only for desks, as the `mod.rs` beside it says.
fn is_for_desks(file: &Path) -> Result<bool, String> {
    let parent = read(&file.with_file_name("mod.rs"))?;
    Ok(String::from_utf8_lossy(&parent).contains(DESK_ONLY))
}

/// The names of the islands that a source defines.
fn islands(source: &str) -> Vec<&str> {
    source
        .split("#[island")
        .skip(1)
        .filter_map(|after| {
            let name = after.split("fn ").nth(1)?;
            name.split(|it: char| !it.is_alphanumeric() && it != '_')
                .next()
        })
        .collect()
}

fn loader(app_js: &str, app_wasm: &str) -> Result<Vec<u8>, String> {
    output(
        esbuild()?
            .arg(format!("--define:APP_JS=\"{app_js}\""))
            .arg(format!("--define:APP_WASM=\"{app_wasm}\""))
            .args(["--format=esm", "app/islands.js"]),
    )
}

/// A script with all that it imports.
fn bundle(entry: &str) -> Result<Vec<u8>, String> {
    output(esbuild()?.args(["--bundle", "--format=esm", entry]))
}

/// The service worker of the build called `name`.
fn worker(name: &str) -> Result<Vec<u8>, String> {
    output(esbuild()?.args([&format!("--define:BUILD=\"{name}\""), "app/worker.js"]))
}

/// The addresses of what pages load, as the server reads them.
fn assets(addresses: &[(&str, &String)]) -> String {
    let pairs: Vec<_> = addresses
        .iter()
        .map(|(name, address)| format!("\"{name}\":\"{address}\""))
        .collect();
    format!("{{{}}}\n", pairs.join(","))
}

/// A sheet with all that it imports; `known` is a selector that it must have.
fn sheet(entry: &str, known: &str) -> Result<Vec<u8>, String> {
    if !Path::new(entry).exists() {
        return Err(format!("{entry} is missing"));
    }
    let mut bundler = esbuild()?;
    bundler.args(["--bundle", BROWSERS, entry]);
    // Addresses of files in `public/` stay as they are; esbuild complains about any other.
    let public = Path::new("public");
    for file in below(public)? {
        let inner = file
            .strip_prefix(public)
            .map_err(|error| error.to_string())?;
        bundler.arg(format!("--external:/{}", inner.display()));
    }
    let css = output(&mut bundler)?;
    if String::from_utf8_lossy(&css).contains(known) {
        Ok(css)
    } else {
        Err(format!(
            "the bundle of {entry} has lost {known}: does it still import everything?"
        ))
    }
}

/// `public/` as it is.
fn copy_public(site: &Path) -> Result<(), String> {
    let public = Path::new("public");
    for file in below(public)? {
        let inner = file
            .strip_prefix(public)
            .map_err(|error| error.to_string())?;
        write(&site.join(inner), &read(&file)?)?;
    }
    Ok(())
}

/// Puts a file under a name with its hash; answers its address.
fn add(site: &Path, name: &str, ending: &str, content: &[u8]) -> Result<String, String> {
    let address = format!("/pkg/{name}.{}.{ending}", hash(content));
    write(&site.join(&address[1..]), content)?;
    Ok(address)
}

/// What a program weighs with its scripts, in brotli.
fn check_weight(
    entry: &Entry,
    site: &Path,
    mode: Mode,
    addresses: &[String],
) -> Result<usize, String> {
    let mut sum = 0;
    for address in addresses {
        sum += weight(site, address)?;
    }
    if mode == Mode::Release && sum > entry.limit {
        return Err(format!(
            "the program {} and its scripts weigh {sum} bytes in brotli, more than {}: what came in with the last island?",
            entry.name, entry.limit
        ));
    }
    Ok(sum)
}

fn weight(site: &Path, address: &str) -> Result<usize, String> {
    Ok(read(&with_ending(&site.join(&address[1..]), "br"))?.len())
}

/// As people read it: `61.5 KB`.
#[expect(clippy::cast_precision_loss, reason = "for people")]
fn kilobytes(bytes: usize) -> String {
    format!("{:.1} KB", bytes as f64 / 1024.0)
}

fn esbuild() -> Result<Command, String> {
    let mut command = tool("esbuild")?;
    command.args(["--minify", "--log-level=warning"]);
    Ok(command)
}

/// A tool that npm installed for this project.
fn tool(name: &str) -> Result<Command, String> {
    let path = Path::new("node_modules/.bin").join(name);
    if path.exists() {
        Ok(Command::new(path))
    } else {
        Err(format!("{name} is not installed: run scripts/setup"))
    }
}

fn run(command: &mut Command) -> Result<(), String> {
    let status = command
        .status()
        .map_err(|error| format!("{} can't be run: {error}", name(command)))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{} failed", name(command)))
    }
}

fn output(command: &mut Command) -> Result<Vec<u8>, String> {
    let output = command
        .stderr(std::process::Stdio::inherit())
        .output()
        .map_err(|error| format!("{} can't be run: {error}", name(command)))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(format!("{} failed", name(command)))
    }
}

fn name(command: &Command) -> String {
    Path::new(command.get_program())
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn rename(from: &Path, to: &Path) -> Result<(), String> {
    fs::rename(from, to).map_err(|error| format!("{}: {error}", to.display()))
}

fn remove(folder: &Path) -> Result<(), String> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn islands_are_found_by_name() {
        let source = "#[island]\npub fn QuantityStepper(max: i32) -> impl IntoView {}\n\
            #[island]\n#[expect(x)]\nfn Photo_Picker() {}\nfn helper() {}";
        assert_eq!(islands(source), ["QuantityStepper", "Photo_Picker"]);
    }
}
