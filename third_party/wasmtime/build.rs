// Leaves the path of the C headers, which match the chosen features, where CMake finds it.
fn main() {
    let include = std::env::var("DEP_WASMTIME_C_API_INCLUDE").expect("set by wasmtime-c-api-impl");
    let out = std::env::var("OUT_DIR").expect("set by cargo");
    std::fs::write(format!("{out}/include-dir.txt"), include).expect("write include-dir.txt");
}
