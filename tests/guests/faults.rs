// What a program does where the system fails it: full disks, no descriptors left, readers that are
// slow or gone. tests/cli/faults_test.cpp brings that about.
use std::fs::{self, File};
use std::io::{self, Read, Write};

const BLOCK: usize = 4096;

// The byte at a position of what is written.
fn byte_at(position: usize) -> u8 {
    (position.wrapping_mul(2654435761) >> 11) as u8
}

// Writes until it fails, and looks whether all that was accepted is there, and nothing else.
fn fill(path: &str) -> io::Result<()> {
    for _ in 0..2 {
        let mut file = File::create(path)?;
        let mut accepted = 0;
        let error = loop {
            let block: Vec<u8> = (accepted..accepted + BLOCK).map(byte_at).collect();
            match file.write(&block) {
                Ok(count) => accepted += count,
                Err(error) => break error,
            }
        };
        drop(file);
        let content = fs::read(path)?;
        // Of the last write, which failed, a part may be there.
        assert!((accepted..accepted + BLOCK).contains(&content.len()));
        assert!(content.iter().enumerate().all(|(position, &byte)| byte == byte_at(position)));
        println!("{accepted} bytes, then: {error}");
        fs::remove_file(path)?;
    }
    Ok(())
}

// Opens until it fails; closes all; and that again.
fn open_many(path: &str) -> io::Result<()> {
    fs::write(path, "content")?;
    let mut counts = Vec::new();
    for _ in 0..3 {
        let mut files = Vec::new();
        let error = loop {
            match File::open(path) {
                Ok(file) => files.push(file),
                Err(error) => break error,
            }
        };
        println!("{error}");
        counts.push(files.len());
        // What is open goes on working.
        let mut content = String::new();
        files[0].read_to_string(&mut content)?;
        assert_eq!(content, "content");
    }
    assert!(counts[0] > 0 && counts.iter().all(|&count| count == counts[0]), "{counts:?}");
    fs::remove_file(path)
}

fn write_much(count: usize) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    for start in (0..count).step_by(BLOCK) {
        let block: Vec<u8> = (start..start + BLOCK).map(byte_at).collect();
        stdout.write_all(&block)?;
    }
    stdout.flush()
}

fn copy() -> io::Result<()> {
    io::copy(&mut io::stdin().lock(), &mut io::stdout().lock()).map(drop)
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments[..] {
        ["fill", path] => fill(path),
        ["open-many", path] => open_many(path),
        ["write-much", count] => write_much(count.parse().expect("a number")),
        ["copy"] => copy(),
        _ => panic!("see main"),
    };
    if let Err(error) = result {
        eprintln!("{error}");
        std::process::exit(1);
    }
}
