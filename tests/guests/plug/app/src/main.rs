// A command that needs two components plugged in, and prints a variable that a third may add.
wit_bindgen::generate!({ path: "app.wit", world: "app", generate_all });

use test::kit::{counters::Counter, text};

fn main() {
    let first = Counter::new("grüße");
    let second = Counter::new("second");
    first.add(40);
    second.add(7);
    first.add(2);
    println!("{}", first.describe());
    println!("{}", second.describe());
    drop(first);
    println!("{}", text::shout("naïve 😀 ascii"));
    println!("{}", text::sum(&[1, 2, 0xffff_ffff]));
    println!("GREETING={}", std::env::var("GREETING").unwrap_or_else(|_| "none".into()));
}
