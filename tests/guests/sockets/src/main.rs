//! Asks the host about wasi:sockets, one case per run: `sockets NAME [ARGS]`. Prints `ok` where everything was as it
//! should be; panics where not. Cases that must trap or exit say so in tests/wasi/sockets/cases.txt, which lists them
//! all. Peers are sockets of the same guest, but for the last group, whose peer a test plays.
wit_bindgen::generate!({
    path: "wit",
    world: "sockets",
    generate_all,
    features: ["clocks-timezone", "network-error-code"],
});

mod datagrams;
mod faults;
mod help;
mod options;
mod peers;
mod policy;
mod tcp_states;
mod tcp_streams;
mod udp_states;

/// Where a case is found by its name.
pub type Case = (&'static str, fn());

fn main() -> std::process::ExitCode {
    let name = std::env::args().nth(1).expect("which case?");
    let groups = [
        datagrams::CASES,
        faults::CASES,
        options::CASES,
        peers::CASES,
        policy::CASES,
        tcp_states::CASES,
        tcp_streams::CASES,
        udp_states::CASES,
    ];
    let all = || groups.iter().flat_map(|group| group.iter());
    if name == "--list" {
        all().for_each(|(case, _)| println!("{case}"));
        return std::process::ExitCode::SUCCESS;
    }
    let (_, run) = all().find(|(case, _)| *case == name).expect("no such case");
    run();
    println!("ok");
    std::process::ExitCode::SUCCESS
}
