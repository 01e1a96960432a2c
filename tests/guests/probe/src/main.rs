//! Asks the host about WASI, one case per run: `probe NAME [ARGS]`. Prints `ok` where everything was as it should be;
//! panics where not. Cases that must trap or exit say so in tests/wasi/cases.txt, which lists them all.
wit_bindgen::generate!({
    path: "wit",
    world: "probe",
    generate_all,
    features: ["clocks-timezone"],
});

mod clocks;
mod command;
mod files;
mod paths;
mod poll;
mod random;
mod streams;

/// Where a case is found by its name.
pub type Case = (&'static str, fn());

fn main() -> std::process::ExitCode {
    let name = std::env::args().nth(1).expect("which case?");
    let groups = [
        clocks::CASES,
        command::CASES,
        files::CASES,
        paths::CASES,
        poll::CASES,
        random::CASES,
        streams::CASES,
    ];
    let all = || groups.iter().flat_map(|group| group.iter());
    if name == "--list" {
        all().for_each(|(case, _)| println!("{case}"));
        return std::process::ExitCode::SUCCESS;
    }
    if name == "run-error" {
        return std::process::ExitCode::FAILURE;
    }
    let (_, run) = all().find(|(case, _)| *case == name).expect("no such case");
    run();
    println!("ok");
    std::process::ExitCode::SUCCESS
}
