//! Plays scenarios: reads operations from standard input, one a line, and answers each with a line.
//! The protocol is described in tests/scenarios/README.md.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, BufRead, Write};
use std::time::Duration;

use brisk::{
    Aim, Batch, Begin, Cache, Cause, Clock, Compression, Error, ErrorKind, Lease, LoadError,
};
use brisk::{LoadOptions, Policy, Result, Runtime, Ttl, Value, Waited};

fn main() -> Result<()> {
    let mut player = Player {
        runtime: Runtime::builder().clock(Clock::Manual).build()?,
        cache: None,
        pins: Vec::new(),
        leases: HashMap::new(),
    };
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let line = line.expect("operations are text");
        let words: Vec<&str> = line.split(' ').collect();
        let answer = player.play(&words).unwrap_or_else(|error| failed(&error));
        writeln!(out, "{answer}")
            .and_then(|()| out.flush())
            .expect("somebody reads");
    }
    Ok(())
}

struct Player {
    runtime: Runtime,
    cache: Option<Cache>,
    pins: Vec<Value>,
    leases: HashMap<u64, Lease>,
}

impl Player {
    fn play(&mut self, words: &[&str]) -> Result<String> {
        let (name, rest) = (words[0], &words[1..]);
        match (name, rest) {
            ("open", options) => return self.open(options),
            ("find", [name]) => {
                let found = Cache::find_in(&self.runtime, bytes(name))?;
                let answer = done(found.is_some());
                self.cache = found.or(self.cache.take());
                return Ok(answer);
            }
            ("advance", [step]) => self.runtime.advance(Duration::from_nanos(number(step)))?,
            ("pin", [key]) => {
                let value = self.cache().pin(bytes(key))?;
                self.pins.extend(value.clone());
                return Ok(found(value.as_deref()));
            }
            ("pinned", []) => return Ok(values(self.pins.iter().map(|value| Some(&value[..])))),
            ("unpin", []) => self.pins.clear(),
            ("begin", [lease, key]) => return self.begin(number(lease), &bytes(key)),
            (
                "wait" | "complete" | "complete_absent" | "set_cost" | "fail" | "abandon",
                [lease, rest @ ..],
            ) => return end(&self.leases[&number(lease)], name, rest),
            ("drop", [lease]) => drop(self.leases.remove(&number(lease))),
            ("parse_size", [text]) => {
                let size = brisk::parse_size(&String::from_utf8_lossy(&bytes(text)))?;
                return Ok(format!("size {size}"));
            }
            _ => return entries(self.cache(), name, rest),
        }
        Ok("ok".into())
    }

    fn cache(&self) -> &Cache {
        self.cache.as_ref().expect("a scenario opens a cache first")
    }

    fn open(&mut self, options: &[&str]) -> Result<String> {
        let mut builder = Cache::builder().runtime(&self.runtime);
        for option in options {
            let (name, value) = option.split_once('=').expect("NAME=VALUE");
            builder = match name {
                "capacity" => builder.capacity(number(value)),
                "max_entries" => builder.max_entries(number(value)),
                "ttl" => builder.ttl(ttl(value)),
                "idle" => builder.idle(ttl(value)),
                "ttl_jitter" => builder.ttl_jitter(value.parse().expect("a share")),
                "early_beta" => builder.early_beta(value.parse().expect("a number")),
                "load_costs" => builder.load_costs(value != "0"),
                "stale" => builder.stale(Duration::from_nanos(number(value))),
                "stale_if_error" => builder.stale_if_error(Duration::from_nanos(number(value))),
                "policy" => builder.policy(match value {
                    "lru" => Policy::Lru,
                    "s3fifo" => Policy::S3Fifo,
                    _ => Policy::Auto,
                }),
                "aim" => builder.aim(match value {
                    "bytes" => Aim::Bytes,
                    "cost" => Aim::Cost,
                    _ => Aim::Objects,
                }),
                "compression" => builder.compression(match value {
                    "off" => Compression::Off,
                    _ => Compression::Auto,
                }),
                "compression_level" => builder.compression_level(value.parse().expect("a level")),
                "compression_threshold" => builder.compression_threshold(number(value)),
                "load_timeout" => match timeout(value) {
                    Some(timeout) => builder.load_timeout(timeout),
                    None => builder,
                },
                "event_capacity" => builder.event_capacity(number(value) as u32),
                "name" => builder.name(bytes(value)),
                _ => panic!("{name} is no option"),
            };
        }
        self.cache = Some(builder.build()?);
        Ok("ok".into())
    }

    fn begin(&mut self, number: u64, key: &[u8]) -> Result<String> {
        self.leases.remove(&number);
        let (answer, lease) = match self.cache().begin(key)? {
            Begin::Value(value) => return Ok(found(Some(&value))),
            Begin::Lead(lease) => ("lead".into(), lease),
            Begin::Stale(lease, value) => (format!("lead {}", hexadecimal(&value)), lease),
            Begin::Wait(lease) => ("wait".into(), lease),
            Begin::Refused => return Ok("refused".into()),
            Begin::Absent => return Ok("absent".into()),
            other => panic!("{other:?}"),
        };
        self.leases.insert(number, lease);
        Ok(answer)
    }
}

/// Operations on the entries of a cache.
fn entries(cache: &Cache, name: &str, words: &[&str]) -> Result<String> {
    let all = || words.iter().map(|word| bytes(word));
    Ok(match (name, words) {
        ("close", []) => cache.close().map(|()| "ok".into())?,
        ("clear", []) => cache.clear().map(|()| "ok".into())?,
        ("put", [key, value, life]) => {
            let stored = cache.put_with_ttl(bytes(key), bytes(value), ttl(life))?;
            if stored { "ok" } else { "refused" }.into()
        }
        ("put_cost", [key, value, life, cost]) => {
            let cost = cost.parse().expect("a number");
            let stored = cache.put_with_cost(bytes(key), bytes(value), ttl(life), cost)?;
            if stored { "ok" } else { "refused" }.into()
        }
        ("put_many", [life, pairs @ ..]) => {
            let pairs = pairs.chunks(2).map(|pair| (bytes(pair[0]), bytes(pair[1])));
            format!("count {}", cache.put_many_with_ttl(pairs, ttl(life))?)
        }
        ("get", [key]) => found(cache.pin(bytes(key))?.as_deref()),
        ("read", [key]) => {
            let mut buffer = Vec::new();
            let hit = cache.read(bytes(key), &mut buffer)?;
            found(hit.then_some(&buffer))
        }
        ("get_many", _) => values(cache.get_many(all())?.iter().map(Option::as_deref)),
        ("read_many", _) => {
            let mut batch = Batch::new();
            cache.read_many(all(), &mut batch)?;
            values(&batch)
        }
        ("contains", [key]) => done(cache.contains(bytes(key))?),
        ("touch", [key, life]) => done(cache.touch_with_ttl(bytes(key), ttl(life))?),
        ("erase", [key]) => done(cache.erase(bytes(key))?),
        ("erase_matching", [pattern]) => {
            format!("count {}", cache.erase_matching(bytes(pattern))?)
        }
        ("keys", []) => {
            let mut keys = cache.keys()?.collect::<Result<Vec<_>>>()?;
            keys.sort();
            keys.iter()
                .fold("keys".into(), |line, key| line + " " + &hexadecimal(key))
        }
        ("event", []) => match cache.next_event()? {
            Some(event) => format!("event {} {}", hexadecimal(&event.key), name_of(event.cause)),
            None => "end".into(),
        },
        ("load", [key, value, life]) => {
            let options = LoadOptions::new().ttl(ttl(life));
            let loader = |_: &_| Ok::<_, String>(bytes(value));
            found(Some(&cache.get_or_load_with(
                bytes(key),
                options,
                loader,
            )?))
        }
        ("load_fails", [key, message]) => {
            let loader = || Err::<Value, _>(text(message));
            found(Some(&cache.get_or_load(bytes(key), loader)?))
        }
        ("load_absent", [key, life]) => {
            let options = LoadOptions::new();
            let loader = |_: &_| Ok::<Option<Value>, String>(None);
            match cache.find_or_load(bytes(key), options, ttl(life), loader)? {
                Some(value) => found(Some(&value)),
                None => "absent".into(),
            }
        }
        ("load_self", [key]) => found(Some(&load_self(cache, &bytes(key))?)),
        ("stats", []) => statistics(cache)?,
        _ => panic!("{name} is no operation with {} words", words.len()),
    })
}

/// Loads a key whose loader needs the key itself.
fn load_self(cache: &Cache, key: &[u8]) -> Result<Value> {
    let load = cache.get_or_load_with(key, LoadOptions::new(), |lease| {
        let inner = LoadOptions::new().parent(lease);
        cache.get_or_load_with(key, inner, |_| Err::<Value, _>("this load has no loader"))
    });
    match load {
        Err(LoadError::Loader(inner)) => Err(inner.into()),
        outer => Ok(outer?),
    }
}

/// Operations on a lease.
fn end(lease: &Lease, name: &str, words: &[&str]) -> Result<String> {
    match (name, words) {
        ("wait", [duration]) => match lease.wait(timeout(duration))? {
            Waited::Value(value) => return Ok(found(Some(&value))),
            Waited::Timeout => return Ok("timeout".into()),
            Waited::Lead => return Ok("lead".into()),
            Waited::Absent => return Ok("absent".into()),
            other => panic!("{other:?}"),
        },
        ("complete", [value, life]) => drop(lease.complete_with_ttl(bytes(value), ttl(life))?),
        ("set_cost", [cost]) => lease.set_cost(cost.parse().expect("a number"))?,
        ("complete_absent", [life]) => lease.complete_absent(ttl(life))?,
        ("fail", [message]) => drop(lease.fail(text(message))?),
        ("abandon", []) => lease.abandon()?,
        _ => panic!("{name} does not take {} words", words.len()),
    }
    Ok("ok".into())
}

fn statistics(cache: &Cache) -> Result<String> {
    let stats = cache.stats()?;
    let mut line = String::from("stats");
    macro_rules! figures {
        ($($name:ident)*) => {
            $(write!(line, " {}={}", stringify!($name), stats.$name).expect("memory");)*
        };
    }
    figures!(entries hits misses puts refusals loads load_failures);
    figures!(evicted_capacity evicted_expired evicted_erased evicted_replaced);
    figures!(events_dropped capacity_bytes raw_bytes compressed_entries);
    figures!(stale_hits stale_errors absent_hits);
    write!(line, " saved_cost={:.0}", stats.saved_cost).expect("memory");
    Ok(line)
}

fn failed(error: &Error) -> String {
    match error.kind() {
        ErrorKind::Refused => "refused".into(),
        ErrorKind::Timeout => "timeout".into(),
        ErrorKind::Absent => "absent".into(),
        _ => format!("error {} {error}", error.status_name()),
    }
}

fn done(yes: bool) -> String {
    if yes { "ok" } else { "miss" }.into()
}

fn found(value: Option<&[u8]>) -> String {
    value.map_or("miss".into(), |value| {
        format!("value {}", hexadecimal(value))
    })
}

fn values<'a>(values: impl IntoIterator<Item = Option<&'a [u8]>>) -> String {
    let words = values
        .into_iter()
        .map(|value| value.map_or("-".into(), hexadecimal));
    words.fold("values".into(), |line, word| line + " " + &word)
}

fn name_of(cause: Cause) -> &'static str {
    match cause {
        Cause::Capacity => "capacity",
        Cause::Expired => "expired",
        Cause::Erased => "erased",
        Cause::Replaced => "replaced",
        _ => "?",
    }
}

fn number(word: &str) -> u64 {
    word.parse().expect("a number")
}

fn ttl(word: &str) -> Ttl {
    match number(word) {
        0 => Ttl::Inherit,
        u64::MAX => Ttl::Forever,
        nanoseconds => Ttl::After(Duration::from_nanos(nanoseconds)),
    }
}

fn timeout(word: &str) -> Option<Duration> {
    Some(Duration::from_nanos(number(word))).filter(|timeout| !timeout.is_zero())
}

fn text(word: &str) -> String {
    String::from_utf8_lossy(&bytes(word)).into_owned()
}

fn bytes(word: &str) -> Vec<u8> {
    let digits = word.strip_prefix('x').expect("bytes begin with x");
    let pairs = (0..digits.len()).step_by(2).map(|at| &digits[at..at + 2]);
    pairs
        .map(|pair| u8::from_str_radix(pair, 16).expect("two digits"))
        .collect()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::from("x"), |mut text, byte| {
        write!(text, "{byte:02x}").expect("memory");
        text
    })
}
