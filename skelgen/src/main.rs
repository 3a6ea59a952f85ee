//! The command `skelgen`.

mod cli;

fn main() -> std::process::ExitCode {
    cli::run()
}
