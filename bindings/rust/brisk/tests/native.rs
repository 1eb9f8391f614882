//! Native modules: manifests that are found, libraries that are opened, and symbols that are called.

mod common;

use brisk::{ErrorKind, Module, ModuleInfo, ModuleReport, ModuleState, Modules};
use common::{fails, thread_number, Folder, MS};
use std::convert::Infallible;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

type Add = extern "C" fn(i32, i32) -> i32;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../..");

/// Compiles one of the libraries that the tests of all languages share.
fn compile(folder: &Folder, name: &str) {
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-I"])
        .arg(format!("{ROOT}/include"));
    cc.arg(format!("{ROOT}/tests/drivers/{name}.c"));
    cc.arg("-o")
        .arg(folder.path().join(name).with_extension("so"));
    assert!(cc.status().expect("cc").success(), "{name}");
}

/// A folder with a library of symbols and its manifest.
fn plain() -> Folder {
    let folder = Folder::new();
    compile(&folder, "plain");
    folder.write("plain.module", "version = 2.5\n");
    folder
}

fn scanned(folder: &Folder) -> Modules {
    let modules = Modules::new().unwrap();
    modules.scan(folder.path()).unwrap();
    modules
}

#[track_caller]
fn named<'a>(report: &'a ModuleReport, name: &str) -> ModuleInfo<'a> {
    report
        .iter()
        .find(|module| module.name == name)
        .expect(name)
}

fn sleeps(time: Duration) -> impl Fn() -> Result<(), Infallible> {
    move || {
        thread::sleep(time);
        Ok(())
    }
}

/// Whether this process has opened a file as a library.
fn is_opened(library: &Path) -> bool {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    maps.contains(library.to_str().unwrap())
}

#[test]
fn give_their_symbols() {
    let folder = plain();
    let library = folder.path().join("plain.so");
    let modules = Modules::new().unwrap();
    assert_eq!(modules.scan(folder.path()).unwrap(), 1);
    assert_eq!(modules.scan(folder.path()).unwrap(), 0, "nothing is new");
    assert!(!is_opened(&library), "finding opens nothing");
    // SAFETY: these are the function and the variable of plain.c, which only its opening writes.
    let (add, opened) = unsafe {
        let add = modules.symbol::<Add>("plain", "plain_add").unwrap();
        (
            add,
            modules.symbol::<&i32>("plain", "plain_opened").unwrap(),
        )
    };
    assert!(is_opened(&library));
    assert_eq!((add(2, 3), *opened), (5, 1));
    // SAFETY: as above; none of the others is there, and nothing is read at the address.
    unsafe {
        let optional = modules.symbol::<Option<Add>>("plain", "plain_add").unwrap();
        assert_eq!(optional.unwrap()(1, 1), 2);
        let address = |module, symbol| modules.symbol::<usize>(module, symbol);
        assert_eq!(address("plain", "plain_add").unwrap(), add as usize);
        let error = fails(address("plain", "plain_subtract"), ErrorKind::Invalid);
        assert!(
            error.message().contains("no symbol \"plain_subtract\""),
            "{error}"
        );
        let error = fails(address("plain", "plain\0add"), ErrorKind::Invalid);
        assert!(error.message().contains("NUL"), "{error}");
        fails(address("nobody", "plain_add"), ErrorKind::LoadFailed);
        modules.add("host", || Ok::<_, Infallible>(())).unwrap();
        let error = fails(address("host", "x"), ErrorKind::Invalid);
        assert!(error.message().contains("given by a callback"), "{error}");
    }
    drop(modules);
    assert_eq!(
        thread::spawn(move || add(3, 4)).join().unwrap(),
        7,
        "nothing is unloaded"
    );
}

#[test]
fn are_reported() {
    let folder = plain();
    compile(&folder, "reader");
    folder.write(
        "reader.module",
        "kinds = reader\nschemes = one, two\ndependencies = plain\n",
    );
    let modules = scanned(&folder);
    let slow = Module::new("slow").version("0.9").dependencies(["reader"]);
    let slow = slow.warm_up(sleeps(MS));
    let memory = Mutex::new(Vec::new());
    let load = move || {
        *memory.lock().unwrap() = vec![1_u8; 8 << 20];
        sleeps(2 * MS)()
    };
    modules.add(slow, load).unwrap();
    modules
        .add("broken", || Err::<(), _>("out of \"ink\""))
        .unwrap();
    let before = modules.report().unwrap();
    modules.load("slow").unwrap();
    fails(modules.load("broken"), ErrorKind::LoadFailed);

    let report = modules.report().unwrap();
    let names: Vec<_> = report.iter().map(|module| module.name).collect();
    assert_eq!(names, ["plain", "reader", "slow", "broken"]);
    assert_eq!(report.iter().len(), 4);
    let plain = named(&report, "plain");
    assert_eq!(
        (&plain.version[..], &plain.kinds[..]),
        ("2.5", &["library"][..])
    );
    assert_eq!(plain.dependents, ["reader"]);
    assert_eq!(plain.source, Some(&*folder.path().join("plain.module")));
    assert_eq!(plain.library, Some(&*folder.path().join("plain.so")));
    let reader = named(&report, "reader");
    assert_eq!(reader.kinds, ["reader"]);
    assert_eq!(reader.schemes, ["one", "two"]);
    assert_eq!(reader.dependencies, ["plain"]);
    let slow = named(&report, "slow");
    assert_eq!((&slow.version[..], &slow.kinds[..]), ("0.9", &["host"][..]));
    assert_eq!((slow.state, slow.attempts), (ModuleState::Loaded, 1));
    assert_eq!((slow.source, slow.library), (None, None));
    assert!(
        slow.load_time >= 2 * MS && slow.warm_up_time >= MS,
        "{slow:?}"
    );
    assert_eq!(slow.thread, thread_number());
    assert!(slow.gained_bytes >= 6 << 20, "{slow:?}");
    let broken = named(&report, "broken");
    assert_eq!(broken.state, ModuleState::Failed);
    assert!(broken.reason.ends_with("out of \"ink\""), "{broken:?}");

    let text = report.to_string();
    assert!(text.contains("4 modules, 3 loaded, 1 failed"), "{text}");
    let json = report.json();
    assert!(
        json.contains(r#""name": "slow""#) && json.contains(r#"out of \"ink\""#),
        "{json}"
    );
    assert!(format!("{report:?}").contains("reason: \"module broken"));
    assert!(report.get(4).is_none());
    let kept = before.clone();
    drop(before);
    assert_eq!(
        named(&kept, "slow").state,
        ModuleState::Unloaded,
        "it stays as it was"
    );
    assert_eq!(named(&kept, "plain").library, None);
    assert!(Modules::new().unwrap().report().unwrap().is_empty());
}

#[test]
fn tell_what_their_driver_says() {
    let folder = Folder::new();
    compile(&folder, "failing");
    folder.write("failing.module", "kinds = connection\n");
    let modules = scanned(&folder);
    fails(modules.load("failing"), ErrorKind::LoadFailed);
    let report = modules.report().unwrap();
    let failing = report.get(0).unwrap();
    assert!(
        !failing.log.is_empty() && !failing.reason.is_empty(),
        "{failing:?}"
    );
}

#[test]
fn fail_with_their_manifest_until_it_is_right() {
    let folder = plain();
    folder.write("broken.module", "library = plain.so\nspeed = high\n");
    let modules = scanned(&folder);
    assert_eq!(modules.state("broken").unwrap(), Some(ModuleState::Failed));
    let error = fails(modules.load("broken"), ErrorKind::LoadFailed);
    assert!(
        error.message().contains("line 2: \"speed\" is no key"),
        "{error}"
    );
    folder.write("broken.module", "library = plain.so\n");
    assert!(modules.retry("broken").unwrap());
    modules.load("broken").unwrap();
}

#[test]
fn are_found_in_folders_that_can_be_trusted() {
    let modules = Modules::new().unwrap();
    let error = fails(modules.scan("/nowhere/at/all"), ErrorKind::Invalid);
    assert!(error.message().contains("/nowhere/at/all"), "{error}");
    let error = fails(modules.scan(""), ErrorKind::Invalid);
    assert!(error.message().contains("scan_search_path"), "{error}");
    fails(modules.scan("/tmp\0/x"), ErrorKind::Invalid);
    let folder = plain();
    let open = std::fs::Permissions::from_mode(0o777);
    std::fs::set_permissions(folder.path(), open).unwrap();
    let error = fails(modules.scan(folder.path()), ErrorKind::Invalid);
    assert!(
        error.message().contains("everyone may write to it"),
        "{error}"
    );
}

#[test]
fn are_loaded_at_once_by_an_eager_set() {
    let folder = plain();
    let modules = Modules::builder().eager(true).build().unwrap();
    modules.scan(folder.path()).unwrap();
    assert_eq!(modules.state("plain").unwrap(), Some(ModuleState::Loaded));
    let gone = Folder::new();
    gone.write("gone.module", "");
    let error = fails(modules.scan(gone.path()), ErrorKind::LoadFailed);
    assert!(error.message().contains("gone.so"), "{error}");
}

/// The environment is that of a process of its own, which runs this test again.
#[test]
fn are_found_and_loaded_as_the_environment_says() {
    if std::env::var_os("BRISK_MODULE_PATH").is_some() {
        let modules = Modules::new().unwrap();
        assert_eq!(modules.scan_search_path().unwrap(), 1);
        assert_eq!(modules.state("plain").unwrap(), Some(ModuleState::Loaded));
        return;
    }
    let folder = plain();
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.args(["--exact", "are_found_and_loaded_as_the_environment_says"]);
    again
        .env("BRISK_MODULE_PATH", folder.path())
        .env("BRISK_EAGER", "1");
    again.env("XDG_DATA_HOME", folder.path());
    let done = again.output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && said.contains("1 passed"), "{said}");
}
