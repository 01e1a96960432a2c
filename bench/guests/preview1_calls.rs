//! Measures from inside what calls of WASI preview 1 cost, through Rust's standard library, in a directory that is given as `.`.
//! Prints a line `name value unit` for each; the smallest mean of several rounds, since whatever else the machine does only
//! adds. Built by rustc --target wasm32-wasip1, see scripts/build_guests.sh.
use std::fs::{self, File};
use std::hint::black_box;
use std::io::{Read, Seek, SeekFrom, Write};
use std::time::Instant;

// Short rounds, and many: some are not interrupted.
const ROUNDS: u32 = 50;
const ROUND_NS: u128 = 1_000_000;

fn time(iterations: u64, call: &mut impl FnMut()) -> u128 {
    let start = Instant::now();
    for _ in 0..iterations {
        call();
    }
    start.elapsed().as_nanos()
}

fn measure(name: &str, mut call: impl FnMut()) {
    let mut iterations = 16;
    while time(iterations, &mut call) < ROUND_NS {
        iterations *= 2;
    }
    let best = (0..ROUNDS).map(|_| time(iterations, &mut call)).min().unwrap();
    println!("{name} {:.1} ns", best as f64 / iterations as f64);
}

fn main() {
    let mut file = File::options().read(true).write(true).create(true).truncate(true).open("file").unwrap();
    file.write_all(&[7; 4096]).unwrap();
    let mut buffer = [0u8; 4096];
    measure("p1-clock", || {
        black_box(Instant::now());
    });
    measure("p1-seek", || {
        file.seek(SeekFrom::Start(0)).unwrap();
    });
    for size in [16, 4096] {
        measure(&format!("p1-seek-write-{size}"), || {
            file.seek(SeekFrom::Start(0)).unwrap();
            assert_eq!(file.write(&buffer[..size]).unwrap(), size);
        });
        measure(&format!("p1-seek-read-{size}"), || {
            file.seek(SeekFrom::Start(0)).unwrap();
            assert_eq!(file.read(&mut buffer[..size]).unwrap(), size);
        });
    }
    measure("p1-open-close", || {
        black_box(File::open("file").unwrap());
    });
    measure("p1-stat", || {
        black_box(fs::metadata("file").unwrap());
    });
    fs::remove_file("file").unwrap();
}
