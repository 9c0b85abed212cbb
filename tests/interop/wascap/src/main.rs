//! Signs and verifies modules with the third-party `wascap` library.
//!
//!   wascap-interop verify MODULE                      prints issuer, subject, name and capabilities, or fails
//!   wascap-interop sign IN OUT SEEDFILE SUBJECT CAP…  signs with the account of the seed file

use std::{env, error::Error, fs, process::exit};
use wascap::prelude::KeyPair;
use wascap::{jwt, wasm};

fn verify(module: &str) -> Result<(), Box<dyn Error>> {
    let token = wasm::extract_claims(fs::read(module)?)?.ok_or("no token")?;
    let validation = jwt::validate_token::<jwt::Actor>(&token.jwt)?;
    if !validation.signature_valid {
        return Err("invalid signature".into());
    }
    if validation.expired || validation.cannot_use_yet {
        return Err("not valid at this time".into());
    }
    let actor = token.claims.metadata.ok_or("no metadata")?;
    println!("{}", token.claims.issuer);
    println!("{}", token.claims.subject);
    println!("{}", actor.name.unwrap_or_default());
    println!("{}", actor.caps.unwrap_or_default().join(","));
    Ok(())
}

fn sign(from: &str, to: &str, seed: &str, subject: &str, caps: &[String]) -> Result<(), Box<dyn Error>> {
    let issuer = KeyPair::from_seed(fs::read_to_string(seed)?.trim())?;
    let actor = jwt::Actor::new(
        "Signed elsewhere".to_string(),
        Some(caps.to_vec()),
        Some(vec!["interop".to_string()]),
        false,
        Some(7),
        Some("0.1.0".to_string()),
    );
    let claims = jwt::ClaimsBuilder::new()
        .issuer(&issuer.public_key())
        .subject(subject)
        .with_metadata(actor)
        .build();
    fs::write(to, wasm::embed_claims(&fs::read(from)?, &claims, &issuer)?)?;
    Ok(())
}

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["verify", module] => verify(module),
        ["sign", from, to, seed, subject, ..] => sign(from, to, seed, subject, &arguments[5..]),
        _ => Err("usage: verify MODULE | sign IN OUT SEEDFILE SUBJECT CAP…".into()),
    };
    if let Err(error) = done {
        eprintln!("{error}");
        exit(1);
    }
}
