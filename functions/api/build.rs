//! Puts igv.js and Swagger UI into the program if `local/scripts/igv.sh` has fetched them; without them their pages say so.

use std::{env, fs, io, path::PathBuf};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=igv");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    for name in ["igv.js.gz", "swagger-ui.js.gz", "swagger-ui.css.gz"] {
        match fs::copy(format!("igv/{name}"), out.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => fs::write(out.join(name), []),
            copied => copied.map(|_| ()),
        }?;
    }
    Ok(())
}
