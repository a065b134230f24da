//! `cay-beo`: one binary that serves, migrates, loads sample data, works and checks.
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use market::accounts;
use market::kernel::{Actor, Fault, Role, Store};
use server::config::Config;
use server::{database, seed, serve};

/// Pages are made of many small strings: this allocator makes them a good deal faster than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The marketplace of OCOP products of a Vietnamese province.
#[derive(Parser)]
#[command(name = "cay-beo", version)]
struct Arguments {
    /// Without one it serves.
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Default, Subcommand)]
enum Command {
    /// Serves pages and API, and works through the outbox, until it is told to stop.
    #[default]
    Serve,
    /// Works through the outbox without serving.
    Worker,
    /// Brings the database's schema and reference data up to date.
    Migrate,
    /// Loads the sample catalogue, people and a year of orders into an empty database.
    Seed {
        /// Days of sample orders up to yesterday.
        #[arg(long, default_value_t = 365)]
        days: u16,
    },
    /// Prints the sample people and how they sign in.
    People,
    /// Tokens of the REST API.
    Token {
        #[command(subcommand)]
        command: TokenCommand,
    },
    /// Holds orders, stock and reports against each other, and the store of photographs against its rows; fails
    /// where they differ.
    Check,
    /// The indexes that are searched.
    Search {
        #[command(subcommand)]
        command: SearchCommand,
    },
    /// Makes the sales reports' rollup anew from the order lines.
    RebuildReports,
}

#[derive(Subcommand)]
enum SearchCommand {
    /// Makes the index anew from the catalogue; with Meilisearch, that one aside, and puts it in place.
    Rebuild,
    /// Holds the indexes against the catalogue, writes or sends again whatever differs, and fails where something
    /// did.
    Check,
}

#[derive(Subcommand)]
enum TokenCommand {
    /// Makes a token and prints it as the last word; only its hash is kept.
    Create {
        /// officer, seller, helper, buyer or admin.
        #[arg(long)]
        role: String,
        /// Slug of the seller, for the role of a seller; the first one otherwise.
        #[arg(long)]
        seller: Option<String>,
        /// Under which the token is listed; an older one of that name ends.
        #[arg(long, default_value = "command line")]
        name: String,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let config = match Config::read() {
        Ok(config) => config,
        Err(error) => return fail(&error.to_string()),
    };
    serve::start_log(&config);
    match Box::pin(run(&arguments.command.unwrap_or_default(), &config)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => fail(&app::trouble::causes(&fault)),
    }
}

#[expect(clippy::print_stderr, reason = "the command line's own answer")]
fn fail(sentence: &str) -> ExitCode {
    eprintln!("cay-beo: {sentence}");
    ExitCode::FAILURE
}

#[expect(clippy::print_stdout, reason = "the command line's own answer")]
async fn run(command: &Command, config: &Config) -> Result<(), Fault> {
    let connections = config.connections.get();
    let store = Store::connect(&config.database_url, connections, config.key()?).await?;
    match command {
        Command::Serve => Box::pin(serve::serve(config, store)).await,
        Command::Worker => Box::pin(serve::work(config, store)).await,
        Command::Migrate => database::migrate(&store).await,
        Command::Seed { days } => seed::load(config, &store, *days).await,
        Command::People => {
            print!("{}", seed::people_table(config)?);
            Ok(())
        }
        Command::Token {
            command: TokenCommand::Create { role, seller, name },
        } => {
            let role = Role::parse(role).ok_or_else(|| {
                Fault::new(format!(
                    "no role is called \"{role}\"; try officer, seller, helper, buyer or admin"
                ))
            })?;
            let token = market::transact!(store, &Actor::system(), work => accounts::commands::create_token(work, role, seller.as_deref(), name).await)
                .map_err(market::kernel::Failure::into_fault)?;
            println!("Token for {}: {token}", role.as_str());
            Ok(())
        }
        Command::Check => {
            let mut findings = market::reports::check::run(store.reader()).await?;
            findings.extend(market::media::files::check(&store, &config.media_store()?).await?);
            report(
                &findings,
                "Orders, payments, stock, reports and photographs agree.",
            )
        }
        Command::Search { command } => {
            let feeder = server::search::feeder(config, &store)?;
            let findings = match (command, feeder) {
                (SearchCommand::Rebuild, feeder) => {
                    market::transact_sure!(store, &Actor::system(), work => Ok(market::search::commands::rebuild(work).await?))?;
                    if feeder.is_none() {
                        market::transact_sure!(store, &Actor::system(), work => Ok(market::search::commands::forget_targets(work).await?))?;
                    }
                    if let Some(feeder) = feeder {
                        let count = feeder
                            .rebuild(&|count| tracing::info!("{count} documents sent"))
                            .await?;
                        println!(
                            "The index in Meilisearch is built anew; {count} documents sent from here."
                        );
                    }
                    return Ok(());
                }
                (SearchCommand::Check, feeder) => {
                    let mut findings = market::search::commands::check(&store).await?;
                    if let Some(feeder) = feeder {
                        findings.extend(feeder.check().await?);
                    }
                    findings
                }
            };
            report(&findings, "Index and catalogue agree.")
        }
        Command::RebuildReports => {
            market::transact_sure!(store, &Actor::system(), work => Ok(market::reports::commands::rebuild(work).await?))
        }
    }
}

/// Prints what differs, or that nothing does.
#[expect(clippy::print_stdout, reason = "the command line's own answer")]
fn report(findings: &[String], agreed: &str) -> Result<(), Fault> {
    for finding in findings {
        println!("{finding}");
    }
    if findings.is_empty() {
        println!("{agreed}");
        return Ok(());
    }
    Err(Fault::new(format!("{} differences", findings.len())))
}
