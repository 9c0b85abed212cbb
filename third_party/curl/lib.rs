// Empty: a crate needs a target (Cargo.toml).
