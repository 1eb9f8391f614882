//! Modules in Rust: parts of a program that load when they are first used, and what can go wrong.

use brisk::{Module, Modules};

fn main() -> brisk::Result<()> {
    let modules = Modules::new()?;

    // Each loads once, after what it depends on, whoever is the first to need it.
    modules.add("words", || load("words"))?;
    let index = Module::new("index").version("1.2").dependencies(["words"]);
    modules.add(index, || load("index"))?;
    modules.add("license", || load("license"))?;
    println!("index is {:?}", modules.state("index")?);
    modules.load("index")?;

    // What failed stays failed, with its whole reason, until it is tried again.
    if let Err(why) = modules.load_all(2) {
        println!("{why}");
    }
    modules.retry("license")?;

    for module in &modules.report()? {
        let (name, state) = (module.name, module.state);
        println!("{name}: {state:?}, needed by {:?}", module.dependents);
    }
    Ok(())
}

fn load(name: &str) -> Result<(), &'static str> {
    match name {
        "license" => Err("it has expired"),
        name => {
            println!("loading {name}");
            Ok(())
        }
    }
}
