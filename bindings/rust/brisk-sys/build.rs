//! Finds the installed library through pkg-config.

fn main() {
    if let Err(error) = pkg_config::Config::new()
        .atleast_version("0.1")
        .probe("brisk")
    {
        eprintln!(
            "{error}\n\n\
             libbrisk 0.1 or later is needed. Install it with `make install PREFIX=/usr/local` in \
             the source tree of brisk; where that prefix is not known to pkg-config, set \
             PKG_CONFIG_PATH to the folder that holds brisk.pc."
        );
        std::process::exit(1);
    }
}
