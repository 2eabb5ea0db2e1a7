//! Not built yet: this program has its place in the workspace and nothing else.

fn main() {}
