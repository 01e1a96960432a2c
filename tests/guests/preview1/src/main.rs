//! Asks the host about WASI preview 1, one case per run: `preview1 NAME [ARGS]`. Prints `ok` where everything was as it
//! should be; panics where not. Cases that must trap or exit say so in tests/wasi/preview1/cases.txt, which lists them all.
mod descriptors;
mod directories;
mod listening;
mod paths;
mod polling;
mod process;
mod sys;
mod transfers;
mod traps;

/// Where a case is found by its name.
pub type Case = (&'static str, fn());

fn main() {
    let name = std::env::args().nth(1).expect("which case?");
    let groups = [
        descriptors::CASES,
        directories::CASES,
        listening::CASES,
        paths::CASES,
        polling::CASES,
        process::CASES,
        transfers::CASES,
        traps::CASES,
    ];
    let all = || groups.iter().flat_map(|group| group.iter());
    if name == "--list" {
        all().for_each(|(case, _)| println!("{case}"));
        return;
    }
    let (_, run) = all().find(|(case, _)| *case == name).expect("no such case");
    run();
    println!("ok");
}
