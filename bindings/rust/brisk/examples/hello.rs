//! A cache in Rust: put, get, load what is missing, and handle what can go wrong.

use std::time::Duration;

fn main() -> brisk::Result<()> {
    let cache = brisk::Cache::builder()
        .capacity("16 MiB")
        .ttl(Duration::from_secs(3600))
        .build()?;

    cache.put("user:1", "Ada")?;
    if let Some(name) = cache.get("user:1")? {
        println!("hello, {}", name.escape_ascii());
    }

    // One caller loads, however many ask; the others wait for its value, up to a timeout.
    let page = cache.get_or_load("page:7", || load("page:7"))?;
    println!("{}", page.escape_ascii());
    if let Err(brisk::LoadError::Loader(why)) = cache.get_or_load("", || load("")) {
        println!("no page: {why}");
    }

    let stats = cache.stats()?;
    let ratio = stats.hit_ratio;
    println!("{} entries, hit ratio {ratio:.2}", stats.entries);
    Ok(())
}

fn load(name: &str) -> Result<String, &'static str> {
    match name {
        "" => Err("it has no name"),
        name => Ok(format!("{name}, made to order")),
    }
}
