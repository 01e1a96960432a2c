// The smallest program that says something; examples/hello.wasm is made of it by scripts/build_guests.sh.
fn main() {
    println!("Hello, world!");
}
